"""The daemon: configuration in, sockets bound, polls running, pages served, and an orderly end.

SIGTERM and SIGINT end it: readiness goes first, scrapes under way are finished, polls are cancelled, and the process is
gone within ten seconds; a second signal ends it at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import os
import resource
import signal
import socket
from collections.abc import AsyncIterator, Container, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from aiohttp import web

from exporter import __version__
from exporter.config import Config
from exporter.daemon import scan
from exporter.daemon.background import Work, always, loop_lag, tidy
from exporter.daemon.logs import Handler, configure, event
from exporter.daemon.schedule import LEAST, Schedule
from exporter.daemon.telemetry import Telemetry
from exporter.polling.target import Target
from exporter.questions import REGISTRY, Call
from exporter.transport import rpc
from exporter.web import BASE, CONFIG, MAX_REQUESTS, METRICS_PATH, READY, SCHEDULE, TELEMETRY, metrics, pages, stream
from exporter.web.connections import Site
from exporter.web.stream import STREAMS

IDLE: Final = 9.0  # seconds in which a connection has to bring a whole request
RESERVE: Final = 256  # descriptors kept for readers, files and the log
OWN: Final = 48  # how many of them nothing works without
QUICKEST: Final = 0.01  # seconds in which no miner was ever asked and done
Times = tuple[float, float]  # interval and timeout of a target, in seconds


@dataclass(frozen=True, slots=True)
class Options:
    """The daemon's flags."""

    listen: tuple[str, ...] = (":14028",)
    telemetry_path: str = "/metrics"
    base: str = ""  # what every link begins with: the external URL, or the prefix
    prefix: str = ""  # what every path that is served begins with
    systemd_socket: bool = False
    max_requests: int = 40
    max_connections: int = 256
    log_level: str = "info"
    log_format: str = "logfmt"


