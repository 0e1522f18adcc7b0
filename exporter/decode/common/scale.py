"""The unit of a hashrate: by a text that has one, by a field that names one, by the model's name last.

Quirks: in Bitmain's rows "GHS" stands for the unit that the model counts in. One row may have two units, such as totals
in MH/s beside boards in GH/s. Figures of one thing are a power of a thousand apart, or disagree.
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
NEAR: Final = 0.9  # decimal digits by which two figures of one hashrate may differ: their windows do
STEPS: Final = 6  # powers of a thousand from H to EH

_positive: Final = untraced(positive)

_PREFIXES: Final = {"": 1, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "p": 1e15, "e": 1e18}
_WORD = re.compile(r"([kmgtpe]?)(?:h|hs|hash|sol|sols|s)?(?:/s)?", re.ASCII)
_TEXT = re.compile(r" {0,4}([\d.,]{1,40}) {0,4}([A-Za-z]{1,6}(?:/[Ss])?) {0,4}", re.ASCII)


@lru_cache(256)
def unit(word: str) -> Number | None:
    """Return the hashes per second in a unit such as "GH", "MH/s" or "kSol/s"; None for another word."""
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
    """Return (hashes per second, unit) of a text that has its unit."""
    match = _TEXT.fullmatch(raw) if isinstance(raw, str) and len(raw) < 64 else None
    factor = None if match is None else unit(match[2])
    if match is None or factor is None:
        return None, None
    digits = match[1]
    value = quantity(digits) if "," in digits else count(digits)
    return (None, None) if value is None else (number(value, factor), factor)


def scaled(raw: object, factor: Number | None) -> Number | None:
    """Return a number in hashes per second; None where its unit is unknown."""
    return None if factor is None else number(count(raw), factor)


def nominal(raw: object, factor: Number | None) -> Number | None:
    """Return a hashrate that cannot be zero, in hashes per second; None where its unit is unknown."""
    return None if factor is None else number(positive(raw), factor)


@traceable
def by_text(default: Number | None, *pairs: object) -> Number | None:
    """Return the unit of bare numbers, from alternating numbers and texts about the same things.

    The unit is the power of a thousand by which the closest pair agrees, None without agreement. While all is zero, the
    first text has the unit, and `default` stands in for missing texts."""
    texts = [_spelt(text) for text in pairs[1::2]]
    known = [(_positive(value), rate) for value, (rate, _) in zip(pairs[::2], texts, strict=True)]
    power = _power(known)
    if power is not None:
        return _times(1, power)
    return next((factor for _, factor in texts if factor is not None), default)


@traceable
def agreeing(factor: Number | None, parts: Number | None, *wholes: Number | None) -> Number | None:
    """Return the unit of some parts, from their sum and from hashrates of the whole in hashes per second.

    The unit is `factor` times the power of a thousand by which the closest agrees, None without agreement. Parts of
    zero, or an unknown whole, leave `factor`."""
    total = (parts or 0) * (factor or 1)
    power = _power([(total, whole) for whole in wholes]) if total else None
    if power is None:
        return None if total and any(whole is not None for whole in wholes) else factor
    return _times(factor or 1, power)


@traceable
def near(typical: Number, factor: Number, *steady: object) -> Number:
    """Return the unit in which a steady figure comes close to a model's typical hashrate; `factor` without such a unit.

    The first figure above zero counts."""
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
    """Return an average that shows a model's usual work: after ten minutes, with the current hashrate close to it."""
    now, mean, seconds = positive(current), positive(average), count(elapsed)
    return mean if now and mean and seconds and seconds > 600 and 0.5 < now / mean < 2 else None


def _power(pairs: Iterable[tuple[Number | None, Number | None]]) -> float | None:
    """Return the power of a thousand by which the halves of the closest pair differ.

    None stands for pairs that all have a zero, NaN for pairs that are close to no power."""
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
    """Return a unit so many powers of a thousand greater or smaller; None for the power NaN."""
    if math.isnan(power):
        return None
    steps: float = math.pow(1000, abs(power))
    return factor * steps if power >= 0 else factor / steps


@traceable
def added(*raw: object) -> Number | None:
    """Return the sum of the values above zero, with or without their unit; None where there is none."""
    try:
        plain: Any = orjson.loads(f"[{','.join(raw)}]") if type(raw[0]) is str else raw  # type: ignore[arg-type]
        if len(plain) == len(raw) and min(plain) >= 0 and 0 < (total := sum(plain)) < HUGE:
            return total  # type: ignore[no-any-return]
    except (IndexError, TypeError, ValueError, OverflowError):
        pass  # a value is no plain number
    found = [value for each in raw if (value := _positive(each) or _spelt(each)[0])]
    return sum(found) if found else None
