"""VNish on port 4028: stock Antminer's stats in another build, with power and voltage per board.

Odd about it: its version may be that of a plain cgminer, without a model; only stats, or a bracket in the model's
name, tells it from stock. The maker's own fee is a pool entry called DevFee. Address, name and serial number, and
what it draws and why it rests where stats does not say so, are on pages of its web server, which need no login.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from exporter.core.tracing import static, truthy
from exporter.core.values import text
from exporter.core.vocabulary import MinerInfo, Part, Power, miner_states
from exporter.decode import cgminer
from exporter.decode.antminer import api as antminer
from exporter.decode.antminer import stats as bitmain_stats
from exporter.decode.cgminer import POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common import bitmain, hashrate
from exporter.decode.common.manual import CGMINER
from exporter.decode.common.nested import at
from exporter.decode.family import Family
from exporter.decode.vnish import parts as vnish_parts
from exporter.decode.vnish import web as vnish_web
from exporter.parse.rows import Reading

_BUILD = re.compile(r"\(vnish ([\w.\-]{1,32})\)", re.IGNORECASE | re.ASCII)


def version(reading: Reading) -> Iterator[Part]:
    build = _BUILD.search(f"{bitmain.identity(reading, 'Type')} {bitmain.identity(reading, 'Miner')}")
    yield MinerInfo(
        make="Bitmain",
        model=bitmain.name_of(reading),
        firmware="VNish",
        firmware_version=build[1] if build else text(bitmain.stats_rows(reading)[1].static("build_version")),
        api_version=bitmain.identity(reading, "API"),
        algorithm=bitmain.known(bitmain.name_of(reading))[0],
        cooling=bitmain.cooling(bitmain.name_of(reading)) or vnish_parts.cooling(reading),
    )


def stats(reading: Reading) -> Iterator[Part]:
    """The parts of classic stats; the watts in them are measured where the page says that the supply does that."""
    for part in bitmain_stats.stats(reading):
        if isinstance(part, Power):
            part.source = vnish_web.source(reading.row("vnish_summary"))
        yield part


def page(reading: Reading) -> Iterator[Part]:
    """The parts that the web server's page has and the API lacks. The page is minutes old, so that its watts count only
    where work is done right now."""
    row = reading.row("vnish_summary")
    listed = bitmain.boards(bitmain.stats_rows(reading)[1])
    for chain in row.rows("chains"):
        if (label := cgminer.index(chain, ("id",))) and (not listed or label in map(str, listed)):
            yield from vnish_parts.beside(chain, label)
    if hashing(reading):
        yield from vnish_web.power(row)
    else:
        yield from vnish_web.supply(row)


def hashing(reading: Reading) -> bool:
    """Tell whether work is done right now, by the API."""
    return hashrate.hashing(reading) or static(truthy(hashrate.current(bitmain.stats_rows(reading)[1])))


def state(reading: Reading) -> Iterator[Part]:
    """The state by stats, or else as on stock firmware. The reason for which it does not hash is on the page."""
    told = reading.row("vnish_summary")["miner_status"]
    shown = vnish_web.STATES.get(text(static(at(told, "miner_state"))))
    said = text(bitmain.stats_rows(reading)[1].static("state"))
    found = list(miner_states(vnish_web.STATES.get(said)) if said else antminer.state(reading))
    yield from found or (() if said else miner_states(None if shown == "mining" else shown))
    if shown == "faulted" and not hashing(reading):
        yield from vnish_web.failure(static(at(told, "failure_code")))


def recognise(reading: Reading) -> str:
    for row in (reading.row("version"), bitmain.stats_rows(reading)[0]):
        for key in ("Type", "Miner"):
            if "vnish" in text(row.static(key)).lower():
                return f"{key} names vnish"
    return ""


FAMILY = Family(
    name="vnish",
    rank=70,
    recognise=recognise,
    sections=(
        ("stats", stats),
        ("summary", antminer.summary),
        ("pools", cgminer.pools),
        ("vnish_summary", page),
        ("vnish_performance", vnish_web.performance),
        ("vnish_model", vnish_web.shape),
        ("vnish_info", vnish_web.info),
        ("", version),
        ("", state),
    ),
    fast=(SUMMARY, STATS, POOLS),
    slow=(VERSION, vnish_web.INFO, vnish_web.SUMMARY, vnish_web.MODEL, vnish_web.PERFORMANCE),
    manual=CGMINER,
)
