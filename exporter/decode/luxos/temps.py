"""The temperatures of LuxOS and their limits: the corners of each board, with the names from METADATA.

Quirks: depending on the model, a corner is a sensor of the air, of the water or of the board. Newer models have other
corners, such as BoardMiddleLeft.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.values import celsius, text
from exporter.decode.common import environment
from exporter.decode.common.labels import index
from exporter.decode.common.sensors import chip_range
from exporter.parse.rows import Reading, Row

CORNERS: Final = ("TopLeft", "TopRight", "BottomLeft", "BottomRight")
OTHERS: Final = frozenset((*CORNERS, "Board", "Chip", "ID", "TEMP"))  # the keys that are no further corners
MOST: Final = 16  # most further corners of a board
PLACES: Final = (
    ("water inlet", "water_inlet"),
    ("water outlet", "water_outlet"),
    ("intake", "inlet"),
    ("inlet", "inlet"),
    ("exhaust", "outlet"),
    ("outlet", "outlet"),
    ("chip", "chip"),
)
LIMITS: Final = (
    *environment.LIMITS,
    ("ChipTarget", "chip_target"),
    ("ChipHot", "chip_hot"),
    ("ChipDangerous", "chip_dangerous"),
    ("WaterInletDangerous", "water_inlet_dangerous"),
)


def temps(reading: Reading) -> Iterator[v.Part]:
    names = reading.others("temps", "METADATA")
    cut = "truncated" in reading.answers.repairs  # the names of the sensors may be missing
    further = tuple(key for key in names[0] if key not in OTHERS)[:MOST] if names else ()
    corners = (*CORNERS, *further) if names or not cut else ()
    for row in reading.rows("temps"):
        if board := index(row, ("ID", "TEMP")):
            chip = celsius(row["Chip"])  # only the S9 has Chip and Board
            yield v.BoardSensor(board, "pcb", "0", celsius(row["Board"]))
            yield v.BoardSensor(board, "chip", "0", chip)
            yield chip_range(board, [chip])
            for corner in corners:
                place, sensor = place_of(names, corner)
                yield v.BoardSensor(board, place, sensor, celsius(row[corner]))


def place_of(names: list[Row], corner: str) -> tuple[str, str]:
    """Return (location, the sensor's name) of a corner, from METADATA if the corner is named there."""
    entries = names[0].rows(corner) if names else []
    label = text(entries[0].static("Label")) if entries else ""
    place = next((place for word, place in PLACES if word in label.lower()), "pcb")
    return place, label or corner


def tempctrl(reading: Reading) -> Iterator[v.Part]:
    yield from environment.tempctrl(reading, LIMITS)
