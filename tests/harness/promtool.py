"""Tests of rules, run by promtool."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.harness.places import ROOT

RULES = ROOT / "grafana" / "rules"
RECORDING, ALERTS = RULES / "recording.yml", RULES / "alerts.yml"


def groups(file: Path) -> list[dict[str, Any]]:
    """Return the groups of a file of rules."""
    return list(yaml.load(file.read_text(), yaml.CSafeLoader)["groups"])


def rules(file: Path) -> list[dict[str, Any]]:
    """Return the rules of a file."""
    return [rule for group in groups(file) for rule in group["rules"]]


def promtool(
    tests: Sequence[Mapping[str, Any]], folder: Path, files: Sequence[Path] = (RECORDING, ALERTS), every: str = "1m"
) -> subprocess.CompletedProcess[str]:
    """Run the tests; the groups of rules are evaluated in the order of the files, which promtool leaves to chance."""
    document = {
        "rule_files": [str(file) for file in files],
        "evaluation_interval": every,
        "group_eval_order": [group["name"] for file in files for group in groups(file)],
        "tests": tests,
    }
    file = folder / "tests.yml"
    file.write_text(json.dumps(document))
    command = ["promtool", "test", "rules", str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
