"""The history of a simulated fleet: the exporter's series, the same each time, and troubles in known places."""

from __future__ import annotations

import json
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exporter.core.catalogue import CATALOGUE
from tools.history import make, troubles
from tools.history.make import free_address
from tools.history.recorded import levels, prometheus, remember, states

NOW = 1_790_000_400
STEP = 300
HOUR = 3600
PLACE = {"job", "instance", "miner", "building", "rack", "site"}
LINE = re.compile(r"(\w+)\{(.*)\} (\S+) (\d+)")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def written(folder: Path, patch: pytest.MonkeyPatch, seed: int = 1, **changes: Any) -> list[str]:
    """The lines of a short history of miners alone, without promtool."""
    patch.setattr(make, "ingest", lambda *_: None)
    given: dict[str, Any] = {"miners": 30, "start": NOW - 1800, "now": NOW, "end": NOW, "step": STEP, "kinds": ()}
    make.make(folder, **(given | changes), seed=seed)
    text = "".join(file.read_text() for file in sorted(folder.glob("*.om")))
    return [line for line in text.split("\n") if line.startswith("asic_") and not line.startswith("asic_exporter_")]


def test_the_same_seed_makes_the_same_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = (written(tmp_path / name, monkeypatch, kinds=tuple(troubles.PLANS)) for name in "ab")
    assert one == two
    assert one
    assert written(tmp_path / "c", monkeypatch, seed=2, kinds=tuple(troubles.PLANS)) != one


def test_names_and_labels_are_those_of_the_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {family.name if family.kind != "info" else f"{family.name}": family for family in CATALOGUE}
    seen = set()
    for line in written(tmp_path / "a", monkeypatch):
        match = LINE.fullmatch(line)
        assert match, line
        labels = dict(LABEL.findall(match[2]))
        family = known[match[1]]
        assert labels.keys() >= PLACE
        assert labels.keys() - PLACE <= set(family.labels), line
        seen.add(match[1])
    assert len(seen) > 60


