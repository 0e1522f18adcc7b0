"""Dayun's Zig: cgminer with all values in one row of stats, and an object for each board.

Quirks: the name of the row is the algorithm and the row's number. The windows of hashrates may end in a capital S. "Fan
Nunber" is a misspelling. Answers about pools repeat the user, and contain a password.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import static, truthy
from exporter.core.values import celsius, count, number, positive, text
from exporter.decode import cgminer
from exporter.decode.cgminer import POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common import hashrate
from exporter.decode.common.manual import FORK
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row

FANS: Final = ("Fan Nunber", "Fan Number")

_BOARD = re.compile(r"CH(\d{1,2})", re.ASCII)
_NAME = re.compile(r"([a-z][a-z0-9]{1,20}?)\d", re.ASCII)


def machine(reading: Reading) -> Row:
    """Return the row that describes the machine; an empty row if there is no such row."""
    return next((row for row in reading.rows("stats") if any(_BOARD.fullmatch(key) for key in row)), reading.empty)


def stats(reading: Reading) -> Iterator[v.Part]:
    row = machine(reading)
    yield v.Miner(miner_uptime_seconds=count(row["Elapsed"]))
    yield from hashrate.windows(row)
    for fan in ("In", "Out"):
        yield v.Fan(fan.lower(), count(row[f"Fan {fan}"]))
    yield v.Sensor("core", "0", celsius(row["Temperature Core"]))
    for key in row:
        if (match := _BOARD.fullmatch(key)) and (boards := row.rows(key)):
            rate, clock = (
                hashrate.current(boards[0]),
                number(positive(row["Frequency"]), 1e6),
            )  # all boards have the same clock
            yield v.Board(match[1], hashrate_hashes_per_second=rate, frequency_hertz=clock)
            yield v.BoardSensor(match[1], "pcb", "0", celsius(boards[0]["Temperature"]))


def identity(reading: Reading) -> Iterator[v.Part]:
    name = _NAME.fullmatch(text(machine(reading).static("ID")))
    yield v.MinerInfo(make="Dayun", algorithm=name[1] if name else "")


def state(reading: Reading) -> Iterator[v.Part]:
    rows = (machine(reading), reading.row("summary"))
    yield from v.miner_states("mining" if any(static(truthy(hashrate.current(row))) for row in rows) else None)


def recognise(reading: Reading) -> str:
    row = machine(reading)
    return next((f"{key} in stats" for key in FANS if key in row), "")


FAMILY = Family(
    name="dayun",
    rank=850,
    recognise=recognise,
    sections=(
        ("stats", stats),
        ("summary", cgminer.summary),
        ("pools", cgminer.pools),
        ("version", cgminer.version),
        ("", identity),
        ("", state),
    ),
    fast=(SUMMARY, STATS, POOLS),
    slow=(VERSION,),
    manual=FORK,
)
