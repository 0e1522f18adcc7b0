"""What goes on for as long as the daemon runs: work that begins anew when it fails, a look at the event loop, and
garbage collections that come by the clock."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final

from exporter.daemon.logs import event
from exporter.daemon.schedule import Schedule
from exporter.daemon.telemetry import Telemetry

AGAIN: Final = 1.0  # seconds until work that failed begins anew
TIDY: Final = 600.0  # seconds between two full garbage collections
NEVER: Final = (1 << 31) - 1
Work = Callable[[], Awaitable[None]]


async def always(work: Work, telemetry: Telemetry) -> None:
    """Does what must never end: a mistake of ours is counted and logged, and the work begins anew."""
    while True:
        try:
            await work()
        except Exception as error:  # without it nobody would be polled any more, and nobody would know
            telemetry.bugs.inc()
            event(logging.ERROR, "internal error", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(AGAIN)


async def loop_lag(telemetry: Telemetry) -> None:
    """Measures how late timers are, and says so once when it is very late."""
    worst: list[tuple[float, float]] = []
    while True:
        before = time.monotonic()
        await asyncio.sleep(0.25)
        now = time.monotonic()
        late = now - before - 0.25
        worst = [(at, lag) for at, lag in worst if now - at < 15] + [(now, late)]
        telemetry.loop_lag.set(max(lag for _, lag in worst))
        if late > 1:
            event(logging.WARNING, "the event loop was held up", seconds=round(late, 2))


async def tidy(schedule: Schedule) -> None:
    """Full garbage collections come by the clock, and pass over what is there for good once all targets are known.

    They hold the loop up for 4 ms per thousand targets, else for 14, and find next to nothing, because what polls
    throw away is not circular; by the count of objects they would come every few seconds."""
    young, middle, old = gc.get_threshold()
    gc.set_threshold(young, middle, NEVER)
    try:
        await asyncio.sleep(schedule.longest)
        gc.collect(1)
        gc.freeze()
        while True:
            await asyncio.sleep(TIDY)
            gc.collect()
    finally:
        gc.set_threshold(young, middle, old)
