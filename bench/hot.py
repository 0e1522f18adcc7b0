"""The headline: a poll of the S19 dialect, whole, beside the floor and bare clients, measured in turns."""

from __future__ import annotations

import argparse
import gc
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bench.clients import UVLOOP, Cost, Floor, Ours, bare
from bench.fleet import STEPS, places, serving
from bench.kinds import KINDS, S19, Kind
from exporter.daemon.loop import new as new_loop

FLOOR: Final = "C, epoll, discards: the floor"


@dataclass(frozen=True)
class Row:
    """One client: CPU seconds and wall seconds of a poll, as medians over the rounds."""

    name: str
    cpu: float
    rate: float  # polls a second


@dataclass(frozen=True)
class Result:
    """A kind of miner, measured: bytes of a poll's answers, and what each client takes for it."""

    kind: str
    series: int
    connections: int
    bytes: float
    rows: Sequence[Row]

    def row(self, name: str) -> Row:
        return next(row for row in self.rows if row.name == name)

    def ratio(self, name: str) -> float:
        """A client's CPU as a multiple of the floor's."""
        return self.row(name).cpu / self.row(FLOOR).cpu


OURS: Final = "asic-exporter, whole pipeline"
OURS_PLAIN: Final = "asic-exporter on plain asyncio"


def measure(kind: Kind, *, miners: int = 500, polls: int = 2000, rounds: int = 5, others: bool = True) -> Result:
    """One kind of miner: in each round every client does its polls once, one after the other."""
    where = places(1, miners)
    with serving([kind], where, steps=STEPS if others else STEPS // 4) as fleet:
        loops = {OURS: new_loop, **({OURS_PLAIN: None} if others and UVLOOP else {})}
        ours = {name: Ours(where, loop) for name, loop in loops.items()}
        for each in ours.values():
            each.settle()
        first = ours[OURS]
        floor = Floor(fleet, where, first.requests)
        clients: dict[str, Callable[[int], Cost]] = {FLOOR: lambda polls: floor.polls(5 * polls)}
        clients |= {name: client.polls for name, client in bare(where, first.requests) if others}
        clients |= {name: client.polls for name, client in ours.items()}
        costs: dict[str, list[Cost]] = {name: [] for name in clients}
        for _ in range(rounds):
            for name, client in clients.items():
                gc.collect()
                costs[name].append(client(polls))
        series = first.targets[0].fragments[0].count(b"\n")
        for each in ours.values():
            each.close()
    rows = [
        Row(name, statistics.median(c.each for c in some), statistics.median(c.polls / c.wall for c in some))
        for name, some in costs.items()
    ]
    return Result(kind.name, series, len(first.requests), floor.bytes, rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.hot", description=__doc__)
    parser.add_argument("--kind", default=S19.name, choices=[kind.name for kind in KINDS])
    parser.add_argument("--polls", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    kind = next(kind for kind in KINDS if kind.name == arguments.kind)
    result = measure(kind, polls=arguments.polls, rounds=arguments.rounds)
    print(f"{result.kind}: {result.bytes / 1000:.1f} KB, {result.connections} connections, {result.series} series")
    for row in result.rows:
        print(
            f"{row.name:<34}{1e3 * row.cpu:8.3f} ms CPU{result.ratio(row.name):8.2f} x floor{row.rate:10,.0f} polls/s"
        )


if __name__ == "__main__":
    main()
