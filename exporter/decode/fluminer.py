"""Fluminer (T3, L1, L1 Pro, L2): the pages of the miner's web server.

Quirks: every value is a text. The temperatures of the board and of its chips share a text, "31|38", and so do the fans,
"3520|3580|3580|3610". Only the pool in use is told to everybody. The list of pools needs a login and contains
passwords, which are dropped before anything is read. A refused session is a code 401 within a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from exporter.core import vocabulary as v
from exporter.core.tracing import item, length, static, traceable, truthy
from exporter.core.values import celsius, count, mac, number, positive, shares, text
from exporter.decode.common.flags import switch
from exporter.decode.common.identity import serial
from exporter.decode.common.nested import inner
from exporter.decode.common.pool_in_use import entries
from exporter.decode.common.poolvalues import address, blank, pool_host
from exporter.decode.common.sensors import chip_range
from exporter.decode.family import Family
from exporter.parse.rows import Reading
from exporter.questions import Login, page

LOGIN: Final = Login(
    family="fluminer",
    path="/api/login",
    cookie="session",
    header="Cookie",
    prefix="session=",
    stale=re.compile(rb'\A\s{0,16}\{\s{0,16}"code"\s{0,4}:\s{0,4}"?401\b'),
)


def without_passwords(document: dict[str, Any]) -> dict[str, Any]:
    """Return the page of pools with the addresses and workers alone; {} for another page."""
    data = document.get("data")
    pools = data.get("pools") if isinstance(data, dict) else None
    if not isinstance(pools, list):
        return {}
    kept = [
        {key: pool[key] for key in ("url", "user") if key in pool} if isinstance(pool, dict) else None for pool in pools
    ]
    return {"data": {"pools": kept}}


SECTION: Final = "data"
OVERVIEW = page("fluminer_overview", "/api/overview", section=SECTION, hourly=True, identity_only=True)
SUMMARY = page("fluminer_summary", "/api/summary", section=SECTION)
POOLS = page(
    "fluminer_pools",
    "/api/getPools",
    section=SECTION,
    login=LOGIN,
    locked=True,
    hourly=True,
    excerpt=without_passwords,
)


@traceable
def split(raw: object) -> list[str]:
    """Return the values of a text such as "31|38"."""
    return raw.split("|") if isinstance(raw, str) and 0 < len(raw) < 128 else []


def summary(reading: Reading) -> Iterator[v.Part]:
    row = inner(reading.row("fluminer_summary"), "summary")
    rate = number(count(row["hrt"]), 1e9)
    yield v.Miner(
        hashrate_hashes_per_second=rate,
        miner_uptime_seconds=count(row["uptime"]),
        shares_accepted_total=shares(row["acc"]),
        shares_rejected_total=shares(row["rej"]),
    )
    yield v.Power("firmware", positive(row["power"]))
    degrees, fans = split(row["temp"]), split(row["fan"])
    yield v.Board("0", voltage_volts=positive(row["voltage"]))
    if static(length(degrees)) == 2:
        yield v.BoardSensor("0", "pcb", "0", celsius(item(degrees, 0)))
        yield chip_range("0", [celsius(item(degrees, 1))])
    for n in range(static(length(fans))):
        yield v.Fan(str(n), count(item(fans, n)))
    mining = row.static("status") == "OK" and static(truthy(rate))
    yield from v.miner_states("mining" if mining else None)


def pools(reading: Reading) -> Iterator[v.Part]:
    row = inner(reading.row("fluminer_summary"), "summary")
    listed = [
        (str(pool.position), pool_host(pool["url"]), text(pool["user"]) if reading.workers else "")
        for pool in reading.row("fluminer_pools").rows("pools")
        if not static(blank(pool["url"]))
    ]
    return entries(reading, "fluminer_pools", listed, address(row["pool"], row["port"]), switch(row["poolAlive"]))


def identity(reading: Reading) -> Iterator[v.Part]:
    row = inner(reading.row("fluminer_overview"), "minerInfo")
    totals = inner(reading.row("fluminer_summary"), "summary")
    yield v.MinerInfo(
        make="Fluminer",
        model=text(row.static("model")) or text(totals.static("model")),
        firmware="stock",
        firmware_version=text(row.static("minerVersion")),
        mac=mac(row["wifiMacAddress"] if static(blank(row["macAddress"])) else row["macAddress"]),
        serial=serial(row["sn"]),
    )


def recognise(reading: Reading) -> str:
    row = inner(reading.row("fluminer_overview"), "minerInfo")
    return "minerVersion in minerInfo of /api/overview" if "minerVersion" in row else ""


FAMILY = Family(
    name="fluminer",
    documented=True,
    rank=215,
    recognise=recognise,
    sections=(("fluminer_summary", summary), ("fluminer_summary", pools), ("", identity)),
    fast=(SUMMARY,),
    slow=(OVERVIEW, POOLS),
    fingerprint=OVERVIEW,
    required_keys={"fluminer_summary": "summary"},
)
