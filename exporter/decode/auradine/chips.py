"""The chips of Auradine's boards: their temperatures as a range and one by one, their clocks, their voltages.

Quirks: each board has a list of numbered chips, and each kind of reading is in another section.
"""

from __future__ import annotations

from collections.abc import Iterator

from exporter.core import vocabulary as v
from exporter.core.tracing import traceable
from exporter.core.values import Number, celsius, number, positive
from exporter.decode.common.labels import index
from exporter.decode.common.sensors import ranged, spread
from exporter.parse.rows import Reading, Row, nested


def chips(reading: Reading, row: Row, board: str) -> Iterator[v.Part]:
    """Yield the temperature range over a board's chips, and each chip's temperature if chips are opted into."""
    yield ranged(board, degrees(row["ChipTemp"]))
    for chip in row.rows("ChipTemp") if reading.chips else []:
        if label := index(chip):
            yield v.Chip(board, label, celsius(chip["Temperature"]))


@traceable
def degrees(raw: object) -> list[Number | None]:
    """Return [minimum, maximum, mean] over a list of chips, which are objects."""
    return spread(*[celsius(chip.get("Temperature")) for chip in nested(raw)])


def each_chip(reading: Reading, section: str, key: str) -> Iterator[tuple[str, str, Row]]:
    """Yield (board, chip, row of the chip) for the chips under `key`, if chips are opted into."""
    for row in reading.rows(section) if reading.chips else []:
        for chip in row.rows(key):
            if (board := index(row)) and (label := index(chip)):
                yield board, label, chip


def clocks(reading: Reading) -> Iterator[v.Part]:
    for board, label, chip in each_chip(reading, "frequency_page", "ChipFrequency"):
        yield v.Chip(board, label, frequency_hertz=number(positive(chip["Frequency"]), 1e6))


def voltages(reading: Reading) -> Iterator[v.Part]:
    for board, label, chip in each_chip(reading, "voltage_page", "ChipVoltage"):
        yield v.Chip(board, label, voltage_volts=positive(chip["Voltage"]))
