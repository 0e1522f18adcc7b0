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
    """The time `now` of an event loop: timers need small numbers, which have digits left for fractions."""

    def __init__(self, unix: float, now: float = 0.0) -> None:
        self.now, self.zero = now, unix - now

    def __call__(self) -> float:
        """Return the unix time."""
        return self.zero + self.now

    def monotonic(self) -> float:
        return self.now

    def go_to(self, unix: float) -> None:
        """Let time pass until then."""
        self.now = unix - self.zero

    def run(self, main: Coroutine[Any, Any, None]) -> None:
        """Run `main` in this time: nobody waits for a timer."""
        with asyncio.Runner(loop_factory=lambda: Loop(self)) as runner:
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


class Loop(asyncio.SelectorEventLoop):
    """An event loop in the time of a clock."""

    def __init__(self, clock: Clock) -> None:
        self.time = clock.monotonic  # type: ignore[method-assign]
        super().__init__(_Selector(clock))


@contextmanager
def virtual(unix: float) -> Iterator[Clock]:
    """Put a clock, which begins at that unix time, in the place of the clocks of `time`."""
    clock = Clock(unix)
    with mock.patch.object(time, "time", clock), mock.patch.object(time, "monotonic", clock.monotonic):
        yield clock
