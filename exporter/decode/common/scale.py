"""The unit of a hashrate: from a text with a unit, from a field that names the unit, or else from the model's name.

Quirks: in Bitmain's rows "GHS" stands for the unit that the model counts in. One row may have two units, such as totals
in MH/s beside boards in GH/s. Two figures of the same hashrate differ by a power of a thousand, or they disagree.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

import orjson

from exporter.core.tracing import traceable, untraced
from exporter.core.values import Number, count, number, positive, quantity

HUGE: Final = 1e300  # above any hashrate; products of greater numbers overflow
NEAR: Final = 0.9  # decimal digits by which two figures of the same hashrate may differ, because their windows do
STEPS: Final = 6  # powers of a thousand from H to EH

_positive: Final = untraced(positive)

_PREFIXES: Final = {"": 1, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "p": 1e15, "e": 1e18}
_WORD = re.compile(r"([kmgtpe]?)(?:h|hs|hash|sol|sols|s)?(?:/s)?", re.ASCII)
_TEXT = re.compile(r" {0,4}([\d.,]{1,40}) {0,4}([A-Za-z]{1,6}(?:/[Ss])?) {0,4}", re.ASCII)


@lru_cache(256)
def unit(word: str) -> Number | None:
    """Return the hashes per second in a unit such as "GH", "MH/s" or "kSol/s"; None for other words."""
    lower = word.strip().lower()
    match = _WORD.fullmatch(lower)
    return _PREFIXES[match[1]] if match and lower else None


def named(raw: object) -> Number | None:
    """Return the unit that a field names; None for anything but a short text."""
    return unit(raw) if isinstance(raw, str) and len(raw) < 16 else None


@traceable
def spelt(raw: object) -> Number | None:
    """Return the hashes per second of a text with its unit ("9529.46 MH/s"); None for a bare number."""
    return _spelt(raw)[0]


def _spelt(raw: object) -> tuple[Number | None, Number | None]:
    """Return (hashes per second, unit) of a text with a unit; (None, None) for other values."""
    match = _TEXT.fullmatch(raw) if isinstance(raw, str) and len(raw) < 64 else None
    factor = None if match is None else unit(match[2])
    if match is None or factor is None:
        return None, None
    digits = match[1]
    value = quantity(digits) if "," in digits else count(digits)
    return (None, None) if value is None else (number(value, factor), factor)


def scaled(raw: object, factor: Number | None) -> Number | None:
    """Return a number in hashes per second; None if the unit is unknown."""
    return None if factor is None else number(count(raw), factor)


def nominal(raw: object, factor: Number | None) -> Number | None:
    """Return a hashrate above zero in hashes per second; None for zero, and if the unit is unknown."""
    return None if factor is None else number(positive(raw), factor)


@traceable
def by_text(default: Number | None, *pairs: object) -> Number | None:
    """Return the unit of bare numbers. `pairs` alternates a bare number and a text with the same hashrate and its unit.

    The unit is the power of a thousand that makes the closest pair agree; None if no power does. If all numbers are
    zero, the unit of the first text counts, or `default` without a text."""
    texts = [_spelt(text) for text in pairs[1::2]]
    known = [(_positive(value), rate) for value, (rate, _) in zip(pairs[::2], texts, strict=True)]
    power = _power(known)
    if power is not None:
        return _times(1, power)
    return next((factor for _, factor in texts if factor is not None), default)


@traceable
def agreeing(factor: Number | None, parts: Number | None, *wholes: Number | None) -> Number | None:
    """Return the unit of the parts' hashrates, from their sum `parts` and from `wholes`, the miner's hashrates in
    hashes per second.

    The unit is `factor` times the power of a thousand that makes the sum agree with the closest whole; None if no power
    does. A sum of zero, or unknown wholes, give `factor`."""
    total = (parts or 0) * (factor or 1)
    power = _power([(total, whole) for whole in wholes]) if total else None
    if power is None:
        return None if total and any(whole is not None for whole in wholes) else factor
    return _times(factor or 1, power)


@traceable
def near(typical: Number, factor: Number, *steady: object) -> Number:
    """Return the unit that brings a steady figure close to the model's `typical` hashrate, or else `factor`.

    The first figure above zero in `steady` counts."""
    value = next((value for each in steady if (value := _positive(each)) is not None), None)
    power = None if value is None else _power([(number(value, factor), typical)])
    return factor if power is None else _times(factor, power) or factor


@traceable
def below(most: Number, factor: Number, *raw: object) -> Number:
    """Return the unit, at most `factor`, in which the largest of these numbers is at most `most`."""
    largest = max([value for each in raw if (value := _positive(each)) is not None], default=0)
    while factor > 1 and largest * factor > most:
        factor /= 1000
    return factor


@traceable
def steady(current: object, average: object, elapsed: object) -> Number | None:
    """Return the average if it is the usual hashrate: after ten minutes, and close to the current rate; else None."""
    now, mean, seconds = positive(current), positive(average), count(elapsed)
    return mean if now and mean and seconds and seconds > 600 and 0.5 < now / mean < 2 else None


def _power(pairs: Iterable[tuple[Number | None, Number | None]]) -> float | None:
    """Return the power of a thousand between the two numbers of the closest pair.

    None means that every pair has a zero or an unknown number. NaN means that no pair is close to a power."""
    best: tuple[float, float] | None = None
    for less, more in pairs:
        if less and more and 0 < less < HUGE and 0 < more < HUGE:
            if 0.8 < less / more < 1.25:
                return 0.0
            digits = math.log10(more) - math.log10(less)
            power = float(round(digits / 3))
            best = min(best or (math.inf, 0.0), (abs(digits - 3 * power), power))
    return None if best is None else best[1] if best[0] < NEAR and abs(best[1]) <= STEPS else math.nan


def _times(factor: Number, power: float) -> Number | None:
    """Return `factor` times 1000 to the given power; None for the power NaN."""
    if math.isnan(power):
        return None
    steps: float = math.pow(1000, abs(power))
    return factor * steps if power >= 0 else factor / steps


@traceable
def added(*raw: object) -> Number | None:
    """Return the sum of the values above zero, which may be texts with a unit; None if no value is above zero."""
    try:
        plain: Any = orjson.loads(f"[{','.join(raw)}]") if type(raw[0]) is str else raw  # type: ignore[arg-type]
        if len(plain) == len(raw) and min(plain) >= 0 and 0 < (total := sum(plain)) < HUGE:
            return total  # type: ignore[no-any-return]
    except (IndexError, TypeError, ValueError, OverflowError):
        pass  # at least one value is no plain number
    found = [value for each in raw if (value := _positive(each) or _spelt(each)[0])]
    return sum(found) if found else None
