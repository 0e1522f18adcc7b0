"""Goldshell's miner on port 4028, a bfgminer: devs with sensors, fans and clock of each board under names of its own.

Quirks: sensors 0 and 1 are of the chips and 2 is of the board (`tstemp-2`). Every board repeats the machine's fans. The
shortest window is 20 s. The model is only on a page of the web server, and the number of chips only in devdetails.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce
from exporter.core.values import celsius, count, number, positive, text
from exporter.decode import cgminer
from exporter.decode.cgminer import DEVDETAILS, DEVS, POOLS, SUMMARY, VERSION
from exporter.decode.common.counts import BOARD_FIELDS, fill
from exporter.decode.common.labels import index
from exporter.decode.common.manual import FORK
from exporter.decode.common.sensors import chip_range
from exporter.decode.family import Family
from exporter.decode.goldshell import mcb
from exporter.parse.rows import Reading, Row

SENSORS: Final = (("tstemp-0", "chip", "0"), ("tstemp-1", "chip", "1"), ("tstemp-2", "pcb", "0"))
FANS: Final = range(8)


def devs(reading: Reading) -> Iterator[v.Part]:
    rows = reading.rows("devs")
    for row in rows:
        if board := index(row, ("PGA", "ASC", "ID")):
            part = cgminer.device(row, board)
            fill(part, row, BOARD_FIELDS)
            part.frequency_hertz = number(positive(row["clock"]), 1e6)
            part.restarts_total = count(row["rebootcnt"])
            yield part
            yield from sensors(row, board)
    yield from fans(rows)


def devdetails(reading: Reading) -> Iterator[v.Part]:
    for row in reading.rows("devdetails"):
        if board := index(row, ("ID", "DEVDETAILS")):
            yield v.Board(board, chips=count(row["chips-nr"]))


def sensors(row: Row, board: str) -> Iterator[v.Part]:
    found = [v.BoardSensor(board, place, sensor, celsius(row[key])) for key, place, sensor in SENSORS if key in row]
    yield from found
    yield chip_range(board, [one.board_temperature_celsius for one in found if one.location == "chip"])


def fans(rows: list[Row]) -> Iterator[v.Part]:
    """Yield the fans that turn, by the first board that has their speed."""
    for n in FANS:
        if any(row.any(positive, f"fan{n}") for row in rows):
            yield v.Fan(str(n), coalesce(*[count(row[f"fan{n}"]) for row in rows]))


def version(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("version")
    program = next((key for key in row if key not in ("API", "STATUS") and text(row.static(key))), "")
    yield v.MinerInfo(
        make="Goldshell",
        firmware="stock",
        firmware_version=text(row.static(program)) if program else "",
        api_version=text(row.static("API")),
    )


def recognise(reading: Reading) -> str:
    for row in reading.rows("devs"):
        if "tstemp-2" in row:
            return "tstemp-2 in devs"
    for row in reading.rows("devdetails"):
        if text(row.static("Driver")) == "intchains_qomo":
            return "Driver is intchains_qomo"
    return reading.described(r"intchains|intminer")


FAMILY = Family(
    name="goldshell",
    rank=121,
    recognise=recognise,
    sections=(
        ("summary", cgminer.summary),
        ("devs", devs),
        ("devdetails", devdetails),
        ("pools", cgminer.any_pools),
        ("mcb_status", mcb.identity),
        ("", version),
        ("", cgminer.state),
    ),
    fast=(SUMMARY, DEVS, POOLS),
    slow=(VERSION, DEVDETAILS, mcb.STATUS),
    manual=FORK,
    documented=True,
)
