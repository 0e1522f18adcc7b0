"""MultMiner (M1), an FPGA miner: one page of its web server that says everything.

Odd about it: boards, chips and pools are lists without names, and behind the boards stands a zero; the miner's rate in
GH/s and its power are words in a line for people, "trb 2020/06/17 01:04:04 Hr:129.93 Pw:845"; of a board's four numbers
only the first is known, which is its part of that power; an empty slot is a board without chips.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core.tracing import static, traceable, truthy
from exporter.core.values import Number, celsius, flag, number, positive, quantity, shares, text
from exporter.core.vocabulary import Board, Chip, Fault, Miner, MinerInfo, Part, Pool, PoolInfo, Power, miner_states
from exporter.decode import Family, cgminer
from exporter.decode.common import faults
from exporter.decode.common.nested import at, how_long
from exporter.decode.common.poolvalues import pool_host, pool_up
from exporter.decode.common.sensors import ranged, spread
from exporter.parse.rows import Reading
from exporter.questions import page

STATS = page("multminer_stats", "/gst.csp")

DEGREES, RATE = 1, 7  # the places in what is said of a chip
STATUS, USER, ACCEPTED, REJECTED, ADDRESS = 0, 2, 3, 4, 6  # and of a pool
WORKING: Final = {"working": 1, "connected": 0}

_TOTAL = re.compile(r"(?:^| )(Hr|Pw):(\d+(?:\.\d*)?)(?= |$)", re.ASCII)
_POOL = re.compile(r"-o(\d?) (\S+)", re.ASCII)


@traceable
def total(line: object, name: str) -> Number | None:
    """The number behind a name in the line for people."""
    found = dict(_TOTAL.findall(line)) if isinstance(line, str) and len(line) < 256 else {}
    return positive(found.get(name))


@traceable
def slots(raw: object) -> list[int]:
    """The slots that hold a board: those with chips."""
    return [n for n, each in enumerate(raw[:16]) if positive(at(each, "cn"))] if isinstance(raw, list) else []


@traceable
def rate(raw: object) -> Number | None:
    """Hashes per second of a chip, from "5.58GH/s | 743"."""
    return quantity(raw.partition("|")[0], "H/s") if isinstance(raw, str) else None


@traceable
def board_rate(chips: object) -> Number | None:
    """Hashes per second of a board: the sum over its chips, where each is said."""
    rates = [rate(at(chip, RATE)) for chip in chips] if isinstance(chips, list) else []
    known = [each for each in rates if each is not None]
    return round(sum(known)) if known and len(known) == len(rates) else None


@traceable
def degrees(chips: object) -> list[Number | None]:
    """[minimum, maximum, mean] over a board's chips."""
    return spread(*[celsius(at(chip, DEGREES)) for chip in chips]) if isinstance(chips, list) else [None] * 3


def boards(reading: Reading) -> Iterator[Part]:
    said = reading.row("multminer_stats")["bd"]
    for n in static(slots(said)):
        chips = at(said, n, "cs")
        yield Board(
            str(n),
            up=cgminer.switch(at(said, n, "ol")),
            hashrate_hashes_per_second=board_rate(chips),
            chips=positive(at(said, n, "cn")),
            power_watts=positive(at(said, n, "tphr", 0)),
        )
        yield ranged(str(n), degrees(chips))
        for chip in range(static(how_long(chips))) if reading.chips else ():
            hashes = rate(at(chips, chip, RATE))
            yield Chip(str(n), str(chip), celsius(at(chips, chip, DEGREES)), hashrate_hashes_per_second=hashes)


def miner(reading: Reading) -> Iterator[Part]:
    row = reading.row("multminer_stats")
    rate_now = number(total(row["mt"], "Hr"), 1e9)
    yield Miner(hashrate_hashes_per_second=rate_now)
    yield Power("firmware", total(row["mt"], "Pw"))
    if flag(row.static("isalarm")):
        yield Fault("isalarm", "miner", faults.WARNING, 1)
    yield MinerInfo(make="MultMiner")
    yield from miner_states("mining" if static(truthy(rate_now)) else None)


def pools(reading: Reading) -> Iterator[Part]:
    """The pools, by the number behind "-o" in their addresses; of those that are alive, one is at work."""
    said = reading.row("multminer_stats")["ms"]
    for n in range(static(how_long(said))):
        label, host = static(place(at(said, n, ADDRESS))), address(at(said, n, ADDRESS))
        if label:
            yield Pool(
                label,
                up=pool_up(at(said, n, STATUS)),
                active=working(at(said, n, STATUS)),
                priority=int(label),
                shares_accepted_total=shares(at(said, n, ACCEPTED)),
                shares_rejected_total=shares(at(said, n, REJECTED)),
            )
            yield PoolInfo(label, host, "user", text(at(said, n, USER)) if reading.workers else "")


@traceable
def place(raw: object) -> str:
    """Which of the pools it is; "" for none."""
    match = _POOL.fullmatch(raw) if isinstance(raw, str) else None
    return "" if match is None else match[1] or "0"


@traceable
def address(raw: object) -> str:
    match = _POOL.fullmatch(raw) if isinstance(raw, str) else None
    return "" if match is None else pool_host(match[2])


@traceable
def working(raw: object) -> int | None:
    """1 for the pool at work, 0 for one that is connected beside it."""
    return WORKING.get(text(raw).lower())


def recognise(reading: Reading) -> str:
    row = reading.row("multminer_stats")
    return "/gst.csp with bd, ms and mt" if all(key in row for key in ("bd", "ms", "mt")) else ""


FAMILY = Family(
    name="multminer",
    rank=211,
    recognise=recognise,
    sections=(("multminer_stats", boards), ("multminer_stats", miner), ("multminer_stats", pools)),
    fast=(STATS,),
    fingerprint=STATS,
)
