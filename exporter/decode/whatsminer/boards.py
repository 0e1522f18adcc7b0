"""The boards of a Whatsminer on port 4028, with the clocks of their chips.

Quirks: new firmware has TH/s under the name MHS. The summary's rate, or the boards' expected rate, shows which unit is
used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static, traceable
from exporter.core.values import Number, celsius, count, number, positive, text
from exporter.decode.common import hashrate
from exporter.decode.common.counts import BOARD_FIELDS, fill
from exporter.decode.common.flags import above, alive, switch
from exporter.decode.common.identity import serial
from exporter.decode.common.labels import index
from exporter.decode.common.sums import total
from exporter.parse.rows import Reading, Row

LISTS: Final = ("edevs", "devs")  # two names of the same rows; the oldest firmware knows only the second
RESULTS: Final = {"chip_nonce_count": "results_total", "chip_nonce_err_count": "hardware_errors_total"}
MARKS: Final = ("temp_1", "freqs_avg", "chip_num")  # keys of a board in stats

_CHIP_KEY = re.compile(r"(chip_freqs|chip_nonce_count|chip_nonce_err_count)_(\d{1,3})", re.ASCII)
_DEVICE = re.compile(r"[A-Z]{1,8}(\d{1,2})", re.ASCII)
_SENSOR = re.compile(r"temp_(\d)", re.ASCII)


def boards(reading: Reading) -> list[Row]:
    """Return the rows of the boards, by the first of the two lists that was answered."""
    return next((rows for section in LISTS if (rows := reading.rows(section))), [])


def edevs(section: str, reading: Reading) -> Iterator[v.Part]:
    rows = reading.rows(section)
    if rows is not boards(reading):
        return
    factor = unit(reading, rows)
    for row in rows:
        if board := index(row, ("Slot", "ASC", "ID")):
            part = v.Board(board, chips=count(row["Effective Chips"]))
            part.up = coalesce(alive(row["Status"], row["Enabled"]), above(part.chips, 0))
            part.hashrate_hashes_per_second = hashrate.current(row, factor) if factor else None
            part.hashrate_nominal_hashes_per_second = number(positive(row["Factory GHS"]), 1e9)
            part.frequency_hertz = number(positive(row["Chip Frequency"]), 1e6)
            part.chip_temperature_min_celsius = celsius(row["Chip Temp Min"])
            part.chip_temperature_max_celsius = celsius(row["Chip Temp Max"])
            part.chip_temperature_mean_celsius = celsius(row["Chip Temp Avg"])
            part.hardware_errors_total = positive(row["Hardware Errors"])
            fill(part, row, BOARD_FIELDS[1:])
            yield part
            yield v.BoardInfo(board, serial=serial(row["PCB SN"]), chip_type=text(row["Chip Data"]))
            yield v.BoardSensor(board, "pcb", "0", celsius(row["Temperature"]))


def unit(reading: Reading, rows: list[Row]) -> Number | None:
    """Return the hashes per second in one MHS of a board, by the expected sum of all boards; None without evidence."""
    nominal = number(total(*[positive(row["Factory GHS"]) for row in rows]), 1e9)
    expected = coalesce(positive(hashrate.current(reading.row("summary"))), nominal)
    found: Number | None = static(meant(expected, *[hashrate.current(row) for row in rows]))
    return found


@traceable
def meant(expected: Number | None, *rates: Number | None) -> Number | None:
    """Return 1e12 if the sum of the rates, read as MH/s, is below a thousandth of the expected rate, else 1e6.

    Without an expected rate, return None, or 1e6 for rates of zero."""
    sum_of_rates = sum(rate for rate in rates if rate is not None)
    if sum_of_rates and not expected:
        return None
    return 1e12 if expected and 0 < sum_of_rates < expected / 1000 else 1e6


def stats(reading: Reading) -> Iterator[v.Part]:
    """Yield the boards of firmware that lists them only here, their limits, and the clock and results of every chip."""
    alone = not boards(reading) and not reading.failed(*LISTS)
    for row in reading.rows("stats"):
        if board := slot(row):
            yield v.TemperatureLimit("hot", celsius(row["overheat_downfreq_temp"]))
            yield v.TemperatureLimit("dangerous", celsius(row["temp_overheat_limit"]))
            if alone:
                yield from listed(row, board)
            if reading.chips:
                for key in row:
                    if match := _CHIP_KEY.fullmatch(key):
                        yield chip(board, match[2], match[1], row[key])


def chip(board: str, label: str, kind: str, raw: object) -> v.Chip:
    """Return the chip with the reading of this kind."""
    if kind == "chip_freqs":
        return v.Chip(board, label, frequency_hertz=number(positive(raw), 1e6))
    return v.Chip(board, label, **{RESULTS[kind]: count(raw)})


def slot(row: Row) -> str:
    """Return the number of the board that a row of stats is about; "" for a pool's row."""
    if not any(mark in row for mark in MARKS):
        return ""
    device = _DEVICE.fullmatch(text(row.static("ID"))) if "slot" not in row else None
    return device[1] if device else index(row, ("slot",))


def listed(row: Row, board: str) -> Iterator[v.Part]:
    """Yield a board by its row of stats."""
    part = v.Board(board, up=switch(row["initialized"]), chips_failed=count(row["err_chips"]))
    part.frequency_hertz = number(coalesce(positive(row["freqs_avg"]), positive(row["freq_avg"])), 1e6)
    part.hardware_errors_total = count(row["nonce_err_count"])  # summary has the sum over all boards
    yield part
    for key in row:
        if match := _SENSOR.fullmatch(key):
            yield v.BoardSensor(board, "pcb", match[1], celsius(row[key]))
