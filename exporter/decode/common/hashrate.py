"""Hashrates of the cgminer dialect, whose fields have both unit and window in their names: `MHS 5s`, `GHS av`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static, truthy
from exporter.core.values import Number
from exporter.decode.common.counts import hashes
from exporter.decode.common.scale import scaled
from exporter.parse.rows import Reading, Row

AVERAGE: Final = "average"
MOST: Final = 32  # most hashrates read from a row: known firmware has fewer, and each is compared with the others

_FIELD = re.compile(r"([KMGTP]?)HS (av|\d{1,4}[smhS])", re.ASCII)
UNITS: Final = {"": 1, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_ALIASES = {"60s": "1m", "300s": "5m", "900s": "15m", "1800s": "30m"}


# Hashes per second for the unit letter in a field's name: one number for all letters, or a number per letter. None is
# an unknown unit.
Units = Number | Mapping[str, Number | None] | None


@lru_cache(1024)
def meaning(field: str) -> tuple[str, str, int] | None:
    """Return (unit letter, window, seconds of the window) of a field's name; None for other fields.

    The average counts as the longest window."""
    match = _FIELD.fullmatch(field)
    if match is None:
        return None
    letter, window = match[1], match[2].lower()
    if window == "av":
        return letter, AVERAGE, 2**31
    return letter, _ALIASES.get(window, window), int(window[:-1]) * _SECONDS[window[-1]]


def fields(row: Row) -> list[tuple[str, str, str]]:
    """Return (window, unit letter, key) of each hashrate in a row, shortest window first.

    A field with a unit letter comes before a field without: beside `MHS av`, a field `HS av` is in another unit than
    its name says."""
    found = [(known[2], not known[0], known[1], known[0], field) for field in row if (known := meaning(field))]
    return [(window, letter, field) for _, _, window, letter, field in sorted(found[:MOST], key=lambda each: each[:2])]


def rates(row: Row, factor: Units = None) -> dict[str, Number | None]:
    """Return the hashrates of a row by window, in hashes per second, shortest window first.

    `factor` replaces the unit in the field's name, for models whose real unit is known to differ."""
    units = dict.fromkeys(UNITS, factor) if isinstance(factor, (int, float)) else {**UNITS, **(factor or {})}
    found: dict[str, Number | None] = {}
    for window, letter, field in fields(row):
        found[window] = coalesce(found.get(window), scaled(row[field], units[letter]))
    return found


def current(row: Row, factor: Units = None) -> v.Value:
    """Return the hashrate over the shortest window, in hashes per second; None if the row has only an average."""
    rate: v.Value = coalesce(*[value for window, value in rates(row, factor).items() if window != AVERAGE])
    return rate


def windows(row: Row, factor: Units = None) -> Iterator[v.Part]:
    """Yield the miner's current hashrate, and the hashrate of each window."""
    yield v.Miner(hashrate_hashes_per_second=current(row, factor))
    for window, value in rates(row, factor).items():
        yield v.HashrateWindow(window, value)


def done(row: Row, factor: Units = None, unit: Number = 1e6) -> v.Value:
    """Return the total hashes, from the row's count in units of `unit` hashes; None if the row's average hashrate
    contradicts the count."""
    return hashes(row["Total MH"], rates(row, factor).get(AVERAGE), row["Elapsed"], unit)


def hashing(reading: Reading) -> bool:
    """Tell whether the miner hashes now, by the shortest window of summary or of any board in devs."""
    return any(static(truthy(current(row))) for row in [reading.row("summary"), *reading.rows("devs")])
