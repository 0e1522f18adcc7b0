"""MARA's firmware (kaonsu) for Antminers: the cgminer dialect on port 4028, with the model in version.

Quirks: an unknown command gets the answer of summary, so a section counts only under its own name. Boards are read from
devs, or from stats if stats has the slots of stock firmware. MAC address, power and the reason of a pause are on pages
of the web server, which need a login.
"""

from __future__ import annotations

from collections.abc import Iterator

from exporter.core import vocabulary as v
from exporter.core.values import text
from exporter.decode import cgminer
from exporter.decode.antminer import classic, models
from exporter.decode.antminer.stats import classic_stats
from exporter.decode.cgminer import DEVS, POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common import hashrate
from exporter.decode.common.manual import FORK
from exporter.decode.family import Family
from exporter.decode.mara import web
from exporter.parse.rows import Reading

MARKS = ("marafw", "kaonsu")


def devs(reading: Reading) -> Iterator[v.Part]:
    """Yield the boards, unless stats has boards already, because stats numbers boards differently."""
    if not classic.boards(classic.stats_rows(reading)[1]):
        yield from cgminer.devs(reading)


def version(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("version")
    key, _ = mark(reading)
    yield v.MinerInfo(
        make="Bitmain",
        model=models.name(row.static("Model")) or classic.model(reading),
        firmware="MARA",
        firmware_version=text(row.static(key)) if key else "",
        api_version=text(row.static("API")),
    )


def brief(reading: Reading) -> Iterator[v.Part]:
    """Yield the web server's word on the miner's health and nominal hashrate, and its watts while the miner hashes.

    Watts change at once, and the page is some minutes old."""
    if hashrate.hashing(reading):
        yield from web.power(reading)
    yield from web.health(reading)
    yield from web.nominal(reading)


def state(reading: Reading) -> Iterator[v.Part]:
    """Yield mining if the miner hashes, else the state from the web server's page."""
    found = list(cgminer.state(reading))
    shown = web.STATES.get(text(reading.row("mara_brief").static("status")).lower())
    yield from found or v.miner_states(None if shown == "mining" else shown)


def mark(reading: Reading) -> tuple[str, str]:
    """Return (key of version with the firmware's name, the name); ("", "") without the name.

    The key counts only if version also has a `Model`. In other firmware, version may hold text that differs from miner
    to miner."""
    row = reading.row("version")
    for key in row if "Model" in row else ():
        if name := next((name for name in MARKS if name in f"{key} {text(row.static(key))}".lower()), ""):
            return key, name
    return "", ""


def recognise(reading: Reading) -> str:
    key, name = mark(reading)
    return f"{key} in version names {name}" if key else reading.described(r"(?i)marafw|kaonsu", own=True)


FAMILY = Family(
    name="mara",
    rank=61,
    recognise=recognise,
    sections=(
        ("summary", cgminer.summary),
        ("stats", classic_stats),
        ("devs", devs),
        ("pools", cgminer.pools),
        ("mara_overview", web.overview),
        ("mara_brief", brief),
        ("", version),
        ("", state),
    ),
    fast=(SUMMARY, DEVS, POOLS, STATS),
    slow=(VERSION, web.OVERVIEW, web.BRIEF),
    manual=FORK,
    documented=True,
)
