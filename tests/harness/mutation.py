"""Answers broken in one place, and what a decoder still reads in them."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import orjson

from exporter import decode
from exporter.core.errors import Internal
from exporter.core.tracing import Traced
from exporter.core.vocabulary import Part
from exporter.parse.answers import Answers, read
from exporter.parse.rows import Reading
from exporter.plans.compiler import compile_plan
from exporter.plans.plan import Plan, PlanState
from exporter.questions import REGISTRY
from exporter.render.exposition import Fragments
from exporter.render.template import render
from tests.harness.recorded import LIMIT, NOW, Recording

Path = tuple[str | int, ...]
Series = dict[str, str]

_LINE = re.compile(r'(asic_[a-z_0-9]+)\{(?:[a-z_]+="[^"\\\n]*(?:\\["\\n][^"\\\n]*)*",?)+\} (\S+)')
_DIGITS = re.compile(r"\d+")
_HOLE = "@hole@"

decode.families()  # declares every question
KNOWN = {question.name: question for question in REGISTRY}


def rows(answers: Mapping[str, bytes]) -> Answers:
    """Parse raw answers, by the names of their questions."""
    found = Answers()
    for name, raw in answers.items():
        read(found, [KNOWN[part] for part in name.split("+") if part in KNOWN], raw)
    return found


def decoded(recording: Recording, answers: Mapping[str, bytes]) -> tuple[Reading, list[Part]]:
    """What the recording's family reads in `answers`. A mistake of our own fails the test."""
    reading = Reading(rows(answers), NOW, chips=True)
    found = decode.decode(decode.by_name(recording.family), reading)
    assert not [problem for problem in found.problems.values() if isinstance(problem, Internal)]
    decode.best_sources(found.parts)
    return reading, list(found.parts.values())


def plainly(parts: list[Part]) -> list[Part]:
    """The parts with the values that traced ones had when they were made."""
    for part in parts:
        for field in vars(type(part))["__slots__"]:
            if isinstance(value := getattr(part, field), Traced):
                setattr(part, field, value.value)
    return parts


@lru_cache(1)
def plan_of(recording: Recording) -> Plan:
    """The plan of the recording as it is."""
    reading, parts = decoded(recording, recording.answers)
    return compile_plan("", reading, parts, reading.answers.rows)


def by_plan(recording: Recording, said: Answers) -> Fragments | None:
    """What the plan of the recording reads in these answers; None where it refuses them, in whatever way."""
    plan = plan_of(recording)
    try:
        values = plan.read(said, PlanState(), {"now": NOW})
    except Exception:
        return None
    return plan.render(values, PlanState(), b'miner="rig"', LIMIT)[0]


def series(recording: Recording, answers: Mapping[str, bytes]) -> Series:
    """What the recording's family reads in `answers`: values by series. Where the plan of the recording as it is takes
    these answers too, it must read the same."""
    reading, parts = decoded(recording, answers)
    fragments, dropped = render(plainly(parts), 'miner="rig"', LIMIT)
    assert dropped == 0
    assert by_plan(recording, reading.answers) in (fragments, None)
    reading.trace.forget()  # or its circles wait for the garbage collector
    lines = fragments[0].decode().splitlines()
    found = dict(map(sample, lines))
    assert len(found) == len(lines)
    return found


@lru_cache(1 << 14)
def sample(line: str) -> tuple[str, str]:
    """Split a line of the page, which is a well-formed series, into the series and its finite value."""
    match = _LINE.fullmatch(line)
    assert match is not None, line
    assert -1.8e308 < float(match[2]) < 1.8e308, line
    return line.rpartition(" ")[0], match[2]


def least(recording: Recording) -> Recording:
    """The recording without the answers whose every section another, larger one holds too."""
    kept: dict[str, bytes] = {}
    seen: set[str] = set()
    for name in sorted(recording.answers, key=lambda name: (-name.count("+"), name)):
        if not seen.issuperset(name.split("+")):
            kept[name] = recording.answers[name]
            seen.update(name.split("+"))
    return Recording(recording.name, recording.family, kept)


def paths(document: object, at: Path = ()) -> Iterator[tuple[Path, object]]:
    """Every place in a document with what stands there."""
    pairs = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in pairs:
        yield (*at, key), value
        yield from paths(value, (*at, key))


def at(document: Any, path: Path) -> Any:
    """What stands in a place of the document."""
    for step in path:
        document = document[step]
    return document


def shape(path: Path) -> str:
    """The path with a sign in place of each number in it."""
    return _DIGITS.sub("#", repr(path))


def typical(document: object) -> list[Path]:
    """Of places that differ only by a number in their name and in whether something is there: the first."""
    first: dict[tuple[str, bool], Path] = {}
    for path, value in paths(document):
        first.setdefault((shape(path), value in (0, "", "-")), path)
    return list(first.values())


def replaced(document: Any, path: Path, literal: bytes | None) -> bytes:
    """The document as bytes, with `literal` in that place; without what stands there where it is None."""
    *above, key = path
    parent = at(document, (*above,))
    before = parent[key]
    if literal is None and isinstance(parent, list):
        literal = b"null"
    if literal is None:
        members = list(parent.items())
        del parent[key]
        raw = orjson.dumps(document)
        parent.clear()
        parent.update(members)
        return raw
    parent[key] = _HOLE
    raw = orjson.dumps(document).replace(b'"%s"' % _HOLE.encode(), literal)
    parent[key] = before
    return raw


def rows_of(document: object) -> list[Path]:
    """The lists of several rows."""
    found = [(path, value) for path, value in paths(document) if isinstance(value, list)]
    return [path for path, value in found if sum(isinstance(each, dict) for each in value) > 1]


def with_null(document: Any, path: Path, *, insert: bool) -> bytes:
    """The document as bytes, with null before the first entry of the list, or in its place."""
    changed = copy.deepcopy(document)
    rows = at(changed, path)
    rows[: 0 if insert else 1] = [None]
    return orjson.dumps(changed)
