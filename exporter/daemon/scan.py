"""Ranges: try each address gently, one after the other; an address that answers like a miner becomes a target.

Only an address that answered once has series: the others are no miners that are down. A range costs only the numbers
that describe it, and a trial without an answer one connection. Trials have a bound of their own, so that silent
addresses delay no target.

An address that refuses may hold a miner without the API. It is probed once an hour, because it is more often a router
or a computer.
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

TRIAL_TIMEOUT: Final = 2.0  # seconds that an address has for each answer
ROUND: Final = 60.0  # seconds from one trial of an address to the next, if the rate allows it
RATE: Final = 100.0  # trials a second at most: a /16 takes eleven minutes
BATCH: Final = 4  # trials that start together, because waking up costs as much as a trial
OFF_API_INTERVAL: Final = 3600.0  # seconds until an address that refused and showed no miner is probed again
AT_ONCE: Final = int(RATE * TRIAL_TIMEOUT)  # addresses under trial at a time: enough if all are silent


class RangeScan:
    """The trials of all addresses of all ranges, round after round. Miners that are found go to the schedule."""

    def __init__(self, ranges: list[Range], schedule: Schedule) -> None:
        self.ranges, self.schedule = ranges, schedule
        self.found: set[tuple[str, int]] = set()  # host and port of each miner
        self.no_miners: dict[tuple[str, int], float] = {}  # host and port -> next probe, in the loop's time
        schedule.on_leave = self.lost

    def lost(self, target: Target) -> None:
        """Try the address of a target anew: its miner is elsewhere now."""
        self.found.discard((target.spec.host, target.spec.port))

    def candidates(self) -> int:
        """Count the addresses that may hold a miner and did not show one yet."""
        return sum(map(len, self.ranges)) - len(self.found)

    async def run(self) -> None:
        """Try addresses until cancelled."""
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
        """Iterate over the addresses at which no miner was found yet."""
        for addresses in self.ranges:
            port = addresses.spec.port
            yield from ((addresses, host) for host in addresses if (host, port) not in self.found)

    async def trial(self, addresses: Range, host: str) -> None:
        """Poll an address if it answers or refuses, and add a miner to the schedule."""
        spec = addresses.target(host)
        asker = self.schedule.surfaces.asker(spec)
        place, now = (host, spec.port), asyncio.get_running_loop().time()
        first: bytes | AskError
        try:
            async with asyncio.timeout(TRIAL_TIMEOUT):
                first = await asker(request(VERSION))
        except Refused as error:
            if self.no_miners.get(place, now) > now:
                return
            self.no_miners[place] = now + OFF_API_INTERVAL
            first = error
        except (AskError, TimeoutError):
            self.schedule.surfaces.forget(spec)
            return
        if spec.family:
            await asyncio.sleep(decode.by_name(spec.family).connection_gap)
        candidate = Target(spec, found=True)
        await poll(candidate, asking_on(asker, first), self.schedule.series)
        if candidate.up:
            self.found.add(place)
            self.no_miners.pop(place, None)
            event(logging.INFO, "found a miner", miner=spec.name, evidence=candidate.learnt.evidence)
            self.schedule.add([candidate])
        else:
            self.schedule.surfaces.forget(spec)


def asking_on(asker: Ask, first: bytes | AskError) -> Ask:
    """Return an `Ask` with a timeout for each answer, that does not repeat the question whose answer was `first`."""

    async def ask(wanted: Request) -> bytes:
        if wanted == request(VERSION):
            if isinstance(first, AskError):
                raise first
            return first
        async with asyncio.timeout(TRIAL_TIMEOUT):
            return await asker(wanted)

    return ask
