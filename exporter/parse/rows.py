"""The rows of an answer as decoders see them: the keys are plain, and the value under a key is traced.

A decoder's result holds for all answers of the same shape and with the same static values. The shape is the number of
rows in each section and the keys of each row, for sections and rows that the decoder looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from exporter.core.errors import Unsupported
from exporter.core.tracing import FIELD, Trace, Traced, static, truthy
from exporter.parse.answers import Answers
from exporter.parse.sections import Gapped, RawRow, objects

PROGRAMS: Final = frozenset(("CGMiner", "SGMiner", "BFGMiner"))  # the keys by which common programs name themselves


def nested(value: object) -> list[RawRow]:
    """Return the objects in a list, or an object as the only row; [] for anything else."""
    if isinstance(value, dict):
        return [value]
    return objects(value) if isinstance(value, list) else []


class Row:
    """An object: `row[key]` is traced, `row.static(key)` is plain and guarded; an absent key is like null.

    `position` is the row's place in the list of the answer; a plan holds only while the position stays the same.
    `above` is the key of that list, "" for the row of a section."""

    __slots__ = ("above", "children", "fields", "hidden", "looked", "position", "raw", "statics", "trace")

    def __init__(self, trace: Trace, raw: RawRow, position: int = 0, above: str = "") -> None:
        self.trace, self.raw, self.position, self.above = trace, raw, position, above
        self.looked = False  # whether a decoder looked at the row at all
        self.hidden: frozenset[str] = frozenset()
        self.fields: dict[str, Traced[Any]] = {}
        self.statics: dict[str, Any] = {}
        self.children: dict[str, list[Row]] = {}

    def hide(self, keys: frozenset[str]) -> None:
        """Treat these keys as absent from now on."""
        self.hidden = keys

    def __contains__(self, key: str) -> bool:
        self.looked = True
        return key in self.raw and key not in self.hidden

    def __iter__(self) -> Iterator[str]:
        return iter([key for key in self.raw if key in self])

    def __getitem__(self, key: str) -> Traced[object]:
        if key not in self:
            return None  # type: ignore[return-value]  # plain; converters take None for a null
        if (known := self.fields.get(key)) is None:
            known = self.fields[key] = Traced(self.trace, FIELD, (key,), self.raw[key])
        return known

    def static(self, key: str) -> object:
        """Return the plain value under `key`, None for an absent key; a plan holds only while the value is the same."""
        if key not in self:
            return None
        self.statics[key] = self.raw[key]
        return self.raw[key]

    def any(self, test: Callable[[Any], object], *keys: str) -> bool:
        """Tell whether the value under any of the keys passes `test`, a traceable function.

        If a value passes, only the result of its test is guarded. Without that, the values of all keys are static."""
        for key in keys:
            if key in self and test(self.raw[key]):
                return static(truthy(test(self[key])))
        for key in keys:
            self.static(key)
        return False

    def rows(self, key: str) -> list[Row]:
        """Return the objects under `key`; a plan holds only while their number and places stay the same.

        Raises TypeError on a row that is itself under a row: plans know two levels of rows."""
        if self.above:
            raise TypeError(
                f"rows({key!r}) is asked of a row under {self.above!r}, and plans know two levels of rows: "
                f"take at(row[{key!r}], n, ...) of decode/common/nested"
            )
        if key in self and key not in self.children:
            self.children[key] = _rows(self.trace, nested(self.raw[key]), key)
        return self.children.get(key, [])


class Reading:
    """The input of a decoder: the answers, the time `now` (unix seconds, traced), and the options of the target."""

    def __init__(self, answers: Answers, now: float, *, chips: bool = False, workers: bool = False) -> None:
        self.answers, self.chips, self.workers = answers, chips, workers
        self.trace = Trace()
        self.now = self.trace.input("now", now)
        self.sections: dict[tuple[str, str], list[Row]] = {}  # by (name, another section in that answer or "")
        self.empty = Row(self.trace, {})

    def rows(self, section: str) -> list[Row]:
        """Return the rows of a section; [] if it was not answered."""
        return self._rows((section, ""), self.answers.rows.get(section, ()))

    def row(self, section: str) -> Row:
        """Return the first row of a section; an empty row if there is none."""
        rows = self.rows(section)
        return rows[0] if rows else self.empty

    def others(self, section: str, beside: str) -> list[Row]:
        """Return the rows of another section in the same answer, such as METADATA in the answer to temps."""
        return self._rows((section, beside), self.answers.others(section, beside))

    def failed(self, *sections: str) -> bool:
        """Tell whether any of the sections could not be read, although the firmware knows the question."""
        problems = [self.answers.problems.get(section) for section in sections]
        return any(problem is not None and not isinstance(problem, Unsupported) for problem in problems)

    def described(self, pattern: str, *, own: bool = False) -> str:
        """Return evidence in words if `pattern`, a regular expression, matches the start of a Description; else "".

        Anybody may set the Description. For firmware with a key of its `own` in version, the Description does not count
        if version has the key of a common program."""
        if own and not PROGRAMS.isdisjoint(self.row("version")):
            return ""
        return self.answers.described(pattern)

    def _rows(self, name: tuple[str, str], raw: Sequence[RawRow]) -> list[Row]:
        if name not in self.sections:
            self.sections[name] = _rows(self.trace, raw)
        return self.sections[name]


def _rows(trace: Trace, raw: Sequence[RawRow], above: str = "") -> list[Row]:
    places = raw.positions if type(raw) is Gapped else range(len(raw))
    return [Row(trace, each, place, above) for each, place in zip(raw, places, strict=True)]
