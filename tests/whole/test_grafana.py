"""The dashboards and the rules name only what the exporter says, and do what they say."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import ProcessCollector

from exporter.core.catalogue import CATALOGUE
from exporter.core.vocabulary import MINER_STATES
from exporter.daemon.telemetry import Telemetry
from grafana import build
from grafana.elements.frame import TITLES
from grafana.records.places import FEEDS, KINDS, WIDE
from tests.alerts.test_scenes import SCENES
from tests.harness.places import ROOT
from tests.harness.promql import RANGE, RATE_INTERVAL, Checker, Labels, WrongQueryError, plain
from tests.harness.promtool import ALERTS as FIRING
from tests.harness.promtool import RECORDING, RULES, promtool, rules

DEPLOY = ROOT / "deploy"
SCRAPED = frozenset({"job", "instance"})
PROMETHEUS = dict.fromkeys(("up", "scrape_duration_seconds", "scrape_samples_scraped"), SCRAPED) | dict.fromkeys(
    ("prometheus_rule_group_last_duration_seconds", "prometheus_rule_group_interval_seconds"), SCRAPED | {"rule_group"}
)
"""what Prometheus says of each scrape, and of itself"""
PLACES = frozenset({*WIDE, *FEEDS})  # labels that the configuration may give a miner


def telemetry() -> dict[str, Labels]:
    """The exporter's own metrics by the names of their samples, with their labels."""
    found: dict[str, Labels] = {}
    for collector in Telemetry().registry._collector_to_names:
        labels = frozenset(getattr(collector, "_labelnames", ()))
        for family in getattr(collector, "describe", list)():
            ends = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}.get(family.type, [""])
            found |= {family.name + end: labels | ({"le"} if end == "_bucket" else set()) | SCRAPED for end in ends}
    process = ProcessCollector(registry=None).collect()
    return found | {sample.name: SCRAPED for family in process for sample in family.samples}


def known() -> dict[str, Labels]:
    """Every metric that a query may use, with its labels; recording rules yield what their expressions do."""
    alert = {"miner", "psu", "alertname", "alertstate", "severity", "place", "place_kind", *KINDS}
    metrics = {"ALERTS": SCRAPED | alert} | PROMETHEUS | telemetry()
    metrics |= {family.name: frozenset(family.labels) | SCRAPED | {"miner"} | PLACES for family in CATALOGUE}
    pending = rules(RECORDING)
    while pending:
        names = {rule["record"] for rule in pending}
        ready = [rule for rule in pending if not names & words(rule["expr"]) - {rule["record"]}]
        assert ready, f"each of {names} reads another"
        for rule in ready:
            # A rule that remembers what it said: of the target it is known where it is, of any other which miner it is.
            remembered = (
                metrics["asic_target_info"] if "target_info" in rule["record"] else SCRAPED | {"miner"} | PLACES
            )
            found = Checker({rule["record"]: remembered, **metrics}).labels(rule["expr"]) or frozenset()
            metrics[rule["record"]] = metrics.get(rule["record"], frozenset()) | found | set(rule.get("labels", ()))
        pending = [rule for rule in pending if rule not in ready]
    for rule in rules(FIRING):
        metrics["ALERTS"] |= Checker(metrics).labels(rule["expr"]) or frozenset()
    metrics["ALERTS"] |= {"model"}  # stands for the labels that $by may name
    metrics["ALERTS_FOR_STATE"] = metrics["ALERTS"] - {"alertstate"}
    return metrics


def words(expr: str) -> set[str]:
    """What may be names of metrics in the expression."""
    return set(re.findall(r"[\w:]+", expr))


METRICS = known()
DASHBOARDS = {path.stem: json.loads(text) for path, text in build.dashboards().items()}


