"""What the repository shows to the outside: workflows, forms, the Makefile's help, the package and its version."""

from __future__ import annotations

import re
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

import exporter
from tests.harness.places import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = frozenset(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted(file for file in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if file.stem != "config")

workflow = pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)


def make(*words: str) -> str:
    """Run make as a user does, without what a make around the tests hands down; return the output."""
    command = ["env", "-u", "MAKEFLAGS", "-u", "MAKELEVEL", "make", "--no-print-directory", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def jobs(file: Path) -> dict[str, dict[str, Any]]:
    """Return a workflow's jobs by their names."""
    found = yaml.safe_load(file.read_text())["jobs"]
    assert found
    return dict(found)


def steps(file: Path) -> list[dict[str, Any]]:
    """Return the steps of all jobs of a workflow."""
    return [step for job in jobs(file).values() for step in job.get("steps", ())]


def targets(text: str) -> set[str]:
    """Return the Makefile's targets that a piece of shell or text calls."""
    begins, word = r"(?:^|entry:|[;&(])\s*(?:[A-Z_]+=\S* +)*", r" +(?:-s|[A-Z_]+=\S*|[a-z][a-z-]*)(?=[\s)&|;]|$)"
    calls = re.findall(rf"{begins}make((?:{word})+)", text, re.MULTILINE)
    return {each for call in calls for each in call.split() if re.fullmatch(r"[a-z][a-z-]*", each)}


def test_every_workflow_is_looked_at() -> None:
    assert {file.stem for file in WORKFLOWS} == {"test", "image", "release"}


@workflow
def test_a_workflow_may_do_nothing_that_no_job_asks_for(file: Path) -> None:
    assert yaml.safe_load(file.read_text())["permissions"] in ({}, {"contents": "read"})
    for job in jobs(file).values():
        assert "timeout-minutes" in job or "uses" in job
    for step in steps(file):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@workflow
def test_actions_are_pinned_and_say_their_version(file: Path) -> None:
    for used in re.findall(r"uses: (.*)", file.read_text()):
        assert used.startswith("./") or re.fullmatch(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used), used


@workflow
def test_workflows_call_what_the_makefile_has(file: Path) -> None:
    called = set().union(*[targets(step["run"]) for step in steps(file) if "run" in step])
    assert called
    assert called <= TARGETS


@workflow
def test_workflows_install_nothing_but_what_the_makefile_pins(file: Path) -> None:
    for step in steps(file):
        assert not re.search(r"\b(pip|pipx|uv|npm|curl|wget)\b", step.get("run", "")), step


def test_the_tests_run_on_the_versions_that_the_package_names() -> None:
    named = {each.removeprefix("Programming Language :: Python :: ") for each in PROJECT["project"]["classifiers"]}
    named = {each for each in named if re.fullmatch(r"3\.\d+", each)}
    run = jobs(ROOT / ".github" / "workflows" / "test.yml")
    image = re.fullmatch(r"python:(3\.\d+)-bookworm", run["all"]["container"]["image"])
    assert image
    assert {image[1], *run["python"]["strategy"]["matrix"]["python"]} == named
    assert PROJECT["project"]["requires-python"] == f">={min(named, key=lambda each: int(each[2:]))}"


def test_the_workflow_runs_the_same_script_as_everybody() -> None:
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    assert {"run": ".ci/run"} in jobs(ROOT / ".github" / "workflows" / "test.yml")["all"]["steps"]


@pytest.mark.parametrize("file", FORMS, ids=lambda file: file.stem)
def test_forms_ask_for_the_version_or_change_nothing(file: Path) -> None:
    form = yaml.safe_load(file.read_text())
    fields = {field["id"]: field for field in form["body"] if field["type"] != "markdown"}
    assert len(fields) == sum(field["type"] != "markdown" for field in form["body"])
    assert all(field["attributes"]["label"] for field in fields.values())
    assert file.stem == "feature" or fields["version"]["validations"]["required"]


def test_a_miner_is_reported_with_what_it_answers() -> None:
    form = (ROOT / ".github" / "ISSUE_TEMPLATE" / "miner.yml").read_text()
    from exporter.__main__ import parser

    command = re.search(r"`asic-exporter (query HOST --save=FOLDER)`", form)
    assert command
    assert str(parser().parse_args(command[1].split()).save) == "FOLDER"


def test_make_alone_lists_every_target() -> None:
    listed = re.findall(r"^make ([a-z-]+) +\S", make(), re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert set(listed) == TARGETS
    phony = re.search(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == TARGETS


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/releasing.md", ".pre-commit-config.yaml", ".ci/run"])
def test_documents_call_what_the_makefile_has(name: str) -> None:
    text = (ROOT / name).read_text()
    quoted = text if name.startswith(".") else "\n".join(re.findall(r"`([^`]*)`", text))
    assert targets(quoted)
    assert targets(quoted) <= TARGETS


def test_the_version_has_one_place() -> None:
    assert "version" not in PROJECT["project"]
    assert PROJECT["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "exporter.__version__"}
    assert make("version") == f"{exporter.__version__}\n"
    newest = re.search(r"^## (\S+), (unreleased|20\d\d-\d\d-\d\d)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest
    assert newest[1] == exporter.__version__ or newest[2] == "unreleased"


def test_notes_are_the_part_of_the_changelog_once_it_has_a_date(tmp_path: Path) -> None:
    parts = ("9.9.9, unreleased", "next"), (f"{exporter.__version__}, 2027-01-31", "this"), ("0.0.1, 2026-01-01", "old")
    log = "# Changes\n" + "".join(f"\n## {head}\n\n* {text}\n" for head, text in parts)
    (tmp_path / "CHANGELOG.md").write_text(log)
    (tmp_path / "exporter").mkdir()
    (tmp_path / "exporter" / "__init__.py").write_text(f'__version__ = "{exporter.__version__}"\n')
    assert make("-C", str(tmp_path), "-f", str(ROOT / "Makefile"), "notes").strip() == "* this"
    (tmp_path / "CHANGELOG.md").write_text(log.replace("2027-01-31", "unreleased"))
    assert make("-C", str(tmp_path), "-f", str(ROOT / "Makefile"), "notes").strip() == ""


def test_the_package_takes_every_file_along() -> None:
    package = Path(exporter.__file__).parent
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["exporter"]
    for file in package.rglob("*"):
        name = file.relative_to(package).as_posix()
        if file.suffix == ".py":
            assert (file.parent / "__init__.py").exists(), f"{name} is in no package"
        elif file.is_file() and "__pycache__" not in name:
            assert any(fnmatch(name, pattern) for pattern in patterns), f"{name} is not in package-data"
