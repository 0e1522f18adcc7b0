"""A decoder's run, compiled: what it read where, in which order its formulas go, and how the result is laid out.

Invariant: a plan that takes an answer reads it as the decoder itself would; whatever is new in shape or in a fact it
refuses. Budget for 140 series: 55 µs. No object is made per series: fields are picked by itemgetters, and each formula
is mapped over all the fields that it is for.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from weakref import ref

from exporter.core.tracing import FIELD, Traced
from exporter.core.values import shared
from exporter.core.vocabulary import Miner, Part
from exporter.parse.answers import Answers
from exporter.parse.rows import Reading, Row, nested
from exporter.parse.sections import Gapped
from exporter.plans import steps
from exporter.plans.steps import argument_key
from exporter.render.exposition import Fragments
from exporter.render.template import Template, picker

Values = steps.Values
LABELS = 512  # bytes of labels that miners may share
# Bytes of what a plan is made of, beside the text: of itself and each section, a step, a value, a row, a key.
BASE, STEP, PLACE, READER, NAME = 1500, 400, 45, 400, 12


class PlanMismatch(Exception):
    """An answer that is not as those that the plan was made for."""


@dataclass(slots=True)
class PlanState:
    """What a target keeps from poll to poll for its plan."""

    kept: Sequence[Any] = ()  # fields of the answers that were not asked anew
    slow: tuple[object, ...] = ()  # those answers
    said: tuple[Any, ...] | None = None  # the fields that its live labels are made of
    texts: tuple[bytes, ...] = ()


# Where a row is in its section (a number; for a row under a row also a key and a number), its keys, how to get the
# facts among them, what they are and of which types where that is not plain (1 equals true), how to get the fields.
_Picker = Callable[[Mapping[str, Any]], Sequence[Any]]
_Reader = tuple[int, str | None, int, tuple[str, ...], _Picker, tuple[Any, ...], tuple[type, ...], _Picker]


_Shape = tuple[int, tuple[int, ...] | bool]  # how many rows, and their positions where other things are among them


def _shape(rows: list[Row]) -> _Shape:
    places = tuple([row.position for row in rows])
    return len(rows), False if places == (*range(len(rows)),) else places


class _Section:
    """How to read the fields of one section that were looked at; `fields` gets them in that order."""

    def __init__(self, name: str, beside: str, rows: list[Row], fields: list[Traced[Any]]) -> None:
        self.name, self.beside, (self.count, self.gaps) = name, beside, _shape(rows)
        self.readers: list[_Reader] = []
        self.size = BASE  # bytes that it takes, nearly
        self.nested: list[tuple[int, str, _Shape]] = []  # the rows that there are under which key of which row
        for n, row in enumerate(rows):
            self._add(row, n, None, 0, fields)
            for key, children in row.children.items():
                self.nested.append((n, key, _shape(children)))
                for index, child in enumerate(children):
                    self._add(child, n, key, index, fields)

    def _add(self, row: Row, number: int, key: str | None, index: int, fields: list[Traced[Any]]) -> None:
        if row.looked:
            facts, expected = _keys(list(row.statics)), tuple(row.statics.values())
            kinds = () if {*map(type, expected)} <= {str} else tuple(map(type, expected))
            self.readers.append((number, key, index, tuple(row.said), facts, expected, kinds, _keys(list(row.fields))))
            fields += row.fields.values()
            self.size += READER + sum([NAME + len(name) for name in row.said])
            self.size += sum([len(value) for value in expected if type(value) is str])

    def read(self, answers: Answers) -> Values:
        """The fields. Raises PlanMismatch where the shape or a fact is another."""
        name = self.name
        rows = answers.others(name, self.beside) if self.beside else answers.rows.get(name, ())
        if len(rows) != self.count or (type(rows) is Gapped and rows.positions) != self.gaps:
            raise PlanMismatch
        values: Values = []
        under: dict[tuple[int, str], list[dict[str, Any]]] = {}
        for number, above, (count, gaps) in self.nested:
            under[number, above] = children = nested(rows[number][above])
            if len(children) != count or (type(children) is Gapped and children.positions) != gaps:
                raise PlanMismatch
        for number, key, index, names, facts, expected, kinds, fields in self.readers:
            row = rows[number] if key is None else under[number, key][index]
            found = facts(row)
            if tuple(row) != names or found != expected or (kinds and (*map(type, found),) != kinds):
                raise PlanMismatch
            values += fields(row)
        return values


class Plan:
    """How to read and lay out all answers that are like those of `reading`, of which `parts` were made."""

    def __init__(
        self, key: Hashable, reading: Reading, parts: Sequence[Part], fresh: Iterable[str], *, whole: bool = True
    ) -> None:
        """`fresh` names the sections that are answered at each poll; the others are kept from an earlier one. `key`
        stands for everything else that the parts depend on."""
        self.key, self.fresh, self.whole = key, frozenset(fresh), whole
        self.implausible: tuple[str, ...] = ()  # the fields of which values were left out, once for each value
        self.where = key, self.fresh
        self.pointer = ref(self)  # one for all targets
        self.used = False  # since those that keep plans last looked
        answers, trace = reading.answers, reading.trace
        self.all, self.all_descriptions = frozenset(answers.rows), answers.descriptions
        self.descriptions = {n: d for n, d in answers.descriptions.items() if n in self.fresh}
        self.cut = "truncated" in answers.repairs
        fields: list[Traced[Any]] = []
        looked = [(*name, rows) for name, rows in reading.sections.items() if name[0] in answers.rows]
        self.sections = [_Section(*each, fields) for each in looked if each[0] in self.fresh]
        self.old = [_Section(*each, fields) for each in looked if each[0] not in self.fresh]
        self.given = tuple(trace.inputs)
        numbers: dict[int, Traced[Any]] = {}
        texts: dict[int, Traced[Any]] = {}
        self.layout = Template(parts, numbers, texts)

        leaves = [*trace.inputs.values(), *fields]
        place: dict[object, int] = {id(live): n for n, live in enumerate(leaves)}
        self.constants: Values = []
        needed, wanted = _closure([*trace.statics, *numbers.values()]), _closure(texts.values())
        first = [live for live in trace.calls if id(live) in needed]
        then = [live for live in trace.calls if id(live) not in needed and id(live) in wanted]
        for live in (*first, *then):
            for argument in live.arguments:
                if type(argument) is not Traced and (key := argument_key(argument)) not in place:
                    place[key] = len(leaves) + len(self.constants)
                    self.constants.append(argument)
        self.steps = steps.schedule_steps(first, place, len(leaves) + len(self.constants))
        self.text_steps = steps.schedule_steps(then, place, len(leaves) + len(self.constants) + len(first))
        self.statics = picker([place[id(live)] for live in trace.statics])
        self.expected = tuple([live.value for live in trace.statics])
        self.numbers, self.texts = picker([place[key] for key in numbers]), picker([place[key] for key in texts])
        uptimes = [part.miner_uptime_seconds for part in parts if isinstance(part, Miner)]
        self.fixed = BASE + STEP * (len(self.steps) + len(self.text_steps)) + PLACE * (len(place) + len(trace.statics))
        self.fixed += sum([section.size for section in (*self.sections, *self.old)])
        self.uptime = picker([place[id(live)] for live in uptimes if isinstance(live, Traced)])
        self.words = picker(sorted(place[key] for key, live in wanted.items() if live.function is FIELD))

    @property
    def size(self) -> int:
        """Bytes that it takes, nearly."""
        return self.fixed + self.layout.size

    def keep(self, answers: Answers) -> Sequence[Any]:
        """What is kept of all answers for the polls that do not ask everything anew. Raises PlanMismatch."""
        if answers.rows.keys() != self.all or answers.descriptions != self.all_descriptions:
            raise PlanMismatch
        return tuple([value for section in self.old for value in section.read(answers)])

    def read(self, answers: Answers, memory: PlanState, given: Mapping[str, Any]) -> Values:
        """Every value that the answers say, in the plan's own order. Raises PlanMismatch where they are not for it, or
        whatever its formulas raise.

        `given` has what does not come from the answers, such as the time."""
        if answers.rows.keys() != self.fresh or answers.descriptions != self.descriptions:
            raise PlanMismatch
        if ("truncated" in answers.repairs) is not self.cut:
            raise PlanMismatch
        values = [given[name] for name in self.given]
        for section in self.sections:
            values += section.read(answers)
        values += memory.kept
        values += self.constants
        steps.run(self.steps, values)
        if self.statics(values) != self.expected:
            raise PlanMismatch
        return values

    def render(self, values: Values, memory: PlanState, identity: bytes, limit: int) -> tuple[Fragments, int]:
        """(The fragments of values that `read` gave, series left out); see `Layout.render`."""
        words = tuple(self.words(values))
        if words != memory.said:
            steps.run(self.text_steps, values)
            memory.said = tuple([shared(word) if type(word) is str else word for word in words])
            memory.texts = tuple([shared(text.encode(), LABELS) for text in self.texts(values)])
        return self.layout.render(self.numbers(values), memory.texts, identity, limit)


def _keys(keys: list[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """A function from a row to what stands under those keys."""
    if len(keys) == 1:
        (key,) = keys
        return lambda row: (row[key],)
    return itemgetter(*keys) if keys else lambda _: ()


def _closure(lives: Iterable[Traced[Any]]) -> dict[int, Traced[Any]]:
    """The live values and all that they are made of, by their ids."""
    found: dict[int, Traced[Any]] = {}
    waiting = list(lives)
    while waiting:
        live = waiting.pop()
        if id(live) not in found:
            found[id(live)] = live
            waiting += [argument for argument in live.arguments if type(argument) is Traced]
    return found
