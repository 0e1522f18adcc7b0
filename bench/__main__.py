"""`make bench`: everything side by side in one run, as medians and ratios."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass

from bench import exposing, hot, load, peers, prometheus, report, sizes
from bench.kinds import KINDS, S19
from bench.load import Run
from bench.report import Measured
from exporter.daemon.descriptors import descriptors


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much of everything is done."""

    polls: int  # of a client in a round
    rounds: int
    miners: int  # of one kind
    sizes: tuple[int, ...]
    pyasic: bool
    loads: tuple[Run, ...]


FULL = Plan(
    polls=2000,
    rounds=7,
    miners=500,
    sizes=sizes.SIZES,
    pyasic=True,
    loads=(
        Run(miners=10_000, interval=15, seconds=45, prometheus=65),
        Run(miners=10_000, interval=15, seconds=45, faults=True),
        Run(miners=50_000, interval=30, seconds=60, shards=16, prometheus=75),
    ),
)
QUICK = Plan(
    polls=500,
    rounds=3,
    miners=100,
    sizes=(1, 100, 1000),
    pyasic=False,
    loads=(
        Run(miners=500, interval=2, seconds=4, prometheus=5),
        Run(miners=500, interval=2, seconds=4, faults=True),
    ),
)


def say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def measure(plan: Plan, measured: Measured) -> None:
    """Does what is planned, one thing after the other."""
    say("one poll, beside the floor and bare clients")
    measured.hot = hot.measure(S19, miners=plan.miners, polls=plan.polls, rounds=plan.rounds)
    if plan.pyasic:
        say("pyasic")
        try:
            measured.peers = peers.measure()
        except peers.MissingError as error:
            measured.skipped["pyasic"] = str(error)
    else:
        measured.skipped["pyasic"] = "--quick"
    for kind in KINDS:
        say(f"one poll: {kind.name}")
        brief = {"miners": plan.miners, "polls": plan.polls // 2, "rounds": plan.rounds // 2}
        measured.kinds.append(hot.measure(kind, others=False, **brief))
    for miners in plan.sizes:
        say(f"{miners:,} miners")
        measured.sizes.append(sizes.apart(miners, rounds=plan.rounds))
    say("prometheus-client")
    measured.pages = exposing.measure(miners=2 * plan.miners)
    if not prometheus.installed():
        measured.skipped["prometheus"] = "not installed"
    for run in plan.loads:
        say(f"the daemon over {run.miners:,} miners{' with faults' if run.faults else ''}")
        measured.loads.append(load.measure(run))


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of everything, in less than a minute")
    parser.add_argument("--write", action="store_true", help="put the tables and plots into docs/")
    arguments = parser.parse_args()
    descriptors()
    measured = Measured(f"make bench{' BENCH=--quick' if arguments.quick else ''}")
    measure(QUICK if arguments.quick else FULL, measured)
    print(report.show(measured))
    if arguments.write:
        report.write(measured)


if __name__ == "__main__":
    main()
