"""The flags that `serve` and `demo` share: text of the command line in, checked options and configuration out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from exporter import config, decode
from exporter.commands.listening import Options, address
from exporter.core.catalogue import LABELS
from exporter.daemon.logs import LEVELS

PORT: Final = 14028  # the default port of the exporter


def positive(text: str) -> int:
    """Return a whole number of at least 1. Raises ArgumentTypeError or ValueError."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def port(text: str) -> int:
    """Return a port number. Raises ArgumentTypeError or ValueError."""
    value = int(text)
    if not 0 < value < 65536:
        raise argparse.ArgumentTypeError("must be from 1 to 65535")
    return value


def seconds(text: str) -> float:
    """Return a time in seconds, above 0 and at most an hour. Raises ArgumentTypeError or ValueError."""
    value = float(text)
    if not 0 < value <= 3600:
        raise argparse.ArgumentTypeError("must be above 0 and at most 3600")
    return value


def add_web_flags(command: argparse.ArgumentParser) -> None:
    """Add the flags of a command that serves pages and writes a log."""
    command.add_argument(
        "--web.listen-address",
        dest="listen",
        action="append",
        metavar="ADDRESS",
        help="HOST:PORT or :PORT, repeatable (:14028; the demo: 127.0.0.1:14028)",
    )
    command.add_argument(
        "--web.telemetry-path",
        dest="telemetry_path",
        default="/metrics",
        metavar="PATH",
        help="path of the metrics (%(default)s)",
    )
    command.add_argument(
        "--web.external-url",
        dest="external_url",
        default="",
        metavar="URL",
        help="where the exporter is reached from outside",
    )
    command.add_argument(
        "--web.route-prefix",
        dest="route_prefix",
        metavar="PATH",
        help="prefix of all paths; default: the external URL's path",
    )
    command.add_argument(
        "--web.systemd-socket",
        dest="systemd_socket",
        action="store_true",
        help="listen on the sockets that systemd hands over",
    )
    command.add_argument(
        "--web.max-requests",
        dest="max_requests",
        type=positive,
        default=40,
        metavar="N",
        help="pages sent at the same time (%(default)s)",
    )
    command.add_argument(
        "--web.max-connections",
        dest="max_connections",
        type=positive,
        default=256,
        metavar="N",
        help="at most a quarter of the files that the process may have open (%(default)s)",
    )
    command.add_argument(
        "--log.level",
        dest="log_level",
        choices=tuple(LEVELS),
        default="info",
        metavar="LEVEL",
        help=f"{', '.join(LEVELS)} (%(default)s)",
    )
    command.add_argument(
        "--log.format",
        dest="log_format",
        choices=("logfmt", "json"),
        default="logfmt",
        metavar="FORMAT",
        help="logfmt, json (%(default)s)",
    )


def options(arguments: argparse.Namespace, host: str = "") -> Options:
    """Return the daemon's options; `host` is the default address to listen on. Raises ValueError for a wrong flag."""
    listen = tuple(arguments.listen or (f"{host}:{PORT}",))
    for text in listen:
        address(text)
    path = arguments.telemetry_path
    if not path.startswith("/") or path.startswith("/-/") or path in ("/", "/targets", "/config"):
        raise ValueError(f"not a path for metrics: {arguments.telemetry_path!r}")
    base = arguments.external_url.rstrip("/")
    if base and (urlsplit(base).scheme not in ("http", "https") or not urlsplit(base).netloc):
        raise ValueError(f"not a URL: {arguments.external_url!r}")
    prefix = urlsplit(base).path if arguments.route_prefix is None else arguments.route_prefix
    prefix = "/" + prefix.strip("/") if prefix.strip("/") else ""
    return Options(
        listen=listen,
        telemetry_path=arguments.telemetry_path,
        base=base or prefix,
        prefix=prefix,
        systemd_socket=arguments.systemd_socket,
        max_requests=arguments.max_requests,
        max_connections=arguments.max_connections,
        log_level=arguments.log_level,
        log_format=arguments.log_format,
    )


def load(path: str | Path) -> config.Config:
    """Return the configuration in a file, with a warning for each timeout that is too short. Raises ConfigError."""
    families = {family.name: family for family in decode.families()}
    read = config.load(path, families=frozenset(families), reserved=LABELS)
    specs = [*read.targets, *[span.spec for span in read.ranges]]
    hurries = [families[spec.family].hurry(spec.timeout) for spec in specs if spec.family]
    read.warnings.extend(f"{path}: {hurry}" for hurry in dict.fromkeys(hurries) if hurry)
    return read
