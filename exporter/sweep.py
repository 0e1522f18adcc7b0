"""Ranges: addresses that may hold a miner, tried gently one after the other; the one that answers becomes a target.

An address that never answered is no miner that is down, so it has no series. All addresses of a range cost only the
numbers that describe it, and a bound of their own keeps their silence from delaying any target.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Final

from exporter.config import Range
from exporter.logs import event
from exporter.poll import poll
from exporter.questions import Request
from exporter.schedule import Schedule
from exporter.target import Target
from exporter.transport import tcp4028

AT_ONCE: Final = 64  # addresses under trial at a time
PATIENCE: Final = 2.0  # seconds that an address has for each answer
ROUND: Final = 60.0  # seconds from one trial of an address to the next, where the rate allows it
RATE: Final = 100.0  # trials a second at most: a /16 takes eleven minutes


class Sweep:
    """Tries the addresses of all ranges, round after round, and hands what it finds to the schedule."""

    def __init__(self, ranges: list[Range], schedule: Schedule) -> None:
        self.ranges, self.schedule = ranges, schedule
        self.found: set[tuple[str, int]] = set()

    def candidates(self) -> int:
        """How many addresses may hold a miner and did not show one yet."""
        return sum(map(len, self.ranges)) - len(self.found)

    async def run(self) -> None:
        """Sweeps for ever."""
        loop = asyncio.get_running_loop()
        room = asyncio.Semaphore(AT_ONCE)
        while True:
            began = loop.time()
            async with asyncio.TaskGroup() as trials:
                for candidate in self.untried():
                    await room.acquire()
                    trials.create_task(self.trial(candidate, room.release))
                    await asyncio.sleep(1 / RATE)
            await asyncio.sleep(max(1.0, began + ROUND - loop.time()))

    def untried(self) -> Iterator[Target]:
        for addresses in self.ranges:
            for host in addresses:
                spec = addresses.target(host)
                if (spec.host, spec.port) not in self.found:
                    yield Target(spec)

    async def trial(self, candidate: Target, done: Callable[[], None]) -> None:
        spec = candidate.spec
        asker = tcp4028.asker(spec.host, spec.port, limit=self.schedule.answer_bytes)

        async def ask(request: Request) -> bytes:
            async with asyncio.timeout(PATIENCE):
                return await asker(request)

        try:
            await poll(candidate, ask, self.schedule.series)
        finally:
            done()
        if candidate.up:
            self.found.add((spec.host, spec.port))
            whole = next(addresses.target(spec.host) for addresses in self.ranges if spec.host in addresses)
            event(logging.INFO, "found a miner", miner=whole.name, evidence=candidate.learnt.evidence)
            self.schedule.add([Target(whole, learnt=candidate.learnt)])
