"""The types refuse what a traced value refuses at run time: mypy finds each mistake, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from mypy import api

ROOT = Path(__file__).parents[2]
DECODER = """
from collections.abc import Iterator

from exporter.core.tracing import Traced, coalesce, item, length, static, traceable, truthy, where
from exporter.core.values import celsius_list, count, number, text
from exporter.core.vocabulary import Board, Fan, Miner, MinerInfo, Part
from exporter.parse.rows import Reading, Row


@traceable
def working(raw: object) -> bool:
    return isinstance(raw, str) and raw.startswith("O")


def mistakes(row: Row) -> Iterator[object]:
    yield 1 if row["x"] else 0  # E: truthy-bool
    yield not row["x"]  # E: truthy-bool
    yield row["x"] and 1  # E: truthy-bool
    yield row["x"] == "OK"  # E: comparison-overlap
    yield row["x"] != 5  # E: comparison-overlap
    yield row["x"] in {"OK", "ok"}  # E: comparison-overlap
    yield row["x"] in ["OK"]  # E: comparison-overlap
    yield row["x"] > 5  # E: operator
    yield row["x"] + 1  # E: operator
    yield -row["x"]  # E: operator
    yield row["x"].startswith("O")  # E: attr-defined
    yield row["x"][0]  # E: index
    yield row["x"]()  # E: operator
    yield "O" in row["x"]  # E: operator
    yield int(row["x"])  # E: call-overload
    yield float(row["x"])  # E: arg-type
    yield len(row["x"])  # E: arg-type
    yield range(row["x"])  # E: call-overload
    yield [*row["x"]]  # E: misc
    yield {"OK": 1}[row["x"]]  # E: index
    yield {"OK": 1}.get(row["x"])  # E: call-overload


def mistakes_with_results(reading: Reading, row: Row) -> Iterator[object]:
    yield text(row["x"]).startswith("L")  # E: attr-defined
    yield 1 if text(row["x"]) else 0  # E: truthy-bool
    yield 1 if working(row["x"]) else 0  # E: truthy-bool
    yield 1 if truthy(row["x"]) else 0  # E: truthy-bool
    yield count(row["x"]) == 0  # E: comparison-overlap
    yield number(count(row["x"]), 1e9) > 5  # E: operator
    yield coalesce(row["x"], row["y"]) == "OK"  # E: comparison-overlap
    yield where(row["x"], row["y"]) == "OK"  # E: comparison-overlap
    yield range(length(celsius_list(row["x"])))  # E: call-overload
    yield item(celsius_list(row["x"]), 0) > 5  # E: operator
    yield reading.now > 5  # E: operator
    yield sum([count(row["x"])])  # E: list-item
    yield Board(text(row["x"]))  # E: arg-type
    yield Fan(text(row["x"]), count(row["y"]))  # E: arg-type


def decoder(reading: Reading) -> Iterator[Part]:
    row = reading.row("x")
    degrees = celsius_list(row["x"])
    label = text(row.static("Type"))
    plain: float | int | None = number("5")
    if "x" in row and row.static("x") == "OK" and label.startswith("L") and (plain or 0) > 5:
        yield Board(label, up=working(row["x"]), hashrate_hashes_per_second=number(count(row["x"]), 1e9))
    if static(working(row["x"])) and static(text(row["x"])).startswith("L"):
        yield MinerInfo(model=label, serial=text(row["serial"]), hostname=coalesce(text(row["x"]), "none"))
    for n in range(static(length(degrees))):
        yield Fan(str(n), count(item(degrees, n)))
    yield Miner(hashrate_hashes_per_second=coalesce(count(row["x"]), where(row["y"], count(row["y"]))))


@traceable
def summed(raw: object) -> float:
    known = [value for each in raw if (value := count(each)) is not None] if isinstance(raw, list) else []
    return sum(known)
"""


def test_mypy_finds_each_decision_on_a_traced_value_and_nothing_else(tmp_path: Path) -> None:
    source = tmp_path / "decoder.py"
    source.write_text(DECODER)
    options = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(tmp_path), "--follow-imports=silent"]
    report, problems, _ = api.run([*options, "--no-pretty", "--show-error-codes", str(source)])
    assert not problems
    found = {
        (int(line), code) for line, code in re.findall(r"decoder\.py:(\d+): error: .*\[([a-z-]+)\]$", report, re.M)
    }
    lines = enumerate(DECODER.splitlines(), start=1)
    assert found == {(n, line.rpartition("# E: ")[2]) for n, line in lines if "# E: " in line}, report
