"""The shape of the package: imports run downhill, the pure core stays pure, files stay small."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import exporter
from exporter import decode
from exporter.decode import Family
from exporter.questions import REGISTRY

PACKAGE = Path(exporter.__file__).parent

# The folders from the ground up: each may use those before it, and its own files each other.
LAYERS = (
    ("exporter", "core"),
    ("questions", "config"),
    ("parse", "render"),
    ("decode", "transport", "plans"),
    ("polling",),
    ("daemon",),
    ("web",),
    ("commands",),
    ("__main__",),
)
# The folders without clocks, sockets, files and logs.
PURE = {"core", "questions", "config", "parse", "decode", "plans", "render"}
PURE_LIBRARIES = {"orjson", "pydantic", "pydantic_core", "yaml"}
SPELLERS = {"urllib.parse"}  # of an impure library, but it opens nothing
SHELLS = {
    "exporter.config": "finds passwords in files and in the environment",
    "exporter.config.secret": "salts the hash of a password at random",
}
IMPURE = {
    *("asyncio", "socket", "ssl", "selectors", "select", "http", "urllib", "time", "datetime", "os", "subprocess"),
    *("threading", "logging", "random", "secrets", "tempfile", "aiohttp", "shutil", "signal", "multiprocessing"),
}
LINES = 270


def modules() -> Iterator[tuple[str, Path]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(PACKAGE).with_suffix("").parts
        yield ".".join(("exporter", *[part for part in parts if part != "__init__"])), file


MODULES = dict(modules())
each = pytest.mark.parametrize("name", MODULES)
each_family = pytest.mark.parametrize("family", decode.families(), ids=lambda family: family.name)


def imports(name: str) -> set[str]:
    """What a module imports, wherever in its text, as full module names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(MODULES[name].read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            base = node.module or ""
            inner = {f"{base}.{alias.name}" for alias in node.names}
            found.update(inner & MODULES.keys())
            if not inner <= MODULES.keys():
                found.add(base)
    return found


def head(name: str) -> str:
    """The folder of a module, or the module itself where it is in none."""
    return name.split(".")[1] if "." in name else name


def layer(name: str) -> int:
    return next(n for n, names in enumerate(LAYERS) if head(name) in names)


@each
def test_imports_run_downhill(name: str) -> None:
    for other in imports(name):
        if not other.startswith("exporter") or head(other) == head(name):
            continue
        if head(name) == "simulator":
            pytest.fail(f"the simulator stands alone, but uses {other}")
        if head(other) == "simulator":
            assert name in ("exporter.commands.demo", "exporter.__main__")
        else:
            assert layer(other) < layer(name), f"{name} uses {other}"


def test_no_imports_go_in_a_circle() -> None:
    used = {name: imports(name) & MODULES.keys() - {name} for name in MODULES}
    while free := [name for name, others in used.items() if not others]:
        used = {name: others - {*free} for name, others in used.items() if others}
    assert not used


def test_every_folder_has_a_layer() -> None:
    assert {head(name) for name in MODULES} - {"simulator"} == {name for names in LAYERS for name in names}


def test_the_package_shows_its_folders() -> None:
    assert len([path for path in PACKAGE.iterdir() if path.is_file()]) <= 5


@pytest.mark.parametrize("name", [name for name in MODULES if head(name) in PURE and name not in SHELLS])
def test_the_pure_core_touches_nothing_outside(name: str) -> None:
    used = {other.split(".")[0] for other in imports(name) - SPELLERS}
    assert used.isdisjoint(IMPURE)
    assert used - {"exporter"} <= {*sys.stdlib_module_names, *PURE_LIBRARIES}
    calls = [n for n in ast.walk(ast.parse(MODULES[name].read_text())) if isinstance(n, ast.Call)]
    assert not {ast.unparse(call.func) for call in calls} & {"open", "print", "input", "eval", "exec", "__import__"}


@each
def test_files_are_small_and_say_what_they_are(name: str) -> None:
    file = MODULES[name]
    text = file.read_text()
    assert len(text.splitlines()) <= LINES
    if text.strip():
        said = ast.get_docstring(ast.parse(text))
        assert said, "a module opens with a sentence"
        assert said.splitlines()[0].rstrip().endswith((".", ":", ",")) or "\n" in said


def test_each_family_is_declared_in_a_file_of_its_own() -> None:
    families = decode.families()
    assert all(vars(family.module)["FAMILY"] is family for family in families)
    assert len({family.module for family in families}) == len({family.name for family in families}) == len(families)
    assert [family.name for family in families if family.generic] == [decode.FALLBACK]


@each_family
def test_no_two_families_have_one_rank(family: Family) -> None:
    others = [other.name for other in decode.families() if other is not family and other.rank == family.rank]
    assert not others, f"{family.rank} is the rank of {others[0]}: take a free one of docs/new-family.md"


@each_family
def test_every_question_of_a_family_is_declared_and_decoded_where_it_says_so(family: Family) -> None:
    known = {question.name: question for question in REGISTRY}
    asked = [*family.fast, *family.instead.values(), *family.slow]
    assert all(known[question.name] is question for question in asked)
    assert len({question.name for question in asked}) == len(asked), "a question is asked twice"
    assert {section for section, _ in family.sections if section} <= known.keys(), "a section has no question"
    assert family.instead.keys() <= {question.name for question in family.fast}
    assert family.required_keys.keys() <= {question.name for question in asked}
    assert 0 <= family.connection_gap <= 1


def test_every_error_has_a_reason_of_its_own() -> None:
    from exporter.core.errors import REASONS, leaves

    assert len(set(REASONS)) == len(REASONS) == len(leaves())
    documented = ast.get_docstring(ast.parse(MODULES["exporter.core.errors"].read_text())) or ""
    for leaf in leaves():
        assert f"{leaf.__name__} " in documented
        assert f" {leaf.reason} " in documented
