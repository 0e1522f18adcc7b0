"""The documents tell the truth: what is derived from the code is what stands in them, and what they show works."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from exporter import decode
from exporter.__main__ import parser
from exporter.commands.flags import load
from exporter.core import catalogue
from exporter.daemon.telemetry import Telemetry
from exporter.decode import Family
from tests.harness import gallery, matrix
from tests.harness.places import ROOT

README = ROOT / "README.md"


def families() -> str:
    """The families and what each is asked, as a Markdown table."""

    def words(family: Family) -> str:
        slow = ", ".join(q.name for q in family.slow if not q.hourly)
        hourly = ", ".join(
            q.name + (" where a login is configured" if q.locked else "") for q in family.slow if q.hourly
        )
        fast = [q.name for q in family.fast] + [f"{q.name} instead of {name}" for name, q in family.instead.items()]
        asked = ", ".join(fast) + (f"; every five minutes {slow}" if slow else "")
        return asked + (f"; every hour {hourly}" if hourly else "")

    rows = []
    for family in decode.families():
        doc = (family.module.__doc__ or "").split("\n", 1)[0]
        rows.append(f"| `{family.name}` | {doc.rstrip('.')} | {words(family)} |")
    return "\n".join(["| family | what it is | asked |", "|---|---|---|", *rows])


def alerts() -> str:
    """The alerts by severity, as a Markdown table."""
    groups = yaml.safe_load((ROOT / "grafana" / "rules" / "alerts.yml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    rows = [
        f"| {severity} | `{rule['alert']}` | {rule['annotations']['summary']} | {rule['for']} |"
        for severity in ("page", "ticket", "info")
        for rule in rules
        if rule["labels"]["severity"] == severity
    ]
    return "\n".join(["| severity | alert | what it says | after |", "|---|---|---|---|", *rows])


def own() -> str:
    """What the exporter tells of itself, as a Markdown table."""
    rows = []
    for told in dict.fromkeys(Telemetry().registry._names_to_collectors.values()):
        if isinstance(told, MetricWrapperBase):
            name = told._name + ("_total" if told._type == "counter" else "")
            rows.append(f"| `{name}` | {told._type} | {', '.join(told._labelnames)} | {told._documentation} |")
    return "\n".join(["| metric | type | labels | what it says |", "|---|---|---|---|", *rows])


DERIVED = {
    "own": (README, own),
    "metrics": (README, catalogue.table),
    "families": (README, families),
    "alerts": (README, alerts),
    "discovery": (ROOT / "docs" / "commands.md", matrix.discovered),
    "reference": (ROOT / "docs" / "commands.md", matrix.reference),
    "by-family": (ROOT / "docs" / "commands.md", matrix.by_family),
    "miners": (ROOT / "docs" / "miners.md", gallery.miners),
}


@pytest.mark.parametrize("name", DERIVED)
def test_derived_parts_are_current(name: str) -> None:
    file, derive = DERIVED[name]
    text = file.read_text()
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    assert pattern.search(text), f"{file.name} has no place for {name}"
    current = pattern.sub(lambda match: f"{match[1]}{derive()}\n{match[2]}", text)
    if os.environ.get("GOLDEN") == "write":
        file.write_text(current)
    assert file.read_text() == current, "stale: run `make docs`"


def test_each_family_accounts_for_all_fifty_commands() -> None:
    fifty = [*matrix.READS, *matrix.CONTROLS]
    assert (len(matrix.READS), len(matrix.CONTROLS), len(set(fifty))) == (25, 25, 50)
    for family in decode.families():
        for command in fifty:
            when, why = matrix.level(family, command)
            assert (when == "never") == bool(why)
            assert command in matrix.READS or when == "never"


def test_the_first_configuration_of_the_readme_is_good(tmp_path: Path) -> None:
    block = re.search(r"```yaml\n(   groups:.*?)```", README.read_text(), re.DOTALL)
    assert block
    file = tmp_path / "config.yaml"
    file.write_text(re.sub(r"^   ", "", block[1], flags=re.MULTILINE))
    assert len(load(file).targets) == 1


@pytest.mark.program("promtool")
def test_prometheus_takes_what_scaling_shows(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "scaling.md").read_text(), re.DOTALL)
    assert len(blocks) == 4
    for block in blocks:
        file = tmp_path / "prometheus.yml"
        if block.startswith("- {targets"):
            (tmp_path / "exporters.yml").write_text(block)
            block = "scrape_configs: [{job_name: a, file_sd_configs: [{files: [exporters.yml]}]}]"  # noqa: PLW2901
        file.write_text(block)
        agent = ["--agent"] if "remote_write" in block else []
        done = subprocess.run(
            ["promtool", "check", "config", *agent, file], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_command_and_flag_is_documented() -> None:
    text = README.read_text()
    actions = parser()._subparsers
    assert actions is not None
    commands = next(a.choices for a in actions._group_actions if a.choices)
    assert isinstance(commands, dict)
    for name, command in commands.items():
        assert name == "serve" or f"asic-exporter {name}" in text, name
        if name == "serve":
            for action in command._actions:
                for flag in action.option_strings:
                    assert flag in ("-h", "--help") or flag in text, flag


def test_links_lead_somewhere() -> None:
    for file in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", file.read_text()):
            assert (file.parent / target).exists(), f"{file.name} links to {target}, which is not there"


def test_nothing_names_a_machine_or_a_package_host() -> None:
    words = re.compile(r"(^|[^\w])/(work|home|root)/|index[-]url|--find[-]links")
    for file in [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("requirements*"),
        *ROOT.glob("exporter/**/*.py"),
        ROOT / "Makefile",
    ]:
        assert not words.search(file.read_text()), file
