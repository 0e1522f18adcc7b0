"""MultMiner (M1), an FPGA miner: one page of its web server with all values.

Quirks: boards, chips and pools are lists without keys, and a zero follows the boards. The miner's rate in GH/s and its
power are in a line of text, "trb 2020/06/17 01:04:04 Hr:129.93 Pw:845". Of a board's four numbers, only the first is
known: the board's part of the power. An empty slot is a board without chips.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import static, traceable, truthy
from exporter.core.values import Number, celsius, flag, number, positive, quantity, shares, text
from exporter.decode.common import faults
from exporter.decode.common.flags import switch
from exporter.decode.common.nested import at, how_long
from exporter.decode.common.poolvalues import pool_host, pool_up
from exporter.decode.common.sensors import ranged, spread
from exporter.decode.family import Family
from exporter.parse.rows import Reading
from exporter.questions import page

STATS = page("multminer_stats", "/gst.csp")

DEGREES, RATE = 1, 7  # places in the list of a chip
STATUS, USER, ACCEPTED, REJECTED, ADDRESS = 0, 2, 3, 4, 6  # places in the list of a pool
WORKING: Final = {"working": 1, "connected": 0}

_TOTAL = re.compile(r"(?:^| )(Hr|Pw):(\d+(?:\.\d*)?)(?= |$)", re.ASCII)
_POOL = re.compile(r"-o(\d?) (\S+)", re.ASCII)


@traceable
def total(line: object, name: str) -> Number | None:
    """Return the number after a name in the line of text."""
    found = dict(_TOTAL.findall(line)) if isinstance(line, str) and len(line) < 256 else {}
    return positive(found.get(name))


@traceable
def slots(raw: object) -> list[int]:
    """Return the slots that hold a board, which has chips."""
    return [n for n, each in enumerate(raw[:16]) if positive(at(each, "cn"))] if isinstance(raw, list) else []


@traceable
def rate(raw: object) -> Number | None:
    """Return hashes per second of a chip, from "5.58GH/s | 743"."""
    return quantity(raw.partition("|")[0], "H/s") if isinstance(raw, str) else None


@traceable
def board_rate(chips: object) -> Number | None:
    """Return hashes per second of a board: the sum over its chips; None if a chip's rate is missing."""
    rates = [rate(at(chip, RATE)) for chip in chips] if isinstance(chips, list) else []
    known = [each for each in rates if each is not None]
    return round(sum(known)) if known and len(known) == len(rates) else None


@traceable
def degrees(chips: object) -> list[Number | None]:
    """Return [minimum, maximum, mean] over a board's chips."""
    return spread(*[celsius(at(chip, DEGREES)) for chip in chips]) if isinstance(chips, list) else [None] * 3


def boards(reading: Reading) -> Iterator[v.Part]:
    listed = reading.row("multminer_stats")["bd"]
    for n in static(slots(listed)):
        chips = at(listed, n, "cs")
        yield v.Board(
            str(n),
            up=switch(at(listed, n, "ol")),
            hashrate_hashes_per_second=board_rate(chips),
            chips=positive(at(listed, n, "cn")),
            power_watts=positive(at(listed, n, "tphr", 0)),
        )
        yield ranged(str(n), degrees(chips))
        for chip in range(static(how_long(chips))) if reading.chips else ():
            hashes = rate(at(chips, chip, RATE))
            yield v.Chip(str(n), str(chip), celsius(at(chips, chip, DEGREES)), hashrate_hashes_per_second=hashes)


def miner(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("multminer_stats")
    rate_now = number(total(row["mt"], "Hr"), 1e9)
    yield v.Miner(hashrate_hashes_per_second=rate_now)
    yield v.Power("firmware", total(row["mt"], "Pw"))
    if flag(row.static("isalarm")):
        yield v.Fault("isalarm", "miner", faults.WARNING, 1)
    yield v.MinerInfo(make="MultMiner")
    yield from v.miner_states("mining" if static(truthy(rate_now)) else None)


def pools(reading: Reading) -> Iterator[v.Part]:
    """Yield the pools, labelled by the number after "-o" in their addresses.

    Only one of the connected pools is at work."""
    listed = reading.row("multminer_stats")["ms"]
    for n in range(static(how_long(listed))):
        label, host = static(place(at(listed, n, ADDRESS))), address(at(listed, n, ADDRESS))
        if label:
            yield v.Pool(
                label,
                up=pool_up(at(listed, n, STATUS)),
                active=working(at(listed, n, STATUS)),
                priority=int(label),
                shares_accepted_total=shares(at(listed, n, ACCEPTED)),
                shares_rejected_total=shares(at(listed, n, REJECTED)),
            )
            yield v.PoolInfo(label, host, "user", text(at(listed, n, USER)) if reading.workers else "")


@traceable
def place(raw: object) -> str:
    """Return the number of the pool as a label; "" for none."""
    match = _POOL.fullmatch(raw) if isinstance(raw, str) else None
    return "" if match is None else match[1] or "0"


@traceable
def address(raw: object) -> str:
    match = _POOL.fullmatch(raw) if isinstance(raw, str) else None
    return "" if match is None else pool_host(match[2])


@traceable
def working(raw: object) -> int | None:
    """Return 1 for the pool at work, 0 for another connected pool, None for other pools."""
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
