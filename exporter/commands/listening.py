"""The daemon's options, and the web application on the sockets and paths that they name."""

from __future__ import annotations

import os
import socket
from collections.abc import Container, Iterator
from dataclasses import dataclass

from aiohttp import web

from exporter.config import Config
from exporter.daemon.descriptors import descriptors
from exporter.daemon.schedule import Schedule
from exporter.daemon.telemetry import Telemetry
from exporter.web import BASE, CONFIG, MAX_REQUESTS, METRICS_PATH, READY, SCHEDULE, TELEMETRY, metrics, pages, stream
from exporter.web.connections import Site


@dataclass(frozen=True, slots=True)
class Options:
    """The daemon's flags."""

    listen: tuple[str, ...] = (":14028",)
    telemetry_path: str = "/metrics"
    base: str = ""  # the beginning of every link: the external URL, or the prefix
    prefix: str = ""  # the beginning of every path that is served
    systemd_socket: bool = False
    max_requests: int = 40
    max_connections: int = 256
    log_level: str = "info"
    log_format: str = "logfmt"


def address(text: str) -> tuple[str | None, int]:
    """Return (host, port) of `:14028`, `127.0.0.1:14028` or `[::1]:14028`. Raises ValueError."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535 or (":" in host and host[:1] != "["):
        raise ValueError(f"not an address to listen on: {text!r}; write HOST:PORT, [V6]:PORT or :PORT")
    return host.strip("[]") or None, int(port)


def sites(runner: web.AppRunner, options: Options, served: Container[web.RequestHandler]) -> Iterator[web.BaseSite]:
    """Make the sites to listen on: the sockets from systemd, or the addresses of the flags. Raises OSError."""
    most = min(options.max_connections, descriptors() // 4)
    if options.systemd_socket:
        if os.environ.get("LISTEN_PID") != str(os.getpid()):
            raise OSError("systemd handed over no socket")
        for descriptor in range(3, 3 + int(os.environ.get("LISTEN_FDS", "0"))):
            yield Site(runner, most, served, sock=socket.socket(fileno=descriptor))
        return
    for text in options.listen:
        host, port = address(text)
        yield Site(runner, most, served, host=host, port=port, reuse_address=True)


def prefixed(app: web.Application, prefix: str) -> web.Application:
    """Return the application, moved below `prefix` unless that is empty."""
    if not prefix:
        return app
    above = web.Application()
    above.add_subapp(prefix, app)
    return above


def application(config: Config, options: Options, telemetry: Telemetry, schedule: Schedule) -> web.Application:
    """Return the web application that shows a schedule."""
    app = web.Application()
    app[SCHEDULE], app[TELEMETRY], app[CONFIG] = schedule, telemetry, config
    app[METRICS_PATH], app[MAX_REQUESTS], app[BASE] = options.telemetry_path, options.max_requests, options.base
    app[READY] = {"ending": False}
    stream.setup(app)
    metrics.setup(app, options.telemetry_path)
    pages.setup(app)
    return app
