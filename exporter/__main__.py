"""The command: `asic-exporter`, or `python -m exporter`."""

from __future__ import annotations

import os
import signal
import sys

if __name__ == "__main__" or sys.argv[0].endswith("asic-exporter"):
    # A signal ends the process well while the rest is imported too, which takes a second. Without a handler the first
    # process of a container would not even hear SIGTERM.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))

import argparse
import http.client
import platform
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from exporter import __version__, config, daemon, decode, loop
from exporter.catalogue import LABELS
from exporter.logs import LEVELS
from exporter.telemetry import REVISION

COMMANDS = ("serve", "demo", "simulate", "query", "healthcheck")
PAGE = 14028


def version() -> str:
    return (
        f"asic-exporter, version {__version__} (revision: {REVISION})\n"
        f"  python:   {platform.python_version()}\n  platform: {platform.system().lower()}/{platform.machine()}"
    )


def parser() -> argparse.ArgumentParser:
    """Flags are spelt as Prometheus programs spell them."""
    top = argparse.ArgumentParser(
        prog="asic-exporter",
        description="Prometheus exporter for bitcoin ASIC miners. It only reads.",
        formatter_class=argparse.RawDescriptionHelpFormatter,  # leaves the lines of the version alone
    )
    top.add_argument("--version", action="version", version=version())
    commands = top.add_subparsers(dest="command", required=True, metavar="|".join(COMMANDS))

    serve = commands.add_parser("serve", help="the daemon; the word may be left out")
    serve.add_argument("--config.file", dest="config_file", required=True, metavar="FILE")
    serve.add_argument(
        "--config.check", dest="config_check", action="store_true", help="read the configuration and end: 0 or 2"
    )
    web_flags(serve)

    demo = commands.add_parser("demo", help="a simulated fleet and the daemon over it")
    demo.add_argument("--miners", type=positive, metavar="N", help="how many (default: one of each kind)")
    demo.add_argument("--faults", action="store_true", help="some of the miners misbehave")
    demo.add_argument("--seed", type=int, default=1, help="another number, another fleet")
    web_flags(demo)
    demo.set_defaults(log_level="warn")  # where to look is not to scroll away

    simulate = commands.add_parser("simulate", help="the fleet alone; prints a configuration for it")
    simulate.add_argument("--miners", type=positive, required=True, metavar="N")
    simulate.add_argument(
        "--listen",
        default="127.28.0.0/16",
        metavar="CIDR",
        help="a loopback network, an address for each miner (%(default)s)",
    )
    simulate.add_argument("--family", action="append", help="only this family (repeatable)")
    simulate.add_argument("--faults", action="store_true", help="some of the miners misbehave")
    simulate.add_argument("--seed", type=int, default=1, help="another number, another fleet")

    query = commands.add_parser("query", help="ask one miner once and show what comes of it")
    query.add_argument("host", metavar="HOST[:PORT]")
    query.add_argument("--family", choices=sorted(family.name for family in decode.families()))
    query.add_argument("--timeout", type=seconds, default=10.0, metavar="SECONDS", help="for everything (%(default)g)")
    query.add_argument("--raw", action="store_true", help="print the answers too, secrets masked")
    query.add_argument("--ask", metavar="READ", help="ask this too and print its answer: a read of docs/commands.md")

    health = commands.add_parser("healthcheck", help="exit 0 if an exporter on this machine is healthy")
    health.add_argument("--port", type=positive, default=PAGE)
    health.add_argument("--path", default="/-/healthy", help="where a route prefix moves it")
    return top


def positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 3600:
        raise argparse.ArgumentTypeError("must be above 0 and at most 3600")
    return value


