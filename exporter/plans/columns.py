"""Vectorised functions of a plan: a column of clean values passes as a whole, any other column value by value.

Invariant: a vectorised function gives the results that the function gives for each value. Most values of an answer come
in here. Numbers of zero or above never exceed their sum, and a NaN makes the sum NaN: a sum replaces many comparisons.
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
LARGEST: Final = 1e150  # the product of two numbers below it is finite
TINY: Final = 5e-324  # the smallest number above zero
LONGEST: Final = 4096  # most characters of dash lists that are read at once
HOT: Final = 200  # degrees Celsius that no sensor reaches, as in `values.celsius`
_PLAIN: Final = b"0123456789.,"
_UNSIGNED: Final = _PLAIN + b"+e"
_LISTS: Final = b"0123456789-|"

Column = Callable[..., Iterable[Any]]


def vectorise(function: Any) -> Column:
    """Return the vectorised form of a function: each argument is a column, and the result is a column."""
    return _COLUMNS.get(function) or partial(map, function)


def vectorise_with(fixed: Sequence[Any], function: Any) -> Column:
    """Return the vectorised form of a function of two arguments, whose second arguments are always `fixed`."""
    scales = function is untraced(values.number) and {*map(type, fixed)} == {float}
    if scales and 1 <= min(fixed) <= max(fixed) <= LARGEST:
        return scaled(fixed)
    column = vectorise(function)
    return lambda raw: column(raw, fixed)


def whole(function: Any) -> Column:
    """Return a function from the arguments of a single call to a column of one result, such as for the guard."""
    return lambda arguments: (function(*arguments),)


def at_least(least: float, function: Callable[..., Any], *, in_text: bool = True) -> Column:
    """Return the vectorised form of a converter that passes every number of at least `least`, which is zero or above.

    `in_text` says that the converter also reads numbers in texts. A zero below `least` becomes None."""

    def column(raw: Sequence[Any]) -> Iterable[Any]:
        numbers = raw if clean(raw) else digits(raw) if in_text and type(raw[0]) is str else ()
        if numbers and sum(numbers) < EXACT:
            return numbers if least == 0 or all(numbers) else [each or None for each in numbers]
        return [each if type(each) in NUMBERS and least <= each <= EXACT else function(each) for each in raw]

    return column


def scaled(scales: Sequence[float]) -> Column:
    """Return the vectorised form of `values.number` with these `scales`, all of at least 1.

    For smaller scales `values.number` divides, so they need the converter itself."""

    def column(raw: Sequence[Any]) -> Iterable[Any]:
        if clean(raw) and sum(raw) < LARGEST:
            return map(mul, raw, scales)
        return map(untraced(values.number), raw, scales)

    return column


def clean(raw: Sequence[Any]) -> bool:
    """Tell whether all values are finite numbers of zero or above, by the characters of their JSON."""
    try:
        return orjson.dumps(raw).translate(None, _UNSIGNED) == b"[]"
    except TypeError:  # a value that JSON cannot hold
        return False


def digits(raw: Sequence[Any]) -> Sequence[int | float]:
    """Return the numbers of texts in plain digits; () if any value is something else."""
    try:
        text = ",".join(raw).encode()
        found: list[int | float] = [] if text.translate(None, _PLAIN) else orjson.loads(b"[%b]" % text)
    except (TypeError, ValueError):
        return ()
    return found if len(found) == len(raw) else ()


def sensors(raw: Sequence[Any]) -> Iterable[Any]:
    """Convert temperatures in degrees Celsius like `values.celsius`; a zero is an absent sensor."""
    numbers = raw if clean(raw) else digits(raw) if type(raw[0]) is str else ()
    if numbers and max(numbers) < HOT:
        return numbers if all(numbers) else [each or None for each in numbers]
    return map(untraced(values.celsius), raw)


def degrees(raw: Sequence[Any]) -> Iterable[Any]:
    """Convert dash lists like `values.celsius_list`; whole degrees, which most boards give, are read as JSON."""
    try:
        text = "|".join(raw)
        rows = "" if text.encode().translate(None, _LISTS) else text.replace("-", ",").replace("|", "],[")
        found = orjson.loads(f"[[{rows}]]") if len(rows) < LONGEST else []
    except (TypeError, ValueError):
        found = []
    flat = [*chain.from_iterable(found)]
    if len(found) != len(raw) or not flat or max(flat) >= HOT:
        return map(untraced(values.celsius_list), raw)
    return found if min(flat) > 0 else map(untraced(values.sensor_list), found)


def firsts(one: Sequence[Any], other: Sequence[Any]) -> Iterable[Any]:
    """Return the first present value of each pair, like `tracing.coalesce2`."""
    if None not in one and "" not in one:
        return one
    return [b if a is None or a == "" else a for a, b in zip(one, other, strict=True)]


def counters(raw: Sequence[Any], accepted: Sequence[Any]) -> Iterable[Any]:
    """Convert counters like `values.counted`: only a zero is compared with the accepted shares."""
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
