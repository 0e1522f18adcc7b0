"""Where readings come from: the fields of an answer behind each metric, and the fields that no decoder reads.

A field is named as in fields.txt, behind its section: `stats.fan#`, `devs.boards.rate`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from exporter import decode
from exporter.core.catalogue import BY_NAME, CATALOGUE
from exporter.core.tracing import FIELD, Traced, present, untraced
from exporter.core.vocabulary import MinerInfo
from exporter.decode.common import known
from exporter.decode.common.nested import at
from exporter.parse.answers import Answers
from exporter.parse.rows import Reading, Row
from tests.harness.recorded import NOW, Recording, outside_of_time, settle

_AT: Final = untraced(at)


@dataclass(frozen=True)
class Provenance:
    """`metrics` has the names of fields by metric, an info's label as `miner_info{mac}`; no names where the decoder
    chose a word. `answered` has the names of all fields, `read` of those that the decoder read, `info` the miner's
    labels."""

    info: dict[str, str]
    metrics: dict[str, frozenset[str]]
    answered: frozenset[str]
    read: frozenset[str]


async def provenance(recording: Recording) -> Provenance:
    """Poll the recording until everything was asked, decode all answers once more, and follow the traces."""
    with outside_of_time():
        target, outcome = await settle(recording)
    answers = outcome.session.everything()
    reading = Reading(answers, NOW, chips=target.spec.chips, workers=True)
    decoded = decode.decode(decode.by_name(outcome.family), reading)
    names = _names(reading)
    metrics: dict[str, frozenset[str]] = {}
    for part in decoded.parts.values():
        for family in CATALOGUE:
            if family.part is not type(part):
                continue
            for name, value in _values(part, family.name.removeprefix("asic_"), family.field, family.labels):
                metrics[name] = metrics.get(name, frozenset()) | frozenset(_leaves(value, names))
    info = decoded.parts[MinerInfo,]
    labels = {name: _plain(getattr(info, name)) for name in BY_NAME["asic_miner_info"].labels}
    return Provenance(labels, metrics, frozenset(_all(answers)), frozenset(_read(reading, names)))


def _values(part: object, metric: str, field: str, labels: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Yield (name of the metric, value) of a part; for an info, a pair for each of its labels."""
    pairs = [(metric, getattr(part, field))] if field else [(f"{metric}{{{x}}}", getattr(part, x)) for x in labels]
    for name, value in pairs:
        if present(_plain(value)):
            yield name, value


def _plain(value: Any) -> Any:
    return value.value if type(value) is Traced else value


def _names(reading: Reading) -> dict[int, str]:
    """Return the names of the traced fields, by id."""
    return {id(field): name for name, row in _rows(reading) for field, name in _fields(name, row)}


def _rows(reading: Reading) -> Iterator[tuple[str, Row]]:
    """Yield each row of the reading with its name: the section, and behind a dot the key of the list above the row."""
    for (section, beside), rows in reading.sections.items():
        name = known.known_as(beside or section)
        for row in rows:
            yield name, row
            for key, children in row.children.items():
                yield from ((f"{name}.{known.spelt(key)}", child) for child in children)


def _fields(name: str, row: Row) -> Iterator[tuple[Traced[Any], str]]:
    yield from ((field, f"{name}.{known.spelt(key)}") for key, field in row.fields.items() if type(field) is Traced)


def _read(reading: Reading, names: dict[int, str]) -> Iterator[str]:
    """Yield the names that the decoder read; a name in a row under a row is read with all that is below."""
    for name, row in _rows(reading):
        yield from (f"{name}.{known.spelt(key)}" for key in (*row.statics, *row.children, *row.hidden))
    for call in reading.trace.calls:
        yield from _leaves(call, names)
    for static in reading.trace.statics:
        yield from _leaves(static, names)


def _leaves(value: Any, names: dict[int, str]) -> Iterator[str]:
    """Yield the names of the fields from which a value comes; nothing for a plain value."""
    if type(value) is not Traced:
        return
    if value.function is FIELD:
        if id(value) in names:
            yield names[id(value)]
        return
    if value.function is _AT:
        path = [place for place in value.arguments[1:] if type(place) is str]
        for name in _leaves(value.arguments[0], names):
            yield name
            if path and name.count(".") == 1:
                yield f"{name}.{known.spelt(path[0])}"
        return
    for argument in value.arguments:
        yield from _leaves(argument, names)


def _all(answers: Answers) -> set[str]:
    """Return the names of all fields of the answers."""
    return {
        f"{known.known_as(section)}.{name}"
        for section, rows in answers.rows.items()
        for row in rows
        for name in known.names(row)
    }
