"""Readers of the traced fields of an answer, which first check the shape and the static values of its rows.

Places are numbers from 0 in a list of rows, as `parse` gives the list. Positions are places in the list of the answer:
they differ only if the answer has other values between the rows (see `Gapped`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from exporter.core.tracing import Traced
from exporter.parse.answers import Answers
from exporter.parse.rows import Row, nested
from exporter.parse.sections import Gapped
from exporter.render.template import picker

Values = list[Any]
Fields = Callable[[Mapping[str, Any]], Sequence[Any]]  # picks some fields of a row

BASE, READER, NAME = 1500, 400, 12  # approximate bytes of a section, of a row, and of a key without its text


class PlanMismatch(Exception):
    """An answer whose shape or static values differ from those of the plan."""


class RowReader(NamedTuple):
    """A row that the decoder looked at: a row of the section, or a nested row, in a list under a row of the section."""

    place: int  # of the row in the section; of the row above a nested row
    key: str | None  # of the list that has the nested row; None for a row of the section
    child: int  # place of a nested row in that list, else 0
    keys: tuple[str, ...]  # all keys of the row, in order
    statics: Fields  # picks the static values
    expected: tuple[Any, ...]  # the static values
    types: tuple[type, ...]  # of the static values, because 1 equals True; () if all are texts
    fields: Fields  # picks the traced fields


class Shape(NamedTuple):
    """The number of rows in a list, and their positions if other values come before or between the rows."""

    rows: int
    gaps: tuple[int, ...] | bool  # the positions of the rows; False for a list without gaps

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Shape:
        """Return the shape of the list that has those rows."""
        positions = tuple([row.position for row in rows])
        return cls(len(rows), False if positions == (*range(len(rows)),) else positions)


class SectionReader(NamedTuple):
    """A section that the decoder looked at, with the shape of its list and of the lists under its rows."""

    name: str  # of the question that was answered
    beside: str  # the section, if it is another section in that answer, as for `Reading.others`; else ""
    shape: Shape
    under: tuple[tuple[int, str, Shape], ...]  # (place of a row, key of the list, shape of the list)
    rows: tuple[RowReader, ...]
    size: int  # approximate bytes

    def read(self, answers: Answers) -> Values:
        """Return the traced fields, in the order of `reader_of`. Raises PlanMismatch for another shape or static value.

        A row that lacks an expected key may raise KeyError instead."""
        name, beside, (count, gaps), under, readers, _ = self
        rows = answers.others(name, beside) if beside else answers.rows.get(name, ())
        if len(rows) != count or (type(rows) is Gapped and rows.positions) != gaps:  # False without gaps, as in Shape
            raise PlanMismatch
        values: Values = []
        lists: dict[tuple[int, str], list[dict[str, Any]]] = {}
        for place, above, (count, gaps) in under:
            lists[place, above] = children = nested(rows[place][above])
            if len(children) != count or (type(children) is Gapped and children.positions) != gaps:
                raise PlanMismatch
        for place, key, child, keys, statics, expected, types, fields in readers:
            row = rows[place] if key is None else lists[place, key][child]
            found = statics(row)
            if tuple(row) != keys or found != expected or (types and (*map(type, found),) != types):
                raise PlanMismatch
            values += fields(row)
        return values


def reader_of(name: str, beside: str, rows: Sequence[Row]) -> tuple[SectionReader, list[Traced[Any]]]:
    """Return the reader of the section that has the traced `rows`, and their traced fields in the order of `read`.

    `name` and `beside` are those of `SectionReader`."""
    under: list[tuple[int, str, Shape]] = []
    places: list[tuple[int, str | None, int, Row]] = []
    for place, row in enumerate(rows):
        places.append((place, None, 0, row))
        for key, children in row.children.items():
            under.append((place, key, Shape.of(children)))
            places += [(place, key, n, child) for n, child in enumerate(children)]
    looked = [each for each in places if each[3].looked]
    readers = tuple([_row_reader(*each) for each in looked])
    fields = [field for *_, row in looked for field in row.fields.values()]
    size = BASE + sum(map(_size, readers))
    return SectionReader(name, beside, Shape.of(rows), tuple(under), readers, size), fields


def _row_reader(place: int, key: str | None, child: int, row: Row) -> RowReader:
    expected = tuple(row.statics.values())
    types = () if {*map(type, expected)} <= {str} else tuple(map(type, expected))
    return RowReader(place, key, child, tuple(row.raw), picker([*row.statics]), expected, types, picker([*row.fields]))


def _size(reader: RowReader) -> int:
    """Return the approximate size of a row's reader in bytes."""
    texts = [value for value in reader.expected if type(value) is str]
    return READER + sum([NAME + len(key) for key in reader.keys]) + sum(map(len, texts))