def test_a_count_never_falls_but_to_begin_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each series has one sample a step, in order, and what is interpolated lies between what was polled."""
    series: dict[str, list[tuple[int, float]]] = {}
    for line in written(tmp_path / "a", monkeypatch, step=60):
        head, value, time = line.rsplit(" ", 2)
        series.setdefault(head, []).append((int(time), float(value)))
    for name, samples in series.items():
        times, values = zip(*samples, strict=True)
        assert list(times) == list(range(times[0], times[-1] + 1, 60)), name
        if name.startswith("asic_pool_shares_accepted_total"):
            assert list(values) == sorted(values), name
    assert len({values[3][1] for values in series.values() if len(values) > 3}) > 100


VISIBLE = {  # a query that finds the miners of a trouble, and the time at which it does
    "dark_site": ("asic_up{site=\"east\"} == 0", 0),
    "hot_rack": ("max by (miner) (asic_board_temperature_celsius) > 85", 0),
    "sag": ("asic_psu_input_volts < 200", 0),
    "pool_outage": ('asic_pool_up{pool="0"} == 0 and on (miner) asic_target_info{config_group="antminer-s21"}', -2.3),
    "dead_board": ("count by (miner) (asic_board_chips) < 3", 0),
    "hijacked": ('asic_pool_info{host=~"pool-x.*"}', 0),
    "slow": ("0 < max by (miner) (asic_hashrate_hashes_per_second / ignoring (source) SAID) < 0.82", 0),
    "fan": ("min by (miner) (asic_fan_speed_rpm) == 0 and on (miner) asic_miner_state{state=\"mining\"} == 1", 0),
    "chips": ("max by (miner) (asic_board_chips_failed) > 0", 0),
    "restarts": ("resets(asic_miner_uptime_seconds[1h]) > 2", 0),
    "sleeping": ('asic_miner_state{state="paused"} == 1 or asic_miner_state{state="sleeping"} == 1', -2.0),
    "updated": ('asic_miner_info{firmware_version="20260110.18.Rel"}', 0),
    "tuning": ('asic_miner_state{state="tuning"} == 1', 0),
    "no_pool": ("max by (miner) (asic_pool_up) == 0", 0),
    "new": ("asic_up unless on (miner) last_over_time(asic_up[10m] offset 2h)", 0),
    "down": ('asic_up{site!="east"} == 0', 0),
}  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, set[str]]]]:
    """The address of Prometheus over a history with all troubles, and the miners of each trouble."""
    folder = tmp_path_factory.mktemp("history") / "all"
    make.make(folder, miners=60, start=NOW - int(3.5 * HOUR), now=NOW, end=NOW, step=STEP, kinds=tuple(troubles.PLANS))
    told = json.loads((folder / "troubles.json").read_text())
    with prometheus(folder, free_address(), step=STEP) as url:
        yield url, {trouble["kind"]: set(trouble["miners"]) for trouble in told["troubles"]}


SAID = 'asic_hashrate_nominal_hashes_per_second{source="firmware"}'


def asked(url: str, query: str, at: float) -> set[str]:
    """The miners that the query finds."""
    given = urllib.parse.urlencode({"query": query.replace("SAID", SAID), "time": NOW + at * HOUR})
    with urllib.request.urlopen(f"{url}/api/v1/query?{given}") as answer:
        return {one["metric"]["miner"] for one in json.load(answer)["data"]["result"]}


@pytest.mark.program("prometheus")
@pytest.mark.program("promtool")
@pytest.mark.parametrize("kind", troubles.PLANS)
def test_a_trouble_is_seen_where_it_is_and_nowhere_else(served: tuple[str, dict[str, set[str]]], kind: str) -> None:
    url, ill = served
    query, at = VISIBLE[kind]
    assert asked(url, query, at) == ill[kind]
    assert ill[kind]


def test_unknown_troubles_are_told() -> None:
    assert troubles.chosen("fan,sag") == ("fan", "sag")
    with pytest.raises(ValueError, match="unknown troubles: fun; known are calm, six, all"):
        troubles.chosen("fan,fun")


def test_rules_wait_for_what_they_read() -> None:
    rules = [
        {"record": "a:b:sum", "expr": "sum(a:b) + c:c"},
        {"record": "c:c", "expr": "c or c:c"},
        {"record": "a:b", "expr": "a"},
    ]
    assert [[rule["record"] for rule in level] for level in levels(rules)] == [["c:c", "a:b"], ["a:b:sum"]]


def test_an_alert_waits_fires_and_stays_for_a_while() -> None:
    grid = range(0, 600, 60)
    there = dict.fromkeys((60, 120, 180, 240, 420), "1")
    since, known = states(there, grid, 120, 60)
    assert {at: known[at] for at in sorted(known)} == {
        60: "pending", 120: "pending", 180: "firing", 240: "firing", 420: "pending",
    }  # fmt: skip
    assert since == {60: "60", 120: "60", 180: "60", 240: "60", 420: "420"}
    _, kept = states(there, grid, 120, 120)
    assert kept[300] == "firing"


def test_what_a_miner_was_is_kept_while_it_is_down() -> None:
    """While it is down, the last reading stands, and not what the rule makes of a miner without readings."""
    place = {"job": "j", "instance": "i", "miner": "m"}
    found: list[dict[str, Any]] = [
        {"metric": place | {"model": "S21"}, "values": [(60, "1"), (120, "1")]},
        {"metric": place, "values": [(0, "1"), (180, "1"), (240, "1")]},
    ]
    up = [{"metric": place, "values": [(0, "0"), (60, "1"), (120, "1"), (180, "0"), (240, "0")]}]
    remember(found, up, range(0, 300, 60))
    assert [[at for at, _ in one["values"]] for one in found] == [[60, 120, 180, 240], [0]]
