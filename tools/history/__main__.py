"""The command `python -m tools.history FOLDER`: write hours of history of a simulated fleet."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from tools.history import troubles
from tools.history.blocks import Writer, ingest, write
from tools.history.clock import virtual
from tools.history.farm import farm
from tools.history.polls import polled, sites

RULES = Path(__file__).resolve().parents[2] / "grafana" / "rules"
EXPECT = '{pools: [{host: "pool-[ab]\\\\.example:3333"}]}'


def make(folder: Path, *, miners: int, hours: float, step: int, ahead: int, kinds: tuple[str, ...], seed: int, now: int) -> dict[str, int]:
    """Write the history into `folder`: `data` for Prometheus, `troubles.json` and a configuration for each site."""
    now = now // step * step
    start, end = now - int(hours * 3600), now + ahead * 60
    folder.mkdir(parents=True, exist_ok=True)
    counts = {"miners": miners, "series": 0, "samples": 0}
    real = time.monotonic
    with virtual(start) as clock:
        places = farm(miners, seed=seed, clock=clock)
        placed, ill = troubles.place(kinds, places, now=now, seed=seed)
        writer = Writer(folder, start, end, step)
        for site in sites(places, interval=60, expect=EXPECT):
            begun = real()
            polled(site, ill, clock, start=start, end=end, step=step)
            print(f"{site.name}: {len(site.places)} miners polled in {real() - begun:.1f} s", flush=True)
            (folder / f"{site.name}.yaml").write_text(site.yaml)
            series, samples = write(site, writer)
            counts["series"] += series
            counts["samples"] += samples
        files = writer.close()
    rules = [str(RULES / name) for name in ("recording.yml", "alerts.yml")]
    settings = {"global": {"evaluation_interval": "30s"}, "rule_files": rules}
    (folder / "prometheus.yml").write_text(json.dumps(settings) + "\n")
    (folder / "troubles.json").write_text(json.dumps(troubles.told(placed, now), indent=2) + "\n")
    print(f"written after {real() - begun:.1f} s", flush=True)
    ingest(files, folder / "data")
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.history", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--miners", type=int, default=300)
    parser.add_argument("--hours", type=float, default=6.0)
    parser.add_argument("--step", type=int, default=60, help="seconds between two samples")
    parser.add_argument("--ahead", type=int, default=30, help="minutes of history after now")
    parser.add_argument("--troubles", default="six", help="a scenario, or names with commas between them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--now", type=int, default=int(time.time()))
    given = parser.parse_args()
    kinds = troubles.SCENARIOS.get(given.troubles) or tuple(filter(None, given.troubles.split(",")))
    if given.troubles in troubles.SCENARIOS:
        kinds = troubles.SCENARIOS[given.troubles]
    begun = time.monotonic()
    counts = make(given.folder, miners=given.miners, hours=given.hours, step=given.step, ahead=given.ahead, kinds=kinds, seed=given.seed, now=given.now)
    print(f"{counts['miners']} miners, {counts['series']} series, {counts['samples']} samples in {time.monotonic() - begun:.0f} s: {given.folder}")


if __name__ == "__main__":
    main()
