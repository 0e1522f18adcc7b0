"""`make bench`: everything side by side in one run, as medians and ratios."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from typing import Any

from bench import exposing, hot, load, peers, prometheus, report, sizes
from bench.fleet import FAULTS
from bench.kinds import KINDS, S19
from bench.report import Measured
from exporter import daemon


@dataclass(frozen=True)
class Plan:
    """How much of everything is done."""

    hot: dict[str, int]
    kinds: dict[str, int]
    sizes: tuple[int, ...]
    rounds: int
    page: int
    pyasic: bool
    loads: tuple[dict[str, Any], ...] = field(default_factory=tuple)


FULL = Plan(
    hot={"polls": 2000, "rounds": 7},
    kinds={"polls": 1000, "rounds": 3},
    sizes=sizes.SIZES,
    rounds=5,
    page=1000,
    pyasic=True,
    loads=(
        {"miners": 10_000, "interval": 15.0, "seconds": 45.0, "prometheus": 50.0},
        {"miners": 10_000, "interval": 15.0, "seconds": 45.0, "faults": FAULTS},
        {"miners": 50_000, "interval": 30.0, "seconds": 60.0, "shards": 16},
    ),
)
QUICK = Plan(
    hot={"polls": 500, "rounds": 3, "miners": 200},
    kinds={"polls": 200, "rounds": 1, "miners": 50},
    sizes=(1, 100, 1000),
    rounds=2,
    page=200,
    pyasic=False,
    loads=(
        {"miners": 500, "interval": 2.0, "seconds": 6.0, "prometheus": 5.0},
        {"miners": 500, "interval": 2.0, "seconds": 6.0, "faults": FAULTS},
    ),
)


def say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def measure(plan: Plan, measured: Measured) -> None:
    """Does what is planned, one thing after the other."""
    say("one poll, beside the floor and bare clients")
    measured.hot = hot.measure(S19, **plan.hot)
    if plan.pyasic:
        say("pyasic")
        try:
            measured.peers = peers.measure()
        except peers.Missing as error:
            measured.skipped["pyasic"] = str(error)
    else:
        measured.skipped["pyasic"] = "--quick"
    for kind in KINDS:
        say(f"one poll: {kind.name}")
        measured.kinds.append(hot.measure(kind, **plan.kinds, others=False))
    for miners in plan.sizes:
        say(f"{miners:,} miners")
        measured.sizes.append(sizes.apart(miners, rounds=plan.rounds))
    say("prometheus-client")
    measured.pages = exposing.measure(miners=plan.page)
    if not prometheus.installed():
        measured.skipped["prometheus"] = "not installed"
    for run in plan.loads:
        say(f"the daemon over {run['miners']:,} miners{' with faults' if run.get('faults') else ''}")
        measured.loads.append(load.run(**run))


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of everything, in less than a minute")
    parser.add_argument("--write", action="store_true", help="put the tables and plots into docs/")
    arguments = parser.parse_args()
    daemon.descriptors()
    measured = Measured(f"make bench{' BENCH=--quick' if arguments.quick else ''}")
    measure(QUICK if arguments.quick else FULL, measured)
    print(report.show(measured))
    if arguments.write:
        report.write(measured)


if __name__ == "__main__":
    main()
