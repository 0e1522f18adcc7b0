"""Decisions on a traced value: each is refused, with what to do instead and where it is."""

from __future__ import annotations

import importlib
import inspect
import math
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exporter import decode
from exporter.core import values
from exporter.core.errors import Internal
from exporter.core.tracing import Traced, static, traceable
from exporter.core.vocabulary import Board, HashrateWindow, MinerInfo, Part, Pool, PoolInfo
from exporter.parse.answers import Answers
from exporter.parse.rows import Reading
from exporter.parse.sections import objects
from exporter.plans.compiler import compile_plan
from exporter.plans.plan import Plan, PlanMismatch, PlanState

NOW = 1_751_990_400.0
ANSWER = {"STATUS": "OK", "x": 5, "raw": "40-50", "readings": [40, 50], "hashrate_unit": "GH/s"}
INSTEAD = "is traced: test it in a function marked @traceable, or take "

Look = Callable[[Any], object]


def reading(*rows: object) -> Reading:
    answers = Answers()
    answers.rows["summary"] = objects(list(rows))
    return Reading(answers, NOW)


LOOKS: dict[str, Look] = {
    "in a set": lambda v: v in {"OK", "ok"},
    "into a set": lambda v: {v},
    "in a dictionary": {"OK": 1}.get,
    "as a key": lambda v: {v: 1},
    "in a list": lambda v: v in ["OK"],
    "equal": lambda v: v == "OK",
    "a method": lambda v: v.startswith("O"),
    "an attribute": lambda v: hasattr(v, "real"),
    "a method of a label": lambda v: values.text(v).removeprefix("O"),
    "its type": lambda v: isinstance(v, str),
    "added": lambda v: v + 1,
    "added to": lambda v: 1 + v,
    "times": lambda v: 2 * v,
    "divided": lambda v: v / 2,
    "whole": lambda v: v // 2,
    "negative": lambda v: -v,
    "the rest": lambda v: v % 2,
    "a power": lambda v: v**2,
    "rounded": round,
    "absolute": abs,
    "rounded down": math.floor,
    "summed": lambda v: sum([v]),
    "the largest": lambda v: max(v, 1),
    "sorted": lambda v: sorted([v, v]),
    "an index": lambda v: [1, 2][v],
    "indexed": lambda v: v[0],
    "a range": range,
    "unpacked": lambda v: [*v],
    "as text": str,
    "in text": lambda v: f"{v}",
    "called": lambda v: v(),
    "true": lambda v: 1 if v else 0,
    "a number": int,
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_each_look_at_a_traced_value_is_told_what_to_do(look: Look) -> None:
    row = reading(ANSWER).row("summary")
    with pytest.raises(TypeError) as told:
        look(row["STATUS"])
    assert INSTEAD in str(told.value)
    # Python 3.14 puts the refusal of a hash in brackets, behind words of its own.
    sentence = re.sub(r"^cannot use .*? \((.*)\)$", r"\1", str(told.value))
    assert sentence.startswith(("row['STATUS'] is traced", "text(row['STATUS']) is traced"))
    assert sentence.endswith(("or take row.static('STATUS')", "or take static(text(row['STATUS']))"))


def test_an_input_has_no_plain_value() -> None:
    with pytest.raises(TypeError, match=r"^now is traced: test it in a function marked @traceable$"):
        bool(reading(ANSWER).now > 5)  # type: ignore[operator]


def test_traceable_functions_take_what_they_take_by_position() -> None:
    row = reading(ANSWER).row("summary")
    with pytest.raises(TypeError, match="number is traceable: give it scale by position, without the name"):
        values.number(row["x"], scale=2)
    with pytest.raises(TypeError, match="number is traceable: give it raw by position"):
        values.number(raw=5)


RAW = {"raw", "readings"}  # what the functions call that take what a miner said


def takers() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every function that takes what a miner said, in values.py and in the decoders."""
    modules = [importlib.import_module(m.name) for m in pkgutil.walk_packages(decode.__path__, f"{decode.__name__}.")]
    for module in [values, *modules]:
        for name, function in vars(module).items():
            if inspect.isgeneratorfunction(function):  # makes parts, and labels are looked at
                continue
            if inspect.isfunction(function) and function.__module__ == module.__name__ and name[0] != "_":
                first = next(iter(inspect.signature(function).parameters.values()), None)
                if first is not None and first.name in RAW and "bytes" not in str(first.annotation):
                    yield f"{module.__name__.rpartition('.')[2]}.{name}", function


TAKERS = dict(takers())


@pytest.mark.parametrize("name", TAKERS)
def test_whatever_takes_what_a_miner_said_takes_it_traced_or_refuses(name: str) -> None:
    """A function that is none of both would see no value, and show nothing without a word."""
    function = TAKERS[name]
    first, *others = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    row = reading(ANSWER).row("summary")
    refusal = ""
    try:
        found = function(row[first.name], *[row if p.annotation == "Row" else 1 for p in others])
    except TypeError as told:
        refusal = str(told)
    assert "is traced: " in refusal or type(found) is Traced


BROKEN = """
def decoder(of):
    row = of.row("summary")
    yield Board("0", 1)
    yield from more(row)

def more(row):
    yield Board("1", number(row["x"]))
    yield %s

def summed(row):
    return max([
        row["x"],
        row["x"]])
"""


@pytest.mark.parametrize(
    ("mistake", "line", "what"),
    [
        ('Board("2", row["x"] in {5})', 'decode/broken.py:9: yield Board("2", row["x"] in {5})', "row.static('x')"),
        ('Board(row["x"], 1)', 'decode/broken.py:9: yield Board(row["x"], 1)', "row.static('x')"),
        ("summed(row)", "decode/broken.py:12: return max([", "row.static('x')"),
        ("number(row['x'], scale=2)", "decode/broken.py:9: yield number(row['x'], scale=2)", "scale by position"),
        ("[][1]", "decode/broken.py:9: yield [][1]", "IndexError: list index out of range"),
    ],
)
def test_a_mistake_is_told_with_the_line_of_the_decoder(mistake: str, line: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "exporter" / "decode" / "broken.py"
    path.parent.mkdir(parents=True)
    path.write_text(BROKEN % mistake)
    names: dict[str, Any] = {"Board": Board, "number": values.number}
    exec(compile(path.read_text(), path, "exec"), names)  # noqa: S102 - a decoder that nobody ships
    found = decoded(names["decoder"], reading(ANSWER))
    assert len(found.parts) == 3
    assert str(found.problems["summary"]).endswith(f" ({line})")
    assert what in str(found.problems["summary"])


def decoded(decoder: Callable[[Reading], Iterator[Part]], of: Reading, section: str = "summary") -> decode.Decoded:
    family = decode.Family(
        name="none", rank=1, recognise=lambda _: "", sections=((section, decoder),), fast=(), slow=()
    )
    return decode.decode(family, of)


@pytest.mark.parametrize("part", [Board, Pool, PoolInfo, HashrateWindow])
def test_a_label_that_identifies_a_part_may_not_be_traced(part: type[Any]) -> None:
    def decoder(of: Reading) -> Iterator[Part]:
        yield part(values.text(of.row("summary")["STATUS"]), 1)

    problem = decoded(decoder, reading(ANSWER)).problems["summary"]
    assert isinstance(problem, Internal)
    assert "text(row['STATUS']) is traced: " in str(problem)
    assert "static(text(row['STATUS']))" in str(problem)


def test_a_label_of_an_info_may_be_traced() -> None:
    def decoder(of: Reading) -> Iterator[Part]:
        yield MinerInfo(serial=values.text(of.row("summary")["STATUS"]))
        yield PoolInfo("0", host=values.text(of.row("summary")["STATUS"]))

    assert not decoded(decoder, reading(ANSWER)).problems


def test_rows_keep_their_positions_beside_null_entries() -> None:
    of = reading(None, {"a": 1}, 5, {"a": 2})
    assert [row.position for row in of.rows("summary")] == [1, 3]
    row = reading({"list": [None, {"a": 1}, {"a": 2}, None], "one": {"a": 1}}).row("summary")
    assert [each.position for each in row.rows("list")] == [1, 2]
    assert [each.position for each in row.rows("one")] == [0]


@pytest.mark.parametrize("under", [False, True], ids=["rows", "rows under a row"])
def test_a_plan_holds_while_rows_stand_where_they_stood(under: bool) -> None:
    def plan(*rows: object) -> tuple[Plan, Reading]:
        of = reading({"list": list(rows)}) if under else reading(*rows)
        found = of.row("summary").rows("list") if under else of.rows("summary")
        parts = [HashrateWindow(str(row.position), values.count(row["a"])) for row in found]
        return compile_plan("", of, parts, of.answers.rows), of

    orders = ([None, {"a": 1}, {"a": 2}], [{"a": 1}, None, {"a": 2}], [{"a": 1}, {"a": 2}, None])
    for order in orders:
        of, _ = plan(*order)
        for other in orders:
            _, again = plan(*other)
            if other is order:
                assert of.read(again.answers, PlanState(), {"now": NOW})
            else:
                with pytest.raises(PlanMismatch):
                    of.read(again.answers, PlanState(), {"now": NOW})


def test_a_static_result_of_a_call_is_plain() -> None:
    @traceable
    def fits(raw: object) -> bool:
        return raw == "OK"

    assert static(fits(reading(ANSWER).row("summary")["STATUS"])) is True
