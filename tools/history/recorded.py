"""What the rules make of a history: the recorded series and ALERTS, as more blocks of the same Prometheus."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
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
LABEL = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
COMMAND = ("prometheus", "--storage.tsdb.retention.time=10y", "--query.lookback-delta=60s", "--query.max-samples=500000000")
"""Prometheus over a history. Nothing marks the end of a series there, so no sample may count for longer than a step."""


@contextmanager
def prometheus(folder: Path, address: str, config: str = "prometheus.yml") -> Iterator[str]:
    """Run Prometheus over the history in `folder`; give its URL."""
    command = [*COMMAND, f"--config.file={folder / config}", f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address={address}"]
    with (folder / "prometheus.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        url = f"http://{address}"
        for _ in range(600):
            if process.poll() is not None:
                raise ValueError(f"prometheus ended: see {folder / 'prometheus.log'}")
            try:
                with urllib.request.urlopen(f"{url}/-/ready", timeout=5):
                    break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


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
    return sum(int(number) * SECONDS[unit] for number, unit in DURATION.findall(duration or ""))


def levels(rules: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Return the recording rules in levels: each reads only what the levels before record."""
    names = {rule["record"] for rule in rules}
    needs = {name: {other for rule in rules if rule["record"] == name for other in names if _reads(rule["expr"], other)} - {name} for name in names}
    found, done = [], set[str]()
    while left := names - done:
        level = {name for name in left if needs[name] <= done} or left
        found.append([rule for rule in rules if rule["record"] in level])
        done |= level
    return found


def _reads(expr: str, name: str) -> bool:
    return re.search(rf"(?<![\w:]){re.escape(name)}(?![\w:])", expr) is not None


def record(folder: Path, rules: Path, address: str, *, start: int, end: int, step: int) -> int:
    """Add the recorded series, then the alerts, to the history; return how many series were added."""
    groups = [yaml.safe_load((rules / name).read_text())["groups"] for name in ("recording.yml", "alerts.yml")]
    recording, alerting = ([rule for group in part for rule in group["rules"]] for part in groups)
    (folder / "plain.yml").write_text("{}\n")
    total = 0
    for level in [*levels([rule for rule in recording if "record" in rule]), None]:
        writer = Writer(folder, start, end, step)
        with prometheus(folder, address, "plain.yml") as url:
            if level is None:
                total += sum(_alert(url, rule, writer) for rule in alerting if "alert" in rule)
            else:
                total += sum(_record(url, rule, writer) for rule in level)
        ingest(writer.close(), folder / "data")
    return total


def _record(url: str, rule: Mapping[str, Any], writer: Writer) -> int:
    found = ask(url, rule["expr"], writer.start, writer.end, writer.step)
    for one in found:
        labels = {**one["metric"], **rule.get("labels", {}), "__name__": rule["record"]}
        _write(writer, labels, {int(at): value for at, value in one["values"]})
    return len(found)


def _alert(url: str, rule: Mapping[str, Any], writer: Writer) -> int:
    """Write ALERTS and ALERTS_FOR_STATE of one alert, as Prometheus would have."""
    waits, keeps = seconds(rule.get("for")), seconds(rule.get("keep_firing_for"))
    found = ask(url, rule["expr"], writer.start, writer.end, writer.step)
    for one in found:
        metric = {key: value for key, value in one["metric"].items() if key != "__name__"}
        labels = {**metric, **{key: value for key, value in rule.get("labels", {}).items() if "{{" not in value}, "alertname": rule["alert"]}
        there = {int(at) for at, _ in one["values"]}
        states: dict[str, dict[int, str]] = {"pending": {}, "firing": {}}
        active: dict[int, str] = {}
        since: int | None = None
        fires, last = False, 0
        for at in writer.grid:
            if at in there:
                since = at if since is None else since
                fires, last = fires or at - since >= waits, at
            elif since is not None and not (fires and at - last < keeps):
                since, fires = None, False
            if since is not None:
                states["firing" if fires else "pending"][at] = "1"
                active[at] = str(since)
        for state, values in states.items():
            _write(writer, {**labels, "__name__": "ALERTS", "alertstate": state}, values)
        _write(writer, {**labels, "__name__": "ALERTS_FOR_STATE"}, active)
    return len(found)


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
