"""VNish on port 4028: stock Antminer's stats in another build, with power and voltage per board.

Quirks: version may look like a plain cgminer's, without a model. Only stats, or a bracket in the model's name, shows
that the firmware is not stock. The maker's fee is a pool entry called DevFee. MAC address, name and serial number are
on pages of the web server, which need no login. These pages also have power and the reason of a pause, if stats has
neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from exporter.core import vocabulary as v
from exporter.core.tracing import static, truthy
from exporter.core.values import positive, ratio, text
from exporter.decode import cgminer
from exporter.decode.antminer import api as antminer
from exporter.decode.antminer import classic, models
from exporter.decode.antminer.stats import classic_stats
from exporter.decode.cgminer import POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common import hashrate
from exporter.decode.common.labels import index
from exporter.decode.common.manual import CGMINER
from exporter.decode.common.nested import at, how_long
from exporter.decode.family import Family
from exporter.decode.vnish import parts, states, web
from exporter.parse.rows import Reading

_BUILD = re.compile(r"\(vnish ([\w.\-]{1,32})\)", re.IGNORECASE | re.ASCII)


def version(reading: Reading) -> Iterator[v.Part]:
    build = _BUILD.search(f"{classic.named(reading, 'Type')} {classic.named(reading, 'Miner')}")
    yield v.MinerInfo(
        make="Bitmain",
        model=classic.model(reading),
        firmware="VNish",
        firmware_version=build[1] if build else text(classic.stats_rows(reading)[1].static("build_version")),
        api_version=classic.named(reading, "API"),
        algorithm=models.known(classic.model(reading))[0],
        cooling=models.cooling(classic.model(reading)) or parts.cooling(reading),
    )


def stats(reading: Reading) -> Iterator[v.Part]:
    """Yield the boards by their states, and the parts of classic stats.

    The watts are measured if the web server's page shows that the supply has a meter."""
    _, row = classic.stats_rows(reading)
    for slot in classic.SLOTS:
        if (key := f"chain_state{slot}") in row:
            yield v.Board(str(slot), up=parts.board_up(row[key]))
    for part in classic_stats(reading):
        if isinstance(part, v.Power):
            part.source = web.source(reading.row("vnish_summary"))
        yield part


def page(reading: Reading) -> Iterator[v.Part]:
    """Yield the parts that the web server's page has and the API lacks.

    The page is some minutes old, so its watts count only while the miner hashes. Fans have the API's numbers, which
    count from 1."""
    row, old = reading.row("vnish_summary"), parts.early(reading)
    listed = classic.boards(classic.stats_rows(reading)[1])
    for chain in row.rows("chains"):
        if (label := index(chain, ("id",))) and (not listed or label in map(str, listed)):
            yield from parts.page_values(chain, label)
    if hashing(reading):
        yield from web.power(row, old=old)
    else:
        yield from web.supply(row)
    yield from web.work(row, old=old)
    status = row["miner_status"]
    yield from states.throttle(at(status, "throttled"), at(status, "miner_state"))
    if parts.cooling(reading) == "air":
        for n in range(static(how_long(at(row["cooling"], "fans")))):
            yield parts.fan(str(n + 1), row["cooling"], n)
    configured = {index(pool, ("POOL",)) for pool in reading.rows("pools")}
    for pool in row.rows("pools"):
        if (label := index(pool, ("id",))) in configured:
            yield v.Pool(label, latency_seconds=parts.latency(pool))
            yield v.PoolInfo(label, kind=parts.whose(pool))


def fee(reading: Reading) -> Iterator[v.Part]:
    yield v.Miner(developer_fee_ratio=positive(ratio(reading.row("summary")["Fee Percent"])))


def hashing(reading: Reading) -> bool:
    """Tell whether the miner hashes now, from the API."""
    return hashrate.hashing(reading) or static(truthy(hashrate.current(classic.stats_rows(reading)[1])))


def state(reading: Reading) -> Iterator[v.Part]:
    """Yield the state from stats, or else by the rules for stock firmware.

    The web server's page has the reason of a pause."""
    status = reading.row("vnish_summary")["miner_status"]
    shown = states.STATES.get(static(text(at(status, "miner_state"))))
    word = text(classic.stats_rows(reading)[1].static("state"))
    found = list(v.miner_states(states.STATES.get(word)) if word else antminer.state(reading))
    yield from found or (() if word else v.miner_states(None if shown == "mining" else shown))
    yield from states.tuner(reading, word)
    if shown == "faulted" and not hashing(reading):
        yield from states.failure(static(at(status, "failure_code")))


def recognise(reading: Reading) -> str:
    for row in (reading.row("version"), classic.stats_rows(reading)[0]):
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
        ("summary", fee),
        ("pools", cgminer.pools),
        ("vnish_summary", page),
        ("vnish_performance", states.performance),
        ("vnish_model", web.shape),
        ("vnish_factory", web.factory),
        *((question.name, partial(parts.chips, question.name)) for question in parts.CHIPS),
        ("vnish_info", web.info),
        ("", version),
        ("", state),
    ),
    fast=(SUMMARY, STATS, POOLS),
    slow=(VERSION, web.INFO, web.SUMMARY, web.MODEL, web.PERFORMANCE, web.FACTORY),
    boards=parts.opted,
    manual=CGMINER,
)
