"""Deadlines: one timer for all of them, so that a deadline that is met costs next to nothing.

Budget: 1 µs a deadline; asyncio.timeout takes three, for a timer each. A missed deadline is noticed within `TICK`.

Invariant: a timer is set only while a task waits.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Final

TICK: Final = 0.02  # shortest time between two looks at all deadlines, s


class Deadline:
    """A context around the awaits of one task, cancelled after `seconds`; then it raises TimeoutError."""

    __slots__ = ("before", "ends", "passed", "seconds", "task", "watch")

    def __init__(self, seconds: float) -> None:
        self.seconds, self.passed = seconds, False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a deadline is for what a task awaits")
        loop = task.get_loop()
        self.task, self.before, self.ends = task, task.cancelling(), loop.time() + self.seconds
        watch = _watches.get(loop)
        if watch is None:
            watch = _watches[loop] = _Watch(loop)
        self.watch = watch
        watch.waiting[self] = None
        if self.ends < watch.next:
            watch.look_at(self.ends)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.watch.remove(self)
        if self.passed and self.task.uncancel() <= self.before and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def end(self) -> None:
        """Cancel the task."""
        self.passed = True
        self.task.cancel()


class _Watch:
    """The deadlines of one event loop, and the timer for the next look at them."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.waiting: dict[Deadline, None] = {}
        self.next = float("inf")
        self.timer: asyncio.TimerHandle | None = None

    def look_at(self, when: float) -> None:
        """Set the timer to `when`, in the loop's time."""
        if self.timer is not None:
            self.timer.cancel()
        self.next = when
        self.timer = self.loop.call_at(when, self.look)

    def look(self) -> None:
        """End the deadlines that have passed, and set the timer for the others."""
        now = self.loop.time()
        later = [deadline.ends for deadline in self.waiting if deadline.ends > now]
        for deadline in self.waiting:
            if deadline.ends <= now and not deadline.passed:
                deadline.end()
        self.next = float("inf")
        if later:
            self.look_at(max(min(later), now + TICK))

    def remove(self, deadline: Deadline) -> None:
        """Forget a deadline, and the timer with the last one."""
        del self.waiting[deadline]
        if not self.waiting:
            del _watches[self.loop]
            if self.timer is not None:
                self.timer.cancel()


_watches: Final[dict[asyncio.AbstractEventLoop, _Watch]] = {}
