"""The looks of the dashboards, as far as a rule can hold them: what is drawn is looked at by people."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.harness.promql import Checker, plain
from tests.harness.promtool import RECORDING, rules
from tests.whole.test_grafana import DASHBOARDS, METRICS, PANELS, all_panels, overridden

SCREEN, MARGIN, COLUMNS = 1400, 40, 24
"""Pixels of a common screen, of what stands beside the panels, and columns of the grid."""
NARROWEST = 75


def shown(name: str) -> list[dict[str, Any]]:
    """The panels of a dashboard without its rows."""
    return [panel for panel in all_panels(DASHBOARDS[name]) if panel["type"] != "row"]


@pytest.mark.parametrize("panel", PANELS)
def test_nothing_joins_what_was_not_read(panel: dict[str, Any]) -> None:
    """A gap stays a gap, and a legend or a tile keeps no value of the past."""
    assert panel["fieldConfig"]["defaults"].get("custom", {}).get("spanNulls", False) is False
    options = panel["options"]
    said = [*options.get("legend", {}).get("calcs", ()), *options.get("reduceOptions", {}).get("calcs", ())]
    assert not {"lastNotNull", "firstNotNull"} & set(said)


@pytest.mark.parametrize("panel", PANELS)
def test_tables_fit_a_screen(panel: dict[str, Any]) -> None:
    if panel["type"] != "table" or panel["transformations"][-1]["id"] != "organize":
        return
    names = panel["transformations"][-1]["options"]["indexByName"]
    widths = sum(overridden(panel, "custom.width"))
    free = len(names) - len(list(overridden(panel, "custom.width")))
    room = (SCREEN - MARGIN) * panel["gridPos"]["w"] / COLUMNS
    assert widths + free * NARROWEST <= room, f"{widths} and {free} columns in {room}"


@pytest.mark.parametrize("name", ["miner", "boards"])
def test_where_nothing_is_there_is_a_word(name: str) -> None:
    for panel in shown(name):
        if panel["type"] not in {"state-timeline"}:
            assert re.search(r"[a-z]{2}", panel["fieldConfig"]["defaults"]["noValue"]), panel["title"]


def test_the_page_of_a_miner_reads_that_miner() -> None:
    for panel in shown("miner"):
        for target in panel["targets"]:
            checker = Checker(METRICS)
            checker.labels(plain(target["expr"]))
            for selector in checker.selectors:
                named = {matcher.name for matcher in selector.matchers.matchers}
                assert "miner" in named or "miner" not in METRICS[selector.name], (panel["title"], selector.name)


@pytest.mark.parametrize("name", DASHBOARDS)
def test_marks_say_what_happened(name: str) -> None:
    for mark in DASHBOARDS[name]["annotations"].get("list", ()):
        checker = Checker(METRICS)
        labels = checker.labels(plain(mark["expr"])) or frozenset()
        assert set(re.findall(r"{{(\w+)}}", mark["titleFormat"] + mark["textFormat"])) <= labels
        assert mark["datasource"]["uid"] == "${datasource}"
        # An event lasts one evaluation: a mark looks back to the mark before, 2m in a plain query.
        assert {duration.total_seconds() for _, duration in checker.ranges} == {120}


def test_the_page_of_a_miner_marks_every_event() -> None:
    said = " ".join(mark["expr"] for mark in DASHBOARDS["miner"]["annotations"]["list"])
    recorded = {rule["labels"]["event"] for rule in rules(RECORDING) if "event" in rule.get("labels", ())}
    assert set(re.findall(r'event="(\w+)"', said)) == recorded
