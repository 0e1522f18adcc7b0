"""The commands that BraiinsOS, LuxOS and DCENT_OS add to the cgminer dialect: temps, fans, tempctrl and power.

Quirks: BraiinsOS always lists four fan slots, even if fewer fans are fitted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.values import celsius, count, flag, positive, ratio
from exporter.decode.common.fans import up_to_the_last_turning
from exporter.decode.common.labels import index
from exporter.decode.common.sensors import chip_range
from exporter.parse.rows import Reading
from exporter.questions import line

TEMPS, FANS, TEMPCTRL, POWER = line("temps"), line("fans"), line("tempctrl"), line("power")

LIMITS: Final = (("Target", "target"), ("Hot", "hot"), ("Dangerous", "dangerous"))


def temps(reading: Reading) -> Iterator[v.Part]:
    """Yield each board's two temperatures: of the board, and of its hottest chip."""
    for row in reading.rows("temps"):
        if board := index(row, ("ID",)):
            chip = celsius(row["Chip"])
            yield v.BoardSensor(board, "pcb", "0", celsius(row["Board"]))
            yield v.BoardSensor(board, "chip", "0", chip)
            yield chip_range(board, [chip])


def fans(reading: Reading) -> Iterator[v.Part]:
    """Yield the fitted fans."""
    for row in up_to_the_last_turning(reading.rows("fans"), "RPM"):
        yield v.Fan(index(row, ("FAN", "ID")), count(row["RPM"]), ratio(row["Speed"]))


def tempctrl(reading: Reading, limits: tuple[tuple[str, str], ...] = LIMITS) -> Iterator[v.Part]:
    """Yield the temperature limits; `limits` holds (key of the row, name of the limit)."""
    row = reading.row("tempctrl")
    for key, limit in limits:
        yield v.TemperatureLimit(limit, celsius(row[key]))


def power(reading: Reading) -> Iterator[v.Part]:
    """Yield the power in watts. The flag PSU tells whether the watts are measured or estimated."""
    row = reading.row("power")
    source = {True: "measured", False: "estimated", None: "firmware"}[flag(row.static("PSU"))]
    yield v.Power(source, positive(row["Watts"]))
