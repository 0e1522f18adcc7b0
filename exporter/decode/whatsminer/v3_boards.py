"""The boards of a Whatsminer with API 3, and the converters of their slot numbers and temperatures.

Quirks: the summary has the boards' temperatures, as a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static, traceable
from exporter.core.values import Number, celsius, count, number, positive, text
from exporter.decode.common.flags import above, alive
from exporter.decode.common.identity import serial
from exporter.decode.common.nested import at
from exporter.parse.rows import Reading

TERAHASH: Final = 1e12
SLOTS: Final = 16


@traceable
def place(raw: object) -> str:
    """Return a board's or a pool's small number as a label; "" for anything else."""
    value = count(raw)
    return str(value) if isinstance(value, int) and value < 100 else ""


@traceable
def degrees(raw: object, slot: int, slots: int) -> Number | None:
    """Return the temperature of a slot, from a list with a number for each of `slots`; None for a shorter list."""
    return celsius(raw[slot]) if isinstance(raw, list) and len(raw) >= slots else None


@traceable
def detected(raw: object) -> list[Number]:
    """Return what each slot should reach, of "33231:34095:34306:" in GH/s, where an empty slot has 0.

    Return [] if a slot's rate is not determined, which the firmware writes as -1."""
    parts = raw.rstrip(":").split(":") if isinstance(raw, str) else []
    rates = [rate for part in parts[:SLOTS] if (rate := count(part)) is not None]
    return [rate * 1e9 for rate in rates] if len(rates) == len(parts) else []


@traceable
def rated(raw: object) -> Number | None:
    """Return what all slots together should reach."""
    return positive(sum(detected(raw)))


def edevs(reading: Reading) -> Iterator[v.Part]:
    rows, info = reading.rows("v3_edevs"), reading.row("v3_miner")
    boards = [static(place(row["id"])) or static(place(row["slot"])) for row in rows]
    warmth, slots = (
        reading.row("v3_summary")["board-temperature"],
        max((int(each) + 1 for each in boards if each), default=0),
    )
    for row, board in zip(rows, boards, strict=True):
        if board:
            part = v.Board(board, chips=count(row["effective-chips"]))
            part.up = coalesce(alive(row["status"]), above(part.chips, 0))
            rate = coalesce(count(row["hash-realtime"]), count(row["hash-average"]))
            part.hashrate_hashes_per_second = number(rate, TERAHASH)
            slot = positive(at(detected(info["detect-hash-rate"]), int(board)))
            nominal = coalesce(number(positive(row["factory-hash"]), TERAHASH), slot)
            part.hashrate_nominal_hashes_per_second = nominal
            part.frequency_hertz = number(positive(row["freq"]), 1e6)
            part.chip_temperature_min_celsius = celsius(row["chip-temp-min"])
            part.chip_temperature_max_celsius = celsius(row["chip-temp-max"])
            part.chip_temperature_mean_celsius = celsius(row["chip-temp-avg"])
            yield part
            yield v.BoardInfo(board, serial=serial(info[f"pcbsn{board}"]), chip_type=text(info[f"chipdata{board}"]))
            yield v.BoardSensor(board, "pcb", "0", degrees(warmth, int(board), slots))
