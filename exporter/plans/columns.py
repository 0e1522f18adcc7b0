"""Vectorised functions of a plan: from columns, the arguments of many calls, to a column of their results.

Invariant: a vectorised function gives the results that the function gives for each value. A column that is `clean`, as
most are, passes as a whole, any other column value by value. No number of a clean column exceeds the sum: comparing the
sum replaces comparing each number.
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
LARGEST: Final = 1e150  # the product of two numbers up to this is finite
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
    """Return the vectorised form of a function of two arguments, with `fixed` as the column of second arguments.

    The result takes only the column of first arguments."""
    are_scales = function is untraced(values.number) and {*map(type, fixed)} == {float}
    if are_scales and 1 <= min(fixed) <= max(fixed) <= LARGEST:
        return scaled(fixed)
    column = vectorise(function)
    return lambda raw: column(raw, fixed)


def single_call(function: Any) -> Column:
    """Return a function from the arguments of one call to a column of one result.

    The guard (`core.plausible`), for example, takes all rates of a miner in one call."""
    return lambda arguments: (function(*arguments),)


def at_least(least: float, function: Callable[..., Any], *, in_text: bool = True) -> Column:
    """Return the vectorised form of a converter that returns numbers from `least` to EXACT unchanged.

    `least` is zero or TINY, and with TINY a zero becomes None. `in_text`: the converter also reads numbers in texts."""

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
    """Tell whether all values are finite numbers of zero or above, by the characters of their JSON.

    A minus sign makes a column unclean, and so do quotes and the letters of null and true. NaN and the infinities
    become null."""
    try:
        return orjson.dumps(raw).translate(None, _UNSIGNED) == b"[]"
    except TypeError:  # a value that orjson cannot write
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
    """Convert dash lists like `values.celsius_list`.

    Whole degrees, which most boards give, are read as JSON: "61-62" and "70-71" as [[61,62],[70,71]]."""
    try:
        text = "|".join(raw)
        rows = "" if text.encode().translate(None, _LISTS) else text.replace("-", ",").replace("|", "],[")
        found = orjson.loads(f"[[{rows}]]") if len(rows) < LONGEST else []
    except (TypeError, ValueError):
        found = []
    flat = [*chain.from_iterable(found)]
    if len(found) != len(raw) or not flat or max(flat) >= HOT:
        return map(untraced(values.celsius_list), raw)
    return found if min(flat) > 0 else map(untraced(values.sensor_list), found)  # a zero may be an absent sensor


def firsts(first: Sequence[Any], second: Sequence[Any]) -> Iterable[Any]:
    """Return the first present value of each pair, like `tracing.coalesce2`."""
    if None not in first and "" not in first:
        return first
    return [two if one is None or one == "" else one for one, two in zip(first, second, strict=True)]


def counters(raw: Sequence[Any], accepted: Sequence[Any]) -> Iterable[Any]:
    """Convert counters like `values.counted`: only a zero is compared with the accepted shares."""
    counted = untraced(values.counted)
    pairs = zip(raw, accepted, strict=True)
    if clean(raw) and sum(raw) <= EXACT:
        return raw if all(raw) else [each or counted(each, shares) for each, shares in pairs]
    return [counted(each, shares) for each, shares in pairs]


_COLUMNS: Final[dict[Any, Column]] = {
    untraced(values.count): at_least(0, untraced(values.count)),
    untraced(values.shares): at_least(0, untraced(values.shares), in_text=False),
    untraced(values.positive): at_least(TINY, untraced(values.positive)),
    untraced(values.celsius): sensors,
    untraced(values.celsius_list): degrees,
    untraced(tracing.coalesce2): firsts,
    untraced(values.counted): counters,
}