def all_panels(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows and panels in their order, also those in closed rows."""
    return [inner for panel in dashboard["panels"] for inner in (panel, *panel.get("panels", ()))]


PANELS = [
    pytest.param(panel, id=f"{name}-{panel['id']}-{panel['title']}")
    for name, dashboard in DASHBOARDS.items()
    for panel in all_panels(dashboard)
    if panel["type"] != "row"
]
ALERTS = rules(FIRING)


def overridden(panel: dict[str, Any], key: str) -> Iterator[Any]:
    for override in panel["fieldConfig"]["overrides"]:
        yield from (chosen["value"] for chosen in override["properties"] if chosen["id"] == key)


def checked_states(checker: Checker) -> None:
    for selector in checker.selectors:
        for matcher in selector.matchers.matchers:
            if selector.name == "asic_miner_state" and matcher.name == "state":
                assert set(matcher.value.split("|")) <= set(MINER_STATES)


def test_the_files_are_what_the_python_says() -> None:
    for path, text in build.files().items():
        assert path.read_text() == text, f"{path.name} is stale: make dashboards"


def test_a_stale_file_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "FOLDER", tmp_path)
    assert build.main(["--check"]) == 1
    assert {"fleet.json: stale", "alerts.yml: stale"} <= set(capsys.readouterr().out.splitlines())
    (tmp_path / "dashboards").mkdir()
    (tmp_path / "rules").mkdir()
    assert build.main([]) == 0
    assert build.main(["--check"]) == 0


@pytest.mark.parametrize(
    "query",
    [
        "asic_upp",
        'asic_up{mimer="a"}',
        "sum by (sensor) (asic_up)",
        "asic_shares_accepted_total",
        "asic_hashrate_hashes_per_second / asic_hashrate_nominal_hashes_per_second",
        "asic_fan_speed_rpm * on (miner) group_left (modell) asic_miner_info",
        'label_replace(asic_up, "part", "$1", "board", "(.*)")',
    ],
)
def test_the_check_can_fail(query: str) -> None:
    with pytest.raises(WrongQueryError):
        Checker(METRICS).labels(query)


@pytest.mark.parametrize("panel", PANELS)
def test_queries_name_what_is_there(panel: dict[str, Any]) -> None:
    fields: set[str] = set()
    for target in panel["targets"]:
        checker = Checker(METRICS)
        labels = checker.labels(plain(target["expr"])) or frozenset()
        legend = set(re.findall(r"{{(\w+)}}", target.get("legendFormat", "")))
        assert legend <= labels, f"legend {legend - labels}"
        fields |= labels | {"Value", f"Value #{target['refId']}"}
        checked_states(checker)
        for selector in checker.selectors:
            chosen = {m.name for m in selector.matchers.matchers}
            if not selector.name.startswith("prometheus_"):
                assert chosen >= SCRAPED & METRICS[selector.name], f"{selector} lacks job or instance"
        for function, length in checker.ranges:
            if function in {"rate", "increase"}:
                assert length in (RATE_INTERVAL, RANGE, timedelta(hours=1), timedelta(minutes=15))
    for transformation in panel.get("transformations", []):
        if transformation["id"] == "filterFieldsByName":
            assert set(transformation["options"]["include"]["names"]) <= fields


@pytest.mark.parametrize("panel", PANELS)
def test_panels_are_complete(panel: dict[str, Any]) -> None:
    defaults = panel["fieldConfig"]["defaults"]
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    assert all(target["datasource"] == panel["datasource"] for target in panel["targets"])
    assert defaults["unit"]
    assert defaults["thresholds"]["steps"]
    refs = [target["refId"] for target in panel["targets"]]
    assert len(refs) == len(set(refs))
    if panel["type"] == "table":
        assert all(target["instant"] for target in panel["targets"])
        assert all(
            kind["type"] != "gauge" or any(overridden(panel, "max")) for kind in overridden(panel, "custom.cellOptions")
        )


@pytest.mark.parametrize("name", DASHBOARDS)
def test_dashboards_are_complete(name: str) -> None:
    dashboard = DASHBOARDS[name]
    assert dashboard["uid"] == f"asic-{name}"
    assert dashboard["tags"]
    assert dashboard["editable"] is False
    assert (dashboard["graphTooltip"], dashboard["refresh"], dashboard["time"]["from"]) == (1, "30s", "now-6h")
    panels = all_panels(dashboard)
    assert [panel["id"] for panel in panels] == list(range(1, len(panels) + 1))
    assert [link["url"] for link in dashboard["links"]] == [f"/d/{uid}" for uid in TITLES if uid != dashboard["uid"]]
    for link in dashboard["links"]:
        assert link["keepTime"]
        assert link["includeVars"]
        assert link["placement"] == "", "in sight"
    variables = {variable["name"]: variable for variable in dashboard["templating"]["list"]}
    assert variables["datasource"]["label"] == "Data source"
    for variable in variables.values():
        if variable["type"] == "query":
            assert variable["refresh"] == 2
            assert variable["datasource"]["uid"] == "${datasource}"
            if not (values := re.fullmatch(r"label_values\((.+), (\w+)\)", plain(variable["query"]))):
                values = re.fullmatch(r"query_result\(sort_desc\((.+)\)\)(\w+)", variable["query"] + variable["name"])
                assert variable["regex"] == f'/{variable["name"]}="([^"]+)"/'
                assert variable["sort"] == 0
            assert values
            assert values[2] in (Checker(METRICS).labels(plain(values[1])) or ())
    for wide in ("job", "instance"):
        assert variables[wide]["multi"]
        assert variables[wide]["includeAll"] is True
    used = set(re.findall(r"\$(?!__|\d)(\w+)", " ".join(t["expr"] for p in panels for t in p.get("targets", []))))
    assert used <= set(variables)


@pytest.mark.parametrize("name", DASHBOARDS)
def test_panels_do_not_overlap(name: str) -> None:
    cells: set[tuple[int, int]] = set()
    for panel in all_panels(DASHBOARDS[name]):
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        own = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not own & cells, panel["title"]
        cells |= own


def test_each_dashboard_is_linked_by_the_others() -> None:
    assert set(TITLES) == {dashboard["uid"] for dashboard in DASHBOARDS.values()}


def test_tiles_open_what_is_there() -> None:
    for dashboard in DASHBOARDS.values():
        assert "/d/[" not in json.dumps(dashboard)
        numbers = {str(panel["id"]) for panel in all_panels(dashboard) if panel["type"] != "row"}
        for panel in all_panels(dashboard):
            for link in panel.get("fieldConfig", {}).get("defaults", {}).get("links", ()):
                uid, own = re.fullmatch(r"/d/([\w-]+)\?(?:viewPanel=(\d+)&)?\$.+", link["url"]).groups()  # type: ignore[union-attr]
                assert uid in TITLES
                assert own is None or (uid == dashboard["uid"] and own in numbers)


def test_links_go_to_the_miner() -> None:
    urls = {link["url"] for dashboard in DASHBOARDS.values() for p in all_panels(dashboard) if p["type"] == "table"
            for links in overridden(p, "links") for link in links}  # fmt: skip
    assert {url.split("?")[0] for url in urls} <= {"http://${__value.raw}/"} | {f"/d/{uid}" for uid in TITLES}
    assert all("var-miner=${__data.fields.Miner}" in url for url in urls if url.startswith("/d/asic-miner"))


@pytest.mark.parametrize("rule", ALERTS, ids=[rule["alert"] for rule in ALERTS])
def test_alerts_are_complete(rule: dict[str, Any]) -> None:
    checker = Checker(METRICS)
    labels = checker.labels(rule["expr"]) or frozenset()
    checked_states(checker)
    assert re.fullmatch(r"Asic([A-Z][a-z]+)+", rule["alert"])
    assert rule["labels"]["severity"] in {"page", "ticket", "info"}
    assert rule["for"]
    about = {"summary", "description", "runbook_url", "dashboard_url"} | ({"place"} if "miner" in labels else set())
    assert set(rule["annotations"]) == about
    assert rule["annotations"]["runbook_url"] == f"docs/runbooks.md#{rule['alert'].lower()}"
    assert re.fullmatch(r"[A-Z][^{}]+\.", rule["annotations"]["summary"])
    texts = " ".join([*rule["annotations"].values(), *rule["labels"].values()])
    assert set(re.findall(r"\$labels\.(\w+)", texts)) <= labels
    for query in re.findall("printf `(.+?)`", texts):
        Checker(METRICS).labels(query.replace("%q", '"x"'))


@pytest.mark.parametrize("rule", ALERTS, ids=[rule["alert"] for rule in ALERTS])
def test_no_end_of_readings_is_an_all_clear(rule: dict[str, Any]) -> None:
    """Only what is about the scrape itself, or looks back by itself, ends with its series."""
    if rule["alert"] in {"AsicExporterDown", "AsicExporterAbsent", "AsicMinerDown", "AsicWatchdog"}:
        assert "keep_firing_for" not in rule
    else:
        least = "15m" if rule["labels"]["severity"] == "page" else "30m"
        outages = {"AsicManyMinersDown": "5m", "AsicPlaceDown": "5m"}
        outages |= {"AsicRecentOutage": "25m", "AsicRecentPlaceOutage": "25m"}
        assert rule["keep_firing_for"] == outages.get(rule["alert"], least)


def test_no_page_alert_depends_on_a_nameplate() -> None:
    """What only a table of models expects makes tickets."""
    recorded = {rule["record"]: rule["expr"] for rule in rules(RECORDING)}

    def rests_on(expr: str) -> set[str]:
        named = {name for name in recorded if name in expr}
        return {expr}.union(*(rests_on(recorded[name]) for name in named if recorded[name] != expr))

    for rule in ALERTS:
        if rule["labels"]["severity"] == "page":
            said = " ".join(rests_on(rule["expr"]))
            assert "_expected" not in re.sub("asic_(active_pool|pool|off)_expected", "", said), rule["alert"]
            assert "nominal" not in said, rule["alert"]


def test_alerts_have_names_of_their_own() -> None:
    names = [rule["alert"] for rule in ALERTS]
    assert len(names) == len(set(names)) >= 14


def test_every_recording_rule_is_used() -> None:
    texts = [text for rule in ALERTS for text in rule["annotations"].values()]
    shown = [target["expr"] for panel in PANELS for target in panel.values[0]["targets"]]  # type: ignore[index]
    asked = re.findall(r"```promql\n(.+?)```", (ROOT / "docs" / "queries.md").read_text(), re.DOTALL)
    used = " ".join([rule["expr"] for rule in ALERTS] + texts + shown + asked)
    recorded = rules(RECORDING)
    read = {
        rule["record"]: " ".join(each["expr"] for each in recorded if each["record"] != rule["record"])
        for rule in recorded
    }
    assert [name for name, others in read.items() if name not in used + others] == []


def test_every_alert_is_seen_firing_and_silent() -> None:
    fired = {scene.alert for scene in SCENES}
    for path in (RULES / "tests").glob("*.yml"):
        for case in yaml.safe_load(path.read_text())["tests"]:
            moments = [
                set(re.findall(r'alertname="(\w+)"', json.dumps(m["exp_samples"]).replace("\\", "")))
                for m in case.get("promql_expr_test", ())
            ]
            seen = set().union(*moments)
            fired |= {name for name in seen if any(name not in moment for moment in moments)}
    assert fired | {"AsicWatchdog"} == {rule["alert"] for rule in ALERTS}


def names(matchers: list[str]) -> set[str]:
    """The alerts that the matchers of Alertmanager leave."""
    chosen = {rule["alert"] for rule in ALERTS}
    for matcher in matchers:
        if found := re.fullmatch(r'alertname(=|=~|!=|!~)"(.+)"', matcher):
            said = {name for name in chosen if re.fullmatch(found[2], name)}
            assert said, matcher
            assert all(any(re.fullmatch(word, name) for name in chosen) for word in found[2].split("|")), matcher
            chosen = chosen - said if found[1].startswith("!") else said
    return chosen


def test_what_explains_an_alert_is_there_before_it() -> None:
    """The order of `for`, with a minute for the rules' own intervals; what resolves at once is told by a group."""
    waits = {rule["alert"]: int(rule["for"].rstrip("ms").replace("1h", "60")) for rule in ALERTS}
    waits |= {"AsicRestartLoop": 60, "AsicChipOverheated": 8}  # by their ranges; heat grows
    waits["AsicRecentOutage"] = waits["AsicManyMinersDown"]
    waits["AsicRecentPlaceOutage"] = waits["AsicPlaceDown"]
    severities = {rule["alert"]: rule["labels"]["severity"] for rule in ALERTS}
    for rule in yaml.safe_load((DEPLOY / "alertmanager.yml").read_text())["inhibit_rules"]:
        sources, targets = names(rule["source_matchers"]), names(rule["target_matchers"])
        if 'miner!=""' in rule["target_matchers"]:
            continue  # whatever a miner that is down still fires is older
        assert not sources & targets
        for source in sources:
            for target in targets:
                assert waits[source] < waits[target], (source, target)
                assert severities[source] == "page" or severities[target] != "page", (source, target)


def test_the_deployment_mounts_what_is_there() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    for name, service in compose["services"].items():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "build" in service or re.search(r":v?\d+\.\d+\.\d+$", service["image"]), name
        for volume in service["volumes"]:
            source = volume.rsplit(":", 2)[0] if volume.endswith(":ro") else volume.split(":")[0]
            if source.startswith("."):
                assert (DEPLOY / source).exists(), source
            elif not source.startswith("$"):
                assert source in compose["volumes"]
    sources = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text())["datasources"]
    assert [source["uid"] for source in sources] == ["prometheus"]


def run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.program("promtool")
@pytest.mark.parametrize("path", sorted(DEPLOY.glob("prometheus*.yml")), ids=lambda path: path.stem)
def test_prometheus_takes_rules_and_configuration(path: Path, tmp_path: Path) -> None:
    run("promtool", "check", "rules", RECORDING, FIRING)
    config = tmp_path / "prometheus.yml"
    config.write_text(path.read_text().replace("/etc/prometheus/rules", str(RULES)))
    run("promtool", "check", "config", config)


@pytest.mark.program("promtool")
@pytest.mark.parametrize("path", sorted((RULES / "tests").glob("*.yml")), ids=lambda path: path.stem)
def test_alerts_fire_and_resolve(path: Path, tmp_path: Path) -> None:
    done = promtool(yaml.load(path.read_text(), yaml.CSafeLoader)["tests"], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.program("amtool")
def test_alertmanager_takes_its_configuration() -> None:
    run("amtool", "check-config", DEPLOY / "alertmanager.yml")
