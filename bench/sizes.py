"""Fleets from one miner to fifty thousand, each in a process of its own: the cost of a poll, memory, and the page."""

from __future__ import annotations

import gc
import json
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from bench.clients import AT_ONCE, Floor, Ours
from bench.fleet import places, serving
from bench.kinds import S19
from exporter.daemon.descriptors import descriptors
from exporter.daemon.loop import new as new_loop
from exporter.render import exposition

SIZES: Final = (1, 10, 100, 1000, 10_000, 50_000)
POLLS: Final = 2000  # of a round
STRIDE: Final = 7919  # a prime: the polls go to targets far apart, as in a real sweep


@dataclass(frozen=True, slots=True)
class Size:
    """One fleet. CPU seconds as medians; memory and page in bytes, memory by what the process grew."""

    miners: int
    poll: float
    floor: float
    memory: float  # of a miner, with its fragments
    fragments: float  # of a miner
    page: int
    page_cpu: float


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def measure(miners: int, *, rounds: int) -> Size:
    """The fleet of that size, in this process."""
    descriptors()
    where = places(1, miners)
    with serving([S19], where) as fleet:
        known = Ours(where[:1], new_loop)  # what is there once, however many miners there are
        known.settle()
        gc.collect()
        empty = resident()
        ours = Ours(where, new_loop)
        ours.settle(at_once=AT_ONCE)
        gc.collect()
        memory = (resident() - empty) / miners
        ours.pairs = [ours.pairs[n * STRIDE % miners] for n in range(miners)]
        floor = Floor(fleet, where, ours.requests)
        polls = [(ours.polls(POLLS), floor.polls(POLLS)) for _ in range(rounds)]
        ours.close()
        known.close()
    pages, size = [], 0
    for _ in range(rounds):
        before = time.process_time()
        size = sum(map(len, exposition.page([target.fragments for target in ours.targets])))
        pages.append(time.process_time() - before)
    return Size(
        miners=miners,
        poll=statistics.median(mine.each for mine, _ in polls),
        floor=statistics.median(theirs.each for _, theirs in polls),
        memory=memory,
        fragments=sum(sys.getsizeof(target.fragments[0]) for target in ours.targets) / miners,
        page=size,
        page_cpu=statistics.median(pages),
    )


def apart(miners: int, *, rounds: int = 5) -> Size:
    """The same in a process of its own, whose memory is nobody else's."""
    command = [sys.executable, "-m", "bench.sizes", str(miners), str(rounds)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Size(**json.loads(said))


if __name__ == "__main__":
    print(json.dumps(asdict(measure(int(sys.argv[1]), rounds=int(sys.argv[2])))))
