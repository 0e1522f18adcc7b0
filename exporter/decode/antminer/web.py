"""Stock Antminer by the pages of its web server, with a digest login, where port 4028 is closed.

Odd about it: before the S19 there is one page for all, in which a value may have swallowed the rest of a text. Since
then stats have the shape that the API gives for `new_api`, and are an empty list while it sleeps; their boards count
from 0, and are numbered as in the API, from 1. The page with its settings, which says whether it should sleep, has the
pools' passwords too and is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from exporter.core.tracing import static
from exporter.core.values import Number, celsius, count, number, positive, text
from exporter.core.vocabulary import Board, BoardSensor, Fan, HashrateWindow, Miner, MinerInfo, Part, miner_states
from exporter.decode import Family
from exporter.decode.antminer import api as antminer
from exporter.decode.antminer import pages as bitmain_pages
from exporter.decode.antminer.api import LOGIN, SLEEP_MODE, SYSTEM
from exporter.decode.cgminer import unanswered
from exporter.decode.common import bitmain, pooltable, scale
from exporter.decode.common.counts import PAGE_FIELDS, fill
from exporter.decode.common.nested import inner
from exporter.decode.common.sensors import failed_chips
from exporter.parse.rows import Reading
from exporter.questions import page

SUMMARY = page("antminer_summary", "/cgi-bin/summary.cgi", section="SUMMARY", login=LOGIN, locked=True)
STATS = page("antminer_stats", "/cgi-bin/stats.cgi", section="STATS", login=LOGIN, locked=True)
POOLS = page("antminer_pools", "/cgi-bin/pools.cgi", section="POOLS", login=LOGIN, locked=True)
STATUS = page("antminer_status", "/cgi-bin/get_miner_status.cgi", login=LOGIN, locked=True)
SLEEPING = (1, SLEEP_MODE)


def old(reading: Reading) -> Iterator[Part]:
    """The one page of older models, all of whose values are texts. Beside each slot of a board stands that of a fan."""
    row = reading.row("antminer_status")
    said, factor = inner(row, "summary"), old_unit(reading)
    rates = {window: scale.scaled(said[key], factor) for key, window in (("ghs5s", "5s"), ("ghsav", "average"))}
    miner = Miner(hashrate_hashes_per_second=rates["5s"])
    fill(miner, said, PAGE_FIELDS)
    yield miner
    for window, rate in rates.items():
        yield HashrateWindow(window, rate)
    yield from pooltable.listed(reading, row.rows("pools"))
    slots = row.rows("devs")[: len(bitmain.SLOTS)]
    real = static(scale.agreeing(factor, scale.added(*[slot["rate"] for slot in slots]), *rates.values()))
    for slot in slots:
        label = text(slot.static("index"))
        if label and slot.any(positive, "chain_acn"):
            yield Board(
                label,
                up=1,
                chips=count(slot["chain_acn"]),
                chips_failed=failed_chips(slot["chain_acs"]),
                hashrate_hashes_per_second=scale.scaled(slot["rate"], real),
                frequency_hertz=number(positive(slot["freq"]), 1e6),
                hardware_errors_total=count(slot["hw"]),
            )
            yield BoardSensor(label, "pcb", "0", celsius(slot["temp"]))
            yield BoardSensor(label, "chip", "0", celsius(slot["temp2"]))
        if label and slot.any(positive, "fan"):
            yield Fan(label, count(slot["fan"]))


def name_of(reading: Reading) -> str:
    """The model's name."""
    return bitmain.model(reading.row("get_system_info").static("minertype"))


def old_unit(reading: Reading) -> Number | None:
    """Hashes per second in the "GHS" of the one page, by the model's name; None where it is not said."""
    name = name_of(reading)
    if not name:
        return None
    _, factor, typical = bitmain.known(name)
    said = inner(reading.row("antminer_status"), "summary")
    return factor if typical is None else static(scale.below(30 * typical, factor, said["ghs5s"], said["ghsav"]))


def identity(reading: Reading) -> Iterator[Part]:
    """The model; a modified firmware that has these pages too may say so in its name."""
    said = text(reading.row("get_system_info").static("minertype"))
    name = name_of(reading)
    yield MinerInfo(
        make="Bitmain",
        model=name,
        firmware="Hiveon" if "hiveon" in said.lower() else "stock",
        algorithm=bitmain.known(name)[0],
        cooling=bitmain.cooling(name),
    )


def state(reading: Reading) -> Iterator[Part]:
    """Asleep by its mode, or where both of its lists are empty."""
    row = reading.row("antminer_stats")
    if number(row.static("miner-mode")) in SLEEPING or empty(reading, "antminer_stats", "antminer_summary"):
        yield from miner_states("sleeping")
    else:
        older = inner(reading.row("antminer_status"), "summary")
        hashing = row.any(positive, "rate_5s") or older.any(positive, "ghs5s")
        yield from miner_states("mining" if hashing else None)


def empty(reading: Reading, *sections: str) -> bool:
    """Whether all of these were answered, with nothing in them."""
    return all(name in reading.answers.rows and not reading.rows(name) for name in sections)


def recognise(reading: Reading) -> str:
    named = text(reading.row("get_system_info").static("minertype")).lower().startswith("antminer")
    return "minertype of get_system_info begins with Antminer" if named and unanswered(reading) else ""


FAMILY = Family(
    name="antminer_web",
    shown="antminer",
    rank=141,
    recognise=recognise,
    sections=(
        ("antminer_stats", partial(bitmain_pages.stats, "antminer_stats")),
        ("antminer_stats", partial(bitmain_pages.rest, "antminer_stats")),
        ("antminer_summary", partial(bitmain_pages.summary, "antminer_summary")),
        ("antminer_pools", partial(pooltable.pools, "antminer_pools")),
        ("antminer_status", old),
        ("get_system_info", antminer.system),
        ("get_system_info", identity),
        ("", state),
    ),
    fast=(STATS, SUMMARY, POOLS, STATUS),
    slow=(SYSTEM,),
    fingerprint=SYSTEM,
)
