"""Time that passes only while nobody has anything to do: hours of polling in a moment, each time the same."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import pytest

T = TypeVar("T")
START: Final = 1000.0  # a loop's time at its beginning
EPOCH: Final = 1_800_000_000.0  # unix time at a loop's time 0


class Clock:
    """The time of the loop that runs."""

    now = START


CLOCK: Final = Clock()


class Selector(selectors.DefaultSelector):
    """Does not wait for the next timer but jumps there."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0 if timeout else timeout)
        if timeout and not ready:
            CLOCK.now += timeout
        return ready


class Loop(asyncio.SelectorEventLoop):
    """An event loop in virtual time, which begins anew."""

    def __init__(self) -> None:
        CLOCK.now = START
        super().__init__(Selector())

    def time(self) -> float:
        return CLOCK.now


def stand_in(patch: pytest.MonkeyPatch) -> None:
    """Put the virtual time in the place of the clocks of `time`, for everybody."""
    patch.setattr(time, "monotonic", lambda: CLOCK.now)
    patch.setattr(time, "time", lambda: EPOCH + CLOCK.now)


def run(main: Coroutine[Any, Any, T], patch: pytest.MonkeyPatch) -> T:
    """Run `main` in virtual time."""
    stand_in(patch)
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(main)
