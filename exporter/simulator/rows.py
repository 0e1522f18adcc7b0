"""Rows and how they are written: JSON whose numbers have the very digits that the firmware's printf gives them."""

from __future__ import annotations

import json
import math

Row = dict[str, object]
_scalar = json.JSONEncoder(ensure_ascii=False).encode
# Digits that cgminer's printf formats give a number; two where nothing is said.
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
    """A number in the exact digits in which it is written."""

    __slots__ = ()


def printed(value: float, digits: int) -> Printed:
    """The number with that many digits behind the point."""
    return Printed(f"{value:.{digits}f}")


def printf(row: Row) -> Row:
    """The row with its floats in cgminer's digits."""
    return {
        key: printed(value, _DIGITS.get(key, 2)) if isinstance(value, float) else value for key, value in row.items()
    }


def ordered(row: Row) -> Row:
    """The row with its keys sorted, as the firmwares that were written anew serialise them."""
    return dict(sorted(row.items()))


def dump(value: object) -> str:
    """JSON without spaces, in which a number may keep its digits."""
    if isinstance(value, Printed):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f'"{key}":{dump(item)}' for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dump, value)) + "]"
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a simulated miner has no such number")
    return _scalar(value)
