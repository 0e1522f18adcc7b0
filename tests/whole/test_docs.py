"""The documents tell the truth: derived parts are current, links lead somewhere, and what is shown works."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter import decode
from exporter.commands.flags import load
from exporter.core.catalogue import CATALOGUE
from grafana.alerts import GROUPS
from grafana.elements.rules import Alert
from tests.harness.places import ROOT
from tools.documents import DERIVED, commands, current, metrics, operating

README = ROOT / "README.md"
OPERATING = ROOT / "docs" / "operating.md"
RUNBOOKS = ROOT / "docs" / "runbooks.md"
PARTS = ("Meaning", "First look", "Causes", "Bring")
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
TOP = r"(?:bench|deploy|docs|exporter|grafana|tests|tools)/"


@pytest.mark.parametrize("name", DERIVED)
def test_derived_parts_are_current(name: str) -> None:
    assert DERIVED[name][0].read_text() == current(name), "stale: run `make docs`"


def test_each_part_of_a_document_is_derived() -> None:
    marked = [
        (file, name) for file in DOCUMENTS for name in re.findall(r"^<!-- ([a-z-]+) -->$", file.read_text(), re.M)
    ]
    assert sorted(marked) == sorted((file, name) for name, (file, _) in DERIVED.items())


@pytest.mark.parametrize("name", DERIVED)
def test_derived_tables_are_whole(name: str) -> None:
    for table in re.findall(r"(?:^\|.*\n)+", DERIVED[name][1]() + "\n", re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_every_metric_is_documented() -> None:
    assert metrics.miners().count("\n| `asic_") == len(CATALOGUE)


def test_there_are_fifty_commands() -> None:
    assert (len(commands.READS), len(commands.CONTROLS)) == (25, 25)
    assert len({*commands.READS, *commands.CONTROLS}) == 50


@pytest.mark.parametrize("family", decode.families(), ids=lambda family: family.name)
def test_each_family_accounts_for_all_fifty_commands(family: decode.Family) -> None:
    for command in (*commands.READS, *commands.CONTROLS):
        when, why = commands.level(family, command)
        assert (when == "never") == bool(why)
        assert command in commands.READS or when == "never"


def test_the_first_configuration_of_the_readme_is_good(tmp_path: Path) -> None:
    block = re.search(r"```yaml\n(   groups:.*?)```", README.read_text(), re.DOTALL)
    assert block
    file = tmp_path / "config.yaml"
    file.write_text(re.sub(r"^   ", "", block[1], flags=re.MULTILINE))
    assert len(load(file).targets) == 1


def test_the_series_of_the_readme_are_of_a_recorded_miner() -> None:
    block = re.search(r"```text\n(.*?)```", README.read_text(), re.DOTALL)
    assert block
    page = (ROOT / "tests" / "fixtures" / "braiins" / "boser-s19j" / "expected.prom").read_text()
    for line in block[1].splitlines():
        pattern = ".*".join(re.escape(part) for part in line.split("…"))
        assert re.search(f"^{pattern}$", page, re.MULTILINE), line


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


def test_every_command_and_its_flags_are_documented() -> None:
    text = OPERATING.read_text()
    for name, command in operating.subcommands().items():
        assert name == "serve" or f"asic-exporter {name}" in text, name
        for action in command._actions:
            assert action.help, f"{name} {action.option_strings} has no help"


def test_every_alert_has_its_runbook() -> None:
    """The anchors are those of the alerts, and each part says what it means, where to look, why, and what to bring."""
    found = dict(re.findall(r"^### (\w+)\n\n(.*?)(?=^#|\Z)", RUNBOOKS.read_text(), re.DOTALL | re.MULTILINE))
    alerts = [rule.name for group in GROUPS for rule in group.rules if isinstance(rule, Alert)]
    assert sorted(found) == sorted(alerts)
    for name, text in found.items():
        assert tuple(re.findall(r"^\* \*\*(.+?)\*\*", text, re.MULTILINE)) == PARTS, name


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_lines_are_wrapped(file: Path) -> None:
    assert not [line for line in prose(file).splitlines() if len(line) > 200 and not line.lstrip().startswith("|")]


def dead_links(file: Path) -> Iterator[str]:
    """Yield the links of a document to a file or a heading that does not exist."""
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", prose(file)):
        path, _, anchor = link.partition("#")
        target = file.parent / path if path else file
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


def anchors(file: Path) -> set[str]:
    """Return the anchors of a document's headings: lower case, a dash for a space, no punctuation."""
    headings = re.findall(r"^#+ (.*)$", prose(file), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def prose(file: Path) -> str:
    """Return a document without its blocks of code."""
    return re.sub(r"^( *)```.*?^\1```$", "", file.read_text(), flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_links_lead_somewhere(file: Path) -> None:
    assert not list(dead_links(file))


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("# A `b`: c_d\n```sh\n# e\n```\n[1](#a-b-c_d) [2](a.md#a-b-c_d) [3](#e) [4](b.md) [5](a.md#d)\n")
    assert list(dead_links(file)) == ["#e", "b.md", "a.md#d"]


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_named_files_exist(file: Path) -> None:
    for name in re.findall(rf"`({TOP}[\w./*-]*)`(?!:\n)", file.read_text()):
        assert list(ROOT.glob(name)), f"{file.name} names {name}"


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_linked_code_is_there(file: Path) -> None:
    for name, path in re.findall(r"\[`([\w.]+)`\]\(([\w./]+\.py)\)", file.read_text()):
        defined = re.compile(rf"^ *(?:class|def|async def) {name.rpartition('.')[2]}\b", re.MULTILINE)
        assert name.endswith(".py") or defined.search((file.parent / path).read_text()), f"{name} is not in {path}"


def test_nothing_names_a_machine_or_a_package_host() -> None:
    words = re.compile(r"(^|[^\w])/(work|home|root)/|index[-]url|--find[-]links")
    for file in [
        *DOCUMENTS,
        *ROOT.glob("requirements*"),
        *ROOT.glob("exporter/**/*.py"),
        *ROOT.glob("tools/**/*.py"),
        ROOT / "Makefile",
    ]:
        assert not words.search(file.read_text()), file
