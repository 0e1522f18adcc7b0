"""Virtual time: it passes only where somebody moves it, or where everybody waits."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock


class Clock:
    """The time `now`, in unix seconds."""

    def __init__(self, now: float) -> None:
        self.start = self.now = now

    def __call__(self) -> float:
        return self.now

    def monotonic(self) -> float:
        """Return the seconds since the start: timers need small numbers, which have digits left for fractions."""
        return self.now - self.start

    def run(self, main: Coroutine[Any, Any, None]) -> None:
        """Run `main` in this time: nobody waits for a timer."""
        with asyncio.Runner(loop_factory=lambda: _Loop(self)) as runner:
            runner.run(main)


class _Selector(selectors.DefaultSelector):
    """Does not wait for the next timer but jumps there."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0 if timeout else timeout)
        if timeout and not ready:
            self.clock.now += timeout
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: Clock) -> None:
        self.time = clock.monotonic  # type: ignore[method-assign]
        super().__init__(_Selector(clock))


@contextmanager
def virtual(start: float) -> Iterator[Clock]:
    """Put a clock in the place of the clocks of `time`."""
    clock = Clock(start)
    with mock.patch.object(time, "time", clock), mock.patch.object(time, "monotonic", clock.monotonic):
        yield clock
