"""Who is polled when: each target at its own interval, starts spread evenly, polls bounded, nobody twice at once.

Targets that read nothing last time, or were slow, have a lane of their own with a bound of its own, so that a thousand
dead miners never make a live one late. The clock is the monotonic one: clock changes neither age nor flood anything.
What is due is started together, every few milliseconds, because waking up costs more than starting a poll.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import math
import random
import time
from collections.abc import Iterable, Iterator
from typing import Final

from exporter import decode
from exporter.daemon.logs import event
from exporter.daemon.telemetry import Telemetry
from exporter.plans.cache import PLANS
from exporter.polling.outcome import Outcome
from exporter.polling.poll import poll
from exporter.polling.target import Target
from exporter.transport.surfaces import Surfaces
from exporter.transport.tcp4028 import unanswered

TICK: Final = 0.02  # seconds between two looks at what is due, at least: each costs as much as starting two polls
PATIENCE: Final = 0.25  # and at most
HELD_UP: Final = 1.0  # seconds beyond that, after which the process was stopped and what is due would be a flood
FIRST: Final = 200.0  # first polls a second, so that a small fleet is there at once and a big one is no storm
BACKOFF: Final = (1.0, 1.25, 1.7)  # intervals until a silent miner is asked again: recovery shows within two
JITTER: Final = 0.05  # and this many at most on top, so that what failed together does not stay together
MUTE: Final = 3600.0  # seconds of questions taken and none answered, after which more and more time is left between
LESS: Final = 12.0  # a twelfth of what has passed since
SELDOM: Final = (600.0, 20.0)  # but no more than so many seconds, nor intervals
SLOW: Final = 0.5  # of the timeout: a miner that takes longer has no place among the quick ones
GOLDEN: Final = (math.sqrt(5) - 1) / 2  # its multiples fill an interval evenly, however many there are
LEAST: Final = 8
AT_ONCE: Final = 32  # polls that a look may start, however few targets there are
CATCH_UP: Final = 1.5  # times as many polls as a look has to start it may: more than the process can do only pile up


class Lane:
    """A queue of targets by the time they are due, and a bound on its polls in flight."""

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self.running = 0
        self.heap: list[tuple[float, int, Target]] = []
        self.order = itertools.count()

    def push(self, target: Target) -> None:
        heapq.heappush(self.heap, (target.due, next(self.order), target))

    def due(self, now: float, room: float = math.inf) -> Iterator[Target]:
        """Takes out those that are due, as many as there is `room` for."""
        while self.heap and self.heap[0][0] <= now and room > 0:
            room -= 1
            yield heapq.heappop(self.heap)[2]

    def pause(self, now: float) -> float:
        """Seconds until the next is due. With no room for it that has passed: whoever waits looks at every tick."""
        return self.heap[0][0] - now if self.heap else math.inf


class Schedule:
    """Owns every poll task. `targets` grows when an address of a range turns out to be a miner."""

    def __init__(self, telemetry: Telemetry, *, answer_bytes: int, series: int, bound: int) -> None:
        self.telemetry, self.series, self.bound = telemetry, series, bound
        self.surfaces = Surfaces(limit=answer_bytes)
        self.targets: dict[str, Target] = {}
        self.lanes = {"live": Lane(bound), "slow": Lane(bound)}
        self.tasks: dict[Target, asyncio.Task[None]] = {}
        self.waiting: set[str] = set()  # not polled yet
        self.mutes: dict[Target, float] = {}  # since when a target takes each question and answers none
        self.looked = math.inf  # when it was last looked at what is due; never, while nothing runs
        self.began = time.monotonic()
        self.longest = 0.0  # interval and timeout of the slowest target, in seconds
        self.rate = 0.0  # polls a second that all targets together need
        telemetry.in_flight.set_function(lambda: len(self.tasks))

    def add(self, targets: Iterable[Target]) -> None:
        """Takes targets in, each with its own phase within the interval; one that was just polled waits for it."""
        now = time.monotonic()
        fresh = []
        for target in targets:
            target.phase = now + target.spec.interval * (len(self.targets) * GOLDEN % 1)
            self.targets[target.spec.name] = target
            self.longest = max(self.longest, target.spec.interval + target.spec.timeout)
            self.rate += 1 / target.spec.interval
            if target.up:
                target.due = at_phase(target, now + target.spec.interval / 4)
                self.wait(target)
            else:
                self.waiting.add(target.spec.name)
                fresh.append(target)
        self.begin(fresh, now)

    def begin(self, targets: Iterable[Target], now: float) -> None:
        """Makes targets due, soon but not all at once."""
        for n, target in enumerate(targets):
            target.due = min(at_phase(target, now), now + n / FIRST)
            self.wait(target)

    def wait(self, target: Target) -> None:
        """Queues a target until it is due."""
        slow = target.failed or (target.duration or 0.0) > SLOW * target.spec.timeout
        self.lanes["slow" if slow else "live"].push(target)

    async def run(self) -> None:
        """Polls for ever. When it ends, so does every poll under way, and all targets wait as they did before."""
        try:
            while True:
                now = time.monotonic()
                if now - self.looked > PATIENCE + HELD_UP:
                    self.forget_old(now)
                    self.begin([late for lane in self.lanes.values() for late in lane.due(now)], now)
                self.looked = now
                most = max(AT_ONCE, CATCH_UP * self.rate * TICK)
                for lane in self.lanes.values():
                    for target in lane.due(now, min(most, lane.bound - lane.running)):
                        lane.running += 1
                        target.due = now  # from which on the lost are given time
                        self.tasks[target] = asyncio.create_task(self.poll(lane, target))
                pause = min(lane.pause(now) for lane in self.lanes.values())
                await asyncio.sleep(min(max(TICK, pause), PATIENCE))
        finally:
            self.looked = math.inf
            for task in self.tasks.values():
                task.cancel()
            await asyncio.gather(*self.tasks.values(), return_exceptions=True)
            self.tasks.clear()
            self.lanes = {name: Lane(lane.bound) for name, lane in self.lanes.items()}
            for target in self.targets.values():
                self.wait(target)

    async def poll(self, lane: Lane, target: Target) -> None:
        """One poll, counted and logged; then the target waits for its next."""
        was = target.up
        try:
            outcome = await poll(target, self.surfaces.asker(target.spec), self.series)
            self.telemetry.polled(outcome)
            tell(target, was, outcome)
        except Exception as error:  # a mistake of ours costs this poll, and none of those to come
            self.telemetry.bugs.inc()
            event(logging.ERROR, "internal error", miner=target.spec.name, error=f"{type(error).__name__}: {error}")
        finally:
            lane.running -= 1
            del self.tasks[target]
            self.waiting.discard(target.spec.name)
            now = time.monotonic()
            target.due = after(target, now, self.mute(target, now))
            self.wait(target)

    def mute(self, target: Target, now: float) -> float:
        """Seconds for which the target has taken each question and answered none."""
        place = target.spec.host, target.spec.port
        silent = place in unanswered
        unanswered.discard(place)
        if not target.failed or not silent:
            self.mutes.pop(target, None)
            return 0.0
        return now - self.mutes.setdefault(target, now)

    def wake(self) -> None:
        """Takes what is too old off the page, if the process was stopped and nobody has done so since."""
        now = time.monotonic()
        if now - self.looked > PATIENCE + HELD_UP:
            self.forget_old(now)

    def forget_old(self, now: float) -> None:
        """Takes the readings of those off the page that should have been read anew and given up since. Whether they
        are up is not known until they are polled."""
        for target in self.targets.values():
            if target.up and now - target.due > target.spec.interval + target.spec.timeout:
                target.up = None
                target.show_status()

    def lag(self) -> float:
        """How long the oldest due poll has been waiting, in seconds."""
        now = time.monotonic()
        return max(0.0, -min(lane.pause(now) for lane in self.lanes.values()))

    def all_polled(self) -> bool:
        """Whether every target was polled once, or had the time for it."""
        return not self.waiting or time.monotonic() - self.began > self.longest


def at_phase(target: Target, now: float) -> float:
    """The target's own next time: whole intervals from its phase, and some time from now."""
    interval = target.spec.interval
    passed = math.floor((now - target.phase) / interval) + 1
    due = target.phase + max(passed, 0) * interval
    return due if due - now > interval / 4 or passed <= 0 else due + interval


