"""The single chips of an Antminer's board, opt-in: a map with a letter for each chip, and asicseer's lists.

Quirks: blanks group the letters of a map, in groups that differ by model. "o" is a good chip, "x" a bad chip, and a
dash is a place without a chip. The lists of asicseer have commas. Clocks are in megahertz, and hashrates in the unit of
the board's hashrate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import traceable
from exporter.core.values import Number, numbers
from exporter.decode.common.chiplists import MOST, amounts, readings, single
from exporter.parse.rows import Reading, Row

MARKS: Final = {"o": 1, "x": 0, "-": None}


def letters(raw: object) -> str:
    """Return the letters of a map without blanks, "" for anything but a map."""
    found = raw.replace(" ", "").lower()[:MOST] if isinstance(raw, str) else ""
    return "" if found.strip("ox-") else found


@traceable
def drawn(raw: object) -> int | None:
    """Return the number of chips that a map shows; None without a map."""
    found = letters(raw)
    return found.count("o") + found.count("x") if found else None


@traceable
def marks(raw: object, fitted: Number | None) -> list[Number | None]:
    """Return 1 for each good chip of a map, 0 for a bad chip, None for a place without a chip.

    Return [] unless the map shows as many chips as are `fitted`, because some maps are shortened."""
    found = letters(raw)
    whole = fitted is not None and found.count("o") + found.count("x") == fitted
    return [MARKS[letter] for letter in found] if whole else []


def chips(label: str, raw: object, fitted: v.Value, reading: Reading) -> Iterator[v.Part]:
    """Yield the chips of a board's map, numbered from 0."""
    if reading.chips:
        yield from single(label, "healthy", marks(raw, fitted))


def listed(label: str, row: Row, factor: Number | None, reading: Reading) -> Iterator[v.Part]:
    """Yield the chips of the lists, with their clocks and hashrates."""
    if reading.chips:
        yield from single(label, "frequency_hertz", readings(numbers(row[f"freqs{label}"]), 1e6))
        rates = amounts(numbers(row[f"chip_hashrate{label}"]), factor)
        yield from single(label, "hashrate_hashes_per_second", rates)
