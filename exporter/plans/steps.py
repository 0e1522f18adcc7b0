"""The steps of a plan: the calls of a decoder's run, grouped by function into as few groups as their order allows.

A plan has one list of values: inputs, fields and constants first, then the results of step after step. A place is an
index of that list. Invariant: a step only appends values, so that no place changes. Budget: 0.5 µs a step beside the
calls themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from exporter.core.tracing import Traced
from exporter.plans import columns
from exporter.plans.readers import Values
from exporter.render.template import picker

Picker = Callable[[Values], tuple[Any, ...]]  # picks the values at some places
Places = Mapping[object, int]  # of traced values by their id, and of constants by their `argument_key`
_Kind = tuple[object, int, bool]  # of a call: the function, the number of arguments, whether the first is a number


class Step(NamedTuple):
    """Many calls of one function at once: `function` takes a column of arguments, and returns the column of results."""

    function: Callable[..., Iterable[Any]]
    pick: Picker | None  # picks the column; None if `function` takes all values and picks several columns itself


def run(steps: Sequence[Step], values: Values) -> None:
    """Append the results of the steps to the values."""
    for function, pick in steps:
        values += function(values) if pick is None else function(pick(values))


def argument_key(argument: object) -> object:
    """Return the key of an argument in Places: the id of a traced value, the type and value of a constant.

    So the constants 1, 1.0 and True have three places."""
    return id(argument) if type(argument) is Traced else (type(argument), argument)


def schedule_steps(calls: list[Traced[Any]], places: Places) -> tuple[list[Step], dict[object, int]]:
    """Return the steps that make all calls, and `places` with the places of their results added.

    `calls` are in the order of the run. `places` has every argument that is no result of these calls, and fills the
    indices from zero without a gap: results begin behind them. Each call is made as late as possible, so that steps are
    few and long (list scheduling)."""
    steps: list[Step] = []
    known = dict(places)
    for group in _groups(calls):
        steps.append(_step(group, known))
        known |= {id(call): place for place, call in enumerate(group, start=len(known))}
    return steps, known


def _groups(calls: list[Traced[Any]]) -> list[list[Traced[Any]]]:
    """Group calls of one kind, in an order in which each group comes after the groups whose results it needs.

    Forwards, each call gets its earliest level: one above the highest of its arguments. Backwards, each call moves up,
    among the earliest levels of its kind, to the highest that is below all calls that need the result. Calls of one
    kind on the same level are a group."""
    earliest: dict[int, int] = {}  # by the id of the call
    levels_of: dict[_Kind, set[int]] = {}
    for call in calls:
        earliest[id(call)] = level = 1 + max([earliest.get(argument, 0) for argument in _traced(call)])
        levels_of.setdefault(_kind(call), set()).add(level)
    needed_on: dict[int, int] = {}  # the lowest level that needs the result, by the id of the call
    groups: dict[tuple[int, _Kind], list[Traced[Any]]] = {}
    for call in reversed(calls):
        kind, end = _kind(call), needed_on.get(id(call), len(calls) + 1)
        level = max(level for level in levels_of[kind] if earliest[id(call)] <= level < end)
        groups.setdefault((level, kind), []).append(call)
        needed_on |= {argument: min(level, needed_on.get(argument, level)) for argument in _traced(call)}
    return [groups[key] for key in sorted(groups, key=lambda key: key[0])]


def _kind(call: Traced[Any]) -> _Kind:
    """Return the kind of a call. Only calls of one kind share a step.

    Calls whose first argument is a traced number have a kind of their own: a column of numbers alone is fastest."""
    first = call.arguments[0]
    return call.function, len(call.arguments), type(first) is Traced and type(first.value) in columns.NUMBERS


def _traced(call: Traced[Any]) -> list[int]:
    """Return the ids of the traced arguments of a call."""
    return [id(argument) for argument in call.arguments if type(argument) is Traced]


def _step(calls: list[Traced[Any]], places: Places) -> Step:
    """Make the step of calls of one kind, in the cheapest form that these calls allow."""
    function, count = calls[0].function, len(calls[0].arguments)
    if count > 2 and len(calls) == 1:  # one call of many arguments
        return Step(columns.single_call(function), picker([places[argument_key(each)] for each in calls[0].arguments]))
    pickers = [picker([places[argument_key(call.arguments[n])] for call in calls]) for n in range(count)]
    if count == 1:
        return Step(columns.vectorise(function), pickers[0])
    second = [call.arguments[1] for call in calls]
    if count == 2 and Traced not in map(type, second):  # each second argument is a constant
        return Step(columns.vectorise_with(second, function), pickers[0])
    return Step(_picking(pickers, columns.vectorise(function)), None)


def _picking(pickers: Sequence[Picker], function: Callable[..., Iterable[Any]]) -> Callable[[Values], Iterable[Any]]:
    """Return a function of all values: it picks the columns that `function` takes, one for each argument."""
    if len(pickers) == 2:  # the usual number, without a list
        first, second = pickers
        return lambda values: function(first(values), second(values))
    return lambda values: function(*[pick(values) for pick in pickers])
