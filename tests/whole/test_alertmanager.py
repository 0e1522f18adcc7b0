"""The example for Alertmanager: who is told of each alert, and that what stands in comments works too."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.harness.farm import DEPLOY
from tests.harness.places import ROOT
from tests.harness.promtool import ALERTS, rules

FILE = DEPLOY / "alertmanager.yml"
RULE = {rule["alert"]: rule for rule in rules(ALERTS)}
"""each alert, by its name"""
GUIDE = (ROOT / "docs" / "alerts.md").read_text()

pytestmark = pytest.mark.program("amtool")


def receiver(alert: str) -> str:
    """Return who is told of an alert."""
    if alert == "AsicWatchdog":
        return "watchdog"
    severity: str = RULE[alert]["labels"]["severity"]
    return "nobody" if alert.startswith("AsicRecent") else severity


def amtool(*arguments: str | Path) -> str:
    """Return what amtool prints."""
    done = subprocess.run(["amtool", *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def routed(file: Path, *labels: str) -> str:
    """Return who is told of an alert with these labels."""
    return amtool("config", "routes", "test", f"--config.file={file}", *labels)


@pytest.mark.parametrize("alert", RULE)
def test_each_alert_has_its_receiver(alert: str) -> None:
    severity = RULE[alert]["labels"]["severity"]
    assert routed(FILE, f"alertname={alert}", f"severity={severity}") == receiver(alert)


COMMENTED = re.compile(
    r"^( *)# (- matchers|  +(?:receiver|mute_|active_)|time_intervals:|  +(?:- name: |time_intervals:))", re.MULTILINE
)
"""lines for people to use, but for receivers and groupings"""


def test_what_stands_in_comments_works(tmp_path: Path) -> None:
    file = tmp_path / "alertmanager.yml"
    file.write_text(COMMENTED.sub(r"\1\2", FILE.read_text()))
    settings = yaml.safe_load(file.read_text())
    assert [each["name"] for each in settings["time_intervals"]] == ["day", "night", "maintenance"]
    amtool("check-config", file)
    critical = ("alertname=AsicFaultReported", "severity=ticket", "fault_severity=critical")
    assert (routed(FILE, *critical), routed(file, *critical)) == ("ticket", "page")
    routes = settings["route"]["routes"]
    assert [route["mute_time_intervals"] for route in routes if "mute_time_intervals" in route] == [
        ["maintenance"],
        ["night"],
    ]
    assert [route["active_time_intervals"] for route in routes if "active_time_intervals" in route] == [["day"]]


def test_each_commented_grouping_works(tmp_path: Path) -> None:
    file = tmp_path / "alertmanager.yml"
    groupings = re.findall(r"^  # (group_by: .*)$", FILE.read_text(), re.MULTILINE)
    assert len(groupings) == 2
    for grouping in groupings:
        file.write_text(re.sub(r"^  group_by: .*$", f"  {grouping}", FILE.read_text(), flags=re.MULTILINE))
        amtool("check-config", file)


def test_the_example_of_a_muted_route_works(tmp_path: Path) -> None:
    file = tmp_path / "alertmanager.yml"
    [text] = re.findall(r"```yaml\n(route:.*?)```", GUIDE, re.DOTALL)
    file.write_text(text)
    amtool("check-config", file)
