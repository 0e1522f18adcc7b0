"""Background work: restart what fails, measure the event loop, and collect garbage on a timer."""

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

RESTART: Final = 1.0  # seconds until failed work is restarted
TIDY: Final = 600.0  # seconds between two full garbage collections
NEVER: Final = (1 << 31) - 1  # objects that no process ever allocates
WATCH: Final = 0.25  # seconds that the timer for measuring the loop is set to
WINDOW: Final = 15.0  # seconds over which the worst lag is shown
Work = Callable[[], Awaitable[None]]


async def always(work: Work, telemetry: Telemetry) -> None:
    """Run work that must never end: count and log a mistake of ours, and restart the work."""
    while True:
        try:
            await work()
        except Exception as error:  # else all polls would end in silence
            telemetry.bugs.inc()
            event(logging.ERROR, "internal error", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(RESTART)


async def loop_lag(telemetry: Telemetry) -> None:
    """Measure how late timers are, and log a delay of more than a second."""
    worst: list[tuple[float, float]] = []
    while True:
        before = time.monotonic()
        await asyncio.sleep(WATCH)
        now = time.monotonic()
        late = now - before - WATCH
        worst = [(at, lag) for at, lag in worst if now - at < WINDOW] + [(now, late)]
        telemetry.loop_lag.set(max(lag for _, lag in worst))
        if late > 1:
            event(logging.WARNING, "the event loop was held up", seconds=round(late, 2))


async def tidy(schedule: Schedule) -> None:
    """Run full garbage collections on a timer, and freeze long-lived objects once all targets are loaded.

    A collection holds the loop up for 4 ms per thousand targets; without the freeze, for 14. It finds little,
    because polls leave no circular garbage. By the count of objects, collections would come every few seconds."""
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
