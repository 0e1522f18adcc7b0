"""The table of docs/alerts.md: the alerts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import yaml

from tools.documents.markdown import table

RULES: Final = Path(__file__).parents[2] / "grafana" / "rules" / "alerts.yml"
SEVERITIES: Final = ("page", "ticket", "info")


def alerts() -> str:
    """Return the alerts, the gravest first."""
    groups = yaml.safe_load(RULES.read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    rows = (
        [severity, f"`{rule['alert']}`", rule["annotations"]["summary"], rule["for"]]
        for severity in SEVERITIES
        for rule in rules
        if rule["labels"]["severity"] == severity
    )
    return table(("severity", "alert", "meaning", "after"), rows)
