"""Ranges: addresses that may hold a miner, tried gently one after the other; the one that answers becomes a target.

An address that never answered is no miner that is down, so it has no series. All addresses of a range cost only the
numbers that describe it, a trial that nobody answers costs one connection and keeps nothing, and a bound of their own
keeps their silence from delaying any target. An address that refuses may hold a miner without an API, and is asked for
the pages by which such are known, once an hour: it is more often a router or a computer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Final

from exporter import decode
from exporter.config import Range
from exporter.core.errors import AskError, Refused
from exporter.daemon.logs import event
from exporter.daemon.schedule import Schedule
from exporter.decode.cgminer import VERSION
from exporter.polling.poll import poll
from exporter.polling.session import Ask
from exporter.polling.target import Target
from exporter.questions import Request, request

PATIENCE: Final = 2.0  # seconds that an address has for each answer
ROUND: Final = 60.0  # seconds from one trial of an address to the next, where the rate allows it
RATE: Final = 100.0  # trials a second at most: a /16 takes eleven minutes
BATCH: Final = 4  # trials that start together, because waking up costs as much as one
OFF_API_INTERVAL: Final = 3600.0  # seconds until an address that refused and had no such page is asked for one again
AT_ONCE: Final = int(RATE * PATIENCE)  # addresses under trial at a time: enough if all are silent


class RangeScan:
    """Tries the addresses of all ranges, round after round, and hands what it finds to the schedule."""

    def __init__(self, ranges: list[Range], schedule: Schedule) -> None:
        self.ranges, self.schedule = ranges, schedule
        self.found: set[tuple[str, int]] = set()
        self.strangers: dict[tuple[str, int], float] = {}  # the loop's time until which they are not asked for pages

    def candidates(self) -> int:
        """How many addresses may hold a miner and did not show one yet."""
        return sum(map(len, self.ranges)) - len(self.found)

    async def run(self) -> None:
        """Sweeps for ever."""
        loop = asyncio.get_running_loop()
        room = asyncio.Semaphore(min(AT_ONCE, self.schedule.bound))
        while True:
            began = loop.time()
            async with asyncio.TaskGroup() as trials:
                for n, (addresses, host) in enumerate(self.untried()):
                    if n % BATCH == 0:
                        await asyncio.sleep(BATCH / RATE)
                    await room.acquire()
                    trials.create_task(self.trial(addresses, host)).add_done_callback(lambda _: room.release())
            await asyncio.sleep(max(1.0, began + ROUND - loop.time()))

    def untried(self) -> Iterator[tuple[Range, str]]:
        for addresses in self.ranges:
            port = addresses.spec.port
            yield from ((addresses, host) for host in addresses if (host, port) not in self.found)

    async def trial(self, addresses: Range, host: str) -> None:
        """Polls an address if it answers at all."""
        spec = addresses.target(host)
        asker = self.schedule.surfaces.asker(spec)
        place, now = (host, spec.port), asyncio.get_running_loop().time()
        said: bytes | AskError
        try:
            async with asyncio.timeout(PATIENCE):
                said = await asker(request(VERSION))
        except Refused as error:
            if self.strangers.get(place, now) > now:
                return
            self.strangers[place] = now + OFF_API_INTERVAL
            said = error
        except (AskError, TimeoutError):
            self.schedule.surfaces.forget(spec)
            return
        if spec.family:
            await asyncio.sleep(decode.by_name(spec.family).connection_gap)
        candidate = Target(spec)
        await poll(candidate, patient(asker, said), self.schedule.series)
        if candidate.up:
            self.found.add(place)
            self.strangers.pop(place, None)
            event(logging.INFO, "found a miner", miner=spec.name, evidence=candidate.learnt.evidence)
            self.schedule.add([candidate])
        else:
            self.schedule.surfaces.forget(spec)


def patient(asker: Ask, said: bytes | AskError) -> Ask:
    """Asks with patience, and never what was `said` to the greeting."""

    async def ask(wanted: Request) -> bytes:
        if wanted == request(VERSION):
            if isinstance(said, AskError):
                raise said
            return said
        async with asyncio.timeout(PATIENCE):
            return await asker(wanted)

    return ask
