"""Time that passes only while nobody has anything to do: hours of polling in a moment, each time the same."""

from __future__ import annotations

import asyncio
import selectors
import sys
from collections.abc import Coroutine
from types import ModuleType, SimpleNamespace
from typing import Any, TypeVar

import pytest

from exporter.daemon import schedule

T = TypeVar("T")
EPOCH = 1_800_000_000.0  # unix time at the loop's time 0


class Selector(selectors.DefaultSelector):
    """Does not wait for the next timer but jumps there."""

    now = 1000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0 if timeout else timeout)
        if timeout and not ready:
            self.now += timeout
        return ready


class Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.clock = Selector()
        super().__init__(self.clock)

    def time(self) -> float:
        return self.clock.now


def clocked() -> list[ModuleType]:
    """The modules of a poll that look at a clock."""
    modules = [module for name, module in sys.modules.items() if name.startswith("exporter.polling.")]
    return [module for module in modules if hasattr(module, "time")]


def run(main: Coroutine[Any, Any, T], monkeypatch: pytest.MonkeyPatch) -> T:
    """Runs `main` in virtual time; the modules that look at a clock look at this one."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        loop = runner.get_loop()
        clock = SimpleNamespace(monotonic=loop.time, time=lambda: EPOCH + loop.time())
        for module in (*clocked(), schedule):
            monkeypatch.setattr(module, "time", clock)
        return runner.run(main)
