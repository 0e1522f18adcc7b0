"""A moment: a simulated miner's boards, pools, fans and power at one time, independent of any firmware."""

from __future__ import annotations

import math
from functools import cached_property

from exporter.simulator.life import DIFF1, Life
from exporter.simulator.parts import Board, Pool

POOLS = ("stratum+tcp://pool-a.example:3333", "stratum+tcp://pool-b.example:3333")
STRANGE = "stratum+tcp://pool-x.example:3333"
"""The pool of a miner that works for a thief."""
MAINS, SAGGING_MAINS = 230.0, 187.0


class Moment:
    """A life at one time (unix seconds), with the name of its miner."""

    def __init__(self, name: str, life: Life, time: float) -> None:
        self.name, self.life, self.time = name, life, time
        self.machine = life.machine
        self.now = int(time)
        self.born = life.started(time)
        self.elapsed = int(time - self.born)

    def has(self, condition: str) -> bool:
        """Return whether the condition holds now."""
        return self.life.condition == condition and self.life.spell.holds(self.time)

    @cached_property
    def idle(self) -> bool:
        """True if the miner does no work."""
        return self.has("sleeping") or self.has("no_pool")

    @cached_property
    def boards(self) -> list[Board]:
        return [self._board(index) for index in range(self.machine.boards)]

    @property
    def rate(self) -> float:
        """Hashrate now, in H/s."""
        return sum(board.rate for board in self.boards)

    def mean(self, seconds: float | None = None, board: int | None = None) -> float:
        """Return the mean rate of a board or of all boards, in H/s, over the last `seconds` or since the process
        started."""
        start = self.born if seconds is None else max(self.born, self.time - seconds)
        boards = range(self.machine.boards) if board is None else (board,)
        return sum(sum(self.life.work(index, self.time, start)) for index in boards) / max(self.time - start, 1)

    @cached_property
    def work(self) -> list[tuple[float, float]]:
        """Hashes of each board since the mining process started, outside and inside the condition's spells."""
        return [self.life.work(index, self.time) for index in range(self.machine.boards)]

    @cached_property
    def hashes(self) -> float:
        return sum(map(sum, self.work))

    @cached_property
    def pools(self) -> list[Pool]:
        calm, during = (sum(part) for part in zip(*self.work, strict=True))
        fee, failover = self.life.fee, self.life.condition == "dead_pool"
        kept = 1 - fee
        url = STRANGE if self.has("hijacked") else POOLS[0]
        first = self._pool(0, url, (calm if failover else calm + during) * kept, failover and self.has("dead_pool"))
        second = self._pool(1, POOLS[1], during * kept if failover else 0.0, not self.has("dead_pool"))
        devfee = [self._pool(2, "DevFee", (calm + during) * fee, True)] if fee else []
        return [first, second, *devfee]

    def total(self, what: str) -> int:
        """Return a share count over all pools; `what` is the name of a field of Pool."""
        return sum(int(getattr(pool, what)) for pool in self.pools)

    def weight(self, what: str) -> float:
        """Return a share count over all pools, each share weighted with its difficulty."""
        return sum(float(getattr(pool, what) * pool.difficulty) for pool in self.pools)

    @cached_property
    def hottest(self) -> float:
        return max(board.pcb for board in self.boards)

    @cached_property
    def duty(self) -> int:
        """Duty of the fans, in percent."""
        if self.life.condition == "failed_fan":
            return 100
        return round(100 * min(max((self.hottest - 20) / 60, 0.2), 1))

    @cached_property
    def fans(self) -> list[int]:
        """Speed of each fan in rpm, in the steps of a tachometer."""
        speeds = [
            round(self.machine.rpm * self.duty * (1 - 0.02 * (fan % 2)) / 6000) * 60 for fan in range(self.machine.fans)
        ]
        if self.has("failed_fan"):
            speeds[self.life.fan] = 0
        return speeds

    @property
    def watts(self) -> float:
        return self.machine.watts * (0.06 + 0.94 * self.rate / self.machine.rate)

    @property
    def mains(self) -> float:
        """Voltage at the supply's input."""
        return (SAGGING_MAINS if self.has("sagging") else MAINS) + 1.5 * math.sin(self.time / 400)

    def _dead(self, board: int) -> bool:
        return board == self.life.victim and self.has("dead_board")

    def _board(self, index: int) -> Board:
        life, machine = self.life, self.machine
        works = not self._dead(index)
        troubled = index == life.victim and self.has("failing_board")
        heat = machine.rise * life.warmth(self.time) + 120 * life.waves[index][1].at(self.time) + index * 1.5
        if life.condition == "hot":
            heat += 19 * life.spell.depth(self.time)
        pcb = life.ambient(self.time) + heat
        alive = [board for board in range(machine.boards) if not self._dead(board)]
        share = alive.index(index) if works else 0
        wrong = 8e-6 if life.condition == "failing_board" else 2e-7
        errors = sum(self.work[index]) / DIFF1 * wrong
        return Board(
            index=index,
            number=machine.first_board + index,
            works=works,
            rate=life.rate(index, self.time),
            nominal=machine.board_rate,
            pcb=pcb,
            chip=pcb + machine.chip_rise * life.warmth(self.time),
            chips=machine.chips,
            lost=life.lost if troubled else (),
            errors=int(errors * (1 + index)),
            accepted=(self.total("accepted") + share) // len(alive) if works else 0,
            rejected=(self.total("rejected") + share) // len(alive) if works else 0,
            mhz=machine.mhz * life.quality[index],
            volts=machine.volts,
            lost_rate=life.rate(index, self.time) * wrong,
        )

    def _pool(self, index: int, url: str, hashes: float, resting: bool) -> Pool:
        # A power of two, as pools set it, with about one share in eight seconds.
        difficulty = 2.0 ** round(math.log2(self.machine.rate * 8 / DIFF1))
        shares = hashes / DIFF1 / difficulty
        active = not (resting or self.has("no_pool") or self.has("sleeping"))
        last = None
        if shares >= 1:
            pause = shares % 1 * difficulty * DIFF1 / self.machine.rate
            last = self.time - (pause if active else self.life.spell.since(self.time) + 1)
        return Pool(
            index=index,
            url=url,
            user="DevFee" if url == "DevFee" else f"farm.{self.name}",
            alive=not (self.has("no_pool") or (index == 0 and self.has("dead_pool"))),
            active=active and url != "DevFee",
            difficulty=difficulty,
            submitted=int(shares),
            last_share=last,
            getworks=1 + (self.elapsed // 30 if index == 0 else self.elapsed // 600),
        )
