"""Innosilicon and the DragonMint T1 through the pages of their web server, if port 4028 is closed.

Quirks: the pages are read by POST, with a login that gives a token. Some firmware answers without a login that a token
is missing, and is recognised by that answer. For other firmware the configuration has to name the family. Devs, pools
and the common duty of all fans come in one answer, with cgminer's keys. "Hash Rate" of a board repeats its average over
fifteen minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import static, truthy
from exporter.core.values import celsius, count, flag, mac, number, ratio, text
from exporter.decode import cgminer
from exporter.decode.common import hashrate
from exporter.decode.common.counts import BOARD_FIELDS, fill
from exporter.decode.common.flags import switch
from exporter.decode.common.labels import index
from exporter.decode.common.nested import inner
from exporter.decode.common.sums import total, whole
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row
from exporter.questions import FORM, Login, page

LOGIN: Final = Login(
    family="innosilicon",
    path="/api/auth",
    user="admin",
    kind=FORM,
    token=("jwt",),
    prefix="Bearer ",
    stale=re.compile(rb'"token"\s*:\s*"'),
)
HELLO = page("innosilicon_hello", "/api/summary", posted=True, identity_only=True)  # without a login
SUMMARY = page("innosilicon_summary", "/api/summary", login=LOGIN, posted=True)
OVERVIEW = page("innosilicon_overview", "/api/overview", login=LOGIN, posted=True, identity_only=True)
DRAGONMINT = "DT1"  # the name of the T1's boards


def devs(reading: Reading) -> list[Row]:
    return reading.row("innosilicon_summary").rows("DEVS")


def summed(reading: Reading) -> list[Row]:
    """Return the boards whose sums are the miner's values; [] if a board may be missing."""
    return whole(reading, reading.row("innosilicon_summary"), "DEVS")


def current(reading: Reading) -> v.Value:
    """Return the hashrate of all boards over the shortest window."""
    return total(*[hashrate.current(row) for row in summed(reading)])


def boards(reading: Reading) -> Iterator[v.Part]:
    """Yield the boards, and the miner's counts and rates as sums over all boards."""
    for row in devs(reading):
        if label := index(row, ("ASC", "ID")):
            part = cgminer.device(row, label)
            fill(part, row, BOARD_FIELDS)
            yield part
            yield v.BoardSensor(label, "pcb", "0", celsius(row["Temperature"]))
    if rows := summed(reading):
        yield v.Miner(
            hashrate_hashes_per_second=current(reading),
            hashes_total=number(total(*[count(row["Total MH"]) for row in rows]), 1e6),
            hardware_errors_total=total(*[count(row["Hardware Errors"]) for row in rows]),
        )
        for window in hashrate.rates(rows[0]):
            yield v.HashrateWindow(window, total(*[hashrate.rates(row).get(window) for row in rows]))


def summary(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("innosilicon_summary")
    yield from cgminer.pool_parts(reading, row.rows("POOLS"))
    yield v.Fan("0", duty_ratio=ratio(inner(row, "HARDWARE")["Fan duty"]))
    yield from v.tuner_states("tuning" if switch(row.static("tuning")) else None)


def identity(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("innosilicon_overview")
    version = inner(row, "version")
    kind = text(row.static("type"))
    boards = {text(each.static("Name")) for each in devs(reading)}
    dragon = kind == "T1" or DRAGONMINT in boards
    yield v.MinerInfo(
        make="Halong" if dragon else "Innosilicon" if kind or boards else "",
        model="DragonMint T1" if dragon else kind,
        firmware_version=text(version.static("platform_v")),
        mac=mac(version["ethaddr"]),
        platform=text(version.static("hwver")),
        algorithm="sha256" if dragon else "",
    )
    yield from v.miner_states("mining" if static(truthy(current(reading))) else None)


def recognise(reading: Reading) -> str:
    row = reading.row("innosilicon_hello")
    if "DEVS" in row and "HARDWARE" in row:
        return "/api/summary with DEVS and HARDWARE"
    return "/api/summary wants a token" if flag(row.static("success")) is False and "token" in row else ""


FAMILY = Family(
    name="innosilicon_web",
    shown="innosilicon",
    rank=290,
    recognise=recognise,
    sections=(("innosilicon_summary", boards), ("innosilicon_summary", summary), ("", identity)),
    fast=(SUMMARY,),
    slow=(OVERVIEW,),
    fingerprint=HELLO,
    required_keys={"innosilicon_summary": "DEVS", "innosilicon_overview": "version"},
)
