"""Time that passes only while nobody has anything to do: hours of polling in a moment, each time the same."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import pytest

from tools.history import clock

T = TypeVar("T")
START: Final = 1000.0  # a loop's time at its beginning
EPOCH: Final = 1_800_000_000.0  # unix time at a loop's time 0
CLOCK: Final = clock.Clock(EPOCH + START, START)
"""the time of the loop that runs"""


class Loop(clock.Loop):
    """An event loop in virtual time, which begins anew."""

    def __init__(self) -> None:
        CLOCK.now = START
        super().__init__(CLOCK)


def stand_in(patch: pytest.MonkeyPatch) -> None:
    """Put the virtual time in the place of the clocks of `time`, for everybody."""
    patch.setattr(time, "monotonic", CLOCK.monotonic)
    patch.setattr(time, "time", CLOCK)


def run(main: Coroutine[Any, Any, T], patch: pytest.MonkeyPatch) -> T:
    """Run `main` in virtual time."""
    stand_in(patch)
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(main)
