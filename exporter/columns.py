"""Doors for many values at once: a column of what is clean already passes as a whole, any other value by value.

Invariant: a column gives what its door would give for each value. Most of what a miner says comes in here.
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


def at_least(least: float, door: Callable[..., Any]) -> Column:
    """For a door that passes each number that is not below `least`."""

    def column(raw: Sequence[Any]) -> Iterable[Any]:
        if NUMBERS.issuperset(map(type, raw)) and min(raw) >= least and max(raw) <= EXACT:
            return raw
        return [each if type(each) in NUMBERS and least <= each <= EXACT else door(each) for each in raw]

    return column


def scaled(raw: Sequence[Any], scales: Sequence[Any]) -> Iterable[Any]:
    """Numbers times floats; factors below one are not exact, and so are left to the door."""
    numbers = NUMBERS.issuperset(map(type, raw)) and {*map(type, scales)} == {float}
    if numbers and 0 <= min(raw) <= max(raw) <= LARGEST and 1 <= min(scales) <= max(scales) <= LARGEST:
        return map(mul, raw, scales)
    return map(_plain(values.number), raw, scales)


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
    _plain(values.number): scaled,
    _plain(live.either): firsts,
}
