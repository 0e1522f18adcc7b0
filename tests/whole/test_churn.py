"""An hour of miners that die, come back, are cut off, and become others: what is kept of them stays the same."""

from __future__ import annotations

import asyncio
import gc
import random
import tracemalloc

import pytest

import exporter.polling.readings
import exporter.polling.target
from exporter.core.errors import AskError, Empty, Refused, Reset, TimedOut
from exporter.plans.cache import PlanCache
from exporter.polling.poll import poll
from exporter.questions import Request
from tests.harness.recorded import LIMIT, RECORDINGS, Recording, outside_of_time, with_login

KINDS = random.Random(1).sample(RECORDINGS, 30)  # more of them take longer than an hour to have all been there
MINERS = 12
INTERVAL = 15.0
HOUR = 240  # polls of each
MOODS: tuple[type[AskError], ...] = (Refused, TimedOut, Reset, Empty)


class Unsteady:
    """A miner of some kind today, and of another after its next update; some of its answers fail or are cut."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.recording: Recording = self.dice.choice(KINDS)
        self.dead = 0  # polls for which it stays dead
        self.cut = False

    def wake(self) -> None:
        """What becomes of it until the next poll."""
        self.dead = max(0, self.dead - 1)
        chance = self.dice.random()
        if chance < 0.02:
            self.dead = self.dice.randrange(1, 12)
        elif chance < 0.03:
            self.recording = self.dice.choice(KINDS)
        self.cut = chance > 0.98

    async def ask(self, request: Request) -> bytes:
        if self.dead:
            raise self.dice.choice(MOODS)("as usual")
        raw = await self.recording.ask(request)
        return raw[: self.dice.randrange(1, len(raw))] if self.cut else raw


async def test_an_hour_of_churn_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that may be kept is there after two hours; the third adds nothing."""
    fewer = PlanCache(budget=8 << 20)
    for module in (exporter.polling.readings, exporter.polling.target):
        monkeypatch.setattr(module, "PLANS", fewer)
    kept = []
    with outside_of_time() as clock:
        miners = [(with_login(f"m{n}", chips=n % 2 == 0), Unsteady(n)) for n in range(MINERS)]
        tracemalloc.start()
        try:
            for n in range(1, 3 * HOUR + 1):
                for of, miner in miners:
                    miner.wake()
                    await poll(of, miner.ask, LIMIT)
                await clock.sleep(INTERVAL)
                await asyncio.sleep(0)  # the loop forgets the deadlines that were met
                if n % (HOUR // 4) == 0:
                    gc.collect()
                    kept.append(tracemalloc.get_traced_memory()[0])
        finally:
            tracemalloc.stop()
    # As many plans are kept at any time, some 80 KB each, but not the same ones: that alone makes 6 % of difference.
    assert max(kept[8:]) < 1.1 * max(kept[:8]), kept
