"""Doors for many values at once: a column of what is clean already passes as a whole, any other value by value.

Invariant: a column gives what its door would give for each value. Most of what a miner says comes in here. Where no
number is negative and their sum is below a bound, so is each of them, and none is NaN: a sum is quicker than a maximum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import mul
from typing import Any, Final

from exporter import live, values
from exporter.values import EXACT

NUMBERS: Final = frozenset((int, float))
LARGEST: Final = 1e150  # the product of two such is a number still
TINY: Final = 5e-324

Column = Callable[..., Iterable[Any]]


def over(door: Any) -> Column:
    """The function that does to columns of arguments what `door` does to single ones."""
    return _COLUMNS.get(door) or partial(map, door)


def beside(fixed: Sequence[Any], door: Any) -> Column:
    """The same for a door whose second arguments are always `fixed`."""
    if door is _plain(values.number) and {*map(type, fixed)} == {float} and 1 <= min(fixed) <= max(fixed) <= LARGEST:
        return scaled(fixed)
    column = over(door)
    return lambda raw: column(raw, fixed)


def at_least(least: float, door: Callable[..., Any]) -> Column:
    """For a door that passes each number that is not below `least`, and none below zero; zero only where that is the
    least."""

    def column(raw: Sequence[Any]) -> Iterable[Any]:
        if NUMBERS.issuperset(map(type, raw)) and min(raw) >= 0 and sum(raw) < EXACT:
            return raw if least == 0 or all(raw) else [each or None for each in raw]
        return [each if type(each) in NUMBERS and least <= each <= EXACT else door(each) for each in raw]

    return column


def scaled(scales: Sequence[float]) -> Column:
    """Numbers times floats. Factors below one are not exact: they are for the door."""

    def column(raw: Sequence[Any]) -> Iterable[Any]:
        if NUMBERS.issuperset(map(type, raw)) and min(raw) >= 0 and sum(raw) < LARGEST:
            return map(mul, raw, scales)
        return map(_plain(values.number), raw, scales)

    return column


def firsts(one: Sequence[Any], other: Sequence[Any]) -> Iterable[Any]:
    """Of each pair the first that says something."""
    return [b if a is None or a == "" else a for a, b in zip(one, other, strict=True)]


def _plain(door: Any) -> Callable[..., Any]:
    """The function behind a door."""
    plain: Callable[..., Any] = door.__wrapped__
    return plain


_COLUMNS: Final = {
    **{_plain(door): at_least(0, _plain(door)) for door in (values.count, values.shares)},
    _plain(values.positive): at_least(TINY, _plain(values.positive)),
    _plain(live.either): firsts,
}
