"""The series as OpenMetrics text, and as blocks of Prometheus."""

from __future__ import annotations

import random
import subprocess
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from exporter.render import exposition
from tools.history.farm import Place
from tools.history.polls import Samples, Site

BLOCK = 7200
"""Seconds of a block: `promtool` reads its input once for each block, so that each has a file of its own."""
JOB = "asic-exporter"


class Writer:
    """A file of OpenMetrics text for each block of time."""

    def __init__(self, folder: Path, start: int, end: int, step: int) -> None:
        self.start, self.step, self.end = start, step, end
        self.grid = range(start, end + 1, step)
        self.stamps = [f" {time}" for time in self.grid]
        first = start // BLOCK * BLOCK
        self.cuts = [bisect_left(self.grid, time) for time in range(first, end + BLOCK, BLOCK)] + [len(self.grid)]
        self.cuts[0] = 0
        self.files: list[IO[str]] = []
        self.paths = [folder / f"{number}.om" for number in range(len(self.cuts) - 1)]
        for path in self.paths:
            self.files.append(path.open("w", encoding="utf-8", newline="\n"))

    def series(self, name: str, values: Sequence[str], first: int) -> None:
        """Write one series; `values` begin at the step number `first` of the grid."""
        last = first + len(values)
        head = f"\n{name} "
        for file, begin, end in zip(self.files, self.cuts, self.cuts[1:], strict=False):
            low, high = max(begin, first), min(end, last)
            if low < high:
                pairs = map(str.__add__, values[low - first : high - first], self.stamps[low:high])
                file.write((head + head.join(pairs))[1:] + "\n")

    def close(self) -> list[Path]:
        """End the files; return those that have samples."""
        for file in self.files:
            file.write("# EOF\n")
            file.close()
        for path in self.paths:
            if path.stat().st_size == len("# EOF\n"):
                path.unlink()
        return [path for path in self.paths if path.exists()]


def write(site: Site, writer: Writer) -> int:
    """Write all series of a site; return how many samples."""
    scraped = f'job="{JOB}",instance="{site.name}:14028"'
    places = {place.miner.name: place for place in site.places}
    samples = 0
    for miner, series in site.series.items():
        found = [*series.items()]
        for fellow in site.alike.get(miner, ()):
            differs = Differs(places[miner], fellow)
            found += [differs.series(name, known) for name, known in series.items()]
        for name, known in found:
            metric, _, labels = name.rstrip("}").partition("{")
            full = f"{metric}{{{','.join(filter(None, (scraped, labels)))}}}"
            counts = metric.endswith("_total") or "uptime" in metric
            for first, values in stretches(known, site.polled[miner], writer, counts=counts):
                writer.series(full, values, first)
                samples += len(values)
    writer.series(f"up{{{scraped}}}", ["1"] * len(writer.grid), 0)
    return samples + len(writer.grid)


class Differs:
    """The difference between a polled miner and another miner of its kind: names, and small factors."""

    def __init__(self, polled: Place, other: Place) -> None:
        dice = random.Random(other.miner.name)
        self.rate, self.heat = dice.uniform(0.99, 1.012), dice.uniform(-1.5, 1.5)
        self.names = [
            (_identity(polled), _identity(other)),
            (f'address="{polled.miner.host}"', f'address="{other.miner.host}"'),
            (polled.miner.life.mac, other.miner.life.mac),
            (polled.miner.life.serial[:12], other.miner.life.serial[:12]),
        ]

    def series(self, name: str, known: Samples) -> tuple[str, Samples]:
        """Return the series of the other miner."""
        metric, _, labels = name.partition("{")
        for old, new in self.names:
            labels = labels.replace(old, new)
        if "hashrate" in metric and "nominal" not in metric:
            known = [(time, float(f"{value * self.rate:.6g}")) for time, value in known]
        elif "temperature" in metric and "limit" not in metric:
            known = [(time, round(value + self.heat, 1)) for time, value in known]
        return f"{metric}{{{labels}", known


def _identity(place: Place) -> str:
    return exposition.labels([("miner", place.miner.name), *sorted(place.labels.items())])


def stretches(
    known: Samples, polled: Sequence[int], writer: Writer, *, counts: bool
) -> Iterator[tuple[int, list[str]]]:
    """Yield (number of the first step, values) of each stretch of polls that show the series without a pause.

    In between, a number goes evenly from poll to poll, and a whole number stays whole. What `counts` falls at once."""
    start, step, last = writer.start, writer.step, writer.end
    following = dict(zip(polled, [*polled[1:], last + step], strict=True))
    values: list[str] = []
    first = 0
    for (time, value), (after, then) in zip(known, [*known[1:], (0, 0.0)], strict=True):
        if not values:
            first = (time - start) // step
        ends = following[time]
        steps = (ends - time) // step
        text = _text(value)
        if after != ends or then == value or (counts and then < value):
            values += [text] * steps
        else:
            slope, whole = (then - value) / steps, value.is_integer() and then.is_integer()
            values.append(text)
            for number in range(1, steps):
                between = value + slope * number
                values.append(
                    str(round(between)) if whole else f"{between:.6g}" if abs(between) < 1e6 else repr(between)
                )
        if after != ends:
            yield first, values
            values = []


def _text(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def ingest(files: Sequence[Path], data: Path) -> None:
    """Make blocks in the folder `data` of the files, and delete these. Raises ValueError with the words of promtool."""
    data.mkdir(exist_ok=True)
    for file in files:
        command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", str(file), str(data)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ValueError(f"promtool does not take {file}: {done.stderr.strip() or done.stdout.strip()}")
        file.unlink()