def address(text: str) -> tuple[str | None, int]:
    """(host, port) of `:14028`, `127.0.0.1:14028` or `[::1]:14028`. Raises ValueError."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535 or (":" in host and host[:1] != "["):
        raise ValueError(f"not an address to listen on: {text!r}; write HOST:PORT, [V6]:PORT or :PORT")
    return host.strip("[]") or None, int(port)


def descriptors() -> int:
    """How many files this process may have open, after raising the limit as far as it goes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        hard = max(soft, 1 << 20)
    with contextlib.suppress(ValueError, OSError):  # some systems promise more than they give
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def bound(certain: Sequence[Times], limit: int, possible: Sequence[Times] = ()) -> int:
    """Polls in flight that each lane may have: enough even if every target is silent at once, as far as `limit`
    descriptors go. Raises OSError where they cannot even do for miners that all answer at once."""
    room = max(LEAST, (limit - RESERVE - scan.AT_ONCE) // 2)
    least = max(LEAST, math.ceil(sum(QUICKEST / interval for interval, _ in certain)))
    if room < least or limit < OWN + 2 * LEAST:
        needed = max(RESERVE + scan.AT_ONCE + 2 * least if least > LEAST else 0, OWN + 2 * LEAST)
        raise OSError(f"{limit} file descriptors are too few for {len(certain)} targets: at least {needed} are needed")
    silent, more = (math.ceil(1.25 * sum(timeout / interval for interval, timeout in x)) for x in (certain, possible))
    if silent > room:
        event(
            logging.WARNING,
            "too few file descriptors; silent miners will be polled late",
            limit=limit,
            needed=2 * silent + RESERVE + scan.AT_ONCE,
        )
    return max(LEAST, min(silent + more, room))


@contextlib.asynccontextmanager
async def running(config: Config, options: Options, telemetry: Telemetry) -> AsyncIterator[web.AppRunner]:
    """Polls and serves while inside."""
    certain = [(target.interval, target.timeout) for target in config.targets]
    possible = [(config.interval, config.timeout)] * sum(map(len, config.ranges))
    schedule = Schedule(
        telemetry,
        answer_bytes=config.answer_bytes,
        series=config.series_per_miner,
        bound=bound(certain, descriptors(), possible),
    )
    finder = scan.RangeScan(config.ranges, schedule)
    telemetry.watch(lambda: len(schedule.targets), finder.candidates, schedule.lag)
    telemetry.configured()
    tell_of_grpc(config)
    app = application(config, options, telemetry, schedule)
    runner = web.AppRunner(
        prefixed(app, options.prefix),
        access_log=None,
        keepalive_timeout=IDLE,
        shutdown_timeout=1,  # streams were given their time before
        handler_cancellation=True,
    )
    await runner.setup()
    tasks: list[asyncio.Task[None]] = []
    try:
        for site in sites(runner, options, app[STREAMS].keys()):
            await site.start()
        for place in runner.addresses:
            event(logging.INFO, "listening", address=f"{place[0]}:{place[1]}", path=options.telemetry_path)
        schedule.add([Target(spec) for spec in config.targets])
        works: list[Work] = [schedule.run, finder.run, partial(loop_lag, telemetry), partial(tidy, schedule)]
        tasks += [asyncio.create_task(always(work, telemetry)) for work in works]
        yield runner
    finally:
        app[READY]["ending"] = True
        await runner.cleanup()  # lets the scrapes under way finish
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def tell_of_grpc(config: Config) -> None:
    """Says once why nothing is asked by gRPC, where credentials are there for it."""
    specs = [*config.targets, *[possible.spec for possible in config.ranges]]
    families = {question.login.family for question in REGISTRY if isinstance(question, Call)}
    if any(spec.grpc and spec.login(name) for spec in specs for name in families) and (why := rpc.missing()):
        event(logging.INFO, "BraiinsOS is not asked by gRPC", reason=why)


def sites(runner: web.AppRunner, options: Options, served: Container[web.RequestHandler]) -> Iterator[web.BaseSite]:
    """Where to listen: the sockets that systemd hands over, or the addresses of the flags."""
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
    """The application, moved below `prefix` where there is one."""
    if not prefix:
        return app
    above = web.Application()
    above.add_subapp(prefix, app)
    return above


def application(config: Config, options: Options, telemetry: Telemetry, schedule: Schedule) -> web.Application:
    """The web application over a schedule."""
    app = web.Application()
    app[SCHEDULE], app[TELEMETRY], app[CONFIG] = schedule, telemetry, config
    app[METRICS_PATH], app[MAX_REQUESTS], app[BASE] = options.telemetry_path, options.max_requests, options.base
    app[READY] = {"ending": False}
    stream.setup(app)
    metrics.setup(app, options.telemetry_path)
    pages.setup(app)
    return app


async def serve(config: Config, options: Options) -> int:
    """Runs until a signal ends it. Returns the exit status."""
    telemetry = Telemetry()
    handler = configure(options.log_level, options.log_format, telemetry.log_lines_dropped.inc)
    return await until_signal(config, options, telemetry, handler)


async def until_signal(config: Config, options: Options, telemetry: Telemetry, handler: Handler) -> int:
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end(name: str) -> None:
        if ending.is_set():
            event(logging.WARNING, "ending at once", signal=name)
            handler.drain(0.5)
            os._exit(1)
        event(logging.INFO, "ending", signal=name)
        ending.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end, signal.Signals(number).name)
    loop.add_signal_handler(
        signal.SIGHUP, event, logging.WARNING, "SIGHUP changes nothing: a new configuration takes a restart"
    )
    event(logging.INFO, "starting", version=__version__, targets=len(config.targets), ranges=len(config.ranges))
    for warning in config.warnings:
        event(logging.WARNING, "configuration", warning=warning)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        event(logging.WARNING, "running as root is not needed: reading miners takes no privilege")
    try:
        async with running(config, options, telemetry):
            await ending.wait()
    except OSError as error:
        event(logging.ERROR, "cannot start", error=str(error))
        handler.drain(1)
        return 1
    event(logging.INFO, "ended")
    handler.drain(1)
    return 0
