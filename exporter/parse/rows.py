"""The rows of an answer as decoders see them: which keys there are is plain to see, what stands under them is live.

What a decoder makes of them holds for all answers of the same shape: as many rows in each section that it looked at,
the same keys in the same order in each row that it looked at, and the same facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from exporter.core.errors import Unsupported
from exporter.core.tracing import FIELD, Trace, Traced, static, truthy
from exporter.parse.answers import Answers
from exporter.parse.sections import Gapped, objects
from exporter.parse.sections import RawRow as Said

PROGRAMS: Final = frozenset(("CGMiner", "SGMiner", "BFGMiner"))  # the keys by which common programs name themselves


def nested(value: object) -> list[Said]:
    """The objects under a key: a list of them, or one alone."""
    if isinstance(value, dict):
        return [value]
    return objects(value) if isinstance(value, list) else []


class Row:
    """One object: `row[key]` is live (None where there is no such key), `row.static(key)` is plain and guarded.
    `position` is its place in the list that it came in; the plan holds while it stays the same."""

    __slots__ = ("children", "fields", "hidden", "looked", "position", "said", "statics", "trace")

    def __init__(self, trace: Trace, said: Said, position: int = 0) -> None:
        self.trace, self.said, self.position = trace, said, position
        self.looked = False  # whether a decoder looked at it at all
        self.hidden: frozenset[str] = frozenset()
        self.fields: dict[str, Traced[Any]] = {}
        self.statics: dict[str, Any] = {}
        self.children: dict[str, list[Row]] = {}

    def hide(self, keys: frozenset[str]) -> None:
        """From here on the row is as if it had not these keys."""
        self.hidden = keys

    def __contains__(self, key: str) -> bool:
        self.looked = True
        return key in self.said and key not in self.hidden

    def __iter__(self) -> Iterator[str]:
        return iter([key for key in self.said if key in self])

    def __getitem__(self, key: str) -> Traced[object]:
        if key not in self:
            return None  # type: ignore[return-value]  # to a decoder an absent field is like an empty one
        if (known := self.fields.get(key)) is None:
            known = self.fields[key] = Traced(self.trace, FIELD, (key,), self.said[key])
        return known

    def static(self, key: str) -> object:
        """What stands under `key`, None where there is nothing; the plan holds while it stays the same."""
        if key not in self:
            return None
        self.statics[key] = self.said[key]
        return self.said[key]

    def any(self, test: Callable[[Any], object], *keys: str) -> bool:
        """Whether what stands under any of the keys passes the test. Where none does, nothing of it may change."""
        for key in keys:
            if key in self and test(self.said[key]):
                return static(truthy(test(self[key])))
        for key in keys:
            self.static(key)
        return False

    def rows(self, key: str) -> list[Row]:
        """The objects under `key`; the plan holds while there are as many."""
        if key in self and key not in self.children:
            self.children[key] = _rows(self.trace, nested(self.said[key]))
        return self.children.get(key, [])


class Reading:
    """What a decoder works on: the answers, when they came (`now`, unix seconds, live), and what was opted into."""

    def __init__(self, answers: Answers, now: float, *, chips: bool = False, workers: bool = False) -> None:
        self.answers, self.chips, self.workers = answers, chips, workers
        self.trace = Trace()
        self.now = self.trace.input("now", now)
        self.sections: dict[tuple[str, str], list[Row]] = {}  # those looked at: by name, and by another one beside it
        self.empty = Row(self.trace, {})

    def rows(self, section: str) -> list[Row]:
        """The rows of a section; [] where it was not answered."""
        return self._rows((section, ""), self.answers.rows.get(section, ()))

    def row(self, section: str) -> Row:
        """The first row of a section; an empty one where there is none."""
        rows = self.rows(section)
        return rows[0] if rows else self.empty

    def others(self, section: str, beside: str) -> list[Row]:
        """The rows of another section in the same answer, such as METADATA in that of temps."""
        return self._rows((section, beside), self.answers.others(section, beside))

    def failed(self, *sections: str) -> bool:
        """Tell whether the firmware knows one of the sections, and that could not be read now."""
        problems = [self.answers.problems.get(section) for section in sections]
        return any(problem is not None and not isinstance(problem, Unsupported) for problem in problems)

    def described(self, pattern: str, *, own: bool = False) -> str:
        """The evidence that some answer's Description begins like `pattern`; "" where none does.

        Anybody may set the Description. So of firmware that names itself in version by a key of its `own`, it says
        nothing beside the key of a common program."""
        if own and not PROGRAMS.isdisjoint(self.row("version")):
            return ""
        return self.answers.described(pattern)

    def _rows(self, name: tuple[str, str], said: Sequence[Said]) -> list[Row]:
        if name not in self.sections:
            self.sections[name] = _rows(self.trace, said)
        return self.sections[name]


def _rows(trace: Trace, said: Sequence[Said]) -> list[Row]:
    places = said.positions if type(said) is Gapped else range(len(said))
    return [Row(trace, each, place) for each, place in zip(said, places, strict=True)]