def after(target: Target, now: float, mute: float = 0.0) -> float:
    """Finds the next time for the target: its own; later, but before two intervals have gone, if it is lost.

    One that has been `mute` for long is left alone longer and longer: each question may cost it a connection for good.
    """
    if not target.failed:
        return at_phase(target, now)
    interval = target.spec.interval
    pause = interval * (BACKOFF[min(target.failed, len(BACKOFF)) - 1] + JITTER * random.random())  # noqa: S311 - no secret
    due = target.due + max(pause, min((mute - MUTE) / LESS, SELDOM[0], SELDOM[1] * interval))
    return due if due > now else at_phase(target, now)


def tell(target: Target, was: bool | None, outcome: Outcome) -> None:
    """Logs what a poll changed: each event once, not at every poll."""
    for bug in outcome.bugs:
        event(logging.ERROR, "internal error", miner=target.spec.name, error=str(bug))
    if target.up and not was:
        evidence = target.learnt.evidence
        event(logging.INFO, "miner is up", miner=target.spec.name, family=outcome.family, evidence=evidence)
        if hurry := decode.by_name(outcome.family).hurry(target.spec.timeout):
            event(logging.WARNING, "too little time", miner=target.spec.name, warning=hurry)
    elif not target.up and was is not False:
        event(logging.WARNING, "miner is down", miner=target.spec.name, reason=target.error)
    if PLANS.small and not PLANS.told:
        PLANS.told = True
        event(logging.WARNING, "too many kinds of answers for the memory of plans", plans=PLANS.count())
