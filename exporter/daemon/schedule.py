"""The polls of all targets: each at its own interval, starts spread evenly, polls bounded, one poll a target at a time.

Targets that were lost or slow have a lane with a bound of its own, so that a thousand dead miners delay no healthy one.
A target is either in its lane or being polled. All times are monotonic, so that a step of the wall clock changes
nothing. A turn of the poll loop starts all polls that are due, because waking up costs more than starting a poll.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable, Iterable
from typing import Final

from exporter import decode
from exporter.daemon.identities import Identities
from exporter.daemon.lanes import Lane, at_phase, next_due
from exporter.daemon.logs import event
from exporter.daemon.telemetry import Telemetry
from exporter.plans.cache import PLANS
from exporter.polling.outcome import Outcome
from exporter.polling.poll import poll
from exporter.polling.target import Target
from exporter.transport.surfaces import Surfaces
from exporter.transport.tcp4028 import unanswered

TICK: Final = 0.02  # shortest sleep of the poll loop, s: a turn costs as much as starting two polls
MAX_TICK: Final = 0.25  # longest sleep of the poll loop, s
STOPPED: Final = 1.0  # lateness of a turn, beyond the longest sleep, that only a stopped process explains, s
FIRST: Final = 200.0  # first polls a second: a small fleet is there at once, and a big one makes no storm
SLOW: Final = 0.5  # fraction of the timeout: a miner that takes longer goes to the slow lane
GOLDEN: Final = (math.sqrt(5) - 1) / 2  # its multiples fill an interval evenly, however many there are
AT_ONCE: Final = 32  # polls that one turn may start in any case, even of a small fleet
CATCH_UP: Final = 1.5  # after a delay, one turn may start so many times the usual polls: more would only pile up


class Schedule:
    """The owner of every poll task. `targets` grows when an address of a range turns out to be a miner."""

    def __init__(self, telemetry: Telemetry, *, answer_bytes: int, series: int, bound: int) -> None:
        """Take the limits: bytes of one answer, series of one miner, and polls in flight of each lane."""
        self.telemetry, self.series, self.bound = telemetry, series, bound
        self.surfaces = Surfaces(limit=answer_bytes)
        self.targets: dict[str, Target] = {}
        self.lanes = {"healthy": Lane(bound), "slow": Lane(bound)}
        self.tasks: dict[Target, asyncio.Task[None]] = {}
        self.identities = Identities(self.targets, self.leave)
        self.on_leave: Callable[[Target], None] = lambda _: None  # called for each target that leaves
        self.unpolled: set[str] = set()  # names of targets that were not polled yet
        self.mute_since: dict[Target, float] = {}  # since when a target takes questions and answers none
        self.last_turn = math.inf  # time of the poll loop's last turn; inf while the loop does not run
        self.began = time.monotonic()
        self.longest = 0.0  # interval and timeout of the slowest target, in seconds
        self.rate = 0.0  # polls a second that all targets need
        telemetry.in_flight.set_function(lambda: len(self.tasks))

    def add(self, targets: Iterable[Target]) -> None:
        """Add targets, each with its own phase in the interval, and poll them soon.

        A target that is up was just polled, by the scan of a range, and waits for its phase."""
        now = time.monotonic()
        fresh = []
        for target in targets:
            target.phase = now + target.spec.interval * (len(self.targets) * GOLDEN % 1)
            self.targets[target.spec.name] = target
            self.longest = max(self.longest, target.spec.interval + target.spec.timeout)
            self.rate += 1 / target.spec.interval
            if target.up:
                self.identities.look(target)
                target.due = at_phase(target, now + target.spec.interval / 4)
                self.queue(target)
            else:
                self.unpolled.add(target.spec.name)
                fresh.append(target)
        self.queue_soon(fresh, now)

    def leave(self, target: Target) -> None:
        """Take a target off the page; a poll in flight is its last."""
        self.targets.pop(target.spec.name, None)
        self.unpolled.discard(target.spec.name)
        self.rate -= 1 / target.spec.interval
        self.mute_since.pop(target, None)
        self.surfaces.forget(target.spec)
        self.on_leave(target)

    def stays(self, target: Target) -> bool:
        """Tell whether a target is still polled."""
        return self.targets.get(target.spec.name) is target

    def queue_soon(self, targets: Iterable[Target], now: float) -> None:
        """Queue targets at their phase, or earlier: FIRST of them a second."""
        for n, target in enumerate(targets):
            target.due = min(at_phase(target, now), now + n / FIRST)
            self.queue(target)

    def queue(self, target: Target) -> None:
        """Put a target in its lane, to be polled when it is `due`."""
        slow = target.failed or (target.duration or 0.0) > SLOW * target.spec.timeout
        self.lanes["slow" if slow else "healthy"].push(target)

    async def run(self) -> None:
        """Poll until cancelled. Then polls in flight are cancelled, and all targets are queued again."""
        try:
            while True:
                now = time.monotonic()
                if self.was_stopped(now):
                    self.hide_overdue(now)
                    self.queue_soon([late for lane in self.lanes.values() for late in lane.pop_due(now)], now)
                self.last_turn = now
                most = max(AT_ONCE, CATCH_UP * self.rate * TICK)
                for lane in self.lanes.values():
                    for target in filter(self.stays, lane.pop_due(now, min(most, lane.bound - lane.running))):
                        lane.running += 1
                        target.due = now  # a lost target's backoff counts from the start of its poll
                        self.tasks[target] = asyncio.create_task(self.poll(lane, target))
                self.identities.review()
                pause = min(lane.pause(now) for lane in self.lanes.values())
                await asyncio.sleep(min(max(TICK, pause), MAX_TICK))
        finally:
            self.last_turn = math.inf
            for task in self.tasks.values():
                task.cancel()
            await asyncio.gather(*self.tasks.values(), return_exceptions=True)
            self.tasks.clear()
            self.lanes = {name: Lane(lane.bound) for name, lane in self.lanes.items()}
            for target in self.targets.values():
                self.queue(target)

    async def poll(self, lane: Lane, target: Target) -> None:
        """Poll a target, count and log the outcome, and queue the target again."""
        up_before = target.up
        try:
            outcome = await poll(target, self.surfaces.asker(target.spec), self.series)
            self.telemetry.polled(outcome)
            if target.up and self.stays(target):
                self.identities.look(target)
            log_changes(target, up_before, outcome)
        except Exception as error:  # a mistake of ours must not end the polls of this target
            self.telemetry.bugs.inc()
            event(logging.ERROR, "internal error", miner=target.name, error=f"{type(error).__name__}: {error}")
        finally:
            lane.running -= 1
            del self.tasks[target]
            self.unpolled.discard(target.spec.name)
            if self.stays(target):
                now = time.monotonic()
                target.due = next_due(target, now, self.mute_seconds(target, now))
                self.queue(target)

    def mute_seconds(self, target: Target, now: float) -> float:
        """Return the seconds for which the target has taken questions and answered none; call after each poll."""
        place = target.spec.host, target.spec.port
        mute = place in unanswered  # in the poll that just ended
        unanswered.discard(place)
        if not target.failed or not mute:
            self.mute_since.pop(target, None)
            return 0.0
        return now - self.mute_since.setdefault(target, now)

    def was_stopped(self, now: float) -> bool:
        """Tell whether the process was stopped since the poll loop's last turn, such as on a suspended machine."""
        return now - self.last_turn > MAX_TICK + STOPPED

    def notice_stop(self) -> None:
        """Take overdue readings off the page before a scrape, if the poll loop has not noticed a stop yet."""
        now = time.monotonic()
        if self.was_stopped(now):
            self.hide_overdue(now)

    def hide_overdue(self, now: float) -> None:
        """Take readings off the page that should have been replaced by now; whether the miner is up is unknown."""
        for target in self.targets.values():
            if target.up and now - target.due > target.spec.interval + target.spec.timeout:
                target.up = None
                target.show_status()

    def lag(self) -> float:
        """Return the seconds for which the oldest due poll has been waiting, 0 if none is due."""
        now = time.monotonic()
        return max(0.0, -min(lane.pause(now) for lane in self.lanes.values()))

    def all_polled(self) -> bool:
        """Test whether every target was polled once, or had the time for it since the schedule was made."""
        return not self.unpolled or time.monotonic() - self.began > self.longest


def log_changes(target: Target, up_before: bool | None, outcome: Outcome) -> None:
    """Log what a poll changed: each change once, and no repetition at every poll. `up_before` is `up` before the poll.

    The first poll of a target is a change too. A lack of memory for plans is logged once for the process."""
    for bug in outcome.bugs:
        event(logging.ERROR, "internal error", miner=target.name, error=str(bug))
    if target.up and not up_before:
        evidence = target.learnt.evidence
        event(logging.INFO, "miner is up", miner=target.name, family=outcome.family, evidence=evidence)
        if warning := decode.by_name(outcome.family).hurry(target.spec.timeout):
            event(logging.WARNING, "too little time", miner=target.name, warning=warning)
    elif not target.up and up_before is not False:
        event(logging.WARNING, "miner is down", miner=target.name, reason=target.error)
    if PLANS.small and not PLANS.told:
        PLANS.told = True
        event(logging.WARNING, "too many kinds of answers for the memory of plans", plans=PLANS.count())
