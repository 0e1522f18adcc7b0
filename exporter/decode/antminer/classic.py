"""Bitmain's classic row of stats, which most Antminer firmware keeps: a flat object whose keys end with a board's or
fan's number.

Quirks: boards have the numbers 1-3, 6-8 or 1-13, and all values of an empty slot are zero. Numbers come as strings. The
two rows may follow each other without a comma.
"""

from __future__ import annotations

import re
from typing import Final

from exporter.core.tracing import traceable, untraced
from exporter.core.values import EXACT, Number, number, positive, text
from exporter.decode.antminer import models
from exporter.decode.common import scale
from exporter.parse.rows import Reading, Row

MARKS: Final = (
    "GHS 5s",
    "MHS 5s",
    "fan_num",
    "chain_acn1",
    "chain_acn6",
    "fan1",
    "temp1",
)  # keys that identify the row of readings
PAGES: Final = ("stats", "stats_new_api")  # answers that may have the web pages' shape, with the model in INFO
SLOTS: Final = range(1, 17)

_positive, _spelt = untraced(positive), untraced(scale.spelt)
_KEYED = re.compile(r"(chain_acn|chain_rate|freq|temp|CHAIN AVG HASHRATE|temp_in_chip_)(\d{1,2})", re.ASCII)


def stats_rows(reading: Reading) -> tuple[Row, Row]:
    """Return (header, readings) of classic stats: the row that names the miner, and the row with everything else."""
    rows = reading.rows("stats")
    header = next((row for row in rows if "Type" in row), reading.empty)
    readings = next((row for row in rows if any(key in row for key in MARKS)), reading.empty)
    return header, readings


def named(reading: Reading, key: str) -> str:
    """Return the text under a key of the stats header, or else of the answer to version."""
    return text(stats_rows(reading)[0].static(key)) or text(reading.row("version").static(key))


def model(reading: Reading) -> str:
    """Return the model's name from the first answer that has a name."""
    name = models.name(stats_rows(reading)[0].static("Type")) or models.name(reading.row("version").static("Type"))
    name = name or models.name(reading.row("get_system_info").static("minertype"))
    info = (row for section in PAGES for row in reading.others(section, "INFO"))
    return name or next((label for row in info if (label := models.name(row.static("type")))), "")


@traceable
def above_zero(raw: object) -> bool:
    """Tell whether a field holds a number above zero, with or without the unit of a hashrate."""
    return raw > 0 if type(raw) is int and raw <= EXACT else bool(_positive(raw) or _spelt(raw))


def boards(row: Row) -> list[int]:
    """Return the slots that hold a board: slots with any field above zero."""
    keys: dict[int, list[str]] = {}
    for key in row:
        if match := _KEYED.fullmatch(key):
            keys.setdefault(int(match[2]), []).append(key)
    return [slot for slot in SLOTS if slot in keys and row.any(above_zero, *keys[slot])]


@traceable
def voltage(raw: object) -> Number | None:
    """Convert volts (8.9), hundredths (880) or thousandths (19000) of a volt to volts: no board runs above 30 V."""
    value = positive(raw)
    if value is None or value <= 30:
        return value
    return number(value, 0.01 if value <= 3000 else 0.001)
