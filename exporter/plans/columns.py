"""Doors for many values at once: a column of what is clean already passes as a whole, any other value by value.

Invariant: a column gives what its door would give for each value. Most of what a miner says comes in here. Where no
number is negative and their sum is below a bound, so is each of them, and none is NaN: a sum is quicker than a maximum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from operator import mul
from typing import Any, Final

import orjson

from exporter.core import tracing, values
from exporter.core.tracing import untraced
from exporter.core.values import EXACT

NUMBERS: Final = frozenset((int, float))
LARGEST: Final = 1e150  # the product of two such is a number still
TINY: Final = 5e-324
LONGEST: Final = 4096  # characters of lists that are read at once
_PLAIN: Final = b"0123456789.,"
_UNSIGNED: Final = _PLAIN + b"+e"
_LISTS: Final = b"0123456789-|"

Column = Callable[..., Iterable[Any]]


def vectorise(door: Any) -> Column:
    """The function that does to columns of arguments what `traceable` does to single ones."""
    return _COLUMNS.get(door) or partial(map, door)


def vectorise_with(fixed: Sequence[Any], door: Any) -> Column:
    """The same for a door whose second arguments are always `fixed`."""
    if door is untraced(values.number) and {*map(type, fixed)} == {float} and 1 <= min(fixed) <= max(fixed) <= LARGEST:
        return scaled(fixed)
    column = vectorise(door)
    return lambda raw: column(raw, fixed)


def whole(door: Any) -> Column:
    """The function that gives to `traceable` one column as its arguments: for what looks at many values at once."""
    return lambda arguments: (door(*arguments),)


def at_least(least: float, door: Callable[..., Any], *, in_text: bool = True) -> Column:
    """For a door that passes each number that is not below `least`, and none below zero; zero only where that is the
    least. Whether it takes any number `in_text` as the number that it is."""

    def column(raw: Sequence[Any]) -> Iterable[Any]:
        said = raw if clean(raw) else digits(raw) if in_text and type(raw[0]) is str else ()
        if said and sum(said) < EXACT:
            return said if least == 0 or all(said) else [each or None for each in said]
        return [each if type(each) in NUMBERS and least <= each <= EXACT else door(each) for each in raw]

    return column


def scaled(scales: Sequence[float]) -> Column:
    """Numbers times floats. Factors below one are not exact: they are for the door."""

    def column(raw: Sequence[Any]) -> Iterable[Any]:
        if clean(raw) and sum(raw) < LARGEST:
            return map(mul, raw, scales)
        return map(untraced(values.number), raw, scales)

    return column


def clean(raw: Sequence[Any]) -> bool:
    """Whether all are numbers, none of them negative or NaN: in JSON they have neither a word nor a minus."""
    try:
        return orjson.dumps(raw).translate(None, _UNSIGNED) == b"[]"
    except TypeError:  # more than JSON can say
        return False


def digits(raw: Sequence[Any]) -> Sequence[int | float]:
    """The numbers that all are in plain digits; nothing where one of them is anything else."""
    try:
        said = ",".join(raw).encode()
        found: list[int | float] = [] if said.translate(None, _PLAIN) else orjson.loads(b"[%b]" % said)
    except (TypeError, ValueError):
        return ()
    return found if len(found) == len(raw) else ()


def sensors(raw: Sequence[Any]) -> Iterable[Any]:
    """Temperatures, of which zero is a sensor that is absent."""
    said = raw if clean(raw) else digits(raw) if type(raw[0]) is str else ()
    if said and max(said) < 200:
        return said if all(said) else [each or None for each in said]
    return map(untraced(values.celsius), raw)


def degrees(raw: Sequence[Any]) -> Iterable[Any]:
    """Dash lists of whole degrees, as most boards say them, read as lists in JSON."""
    try:
        said = "|".join(raw)
        rows = "" if said.encode().translate(None, _LISTS) else said.replace("-", ",").replace("|", "],[")
        found = orjson.loads(f"[[{rows}]]") if len(rows) < LONGEST else []
    except (TypeError, ValueError):
        found = []
    flat = [*chain.from_iterable(found)]
    if len(found) != len(raw) or not flat or max(flat) >= 200:
        return map(untraced(values.celsius_list), raw)
    return found if min(flat) > 0 else map(untraced(values.answering), found)


def firsts(one: Sequence[Any], other: Sequence[Any]) -> Iterable[Any]:
    """Of each pair the first that says something."""
    if None not in one and "" not in one:
        return one
    return [b if a is None or a == "" else a for a, b in zip(one, other, strict=True)]


def counters(raw: Sequence[Any], accepted: Sequence[Any]) -> Iterable[Any]:
    """Counters, of which a zero alone is looked at beside the shares that were accepted."""
    judged = untraced(values.counted)
    pairs = zip(raw, accepted, strict=True)
    if clean(raw) and sum(raw) <= EXACT:
        return raw if all(raw) else [one or judged(one, other) for one, other in pairs]
    return [judged(one, other) for one, other in pairs]


_COLUMNS: Final[dict[Any, Column]] = {
    untraced(values.count): at_least(0, untraced(values.count)),
    untraced(values.shares): at_least(0, untraced(values.shares), in_text=False),
    untraced(values.positive): at_least(TINY, untraced(values.positive)),
    untraced(values.celsius): sensors,
    untraced(values.celsius_list): degrees,
    untraced(tracing.coalesce2): firsts,
    untraced(values.counted): counters,
}
