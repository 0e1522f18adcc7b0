"""Bitfury's OpenMiner (B8): one page of the miner's web server with all values.

Quirks: rates are texts in GH/s for each interval in seconds, where 0 is since the start. A board's errors are those of
five minutes, and so no counter. Boards have millivolts and milliamperes, but supplies have volts and amperes. The
meaning of a supply's `tIn` is unknown. A missing supply is a row of zeros, and missing boards
are a list instead of an object. The page has only the pool at work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import static, traceable, truthy
from exporter.core.values import Number, celsius, count, flag, mac, number, positive, ratio, text
from exporter.decode.common.counts import of_work
from exporter.decode.common.faults import CRITICAL
from exporter.decode.common.flags import switch
from exporter.decode.common.identity import serial
from exporter.decode.common.nested import at, how_long, inner
from exporter.decode.common.poolvalues import address
from exporter.decode.common.sums import total
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row
from exporter.questions import page

STATS = page("openminer_stat", "/api/om/miner/stat/agg")
WINDOWS: Final = (("30", "30s"), ("300", "5m"), ("900", "15m"), ("3600", "1h"), ("0", "average"))
THERMOMETERS: Final = range(4)

_SLOT = re.compile(r"\d{1,2}", re.ASCII)


@traceable
def rate(intervals: object, interval: str) -> Number | None:
    """Return the hashes per second over an interval, given in seconds as text."""
    return number(count(at(intervals, interval, "bySol")), 1e9)


def stats(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("openminer_stat")
    master = inner(row, "master")
    recent = at(master["intervals"], "300")
    yield v.Miner(
        miner_uptime_seconds=count(master["upTime"]),
        hashrate_hashes_per_second=rate(master["intervals"], "30"),
        hardware_errors_total=count(at(master["intervals"], "0", "errors")),
        hardware_error_ratio=of_work(ratio(at(recent, "errorRate")), at(recent, "bySol")),
    )
    for key, window in WINDOWS:
        yield v.HashrateWindow(window, rate(master["intervals"], key))
    yield v.Power("measured", positive(master["psuW"]))
    for n in range(static(how_long(row["fansRpm"]))):
        yield v.Fan(str(n), count(at(row["fansRpm"], n)), ratio(at(row["fans"], str(n), "power")))
    for supply in row.rows("psu"):
        if supply.any(positive, "vIn", "vOut", "pOut"):
            yield from psu(supply)
    yield from boards(inner(row, "slots"))
    yield from pool(inner(row, "pool"), reading.workers)


def psu(row: Row) -> Iterator[v.Part]:
    label = text(row.static("id"))
    yield v.Psu(
        label,
        input_volts=positive(row["vIn"]),
        output_volts=positive(row["vOut"]),
        output_amperes=positive(row["iOut"]),
        output_watts=positive(row["pOut"]),
    )
    yield v.PsuInfo(label, text(at(row["prod"], "desc")), serial(row["serial"]), text(at(row["prod"], "ver")))
    if row.any(positive, "majAlarm"):
        yield v.Fault("majAlarm", f"psu:{label}", CRITICAL, 1)


def boards(slots: Row) -> Iterator[v.Part]:
    """Yield each board, with the thermometers that the firmware calls valid."""
    for slot in slots:
        if _SLOT.fullmatch(slot):
            board = slots[slot]
            yield v.Board(
                slot,
                up=switch(at(board, "pwrOn")),
                hashrate_hashes_per_second=number(count(at(board, "ghs")), 1e9),
                chips=positive(at(board, "chips")),
                voltage_volts=number(positive(at(board, "voltage")), 1e-3),
                current_amperes=amperes(at(board, "currents")),
                hardware_error_ratio=of_work(ratio(at(board, "errorRate")), at(board, "ghs")),
            )
            for n in THERMOMETERS:
                degrees = thermometer(board, n)
                if static(truthy(degrees)):
                    yield v.BoardSensor(slot, "pcb", str(n), degrees)


@traceable
def amperes(currents: object) -> Number | None:
    """Return the sum of a board's currents, which are in milliamperes; None if a current is missing."""
    return number(total(*[count(each) for each in currents]), 1e-3) if isinstance(currents, list) else None


@traceable
def thermometer(slot: object, n: int) -> Number | None:
    """Return the temperature of thermometer `n`, from the list of thermometers or from separate keys."""
    listed = at(slot, "thermometers", n)
    if listed is not None:
        return valid(at(listed, "temp"), at(listed, "isValid"))
    numbered = valid(at(slot, f"temperature{n}"), at(slot, f"isTemp{n}Valid"))
    return valid(at(slot, "temperature"), at(slot, "isTempValid")) if numbered is None and n == 0 else numbered


@traceable
def valid(degrees: object, good: object) -> Number | None:
    """Return the temperature if its flag is true; else None."""
    return celsius(degrees) if flag(good) else None


def pool(row: Row, workers: bool) -> Iterator[v.Part]:
    host, whole = address(row["host"], row["port"]), at(row["intervals"], "0")
    yield v.Pool(
        "0",
        up=in_service(at(row["intervals"], "30", "inService")),
        shares_accepted_total=count(at(whole, "sharesAccepted")),
        shares_rejected_total=count(at(whole, "sharesRejected")),
        shares_stale_total=count(at(whole, "staleJobShares")),
        reconnects_total=count(at(whole, "reconnections")),
        difficulty=positive(row["diff"]),
    )
    yield v.PoolInfo("0", host, "user", text(row["userName"]) if workers else "")


@traceable
def in_service(seconds: object) -> int | None:
    """Return 1 if the pool was in service within the last half minute, else 0; None if unknown."""
    served = count(seconds)
    return None if served is None else int(served > 0)


def identity(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("openminer_stat")
    yield v.MinerInfo(
        make="Bitfury",
        firmware="OpenMiner",
        firmware_version=text(at(row["versions"], "miner")),
        hostname=text(row["hostname"]),
        mac=mac(row["mac"]),
        algorithm="sha256",
    )
    hashing = static(truthy(rate(inner(row, "master")["intervals"], "30")))
    yield from v.miner_states("mining" if hashing else None)


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
