"""Scenes for alerts: a fault that begins and ends, as a test of rules that promtool runs."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.harness.answers import placed
from tests.harness.promtool import ALERTS, RECORDING, groups, promtool

BEFORE = 20
DAY = 1440
_groups = cache(groups)  # of files that do not change
_QUOTED = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
PLAIN = {"asic_up": "1", "asic_hashrate_hashes_per_second": "100e12", 'asic_target_info{address="192.0.2.1"}': "1"}
"""what a miner says in every scene, unless the scene says otherwise"""


@dataclass(frozen=True)
class Scene:
    """A fault of the miner "sick", beside the same series of a miner that stays well.

    Series are `name` or `name{label="value"}`, without job, instance and miner. `fault` maps each to two values: while
    all is well, and while the fault lasts; "" is no sample, "+5" grows by 5 each minute. `steady` series never change.
    `fires` is in minutes from the fault's begin, `ends` from its end. `text` is a part of the description or the place.
    Each of `excused` is a set of steady series with which the alert stays silent.
    """

    alert: str
    fault: Mapping[str, tuple[str, str]]
    fires: int
    ends: int
    text: str = ""
    steady: Mapping[str, str] = field(default_factory=dict)
    excused: Sequence[Mapping[str, str]] = ()
    lasts: int = 60
    farm: bool = False
    """the series have their job, instance and miner themselves, nothing is added, and the alert fires once"""
    before: int = BEFORE
    """minutes in which all is well"""

    def tests(self) -> Iterator[dict[str, Any]]:
        """Yield the tests for promtool: fires and resolves beside a miner that stays well, and each excuse."""
        begin, end = self.before, self.before + self.lasts
        total = end + self.ends + 10
        moments = {
            begin - 1: False,
            begin + self.fires - 1: False,
            begin + self.fires + 1: True,
            end - 1: True,
            end + self.ends + 1: False,
        }
        rows = [*self._rows({}, total), *(() if self.farm else self._rows({}, total, ill=False))]
        yield _test(f"{self.alert} fires and resolves", rows, [self._firing(at, so=so) for at, so in moments.items()])
        for number, excuse in enumerate(self.excused):
            rows = [*self._rows(excuse, total)]
            name = f"{self.alert} is silent, excuse {number}"
            yield _test(name, rows, [self._firing(at, so=False) for at in (begin + self.fires + 1, end, total)])

    def _firing(self, at: int, *, so: bool) -> dict[str, Any]:
        by, sick = ("count by (alertname)", "") if self.farm else ("max by (alertname, miner)", ', miner="sick"')
        return {
            "expr": f'{by} (ALERTS{{alertname="{self.alert}",alertstate="firing"}})',
            "eval_time": f"{at}m",
            "exp_samples": [{"labels": f'{{alertname="{self.alert}"{sick}}}', "value": 1}] * so,
        }

    def _rows(self, more: Mapping[str, str], total: int, *, ill: bool = True) -> Iterator[dict[str, str]]:
        steady = {**({} if self.farm else PLAIN), **self.steady, **more}
        changing = {name: values for name, values in self.fault.items() if name not in more}
        for name, (good, bad) in {**{name: (value, value) for name, value in steady.items()}, **changing}.items():
            values = minutes(
                (good, self.before), (bad if ill else good, self.lasts), (good, total - self.before - self.lasts)
            )
            yield {"series": name if self.farm else placed(name, "sick" if ill else "well"), "values": values}


def minutes(*phases: tuple[str, int]) -> str:
    """Return values minute by minute: of each phase its value or, as in "+5", its growth, and how long it lasts."""
    found: list[str] = []
    for value, length in phases:
        for _ in range(length):
            last = next((float(each) for each in reversed(found) if each[0].isdigit()), 0.0)
            found.append(repr(last + float(value)) if value.startswith("+") else value or "_")
    return " ".join(found)


def check(scene: Scene, folder: Path) -> str:
    """Run the scene through promtool; return the description and the place of the alert as it fires.

    Raises AssertionError with what was seen. The scrape never fails."""
    first, *excused = scene.tests()
    moment = f"{scene.before + scene.lasts - 1}m"
    first["alert_rule_test"] = [{"alertname": scene.alert, "eval_time": moment, "exp_alerts": []}]  # it tells the texts
    done = _run(scene.alert, [first, *excused], folder)
    seen = done.stdout + done.stderr
    assert seen.count("got:[") == 1, seen
    assert not re.search(r"^ +expr:|err:", seen, re.MULTILINE), seen
    said = [dict(_QUOTED.findall(line)) for line in re.findall(r"Annotations:(.*)", seen)]
    return "\n".join(f"{each['description']} {each.get('place', '')}" for each in said)


def needed_rules(alert: str) -> str:
    """Return a file of rules with the alert and what it rests on: all other rules cost time and change nothing."""
    every = [group for file in (RECORDING, ALERTS) for group in _groups(file)]
    rules: dict[str, list[Any]] = {}
    for rule in (rule for group in every for rule in group["rules"]):
        rules.setdefault(rule.get("record") or rule["alert"], []).append(rule)
    needed, found = {alert}, set[str]()
    while needed:
        found |= needed
        said = json.dumps([rules[name] for name in needed])
        needed = {name for name in rules if name in said} - found
    kept = [[rule for rule in group["rules"] if (rule.get("record") or rule["alert"]) in found] for group in every]
    return json.dumps({"groups": [{"name": str(n), "rules": each} for n, each in enumerate(kept) if each]})


def _run(alert: str, tests: Sequence[Mapping[str, Any]], folder: Path) -> subprocess.CompletedProcess[str]:
    needed = folder / "rules.yml"
    needed.write_text(needed_rules(alert))
    return promtool(tests, folder, [needed])


def _test(name: str, rows: Sequence[Mapping[str, str]], moments: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    scrape = {"series": 'up{job="asic-exporter",instance="x"}', "values": "1x9999"}
    return {"name": name, "interval": "1m", "input_series": [scrape, *rows], "promql_expr_test": list(moments)}
