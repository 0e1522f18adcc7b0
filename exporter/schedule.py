"""Who is polled when: each target at its own interval, starts spread evenly, polls bounded, nobody twice at once.

Targets that read nothing last time wait in a lane of their own with a bound of its own, so that a thousand dead miners
never make a live one late. The clock is the monotonic one: suspends and clock changes neither age nor flood anything.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import math
import time
from collections.abc import Iterable
from typing import Final

from exporter.logs import event
from exporter.poll import Outcome, poll
from exporter.target import Target
from exporter.telemetry import Telemetry
from exporter.transport import tcp4028

FIRST: Final = 200.0  # first polls a second, so that a small fleet is there at once and a big one is no storm
BACKOFF: Final = (1.0, 1.25, 1.75)  # intervals until a silent miner is asked again: recovery shows within two
LEAST: Final = 8


class Lane:
    """A queue of targets by the time they are due, and a bound on its polls in flight."""

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self.running = 0
        self.heap: list[tuple[float, int, Target]] = []
        self.order = itertools.count()
        self.changed = asyncio.Event()

    def push(self, target: Target) -> None:
        heapq.heappush(self.heap, (target.due, next(self.order), target))
        self.changed.set()

    async def next(self) -> Target:
        """The next target, when it is due and there is room for its poll."""
        while True:
            self.changed.clear()
            pause = self.heap[0][0] - time.monotonic() if self.heap else math.inf
            if self.running >= self.bound:
                pause = math.inf
            elif pause <= 0:
                return heapq.heappop(self.heap)[2]
            try:
                async with asyncio.timeout(pause if pause < 3600 else 3600):
                    await self.changed.wait()
            except TimeoutError:
                continue

    def lag(self, now: float) -> float:
        return max(0.0, now - self.heap[0][0]) if self.heap else 0.0


class Schedule:
    """Owns every poll task. `targets` grows when an address of a range turns out to be a miner."""

    def __init__(self, telemetry: Telemetry, *, answer_bytes: int, series: int, bound: int) -> None:
        self.telemetry, self.answer_bytes, self.series = telemetry, answer_bytes, series
        self.targets: dict[str, Target] = {}
        self.lanes = {"live": Lane(bound), "lost": Lane(bound)}
        self.tasks: set[asyncio.Task[None]] = set()
        self.waiting: set[str] = set()  # not polled yet
        self.began = time.monotonic()

    def add(self, targets: Iterable[Target]) -> None:
        """Takes targets in, each with its own phase within the interval."""
        fresh = list(targets)
        now = time.monotonic()
        for n, target in enumerate(fresh):
            self.targets[target.spec.name] = target
            self.waiting.add(target.spec.name)
            target.phase = now + target.spec.interval * n / len(fresh)
            target.due = min(target.phase, now + n / FIRST)
            self.lanes["live"].push(target)

    async def run(self) -> None:
        """Polls for ever; when it is cancelled, so is every poll under way."""
        try:
            async with asyncio.TaskGroup() as group:
                for lane in self.lanes.values():
                    group.create_task(self.serve(lane))
        finally:
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)

    async def serve(self, lane: Lane) -> None:
        while True:
            target = await lane.next()
            lane.running += 1
            task = asyncio.create_task(self.poll_in(lane, target))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def poll_in(self, lane: Lane, target: Target) -> None:
        try:
            await self.poll(target)
        except Exception as error:  # a mistake of ours costs this poll, and none of those to come
            self.telemetry.bugs.inc()
            event(logging.ERROR, "internal error", miner=target.spec.name, error=f"{type(error).__name__}: {error}")
        finally:
            lane.running -= 1
            lane.changed.set()
        self.waiting.discard(target.spec.name)
        target.due = self.after(target, time.monotonic())
        self.lanes["lost" if target.failed else "live"].push(target)

    def after(self, target: Target, now: float) -> float:
        """When the target is due next: at its phase in a coming interval; later, but before two have gone, if lost."""
        interval = target.spec.interval
        if target.failed:
            return max(now, target.due + interval * BACKOFF[min(target.failed, len(BACKOFF)) - 1])
        passed = math.floor((now - target.phase) / interval) + 1
        due = target.phase + max(passed, 0) * interval
        return due if due - now > interval / 4 or passed <= 0 else due + interval

    async def poll(self, target: Target) -> Outcome:
        """One poll, counted and logged."""
        was = target.up

        ask = tcp4028.asker(target.spec.host, target.spec.port, limit=self.answer_bytes)
        with self.telemetry.in_flight.track_inprogress():
            outcome = await poll(target, ask, self.series)
        self.telemetry.polled(outcome)
        for bug in outcome.bugs:
            event(logging.ERROR, "internal error", miner=target.spec.name, error=str(bug))
        if target.up and not was:
            event(
                logging.INFO,
                "miner is up",
                miner=target.spec.name,
                family=outcome.family,
                evidence=target.learnt.evidence,
            )
        elif not target.up and was is not False:
            event(logging.WARNING, "miner is down", miner=target.spec.name, reason=target.error)
        return outcome

    def lag(self) -> float:
        """How long the oldest due poll has been waiting, in seconds."""
        now = time.monotonic()
        return max(lane.lag(now) for lane in self.lanes.values())

    def swept(self) -> bool:
        """Whether every target was polled once, or had the time for it."""
        longest = max((t.spec.interval + t.spec.timeout for t in self.targets.values()), default=0.0)
        return not self.waiting or time.monotonic() - self.began > longest
