"""The mixin and the build for a site give what the files of grafana/ have, under the site's own names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import _jsonnet
import pytest
import yaml

from grafana import build
from tests.harness.places import ROOT

GRAFANA = ROOT / "grafana"
SITE = {"job": "miners", "runbooks": "https://wiki.example.net/asic.md", "grafana": "https://grafana.example.net"}
ALL = "{rules: m.prometheusRules, alerts: m.prometheusAlerts, dashboards: m.grafanaDashboards}"


def mixed(config: dict[str, Any]) -> dict[str, Any]:
    """What the mixin gives with that configuration."""
    source = f"local m = (import 'mixin.libsonnet') + {{_config+:: {json.dumps(config)}}}; {ALL}"
    rendered: dict[str, Any] = json.loads(_jsonnet.evaluate_snippet("test", source, jpathdir=[str(ROOT / "mixin")]))
    return rendered


def written(folder: Path) -> dict[str, Any]:
    """The same of a folder of files."""
    return {
        "rules": yaml.safe_load((folder / "rules" / "recording.yml").read_text()),
        "alerts": yaml.safe_load((folder / "rules" / "alerts.yml").read_text()),
        "dashboards": {
            f"asic-{name}.json": json.loads((folder / "dashboards" / f"{name}.json").read_text())
            for name in build.PAGES
        },
    }


def test_the_mixin_is_what_the_files_are() -> None:
    assert mixed({}) == written(GRAFANA)


def test_a_site_has_the_same_by_either_way(tmp_path: Path) -> None:
    assert build.main([f"--output={tmp_path}", *(f"--{name}={value}" for name, value in SITE.items())]) == 0
    ours = written(tmp_path)
    assert mixed(SITE) == ours
    rules = [group["rules"] for part in (ours["rules"], ours["alerts"]) for group in part["groups"]]
    assert "asic-exporter" not in json.dumps(rules).replace("/d/asic-exporter", "")
    for group in ours["alerts"]["groups"]:
        for rule in group["rules"]:
            assert rule["annotations"]["runbook_url"].startswith(f"{SITE['runbooks']}#asic")
            assert rule["annotations"]["dashboard_url"].startswith(f"{SITE['grafana']}/d/asic-")


def test_the_mixin_can_tag_the_dashboards() -> None:
    assert {tuple(d["tags"]) for d in mixed({"dashboardTags": ["a"]})["dashboards"].values()} == {("a",)}


def test_the_usage_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        build.main(["--help"])
    assert ended.value.code == 0
    assert "--runbooks" in capsys.readouterr().out
