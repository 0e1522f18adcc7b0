"""What the rules make of a history: the recorded series and ALERTS, as more blocks of the same Prometheus."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tools.history.blocks import Writer, ingest

DURATION = re.compile(r"(\d+)(ms|[smhdw])")
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
Series = dict[tuple[tuple[str, str], ...], dict[int, str]]
"""Values by the labels of a series, and by the time."""
LABEL = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@contextmanager
def prometheus(folder: Path, address: str, *, step: int) -> Iterator[str]:
    """Run Prometheus over the history in `folder`, without rules; give its URL. Raises ValueError if it ends."""
    (folder / "prometheus.yml").write_text("{}\n")
    command = [
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        "--storage.tsdb.retention.time=10y",
        # The history has no marks at the ends of series: a sample may count only until the next step.
        f"--query.lookback-delta={1000 * step - 1}ms",
        "--query.max-samples=500000000",
        f"--web.listen-address={address}",
    ]
    if shutil.which("prometheus") is None:
        raise ValueError("no Prometheus is installed: `prometheus` is not in PATH")
    with (folder / "prometheus.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        while not _ready(f"http://{address}"):
            if process.poll() is not None:
                raise ValueError(f"Prometheus ended; {folder / 'prometheus.log'} says why")
            time.sleep(0.1)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait()


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/-/ready", timeout=5):
            return True
    except OSError:
        return False


def ask(url: str, query: str, start: int, end: int, step: int) -> list[dict[str, Any]]:
    """Return the series that a query gives over the time. Raises ValueError for a query that fails."""
    given = urllib.parse.urlencode({"query": query, "start": start, "end": end, "step": step, "timeout": "10m"})
    try:
        with urllib.request.urlopen(f"{url}/api/v1/query_range", data=given.encode(), timeout=900) as answer:
            found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
    except urllib.error.HTTPError as error:
        raise ValueError(f"{query}: {json.load(error)['error']}") from None
    return found


def seconds(duration: str | None) -> float:
    """Return the seconds of a duration such as `1h30m`; None is 0."""
    return sum(int(number) * SECONDS[unit] for number, unit in DURATION.findall(duration or ""))


def levels(rules: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Return the recording rules in levels: a level reads only the records of levels before it."""
    names = {rule["record"] for rule in rules}
    needs = {
        name: {other for rule in rules if rule["record"] == name for other in names if _reads(rule["expr"], other)}
        - {name}
        for name in names
    }
    found, done = [], set[str]()
    while left := names - done:
        level = {name for name in left if needs[name] <= done} or left
        found.append([rule for rule in rules if rule["record"] in level])
        done |= level
    return found


def _reads(expr: str, name: str) -> bool:
    return re.search(rf"(?<![\w:]){re.escape(name)}(?![\w:])", expr) is not None


def record(folder: Path, rules: Path, address: str, *, start: int, end: int, step: int) -> tuple[int, list[str]]:
    """Add the recorded series to the history, then the alerts. Return the samples added, and the rules that failed."""
    groups = [yaml.safe_load((rules / name).read_text())["groups"] for name in ("recording.yml", "alerts.yml")]
    recording, alerting = ([rule for group in part for rule in group["rules"]] for part in groups)
    samples, failed = 0, []
    for level in [*levels([rule for rule in recording if "record" in rule]), alerting]:
        writer = Writer(folder, start, end, step)
        series: Series = {}
        with prometheus(folder, address, step=step) as url:
            for rule in level:
                try:
                    found = ask(url, rule["expr"], start, end, step)
                except ValueError as error:
                    failed.append(f"{rule.get('record') or rule['alert']}: {error}")
                    continue
                if "record" in rule and _reads(rule["expr"], rule["record"]):
                    remember(found, ask(url, "asic_up", start, end, step), writer.grid)
                for one in found:
                    values = {int(at): value for at, value in one["values"]}
                    for labels, known in _recorded(rule, one["metric"], values, writer.grid):
                        series.setdefault(tuple(sorted(labels.items())), {}).update(known)
        for key, values in series.items():
            _write(writer, dict(key), values)
            samples += len(values)
        ingest(writer.close(), folder / "data")
    return samples, failed


def remember(found: list[dict[str, Any]], up: list[dict[str, Any]], grid: range) -> None:
    """Add to the series of a rule what its memory keeps of a miner without readings: the last that it had with them.

    Such a rule reads its own last evaluation, which a query over a range of time does not have."""
    miners: dict[tuple[str, ...], list[dict[int, str]]] = {}
    for one in found:
        one["values"] = {int(at): value for at, value in one["values"]}
        miners.setdefault(_miner(one["metric"]), []).append(one["values"])
    states = {_miner(one["metric"]): dict(one["values"]) for one in up}
    for miner, series in miners.items():
        kept: list[tuple[dict[int, str], str]] = []
        for at in grid:
            state = states.get(miner, {}).get(at)
            now = [(values, values[at]) for values in series if at in values]
            if now and (state == "1" or not kept):
                kept = now if state == "1" else []
            elif state is not None:
                for values, _ in now:
                    del values[at]
                for values, value in kept:
                    values[at] = value
    for one in found:
        one["values"] = sorted(one["values"].items())


def _miner(labels: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(labels.get(name, "") for name in ("job", "instance", "miner"))


def _recorded(
    rule: Mapping[str, Any], metric: Mapping[str, str], values: Mapping[int, str], grid: range
) -> Iterator[tuple[dict[str, str], Mapping[int, str]]]:
    """Yield the series that a rule makes of one series of its query."""
    labels = dict(metric) | {key: value for key, value in rule.get("labels", {}).items() if "{{" not in value}
    if "record" in rule:
        yield labels | {"__name__": rule["record"]}, values
        return
    labels |= {"alertname": rule["alert"]}
    since, known = states(values, grid, seconds(rule.get("for")), seconds(rule.get("keep_firing_for")))
    for state in ("pending", "firing"):
        there = {at: "1" for at, is_now in known.items() if is_now == state}
        yield labels | {"__name__": "ALERTS", "alertstate": state}, there
    yield labels | {"__name__": "ALERTS_FOR_STATE"}, since


def states(values: Mapping[int, str], grid: range, waits: float, keeps: float) -> tuple[dict[int, str], dict[int, str]]:
    """Return since when an alert is active, and whether it is pending or firing, at each time at which it is active."""
    since: dict[int, str] = {}
    states: dict[int, str] = {}
    begun: int | None = None
    fires, last = False, 0
    for at in grid:
        if at in values:
            begun = at if begun is None else begun
            fires, last = fires or at - begun >= waits, at
        elif not (fires and at - last < keeps):
            begun, fires = None, False
        if begun is not None:
            since[at], states[at] = str(begun), "firing" if fires else "pending"
    return since, states


def _write(writer: Writer, labels: Mapping[str, str], values: Mapping[int, str]) -> None:
    name = labels["__name__"]
    text = ",".join(f'{key}="{value.translate(LABEL)}"' for key, value in labels.items() if key != "__name__")
    series = f"{name}{{{text}}}"
    run: list[str] = []
    for number, at in enumerate(writer.grid):
        if (value := values.get(at)) is not None:
            run.append(value)
        elif run:
            writer.series(series, run, number - len(run))
            run = []
    if run:
        writer.series(series, run, len(writer.grid) - len(run))
