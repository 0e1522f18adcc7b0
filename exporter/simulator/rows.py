"""Rows of an answer, and JSON whose numbers have the digits that a firmware's printf gives them."""

from __future__ import annotations

import json
import math

Row = dict[str, object]
_scalar = json.JSONEncoder(ensure_ascii=False).encode
# Digits after the point in cgminer's printf formats; all other keys have two.
_DIGITS = {
    "Total MH": 4,
    "Difficulty Accepted": 8,
    "Difficulty Rejected": 8,
    "Difficulty Stale": 8,
    "Last Share Difficulty": 8,
    "Work Difficulty": 8,
    "Stratum Difficulty": 8,
    "Network Difficulty": 8,
    "Device Hardware%": 4,
    "Device Rejected%": 4,
    "Pool Rejected%": 4,
    "Pool Stale%": 4,
    "Pool Stale%%": 4,
    "Wait": 6,
    "Max": 6,
    "Min": 6,
    "Current Block Time": 6,
}


class Printed(str):
    """A number in the exact digits of the answer."""

    __slots__ = ()


def printed(value: float, digits: int) -> Printed:
    """Return the number with that many digits after the point."""
    return Printed(f"{value:.{digits}f}")


def printf(row: Row) -> Row:
    """Return the row with its floats in cgminer's digits."""
    return {
        key: printed(value, _DIGITS.get(key, 2)) if isinstance(value, float) else value for key, value in row.items()
    }


def ordered(row: Row) -> Row:
    """Return the row with its keys sorted, as firmwares in Rust and Go serialise them."""
    return dict(sorted(row.items()))


def dump(value: object) -> str:
    """Return JSON without spaces. A Printed keeps its digits. Raises ValueError for infinity and NaN."""
    if isinstance(value, Printed):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f'"{key}":{dump(item)}' for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dump, value)) + "]"
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a simulated miner has no such number")
    return _scalar(value)
