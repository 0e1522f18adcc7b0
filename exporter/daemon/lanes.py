"""The queues of targets by their due times: each has its own place in the interval, or a later one while it is lost."""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections.abc import Iterator
from typing import Final

from exporter.polling.target import Target

BACKOFF: Final = (1.0, 1.25, 1.7)  # intervals until a lost miner is polled again: recovery shows within two
JITTER: Final = 0.05  # extra backoff, up to this fraction of the interval, to part miners that failed together
MUTE: Final = 3600.0  # seconds of taking questions without an answer, after which pauses grow
MUTE_DIVISOR: Final = 12.0  # a pause of a mute miner is the time since, divided by this
MAX_PAUSE: Final = 600.0  # seconds between two polls of a mute miner
MAX_INTERVALS: Final = 20.0  # intervals between two polls of a mute miner


class Lane:
    """A queue of targets by the time they are due, and a bound on the polls in flight."""

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self.running = 0
        self.heap: list[tuple[float, int, Target]] = []
        self.order = itertools.count()

    def push(self, target: Target) -> None:
        """Queue a target by its `due`."""
        heapq.heappush(self.heap, (target.due, next(self.order), target))

    def due(self, now: float, room: float = math.inf) -> Iterator[Target]:
        """Take out the targets that are due, as many as there is `room` for."""
        while self.heap and self.heap[0][0] <= now and room > 0:
            room -= 1
            yield heapq.heappop(self.heap)[2]

    def pause(self, now: float) -> float:
        """Return the seconds until the next target is due: negative while it waits for room, inf for an empty queue."""
        return self.heap[0][0] - now if self.heap else math.inf


def at_phase(target: Target, now: float) -> float:
    """Return the target's own next time: whole intervals from its phase, and at least a quarter of one from now."""
    interval = target.spec.interval
    passed = math.floor((now - target.phase) / interval) + 1
    due = target.phase + max(passed, 0) * interval
    return due if due - now > interval / 4 or passed <= 0 else due + interval


def after(target: Target, now: float, mute: float = 0.0) -> float:
    """Return the time of the next poll: the target's own, or within two intervals if it is lost.

    A miner that was `mute` for so many seconds is polled less and less: each question may cost it a connection for
    good."""
    if not target.failed:
        return at_phase(target, now)
    interval = target.spec.interval
    pause = interval * (BACKOFF[min(target.failed, len(BACKOFF)) - 1] + JITTER * random.random())  # noqa: S311 - no secret
    due = target.due + max(pause, min((mute - MUTE) / MUTE_DIVISOR, MAX_PAUSE, MAX_INTERVALS * interval))
    return due if due > now else at_phase(target, now)
