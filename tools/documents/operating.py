"""The tables of docs/operating.md: the daemon's flags and the alerts."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

from exporter.__main__ import parser
from tools.documents.markdown import table

RULES: Final = Path(__file__).parents[2] / "grafana" / "rules" / "alerts.yml"
SEVERITIES: Final = ("page", "ticket", "info")


def subcommands() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command of `asic-exporter`, by the command's name."""
    (choices,) = (action.choices for action in parser()._actions if isinstance(action, argparse._SubParsersAction))
    return dict(choices)


def flags() -> str:
    """Return the daemon's flags with their help texts."""
    return table(("flag", "meaning"), _flags())


def _flags() -> Iterator[list[str]]:
    for action in subcommands()["serve"]._actions:
        if not isinstance(action, argparse._HelpAction):
            value = f"={action.metavar}" if action.metavar else ""
            yield [f"`{', '.join(action.option_strings)}{value}`", (action.help or "") % vars(action)]


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
