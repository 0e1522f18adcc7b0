"""The steps of a plan: the calls of a decoder's run, grouped by function into as few groups as their order allows.

Invariant: a step only appends to the values. Budget: 0.5 µs a step, without the calls themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from exporter.core.tracing import Traced
from exporter.plans import columns
from exporter.plans.readers import Values
from exporter.render.template import picker

Column = Callable[[Values], Sequence[Any]]  # picks one argument of each call
Places = Mapping[object, int]  # of traced values and constants among all values, by `argument_key`
_Kind = tuple[object, int, bool]  # the function of a call, the number of arguments, whether the first is a number


class Step(NamedTuple):
    """A function over the arguments of many calls at once."""

    function: Callable[..., Iterable[Any]]
    column: Column | None  # the only argument; None if the function picks its arguments from all values


def run(steps: Sequence[Step], values: Values) -> None:
    """Append the results of the steps to the values."""
    for function, column in steps:
        values += function(values) if column is None else function(column(values))


def argument_key(argument: object) -> object:
    """Return the key of an argument in `Places`: the id if traced, else type and value, because 1 == 1.0 == True."""
    return id(argument) if type(argument) is Traced else (type(argument), argument)


def schedule_steps(calls: list[Traced[Any]], places: Places) -> tuple[list[Step], dict[object, int]]:
    """Schedule as late as possible, grouped by function: fewer, longer steps (list scheduling).

    `places` has a place for each argument that is no result of `calls`. Returns the steps, and `places` extended by the
    places of the results, in the order in which the steps append them."""
    steps: list[Step] = []
    known = dict(places)
    for group in _groups(calls):
        steps.append(_step(group, known))
        known |= {id(call): place for place, call in enumerate(group, start=len(known))}
    return steps, known


def _groups(calls: list[Traced[Any]]) -> list[list[Traced[Any]]]:
    """Group calls of one kind, in an order in which each group comes after the groups whose results it needs.

    The level of a call is one above the highest level of its arguments. From the last call to the first, each call
    moves to the highest level that its kind has below all calls that need its result. Calls of one kind on the same
    level are a group."""
    levels: dict[int, int] = {}  # by the id of the call, like the dicts below
    kinds: dict[int, _Kind] = {}
    used: dict[_Kind, set[int]] = {}
    for call in calls:
        levels[id(call)] = level = 1 + max([levels.get(argument, 0) for argument in _traced(call)])
        kinds[id(call)] = kind = _kind(call)
        used.setdefault(kind, set()).add(level)
    before: dict[int, int] = {}
    groups: dict[tuple[int, _Kind], list[Traced[Any]]] = {}
    for call in reversed(calls):
        kind, end = kinds[id(call)], before.get(id(call), len(calls) + 1)
        level = max(level for level in used[kind] if levels[id(call)] <= level < end)
        groups.setdefault((level, kind), []).append(call)
        before |= {argument: min(level, before.get(argument, level)) for argument in _traced(call)}
    return [groups[key] for key in sorted(groups, key=lambda key: key[0])]


def _kind(call: Traced[Any]) -> _Kind:
    """Return the kind of a call; numbers have a kind of their own, because a column of numbers alone is fastest."""
    first = call.arguments[0]
    return call.function, len(call.arguments), type(first) is Traced and type(first.value) in columns.NUMBERS


def _traced(call: Traced[Any]) -> list[int]:
    """Return the ids of the traced arguments of a call."""
    return [id(argument) for argument in call.arguments if type(argument) is Traced]


def _step(calls: list[Traced[Any]], places: Places) -> Step:
    """Make the step of calls of one kind."""
    function, count = calls[0].function, len(calls[0].arguments)
    if count > 2 and len(calls) == 1:
        places_of_arguments = [places[argument_key(argument)] for argument in calls[0].arguments]
        return Step(columns.single_call(function), picker(places_of_arguments))
    picked = [picker([places[argument_key(call.arguments[n])] for call in calls]) for n in range(count)]
    if count == 1:
        return Step(columns.vectorise(function), picked[0])
    fixed = [call.arguments[1] for call in calls]
    if count == 2 and Traced not in map(type, fixed):
        return Step(columns.vectorise_with(fixed, function), picked[0])
    return Step(_all_of(columns.vectorise(function), picked), None)


def _all_of(function: Callable[..., Iterable[Any]], picked: Sequence[Column]) -> Callable[[Values], Iterable[Any]]:
    """Return a function that picks the arguments of `function` from all values."""
    if len(picked) == 2:
        first, second = picked
        return lambda values: function(first(values), second(values))
    return lambda values: function(*[column(values) for column in picked])
