"""Lanes, the queues of targets, and the rules for the time at which a target is due.

A healthy target is due by its phase: at times of its own, whole intervals apart. A lost target, whose last poll read
nothing, is due a pause after its last poll began. Times are monotonic, in seconds.
"""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections.abc import Iterator
from typing import Final

from exporter.polling.target import Target

# Intervals from poll to poll of a lost miner, after its first, second and any later failure. With the jitter all are
# below two, so that a recovery shows within two intervals.
BACKOFF: Final = (1.0, 1.25, 1.7)
JITTER: Final = 0.05  # intervals added at random, at most: miners that failed together come back apart
# A mute miner takes questions, and answers none. Each question may cost it a connection for good.
MUTE: Final = 3600.0  # seconds of being mute, after which pauses grow
MUTE_DIVISOR: Final = 12.0  # the pause is the time beyond MUTE, divided by this
MAX_PAUSE: Final = 600.0  # most seconds of a pause for being mute; the pause by BACKOFF may be longer
MAX_INTERVALS: Final = 20.0  # most intervals of a pause for being mute


class Lane:
    """A queue of targets by the time they are due. Its user counts the polls in flight, and keeps them in the bound."""

    def __init__(self, bound: int) -> None:
        self.bound = bound  # most polls in flight
        self.running = 0  # polls in flight
        self.heap: list[tuple[float, int, Target]] = []  # (due, number, target): the number decides between equals
        self.order = itertools.count()

    def push(self, target: Target) -> None:
        """Queue a target by its `due`."""
        heapq.heappush(self.heap, (target.due, next(self.order), target))

    def pop_due(self, now: float, most: float = math.inf) -> Iterator[Target]:
        """Take out the targets that are due, at most `most` of them, the longest due first."""
        while self.heap and self.heap[0][0] <= now and most > 0:
            most -= 1
            yield heapq.heappop(self.heap)[2]

    def pause(self, now: float) -> float:
        """Return the seconds until the next target is due: negative if the target is late, inf for an empty queue."""
        return self.heap[0][0] - now if self.heap else math.inf


def at_phase(target: Target, now: float) -> float:
    """Return the next time that is whole intervals after the target's phase.

    A time within a quarter of an interval from now is too soon, and the one after that is returned. The phase itself,
    when it is still to come, is never too soon."""
    interval = target.spec.interval
    number = math.floor((now - target.phase) / interval) + 1  # of the first such time after now; 0 for the phase
    if number <= 0:
        return target.phase
    due = target.phase + number * interval
    return due if due - now > interval / 4 else due + interval


def next_due(target: Target, now: float, mute: float = 0.0) -> float:
    """Return the time of a target's next poll, after a poll that began at `target.due`.

    `mute` is for how many seconds the miner is mute. Beyond MUTE seconds its pauses grow."""
    if not target.failed:
        return at_phase(target, now)
    interval = target.spec.interval
    pause = interval * (BACKOFF[min(target.failed, len(BACKOFF)) - 1] + JITTER * random.random())  # noqa: S311 - no secret
    mute_pause = min((mute - MUTE) / MUTE_DIVISOR, MAX_PAUSE, MAX_INTERVALS * interval)  # negative before MUTE
    due = target.due + max(pause, mute_pause)
    return due if due > now else at_phase(target, now)  # the poll was longer than the pause
