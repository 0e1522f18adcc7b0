"""The sensors of an Antminer's board, and the temperature range over the chips of any board.

Quirks: Bitmain writes temperatures as lists with dashes ("73-45-64") or as single numbers, under names that differ by
generation. The chips are a map with a letter for each chip.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from exporter.core import vocabulary as v
from exporter.core.tracing import Traced, item, length, static, traceable
from exporter.core.values import Number, celsius, celsius_list
from exporter.parse.rows import Row

# The keys of lists of sensors: (key, location, prefix of the sensor's name). SINGLES are keys of single numbers, used
# without lists.
LISTS: Final = (
    ("temp_pcb{}", "pcb", ""),
    ("temp_chip{}", "chip", ""),
    ("temp_pic{}", "pic", ""),
    ("temp_in_pcb_{}", "pcb", "in-"),
    ("temp_out_pcb_{}", "pcb", "out-"),
    ("temp_in_chip_{}", "chip", "in-"),
    ("temp_out_chip_{}", "chip", "out-"),
)
SINGLES: Final = (("temp{}", "pcb", "0"), ("temp2_{}", "chip", "0"), ("temp3_{}", "chip", "1"))
E3_SINGLES: Final = (*SINGLES[:2], ("temp3_{}", "pcb", "1"), ("temp4_{}", "chip", "1"))


def temperatures(row: Row, slot: int, label: str) -> list[v.BoardSensor]:
    """Return every sensor of the board in `slot`.

    Single numbers repeat a sensor of the lists, and count only without lists."""
    sensors = []
    for key, place, prefix in LISTS:
        degrees = celsius_list(row[key.format(slot)])
        sensors += [
            v.BoardSensor(label, place, f"{prefix}{n}", item(degrees, n)) for n in range(static(length(degrees)))
        ]
    if not sensors:
        singles = E3_SINGLES if f"temp4_{slot}" in row and "temp_max3" in row else SINGLES
        sensors = [v.BoardSensor(label, place, n, celsius(row[key.format(slot)])) for key, place, n in singles]
    return sensors


def chip_range(label: str, degrees: Sequence[v.Value]) -> v.Board:
    """Return a board with the minimum, maximum and mean of its chips; a single number counts as the maximum."""
    return ranged(label, spread(*degrees)) if degrees else v.Board(label)


def ranged(label: str, found: Sequence[v.Value] | Traced[list[Number | None]]) -> v.Board:
    """Return the board with these [minimum, maximum, mean], as `spread` gives them."""
    least, most, mean = (item(found, n) for n in range(3))
    return v.Board(
        label,
        chip_temperature_min_celsius=least,
        chip_temperature_max_celsius=most,
        chip_temperature_mean_celsius=mean,
    )


@traceable
def spread(*degrees: Number | None) -> list[Number | None]:
    """Return [minimum, maximum, mean] of the known values; a single known value is the maximum."""
    known: Sequence[Any] = [value for value in degrees if value is not None] if None in degrees else degrees
    if len(known) < 2:
        return [None, known[0] if known else None, None]
    return [min(known), max(known), round(sum(known) / len(known), 3)]


@traceable
def failed_chips(raw: object) -> int | None:
    """Return the number of chips marked x in a map such as " oooo oxoo"; None for anything but a map."""
    if not isinstance(raw, str):
        return None
    good = raw.count("o")
    if good and good + raw.count(" ") == len(raw):  # nearly every map
        return 0
    return None if not raw.strip() or raw.strip(" oxOX-") else raw.lower().count("x")
