"""Every metric is on a panel or in a rule, and the dashboards import into every Grafana from 10 on."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from exporter.core.catalogue import CATALOGUE
from exporter.daemon.telemetry import Telemetry
from tests.harness.promtool import RECORDING, rules
from tests.whole.test_grafana import ALERTS, DASHBOARDS, all_panels, overridden

# What Grafana 10 knows; a dashboard of Grafana 13 may name more.
KINDS = {"row", "stat", "timeseries", "table", "state-timeline", "bargauge", "heatmap", "status-history", "text"}
CELLS = {"auto", "color-text", "color-background", "gauge", "sparkline"}
TRANSFORMATIONS = {"merge", "filterFieldsByName", "organize", "sortBy", "limit", "groupBy", "reduce"}
TRANSFORMATIONS |= {"labelsToFields", "groupingToMatrix", "convertFieldType"}
VARIABLES = {"datasource", "query", "custom", "textbox", "adhoc", "interval", "constant"}
UNITS = {"none", "short", "sishort", "locale", "percentunit", "string", "bool", "Hs", "watt", "celsius", "volt", "amp"}
UNITS |= {"hertz", "rotrpm", "joule", "dBm", "bytes", "s", "dtdurations", "dateTimeFromNow", "dateTimeAsIso"}
OPEN = {"miner", "instance", "host", "place", "model", "firmware", "address", "family", "config_group"}
"""labels with as many values as the farm has, beside those that are a closed set"""
LINES, ROWS = 20, 200
ONE_MINER = {"miner", "boards"}  # these look at one miner or one kind
LIST = {"inventory"}  # this lists all miners on purpose


def panels() -> list[Any]:
    return [
        pytest.param(name, panel, id=f"{name}-{panel['id']}-{panel['title']}")
        for name, dashboard in DASHBOARDS.items()
        for panel in all_panels(dashboard)
        if panel["type"] != "row"
    ]


def shown() -> str:
    """All expressions of rules, panels, variables and annotations, as one text."""
    texts = [rule["expr"] for rule in ALERTS + rules(RECORDING)]
    texts += [text for rule in ALERTS for text in rule["annotations"].values()]
    for dashboard in DASHBOARDS.values():
        texts += [target["expr"] for panel in all_panels(dashboard) for target in panel.get("targets", [])]
        texts += [str(variable.get("query", "")) for variable in dashboard["templating"]["list"]]
        texts.append(json.dumps(dashboard["annotations"]))
    return "\n".join(texts)


def catalogue() -> set[str]:
    """Every metric that the exporter may show, as queries name it."""
    own = {name for name in Telemetry().registry._names_to_collectors if name.startswith("asic_")}
    bases = {name for name in own if not re.search("_(total|bucket|count|sum|created)$", name)}
    counters = {name.removesuffix("_total") for name in own if name.endswith("_total")}
    return {family.name for family in CATALOGUE} | (bases - counters) | {f"{name}_total" for name in counters}


def test_every_metric_is_shown() -> None:
    named = {re.sub("_bucket$", "", name) for name in re.findall(r"(?<![\w:])asic_\w+(?![\w:])", shown())}
    assert sorted(catalogue() - named) == [], "on no panel and in no rule"


@pytest.mark.parametrize("name", DASHBOARDS)
def test_an_import_asks_for_the_data_source_alone(name: str) -> None:
    dashboard = DASHBOARDS[name]
    assert not {"__inputs", "__requires", "__elements"} & set(dashboard)
    variables = dashboard["templating"]["list"]
    assert [v["name"] for v in variables if v["type"] == "datasource"] == ["datasource"]
    first = variables[0]
    assert (first["name"], first["label"], first["query"]) == ("datasource", "Data source", "prometheus")
    for variable in variables[1:]:
        assert variable["type"] in VARIABLES
        assert variable["label"]
        if variable["type"] == "textbox":
            assert variable["query"], f"{variable['name']} has no value to begin with"
    sources = re.findall(r'"datasource": ({[^{}]*(?:{[^{}]*}[^{}]*)*})', json.dumps(dashboard))
    assert {json.loads(source)["uid"] for source in sources} <= {"${datasource}", "-- Grafana --"}


@pytest.mark.parametrize(("name", "panel"), panels())
def test_grafana_10_knows_what_is_used(name: str, panel: dict[str, Any]) -> None:
    assert panel["type"] in KINDS
    assert {t["id"] for t in panel.get("transformations", [])} <= TRANSFORMATIONS
    assert {kind["type"] for kind in overridden(panel, "custom.cellOptions")} <= CELLS
    for unit in (panel["fieldConfig"]["defaults"].get("unit"), *overridden(panel, "unit")):
        assert unit is None or unit in UNITS or re.match("(suffix|prefix|si):", unit), unit
    assert {o["matcher"]["id"] for o in panel["fieldConfig"]["overrides"]} <= {"byName", "byRegexp", "byType"}
    links = json.dumps(panel)
    assert "viewPanel=[" not in links
    assert "/d/[" not in links


def renamed(panel: dict[str, Any]) -> set[str]:
    """The labels and values that a table shows."""
    options = (t["options"] for t in panel["transformations"] if t["id"] == "organize")
    return {name for option in options for name in option["renameByName"]}


def limited(expr: str, most: int) -> bool:
    return any(int(number) <= most for number in re.findall(r"(?:top|bottom)k\((\d+),", expr))


@pytest.mark.parametrize(("name", "panel"), panels())
def test_no_panel_draws_a_thousand_lines(name: str, panel: dict[str, Any]) -> None:
    if panel["type"] in {"timeseries", "state-timeline"} and name not in ONE_MINER:
        for target in panel["targets"]:
            if OPEN & set(re.findall(r"{{(\w+)}}", target["legendFormat"])):
                assert limited(target["expr"], LINES), target["legendFormat"]
                assert "@ end()" in target["expr"], "else topk chooses anew at each point"
    if panel["type"] == "table" and name not in ONE_MINER | LIST and "miner" in renamed(panel):
        cut = [t["options"]["limitField"] for t in panel["transformations"] if t["id"] == "limit"]
        for target in panel["targets"] if not cut or max(cut) > ROWS else ():
            assert limited(target["expr"], ROWS), target["refId"]


def test_the_limits_are_seen() -> None:
    assert limited("topk(20, a)", LINES)
    assert not limited("topk by (miner) (1, a)", LINES)
    assert not limited("topk(1000, a)", LINES)


@pytest.mark.parametrize("name", DASHBOARDS)
def test_tiles_open_what_lists_more(name: str) -> None:
    kinds = {str(panel["id"]): panel["type"] for panel in all_panels(DASHBOARDS[name])}
    opened = re.findall(rf"/d/asic-{name}\?viewPanel=(\d+)", json.dumps(DASHBOARDS[name]))
    assert {kinds[number] for number in opened} <= {"table", "timeseries", "state-timeline"}


@pytest.mark.parametrize(("name", "panel"), panels())
def test_no_legend_keeps_a_value_of_the_past(name: str, panel: dict[str, Any]) -> None:
    """A line that ends keeps its last value in the legend, unless the query goes on with a zero or a gap."""
    if panel["type"] == "timeseries" and name not in ONE_MINER and panel["options"]["legend"]["calcs"]:
        for target in panel["targets"]:
            assert re.search(r"or (0 \*|NaN \*|vector\(NaN\))", target["expr"]), target["legendFormat"]
