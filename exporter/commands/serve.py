"""The daemon: bind sockets, poll and serve until a signal ends it.

SIGTERM and SIGINT end it. Readiness goes first, scrapes under way are finished, polls are cancelled, and the process is
gone within ten seconds. A second signal ends it at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import AsyncIterator
from functools import partial
from typing import Final

from aiohttp import web

from exporter import __version__
from exporter.commands.listening import Options, application, prefixed, sites
from exporter.config import Config
from exporter.daemon import scan
from exporter.daemon.background import Work, always, loop_lag, tidy
from exporter.daemon.descriptors import bound, descriptors
from exporter.daemon.logs import Handler, configure, event
from exporter.daemon.schedule import Schedule
from exporter.daemon.telemetry import Telemetry
from exporter.polling.target import Target
from exporter.questions import REGISTRY, Call
from exporter.transport import rpc
from exporter.web import READY
from exporter.web.stream import STREAMS

KEEPALIVE: Final = 9.0  # seconds in which a connection must send a whole request
SHUTDOWN: Final = 1.0  # seconds for handlers to end after their streams have


@contextlib.asynccontextmanager
async def running(config: Config, options: Options, telemetry: Telemetry) -> AsyncIterator[web.AppRunner]:
    """Poll and serve while the context is open. Raises OSError."""
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
        keepalive_timeout=KEEPALIVE,
        shutdown_timeout=SHUTDOWN,
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
    """Log once why nothing is asked by gRPC, if credentials are configured for it."""
    specs = [*config.targets, *[possible.spec for possible in config.ranges]]
    families = {question.login.family for question in REGISTRY if isinstance(question, Call)}
    if any(spec.grpc and spec.login(name) for spec in specs for name in families) and (why := rpc.missing()):
        event(logging.INFO, "BraiinsOS is not asked by gRPC", reason=why)


async def serve(config: Config, options: Options) -> int:
    """Run until a signal ends the daemon. Return the exit status."""
    telemetry = Telemetry()
    handler = configure(options.log_level, options.log_format, telemetry.log_lines_dropped.inc)
    ending = asyncio.Event()
    end_by_signal(ending, handler)
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


def end_by_signal(ending: asyncio.Event, handler: Handler) -> None:
    """Set `ending` on the first SIGTERM or SIGINT, and exit at once on the second; SIGHUP is only logged."""
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
