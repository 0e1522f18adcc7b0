"""Ten thousand targets in virtual time, whose polls are stand-ins: what ails many of them never delays the others."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest

from exporter.core.errors import Refused, TimedOut
from exporter.daemon.descriptors import bound
from exporter.daemon.schedule import FIRST, Schedule
from exporter.daemon.telemetry import Telemetry
from exporter.polling.outcome import Outcome
from exporter.polling.session import Ask, Session
from exporter.polling.target import Target
from tests.harness.support import target
from tests.harness.virtual import CLOCK

pytestmark = pytest.mark.virtual_time

COUNT, INTERVAL, TIMEOUT = 10_000, 15.0, 5.0
LATE = 0.1  # seconds that a healthy miner may be late


class Farm:
    """Stands in for polls: what ails each target, and when each was polled."""

    def __init__(self) -> None:
        self.ails: dict[Target, str] = {}
        self.polls: dict[Target, list[float]] = defaultdict(list)
        self.targets = [target(f"m{n}", interval=INTERVAL, timeout=TIMEOUT) for n in range(COUNT)]
        self.running = self.most = 0

    async def poll(self, of: Target, ask: Ask, limit: int) -> Outcome:  # noqa: ARG002
        loop = asyncio.get_running_loop()
        began = loop.time()
        self.polls[of].append(began)
        self.running += 1
        self.most = max(self.most, self.running)
        ails = self.ails.get(of)
        error = Refused() if ails == "refuses" else TimedOut() if ails in ("silent", "drips") else None
        await asyncio.sleep({None: 0.08, "refuses": 0.001, "crawls": 0.9 * TIMEOUT}.get(ails, TIMEOUT))
        self.running -= 1
        of.up, of.failed, of.duration = error is None, of.failed + 1 if error else 0, loop.time() - began
        return Outcome(Session(of, ask), of.duration, error)

    def latest(self, since: float) -> float:
        """The most that a healthy target was late by after `since`."""
        healthy = [times for of, times in self.polls.items() if of not in self.ails]
        gaps = [after - before for times in healthy for before, after in pairwise(times) if before >= since]
        assert len(gaps) >= len(healthy) > 0
        return max(gaps) - INTERVAL


@pytest.fixture
def farm(monkeypatch: pytest.MonkeyPatch) -> Farm:
    made = Farm()
    monkeypatch.setattr("exporter.daemon.schedule.poll", made.poll)
    return made


@asynccontextmanager
async def polling(farm: Farm, descriptors: int = 20_000) -> AsyncIterator[Schedule]:
    room = bound([(INTERVAL, TIMEOUT)] * COUNT, descriptors)
    schedule = Schedule(Telemetry(), answer_bytes=1 << 18, series=10_000, bound=room)
    schedule.add(farm.targets)
    task = asyncio.create_task(schedule.run())
    try:
        yield schedule
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert not schedule.tasks
    assert farm.most <= 2 * room


@pytest.mark.parametrize(("descriptors", "known"), [(20_000, 1.3), (1024, 5.0)], ids=["many", "few"])
async def test_the_silent_the_refusing_and_the_dripping_delay_nobody(
    farm: Farm, descriptors: int, known: float
) -> None:
    """Nor with too few descriptors for them, after the intervals that it takes to know who they are."""
    for n, each in enumerate(farm.targets):
        ails = ["silent"] * 6 + ["refuses"] * 2 + ["drips"] + [""] * 11
        farm.ails |= {each: ails[n % 20]} if ails[n % 20] else {}
    async with polling(farm, descriptors):
        began = asyncio.get_running_loop().time()
        await asyncio.sleep((known + 2.2) * INTERVAL)
        assert farm.latest(began + known * INTERVAL) <= LATE
        assert sum(map(bool, (of.up for of in farm.targets))) == COUNT * 11 // 20


async def test_those_that_need_nearly_all_their_time_delay_nobody(farm: Farm) -> None:
    farm.ails = dict.fromkeys(farm.targets[::4], "crawls")
    async with polling(farm, 1024):
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(6.2 * INTERVAL)
        assert farm.latest(began + 4 * INTERVAL) <= LATE
        assert all(of.up for of in farm.targets)


async def test_a_site_that_is_gone_delays_no_other_and_is_back_within_two_intervals(farm: Farm) -> None:
    site = dict.fromkeys(farm.targets[: COUNT * 6 // 10], "silent")
    async with polling(farm):
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(2.2 * INTERVAL)
        farm.ails = site
        await asyncio.sleep(3 * INTERVAL)
        assert farm.latest(began + 1.3 * INTERVAL) <= LATE
        assert not any(of.up for of in site)
        farm.ails = {}
        await asyncio.sleep(2 * INTERVAL)
        assert all(of.up for of in farm.targets)


async def test_starts_are_even_at_the_beginning_and_after_a_stop(farm: Farm) -> None:
    """A process that was stopped for a minute finds nearly all its targets due; half of those here are lost."""
    farm.ails = dict.fromkeys(farm.targets[::2], "silent")
    loop = asyncio.get_running_loop()
    async with polling(farm):
        await asyncio.sleep(3 * INTERVAL)
        stopped = loop.time()
        CLOCK.now += 60
        await asyncio.sleep(1.3 * INTERVAL)
        assert all(farm.polls[of][-1] > stopped for of in farm.targets), "none is forgotten"
    seconds = Counter(int(time) for times in farm.polls.values() for time in times)
    assert max(seconds.values()) <= 1.2 * (FIRST + COUNT / INTERVAL)