def web_flags(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--web.listen-address",
        dest="listen",
        action="append",
        metavar="ADDRESS",
        help="HOST:PORT or :PORT, repeatable (:14028; the demo: 127.0.0.1:14028)",
    )
    command.add_argument("--web.telemetry-path", dest="telemetry_path", default="/metrics", metavar="PATH")
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
    command.add_argument("--web.max-requests", dest="max_requests", type=positive, default=40, metavar="N")
    command.add_argument(
        "--web.max-connections",
        dest="max_connections",
        type=positive,
        default=256,
        metavar="N",
        help="at most a quarter of the files that the process may have open (%(default)s)",
    )
    command.add_argument("--log.level", dest="log_level", choices=tuple(LEVELS), default="info", help="%(default)s")
    command.add_argument(
        "--log.format", dest="log_format", choices=("logfmt", "json"), default="logfmt", help="%(default)s"
    )


def options(arguments: argparse.Namespace, host: str = "") -> daemon.Options:
    """The daemon's options, listening on `host` where no flag says otherwise. Raises ValueError for what cannot be."""
    listen = tuple(arguments.listen or (f"{host}:{PAGE}",))
    for text in listen:
        daemon.address(text)
    path = arguments.telemetry_path
    if not path.startswith("/") or path.startswith("/-/") or path in ("/", "/targets", "/config"):
        raise ValueError(f"not a path for metrics: {arguments.telemetry_path!r}")
    base = arguments.external_url.rstrip("/")
    if base and (urlsplit(base).scheme not in ("http", "https") or not urlsplit(base).netloc):
        raise ValueError(f"not a URL: {arguments.external_url!r}")
    prefix = urlsplit(base).path if arguments.route_prefix is None else arguments.route_prefix
    prefix = "/" + prefix.strip("/") if prefix.strip("/") else ""
    return daemon.Options(
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
    families = {family.name: family for family in decode.families()}
    read = config.load(path, families=frozenset(families), reserved=LABELS)
    specs = [*read.targets, *[span.spec for span in read.ranges]]
    hurries = [families[spec.family].hurry(spec.timeout) for spec in specs if spec.family]
    read.warnings.extend(f"{path}: {hurry}" for hurry in dict.fromkeys(hurries) if hurry)
    return read


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command. Returns 0 ended as asked, 1 failed, 2 wrong use or configuration."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and not {"-h", "--help", "--version"} & set(given)):
        given.insert(0, "serve")
    parsed = parser().parse_args(given)
    decode.families()
    try:
        return int(globals()[f"_{parsed.command}"](parsed))
    except config.ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except ValueError as error:
        print(f"asic-exporter: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:  # who read along has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _serve(arguments: argparse.Namespace) -> int:
    chosen, read = options(arguments), load(arguments.config_file)
    if not arguments.config_check:
        return loop.run(daemon.serve(read, chosen))
    for warning in read.warnings:
        print(warning, file=sys.stderr)
    print(
        f"{arguments.config_file}: good, {len(read.targets)} targets, {sum(map(len, read.ranges))} addresses in ranges"
    )
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    from exporter import demo  # noqa: PLC0415 - the daemon does not pay for the simulator

    chosen = options(arguments, "127.0.0.1")
    return demo.demo(arguments.miners, chosen, faults=arguments.faults, seed=arguments.seed, load=load)


def _simulate(arguments: argparse.Namespace) -> int:
    from exporter import demo  # noqa: PLC0415

    return demo.simulate(
        arguments.miners, arguments.listen, families=arguments.family, faults=arguments.faults, seed=arguments.seed
    )


def _query(arguments: argparse.Namespace) -> int:
    from exporter import query  # noqa: PLC0415

    text, status = query.query(
        arguments.host, arguments.family, arguments.timeout, raw=arguments.raw, wanted=arguments.ask
    )
    print(text)
    return status


def _healthcheck(arguments: argparse.Namespace) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", arguments.port, timeout=5)
    try:
        connection.request("GET", arguments.path)
        return int(connection.getresponse().status != 200)
    except (OSError, http.client.HTTPException) as error:
        print(f"asic-exporter: {error}", file=sys.stderr)
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
