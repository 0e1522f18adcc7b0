"""The skeletons of docs/new-family.md work: each is put into a copy of the package and reads its own fixture."""

from __future__ import annotations

import builtins
import importlib
import json
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

from exporter.core import tracing, values, vocabulary
from exporter.decode.common import nested
from exporter.parse.rows import Reading, Row
from tests.harness.places import ROOT

DOCUMENT: Final = (ROOT / "docs" / "new-family.md").read_text()
NAME: Final = re.compile(r"\b[A-Za-z_]+(?=\()|(?<=[.@])[a-z_]+|^[a-z_]+$")  # called, an attribute, or alone
PACKAGES: Final = ("exporter.core", "exporter.decode.common", "exporter.decode", "exporter")
BLOCK: Final = re.compile(r"`([\w./-]+)`:\n\n```(?:python|json)\n(.*?)```", re.DOTALL)
READ: Final = """
import asyncio, pathlib, sys
from tests.harness.recorded import exposition, folder, outside_of_time, settle
with outside_of_time():
    target, outcome = asyncio.run(settle(folder(pathlib.Path(sys.argv[1]))))
print(outcome.family, outcome.by, outcome.bugs, outcome.session.failed)
print(exposition(target))
"""
SIMULATE: Final = """
from exporter.simulator import answer, fleet
(miner,) = fleet(1, families=["example_web"])
print(answer(miner, b"GET /api/example/status HTTP/1.1\\r\\n\\r\\n").decode().partition("\\r\\n\\r\\n")[2])
"""
SERIES: Final = {
    "example_api/e1": """
        asic_miner_info{miner="e1",family="example_api",make="Example",model="E1"} 1
        asic_fan_speed_rpm{miner="e1",fan="0"} 4200
        asic_board_up{miner="e1",board="2"} 0
        asic_board_hashrate_hashes_per_second{miner="e1",board="0"} 13500500000000.0
        asic_board_chip_temperature_max_celsius{miner="e1",board="0"} 74
    """,
    "example_web/p1": """
        asic_miner_info{miner="p1",family="example_web",make="Example",model="P1",mac="02:00:5e:10:00:01"} 1
        asic_hashrate_hashes_per_second{miner="p1"} 14750000000000.0
        asic_board_hashrate_hashes_per_second{miner="p1",board="B"} 7500000000000.0
        asic_pool_info{miner="p1",pool="0",host="pool.example:3333",kind="user"} 1
        asic_pool_shares_accepted_total{miner="p1",pool="0"} 512
    """,
}


def module(name: str) -> ModuleType:
    """Return the module that the document names without its package."""
    found = next(package for package in PACKAGES if find_spec(f"{package}.{name}"))
    return importlib.import_module(f"{found}.{name}")


def test_what_the_document_offers_is_there() -> None:
    _, _, table = DOCUMENT.partition("| the answer has | use | from |\n|---|---|---|\n")
    rows = [row.strip("|").split("|") for row in table.partition("\n\n")[0].splitlines()]
    assert len(rows) > 15
    for _, use, modules in rows:
        owners: list[object] = [Row(tracing.Trace(), {}), Reading, builtins, dict, str, vocabulary, vocabulary.Miner]
        owners += [module(name) for name in re.findall(r"`(\w+)`", modules)]
        words = {word for code in re.findall(r"`([^`]*)`", use) for word in NAME.findall(code)}
        assert words
        assert not {word for word in words if not any(hasattr(owner, word) for owner in owners)}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the package and the files of the document."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "exporter", folder / "exporter", ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in BLOCK.findall(DOCUMENT):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def python(checkout: Path, *arguments: str) -> str:
    """Return what Python prints in the checkout, with the test helpers of this one at hand."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=checkout,
        env={"PYTHONPATH": f"{checkout}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", SERIES)
def test_a_skeleton_reads_its_fixture(checkout: Path, name: str) -> None:
    family = name.partition("/")[0]
    first, _, page = python(checkout, "-c", READ, f"tests/fixtures/{name}").partition("\n")
    assert first == f"{family} plan [] {{}}"
    assert {line.strip() for line in SERIES[name].strip().splitlines()} <= set(page.splitlines())


def test_the_simulated_miner_answers_like_the_fixture(checkout: Path) -> None:
    recorded = json.loads((checkout / "tests/fixtures/example_web/p1/example_status.json").read_text())
    simulated = json.loads(python(checkout, "-c", SIMULATE))
    assert simulated.keys() == recorded.keys()
    for name in ("boards", "pools"):
        assert simulated[name][0].keys() == recorded[name][0].keys()


def snippet(line: str) -> str:
    """Return the block of the document that has a line with that beginning."""
    (block,) = [text for text in re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL) if f"\n{line}" in f"\n{text}"]
    return str(block)


def test_both_sides_of_the_login_name_it(checkout: Path) -> None:
    decoder, _, dialect = snippet("LOGIN = Digest(").partition("# Dialect")
    asked = f"from exporter.questions import Digest, page\n{decoder}"
    known = (
        "from exporter.simulator.dialects.example_web import Web, _status\nfrom exporter.simulator.logins import Digest"
    )
    shown = python(checkout, "-c", f"{asked}print(STATUS.login.family, IDENTITY.login.family, IDENTITY.identity_only)")
    assert shown.split() == ["example_web", "example_web", "True"]
    assert python(checkout, "-c", f"{known}\n#{dialect}print(WEB.login)").split() == ["example_web"]


def test_a_list_below_the_rows_is_read_as_shown() -> None:
    names: dict[str, Any] = {**vars(tracing), **vars(values), **vars(nested), "v": vocabulary}
    body = "".join(f"    {line}\n" for line in snippet("boards = inner(").splitlines())
    exec(f"def decoder(row):\n{body}", names)  # noqa: S102 - the document's own lines
    row = Row(tracing.Trace(), {"chassis": {"boards": [{"rate": "7.25TH/s"}, {"rate": "7.5TH/s"}]}})
    rates = {part.board: part.hashrate_hashes_per_second.value for part in names["decoder"](row)}
    assert rates == {"0": 7.25e12, "1": 7.5e12}


def test_the_skeletons_are_clean(checkout: Path) -> None:
    skeletons = [str(file) for file in checkout.rglob("example_*.py")]
    assert len(skeletons) == len(SERIES) + 1
    for command in ("check", "format --check"):
        python(checkout, "-m", "ruff", *command.split(), "--config", str(ROOT / "pyproject.toml"), *skeletons)
