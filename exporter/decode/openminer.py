"""Bitfury's OpenMiner (B8): one page of the miner's web server that says everything.

Odd about it: rates are texts in GH/s for each interval in seconds, of which 0 is since the start; boards say their
voltage in millivolts, supplies in volts, and what their `tIn` measures is not known; a supply that is not there is a
row of zeros, and no boards are a list instead of an object; of the pools only the one at work is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core.tracing import static, traceable, truthy
from exporter.core.values import Number, celsius, count, flag, mac, number, positive, ratio, text
from exporter.core.vocabulary import (
    Board,
    BoardSensor,
    Fan,
    HashrateWindow,
    Miner,
    MinerInfo,
    Part,
    Pool,
    PoolInfo,
    Power,
    Psu,
    miner_states,
)
from exporter.decode import Family
from exporter.decode.cgminer import switch
from exporter.decode.common.nested import at, how_long, inner
from exporter.decode.common.poolvalues import address
from exporter.parse.rows import Reading, Row
from exporter.questions import page

STATS = page("openminer_stat", "/api/om/miner/stat/agg")
WINDOWS: Final = (("30", "30s"), ("300", "5m"), ("900", "15m"), ("3600", "1h"), ("0", "average"))
THERMOMETERS: Final = range(4)

_SLOT = re.compile(r"\d{1,2}", re.ASCII)


@traceable
def rate(intervals: object, interval: str) -> Number | None:
    """Hashes per second in one of the intervals."""
    return number(count(at(intervals, interval, "bySol")), 1e9)


def stats(reading: Reading) -> Iterator[Part]:
    row = reading.row("openminer_stat")
    master = inner(row, "master")
    yield Miner(
        miner_uptime_seconds=count(master["upTime"]),
        hashrate_hashes_per_second=rate(master["intervals"], "30"),
        hardware_errors_total=count(at(master["intervals"], "0", "errors")),
    )
    for key, window in WINDOWS:
        yield HashrateWindow(window, rate(master["intervals"], key))
    yield Power("measured", positive(master["psuW"]))
    for n in range(static(how_long(row["fansRpm"]))):
        yield Fan(str(n), count(at(row["fansRpm"], n)), ratio(at(row["fans"], str(n), "power")))
    for supply in row.rows("psu"):
        if supply.any(positive, "vIn", "vOut", "pOut"):
            yield psu(supply)
    yield from boards(inner(row, "slots"))
    yield from pool(inner(row, "pool"), reading.workers)


def psu(row: Row) -> Psu:
    return Psu(
        text(row.static("id")),
        input_volts=positive(row["vIn"]),
        output_volts=positive(row["vOut"]),
        output_amperes=positive(row["iOut"]),
        output_watts=positive(row["pOut"]),
    )


def boards(slots: Row) -> Iterator[Part]:
    """Each board and those of its thermometers that the firmware calls valid."""
    for slot in slots:
        if _SLOT.fullmatch(slot):
            said = slots[slot]
            yield Board(
                slot,
                up=switch(at(said, "pwrOn")),
                hashrate_hashes_per_second=number(count(at(said, "ghs")), 1e9),
                chips=positive(at(said, "chips")),
                voltage_volts=number(positive(at(said, "voltage")), 1e-3),
                hardware_errors_total=count(at(said, "errors")),
            )
            for n in THERMOMETERS:
                degrees = thermometer(said, n)
                if static(truthy(degrees)):
                    yield BoardSensor(slot, "pcb", str(n), degrees)


@traceable
def thermometer(slot: object, n: int) -> Number | None:
    """The temperature at that place, from the list of thermometers or from the two with keys of their own."""
    listed = at(slot, "thermometers", n)
    if listed is not None:
        return valid(at(listed, "temp"), at(listed, "isValid"))
    numbered = valid(at(slot, f"temperature{n}"), at(slot, f"isTemp{n}Valid"))
    return valid(at(slot, "temperature"), at(slot, "isTempValid")) if numbered is None and n == 0 else numbered


@traceable
def valid(degrees: object, good: object) -> Number | None:
    return celsius(degrees) if flag(good) else None


def pool(row: Row, workers: bool) -> Iterator[Part]:
    host, total = address(row["host"], row["port"]), at(row["intervals"], "0")
    yield Pool(
        "0",
        up=in_service(at(row["intervals"], "30", "inService")),
        shares_accepted_total=count(at(total, "sharesAccepted")),
        shares_rejected_total=count(at(total, "sharesRejected")),
        shares_stale_total=count(at(total, "staleJobShares")),
        difficulty=positive(row["diff"]),
    )
    yield PoolInfo("0", host, "user", text(row["userName"]) if workers else "")


@traceable
def in_service(seconds: object) -> int | None:
    """1 where the pool was in service at all in the last half minute, 0 where it was not."""
    said = count(seconds)
    return None if said is None else int(said > 0)


def identity(reading: Reading) -> Iterator[Part]:
    row = reading.row("openminer_stat")
    yield MinerInfo(
        make="Bitfury",
        firmware="OpenMiner",
        firmware_version=text(at(row["versions"], "miner")),
        hostname=text(row["hostname"]),
        mac=mac(row["mac"]),
        algorithm="sha256",
    )
    hashing = static(truthy(rate(inner(row, "master")["intervals"], "30")))
    yield from miner_states("mining" if hashing else None)


def recognise(reading: Reading) -> str:
    row = reading.row("openminer_stat")
    return "/api/om/miner/stat/agg with master and fansRpm" if "master" in row and "fansRpm" in row else ""


FAMILY = Family(
    name="openminer",
    rank=208,
    recognise=recognise,
    sections=(("openminer_stat", stats), ("", identity)),
    fast=(STATS,),
    fingerprint=STATS,
)
