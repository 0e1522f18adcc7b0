"""The life of a simulated miner: each number is a pure function of a seed, the machine and the time."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from exporter.simulator.machine import Machine

DIFF1 = 2**32
"""Hashes expected for one share of difficulty 1."""
MIN_RAMP, RAMP_SECONDS = 0.03, 60.0
RIPPLES = 0.02
"""Highest sum of a board's waves: less than MIN_RAMP, so that no rate is negative."""

CONDITIONS: dict[str, tuple[int, int]] = {
    "failing_board": (720, 420),
    "dead_pool": (600, 360),
    "tuning": (840, 480),
    "sleeping": (660, 300),
    "hot": (540, 330),
    "failed_fan": (1, 1),
    "dead_board": (1, 1),
    "no_pool": (900, 240),
    "restless": (1, 1),
}
"""Conditions: (seconds of a round, seconds of a round in which the condition holds); (1, 1) is permanent."""
INCIDENTS = ("slow", "sagging", "hijacked")
"""Permanent conditions that befall any firmware, given by hand: slow chips, low mains, and the pool of a thief."""
_SLOWS = {"no_pool": 0.0, "sleeping": 0.0, "hot": 0.94, "tuning": 0.85, "slow": 0.78}


@dataclass(frozen=True, slots=True)
class Wave:
    """A sine over time, with the height `depth` and the period in seconds."""

    depth: float
    period: float
    phase: float

    def at(self, time: float) -> float:
        """Return the wave's height at `time`."""
        return self.depth * math.sin(math.tau * time / self.period + self.phase)

    def total(self, start: float, end: float) -> float:
        """Return the wave's integral from `start` to `end`."""
        turn = math.tau / self.period
        return self.depth / turn * (math.cos(turn * start + self.phase) - math.cos(turn * end + self.phase))


@dataclass(frozen=True, slots=True)
class Spell:
    """The times at which a condition holds: the first `length` of every `period` seconds, counted from `offset`."""

    period: int
    length: int
    offset: int = 0

    @property
    def settled(self) -> bool:
        """True if the condition never begins or ends."""
        return self.length in {0, self.period}

    def holds(self, time: float) -> bool:
        """Return whether the condition holds at `time`."""
        return (time - self.offset) % self.period < self.length

    def since(self, time: float) -> float:
        """Return the seconds since the condition last began or ended."""
        age = (time - self.offset) % self.period
        return age if age < self.length else age - self.length

    def depth(self, time: float) -> float:
        """Return the condition's effect on temperatures, from 0 to 1, which rises and falls gradually."""
        if self.settled:
            return float(self.length > 0)
        fading = math.exp(-self.since(time) / 50)
        return 1 - fading if self.holds(time) else fading

    def parts(self, start: float, end: float) -> Iterator[tuple[float, float, bool]]:
        """Yield (start, end, holds) for each stretch of time with or without the condition, from `start` to `end`."""
        if self.settled:
            yield start, end, self.length > 0
            return
        for turn in range(
            math.floor((start - self.offset) / self.period), math.ceil((end - self.offset) / self.period)
        ):
            begin = self.offset + turn * self.period
            middle, finish = begin + self.length, begin + self.period
            for first, last, holds in ((begin, middle, True), (middle, finish, False)):
                if max(first, start) < min(last, end):
                    yield max(first, start), min(last, end), holds


class Life:
    """A miner over time. Random numbers are drawn once, from the seed `key`; then only the time matters."""

    def __init__(self, key: str, machine: Machine, condition: str | None = None, *, fee: float = 0.0) -> None:
        dice = random.Random(key)
        self.machine, self.condition, self.fee = machine, condition, fee
        # Work is summed by spells: a restart after some hours bounds the sum for a miner whose condition changes.
        span = 480.0 if condition == "restless" else dice.uniform(7e3, 2e4) if condition else dice.uniform(9e4, 8e5)
        self.span, self.phase = span, dice.random()
        known = {**CONDITIONS, **dict.fromkeys(INCIDENTS, (1, 1))}
        period, length = known[condition] if condition else (1, 0)
        self.spell = Spell(period, length, dice.randrange(period))
        self.quality = [dice.uniform(0.985, 1.02) for _ in range(machine.boards)]
        self.waves = [
            (
                Wave(0.4 * RIPPLES, dice.uniform(70, 180), dice.uniform(0, math.tau)),
                Wave(0.6 * RIPPLES, dice.uniform(600, 1500), dice.uniform(0, math.tau)),
            )
            for _ in range(machine.boards)
        ]
        self.victim = dice.randrange(machine.boards)
        self.lost = tuple(sorted(dice.sample(range(machine.chips), machine.chips // 5)))
        self.fan = dice.randrange(machine.fans) if machine.fans else 0
        self.air = dice.uniform(20, 24)
        self.serial = "".join(dice.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=17))
        self.mac = ":".join(f"{byte:02x}" for byte in (0x02, *dice.randbytes(5)))

    def started(self, time: float) -> float:
        """Return the start of the mining process that runs at `time`."""
        return (math.floor(time / self.span - self.phase) + self.phase) * self.span

    def factor(self, board: int, holds: bool) -> float:
        """Return the part of its full rate that a board keeps, from 0 to 1."""
        if not holds:
            return 1.0
        if self.condition == "dead_board":
            return float(board != self.victim)
        if self.condition == "failing_board" and board == self.victim:
            return 1 - len(self.lost) / max(self.machine.chips, 1)
        return _SLOWS.get(self.condition or "", 1.0)

    def rate(self, board: int, time: float) -> float:
        """Return a board's rate at `time`, in H/s."""
        ramp = 1 - (1 - MIN_RAMP) * math.exp(-(time - self.started(time)) / RAMP_SECONDS)
        level = ramp + sum(wave.at(time) for wave in self.waves[board])
        return self._full(board) * level * self.factor(board, self.spell.holds(time))

    def work(self, board: int, end: float, start: float | None = None) -> tuple[float, float]:
        """Return (hashes without the condition, hashes with the condition) of a board, from `start` to `end`.

        Counts from the process's start if `start` is missing or earlier."""
        born = self.started(end)
        sums = [0.0, 0.0]
        for first, last, holds in self.spell.parts(max(born, start or born), end):
            fading = math.exp(-(first - born) / RAMP_SECONDS) - math.exp(-(last - born) / RAMP_SECONDS)
            level = last - first - (1 - MIN_RAMP) * RAMP_SECONDS * fading
            level += sum(wave.total(first, last) for wave in self.waves[board])
            sums[holds] += self._full(board) * level * self.factor(board, holds)
        return sums[0], sums[1]

    def warmth(self, time: float) -> float:
        """Return how warm the machine is, from 0 (cold) to 1 (warm from work)."""
        warm = 1 - math.exp(-(time - self.started(time) + 30) / 200)
        return warm * (1 - self.spell.depth(time)) if _SLOWS.get(self.condition or "") == 0.0 else warm

    def ambient(self, time: float) -> float:
        """Return the temperature of the air, in degrees Celsius."""
        return self.air + 3 * math.sin(math.tau * time / 86400)

    def _full(self, board: int) -> float:
        return self.machine.board_rate * self.quality[board]
