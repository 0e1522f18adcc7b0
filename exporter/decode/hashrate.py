"""Hashrates of the cgminer dialect, whose fields have both unit and window in their names: `MHS 5s`, `GHS av`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from exporter.decode.rows import Reading, Row
from exporter.live import fact, first, holds
from exporter.values import Number, count, number
from exporter.vocabulary import HashrateWindow, Miner, Part

AVERAGE: Final = "average"

_FIELD = re.compile(r"([KMGTP]?)HS (av|\d{1,4}[smhS])", re.ASCII)
_UNITS = {"": 1, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_ALIASES = {"60s": "1m", "300s": "5m", "900s": "15m", "1800s": "30m"}


@lru_cache(1024)
def meaning(field: str) -> tuple[Number, str, int] | None:
    """(factor to hashes per second, window, its length in seconds) of a field's name; the average is the longest."""
    match = _FIELD.fullmatch(field)
    if match is None:
        return None
    unit, window = _UNITS[match[1]], match[2].lower()
    if window == "av":
        return unit, AVERAGE, 2**31
    return unit, _ALIASES.get(window, window), int(window[:-1]) * _SECONDS[window[-1]]


def rates(row: Row, factor: Number | None = None) -> dict[str, Number | None]:
    """The hashrates of a row in hashes per second by their window, shortest window first.

    `factor` replaces the unit in the field's name where a model is known to mean another."""
    found: dict[str, tuple[int, Number | None]] = {}
    for field in row:
        if (known := meaning(field)) is not None:
            unit, window, length = known
            before = found[window][1] if window in found else None
            found[window] = length, first(before, number(count(row[field]), factor or unit))
    return {window: found[window][1] for window in sorted(found, key=lambda window: found[window][0])}


def current(row: Row, factor: Number | None = None) -> Number | None:
    """The hashrate over the shortest window; an average alone is no current hashrate."""
    rate: Number | None = first(*[value for window, value in rates(row, factor).items() if window != AVERAGE])
    return rate


def windows(row: Row, factor: Number | None = None) -> Iterator[Part]:
    """The miner's hashrate and its windows."""
    yield Miner(hashrate_hashes_per_second=current(row, factor))
    for window, value in rates(row, factor).items():
        yield HashrateWindow(window, value)


def hashing(reading: Reading) -> bool:
    """Whether work is done right now, by the shortest window of summary or of any board."""
    return any(fact(holds(current(row))) for row in [reading.row("summary"), *reading.rows("devs")])
