"""The single chips of an Antminer's board, opt-in: a map with a letter for each chip, and asicseer's lists.

Quirks: blanks group the letters of a map, in groups that differ by model. "o" is a good chip, "x" a bad chip, and a
dash is a place without a chip. The lists of asicseer have commas. Clocks are in megahertz, and hashrates in the unit of
the board's hashrate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import item, length, static, traceable
from exporter.core.values import Number, count, number, numbers, positive
from exporter.decode.common.scale import scaled
from exporter.parse.rows import Reading, Row

MARKS: Final = {"o": 1, "x": 0, "-": None}
MOST: Final = 512  # most chips that are read of a board


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
def marks(raw: object, fitted: Number | None) -> list[int | None]:
    """Return 1 for each good chip of a map, 0 for a bad chip, None for a place without a chip.

    Return [] unless the map shows as many chips as are `fitted`, because some maps are shortened."""
    found = letters(raw)
    whole = fitted is not None and found.count("o") + found.count("x") == fitted
    return [MARKS[letter] for letter in found] if whole else []


def chips(label: str, raw: object, fitted: v.Value, reading: Reading) -> Iterator[v.Part]:
    """Yield the chips of a board's map, numbered from 0."""
    if reading.chips:
        found = marks(raw, fitted)
        for n in range(static(length(found))):
            yield v.Chip(label, str(n), healthy=item(found, n))


def listed(label: str, row: Row, factor: Number | None, reading: Reading) -> Iterator[v.Part]:
    """Yield the chips of the lists, with their clocks and hashrates."""
    if reading.chips:
        clocks, rates = numbers(row[f"freqs{label}"]), numbers(row[f"chip_hashrate{label}"])
        for n in range(min(static(length(clocks)), MOST)):
            yield v.Chip(label, str(n), frequency_hertz=number(positive(item(clocks, n)), 1e6))
        for n in range(min(static(length(rates)), MOST)):
            yield v.Chip(label, str(n), hashrate_hashes_per_second=scaled(count(item(rates, n)), factor))
