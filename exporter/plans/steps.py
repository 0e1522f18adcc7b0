"""The steps of a plan: all formulas of one kind at once, each kind as seldom as can be, after what it needs.

Invariant: a step only adds values behind those there are. Budget: 0.5 µs a step beside what its formulas take.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from exporter.core.tracing import Traced
from exporter.plans import columns
from exporter.render.template import picker

Values = list[Any]

# One function over many arguments at once, and the column of its only parameter; with several it picks them by itself.
_Column = Callable[[Values], Sequence[Any]]
Step = tuple[Callable[..., Iterable[Any]], _Column | None]


def run(steps: Sequence[Step], values: Values) -> None:
    """Adds to the values what the formulas make of them."""
    for function, column in steps:
        values += function(values) if column is None else function(column(values))


def _of_two(function: Callable[..., Iterable[Any]], first: _Column, second: _Column) -> Step:
    return (lambda values: function(first(values), second(values))), None


def _of_many(function: Callable[..., Iterable[Any]], picked: Sequence[_Column]) -> Step:
    return (lambda values: function(*[column(values) for column in picked])), None


def argument_key(argument: object) -> object:
    """The key of an argument's place: the id of a live one; of plain ones 1 and 1.0 and True have three."""
    return id(argument) if type(argument) is Traced else (type(argument), argument)


def schedule_steps(formulas: list[Traced[Any]], place: dict[object, int], start: int) -> list[Step]:
    """The formulas in an order in which each comes after what it needs, those of one function together; `place` gets
    the place of each result among all values, from `start` on."""
    levels: dict[int, int] = {}  # by the formulas' ids, as all that follows
    kinds: dict[int, tuple[object, int, bool]] = {}
    used: dict[tuple[object, int, bool], set[int]] = {}
    for live in formulas:
        level = 1 + max([levels.get(id(argument), 0) for argument in live.arguments if _live(argument)])
        levels[id(live)] = level
        first = live.arguments[0]
        number = _live(first) and type(first.value) in columns.NUMBERS  # a column of those is fastest
        kinds[id(live)] = kind = (live.function, len(live.arguments), number)
        used.setdefault(kind, set()).add(level)
    # Each goes with the last of its kind that still come before what needs it: the fewer steps, the faster.
    before: dict[int, int] = {}
    groups: dict[tuple[int, object], list[Traced[Any]]] = {}
    for live in reversed(formulas):
        own, end = kinds[id(live)], before.get(id(live), len(formulas) + 1)
        level = max(level for level in used[own] if levels[id(live)] <= level < end)
        groups.setdefault((level, own), []).append(live)
        needed = [id(argument) for argument in live.arguments if _live(argument)]
        before |= {key: min(level, before.get(key, level)) for key in needed}
    steps: list[Step] = []
    for _, lives in sorted(groups.items(), key=lambda group: group[0][0]):
        function, many = lives[0].function, len(lives[0].arguments)
        at = [picker([place[argument_key(live.arguments[n])] for live in lives]) for n in range(many)]
        if many == 2 and not any(_live(live.arguments[1]) for live in lives):
            steps.append((columns.vectorise_with([live.arguments[1] for live in lives], function), at[0]))
        elif many > 2 and len(lives) == 1:
            row = picker([place[argument_key(argument)] for argument in lives[0].arguments])
            steps.append((columns.whole(function), row))
        elif many == 1:
            steps.append((columns.vectorise(function), at[0]))
        elif many == 2:
            steps.append(_of_two(columns.vectorise(function), *at))
        else:
            steps.append(_of_many(columns.vectorise(function), at))
        place |= {id(live): n for n, live in enumerate(lives, start=start)}
        start += len(lives)
    return steps


def _live(argument: object) -> bool:
    return type(argument) is Traced
