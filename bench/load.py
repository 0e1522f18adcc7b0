"""The daemon as a whole, under load: its CPU, memory, punctuality, loop lag and page, as seen from outside."""

from __future__ import annotations

import argparse
import gzip
import json
import math
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Final

from bench.fleet import FAULTS, places, serving
from bench.kinds import KINDS, S19
from bench.process import Daemon, Scrape, daemon, until
from bench.prometheus import scraped

SHARD: Final = 2500  # miners whose page a Prometheus takes at once without effort


@dataclass(frozen=True, slots=True)
class Run:
    """What is run; times in seconds."""

    miners: int
    interval: float
    seconds: float  # of the window that is measured
    faults: bool = False  # shares of the miners misbehave
    shards: int = 1  # parts in which the page is scraped
    mixed: bool = False  # every kind of miner in turn instead of one
    prometheus: float = 0.0  # for so long a real one scrapes after the window


@dataclass(frozen=True, slots=True)
class Load:
    """What a run came to; times in seconds, sizes in bytes. `late` is what the gaps exceed the interval by."""

    run: Run
    seconds: float  # of the window
    cpu: float  # part of one core
    rss: int
    rss_max: int
    late_p50: float
    late_p99: float
    late_max: float
    unpolled: int  # polls that the healthy should have had beyond those that they had
    lag: float  # the loop's longest
    unread: int  # pages that were not whole in time
    first: float  # of those that were, the median
    whole: float
    whole_max: float
    page: float  # of all shards, as it comes over the wire; NaN where none came
    plain: float
    log_lines: int  # since its start
    prometheus: Sequence[float]  # its own scrape_duration_seconds; empty where it was not run


def parts(shards: int) -> list[str]:
    """The paths of the page, or of its shards."""
    return ["/metrics"] if shards == 1 else [f"/metrics?shard={shard}/{shards}" for shard in range(1, shards + 1)]


def sweeps(run: Run) -> int:
    """How often the page is scraped within the window."""
    return max(1, round(run.seconds / run.interval))


def scrape(running: Daemon, shards: int) -> Iterator[Scrape]:
    """Every shard once; those that cannot be had are left out."""
    for path in parts(shards):
        with suppress(OSError):
            yield running.get(path, "gzip")[0]


def window(running: Daemon, run: Run) -> tuple[list[Scrape], list[float]]:
    """Scrapes once an interval: the scrapes, and the loop lags beside them."""
    scrapes: list[Scrape] = []
    lags: list[float] = []
    began = time.monotonic()
    for n in range(sweeps(run)):
        time.sleep(max(0.0, began + (n + 0.5) * run.interval - time.monotonic()))
        scrapes += scrape(running, run.shards)
        time.sleep(max(0.0, began + (n + 0.9) * run.interval - time.monotonic()))
        with suppress(OSError):
            lags.append(running.lag())
    time.sleep(max(0.0, began + run.seconds - time.monotonic()))
    return scrapes, lags


def unpacked(running: Daemon, shards: int) -> float:
    """Bytes of the whole page without compression; NaN where a part of it cannot be had."""
    try:
        return sum(len(gzip.decompress(running.get(path, "gzip")[1])) for path in parts(shards))
    except OSError:
        return math.nan


def _median(values: list[float]) -> float:
    return statistics.median(values) if values else math.nan


def measure(run: Run) -> Load:
    """One run: the daemon is ready and has settled before the window begins."""
    kinds = KINDS if run.mixed else (S19,)
    where = places(len(kinds), run.miners, faults=FAULTS if run.faults else None)
    with serving(kinds, where) as fleet, daemon(fleet.folder, where, run.interval) as running:
        until(running, "/-/ready", 60 + 4 * run.interval)
        plain = unpacked(running, run.shards)
        time.sleep(run.interval)  # the polls that follow the first may ask more, too
        fleet.reset()
        cpu, began = running.cpu(), time.monotonic()
        scrapes, lags = window(running, run)
        seconds, cpu = time.monotonic() - began, running.cpu() - cpu
        seen = fleet.count()
        rss, rss_max = running.memory()
        due = int(seen.well * max(0.0, seconds / run.interval - 1))
        return Load(
            run=run,
            seconds=seconds,
            cpu=cpu / seconds,
            rss=rss,
            rss_max=rss_max,
            late_p50=seen.gap(0.5) - run.interval,
            late_p99=seen.gap(0.99) - run.interval,
            late_max=max(seen.gap(1.0), seen.open / 1000) - run.interval,
            unpolled=max(0, due - seen.polls),
            lag=max(lags, default=math.nan),
            unread=run.shards * sweeps(run) - len(scrapes),
            first=_median([s.first for s in scrapes]),
            whole=_median([s.whole for s in scrapes]),
            whole_max=max((s.whole for s in scrapes), default=math.nan),
            page=_median([s.bytes for s in scrapes]) * run.shards,
            plain=plain,
            log_lines=running.lines(),
            prometheus=scraped(fleet.folder, running.port, -(-run.miners // SHARD), run.interval, run.prometheus),
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.load", description=__doc__)
    parser.add_argument("--miners", type=int, default=10_000)
    parser.add_argument("--interval", type=float, default=15.0, metavar="SECONDS")
    parser.add_argument("--seconds", type=float, default=60.0, help="of the window that is measured")
    parser.add_argument("--faults", action="store_true", help="shares of the miners misbehave")
    parser.add_argument("--shards", type=int, default=1, help="parts in which the page is scraped")
    parser.add_argument("--mixed", action="store_true", help="every kind of miner in turn instead of one")
    parser.add_argument("--prometheus", type=float, default=0.0, metavar="SECONDS", help="a real one scrapes after it")
    print(json.dumps(asdict(measure(Run(**vars(parser.parse_args())))), indent=2))


if __name__ == "__main__":
    main()
