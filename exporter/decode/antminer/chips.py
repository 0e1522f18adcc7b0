"""The single chips of an Antminer's board, opt-in: a map with a letter for each chip, and asicseer's lists.

Quirks: blanks group the letters of a map, in groups that differ by model. "o" is a good chip, "x" a bad chip, and a
dash is neither. The lists of asicseer have commas: clocks in megahertz, and hashrates in the unit of the board's.
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


@traceable
def marks(raw: object) -> list[int | None]:
    """Return 1 for each good chip of a map, 0 for a bad chip, None for a chip that is neither; [] without a map."""
    letters = raw.replace(" ", "").lower()[:MOST] if isinstance(raw, str) else ""
    return [] if letters.strip("ox-") else [MARKS[letter] for letter in letters]


def chips(label: str, raw: object, reading: Reading) -> Iterator[v.Part]:
    """Yield the chips of a board's map, numbered from 0."""
    if reading.chips:
        found = marks(raw)
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
