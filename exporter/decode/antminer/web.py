"""Stock Antminer through the pages of its web server, with a digest login, if port 4028 is closed.

Quirks: models before the S19 have a single page, in which a value may contain the rest of a text. Later models have
stats in the shape that the API uses for `new_api`; the list is empty while the miner sleeps. Boards count from 0 there,
and from 1 here, as in the API. The page of settings shows whether the miner should sleep, but is never read, because it
contains the pools' passwords.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from exporter.core import vocabulary as v
from exporter.core.tracing import static
from exporter.core.values import Number, celsius, count, number, positive, text
from exporter.decode.antminer import api as antminer
from exporter.decode.antminer import classic, models, pages
from exporter.decode.antminer.api import LOGIN, SLEEP_MODE, SYSTEM
from exporter.decode.antminer.chips import chips
from exporter.decode.cgminer import unanswered
from exporter.decode.common import pooltable, scale
from exporter.decode.common.counts import PAGE_FIELDS, fill
from exporter.decode.common.nested import inner
from exporter.decode.common.sensors import failed_chips
from exporter.decode.family import Family
from exporter.parse.rows import Reading
from exporter.questions import page

SUMMARY = page("antminer_summary", "/cgi-bin/summary.cgi", section="SUMMARY", login=LOGIN, locked=True)
STATS = page("antminer_stats", "/cgi-bin/stats.cgi", section="STATS", login=LOGIN, locked=True)
POOLS = page("antminer_pools", "/cgi-bin/pools.cgi", section="POOLS", login=LOGIN, locked=True)
STATUS = page("antminer_status", "/cgi-bin/get_miner_status.cgi", login=LOGIN, locked=True)
SLEEPING = (1, SLEEP_MODE)


def old(reading: Reading) -> Iterator[v.Part]:
    """Yield the parts of the single page of older models.

    All values are texts, and a fan shares its entry with a board."""
    row = reading.row("antminer_status")
    totals, factor = inner(row, "summary"), old_unit(reading)
    rates = {window: scale.scaled(totals[key], factor) for key, window in (("ghs5s", "5s"), ("ghsav", "average"))}
    miner = v.Miner(hashrate_hashes_per_second=rates["5s"])
    fill(miner, totals, PAGE_FIELDS)
    yield miner
    for window, rate in rates.items():
        yield v.HashrateWindow(window, rate)
    yield from pooltable.listed(reading, row.rows("pools"))
    slots = row.rows("devs")[: len(classic.SLOTS)]
    real = static(scale.agreeing(factor, scale.added(*[slot["rate"] for slot in slots]), *rates.values()))
    for slot in slots:
        label = text(slot.static("index"))
        if label and slot.any(positive, "chain_acn"):
            yield v.Board(
                label,
                up=1,
                chips=count(slot["chain_acn"]),
                chips_failed=failed_chips(slot["chain_acs"]),
                hashrate_hashes_per_second=scale.scaled(slot["rate"], real),
                frequency_hertz=number(positive(slot["freq"]), 1e6),
                hardware_errors_total=count(slot["hw"]),
            )
            yield from chips(label, slot["chain_acs"], count(slot["chain_acn"]), reading)
            yield v.BoardSensor(label, "pcb", "0", celsius(slot["temp"]))
            yield v.BoardSensor(label, "chip", "0", celsius(slot["temp2"]))
        if label and slot.any(positive, "fan"):
            yield v.Fan(label, count(slot["fan"]))


def name_of(reading: Reading) -> str:
    """Return the model's name."""
    return models.name(reading.row("get_system_info").static("minertype"))


def old_unit(reading: Reading) -> Number | None:
    """Return the hashes per second in the "GHS" of the single page, by the model's name; None without a name."""
    name = name_of(reading)
    if not name:
        return None
    row = inner(reading.row("antminer_status"), "summary")
    return models.unit(name, row["ghs5s"], row["ghsav"])


def identity(reading: Reading) -> Iterator[v.Part]:
    """Yield the model. The model's name may also name modified firmware, which has the same pages."""
    type_ = text(reading.row("get_system_info").static("minertype"))
    name = name_of(reading)
    yield v.MinerInfo(
        make="Bitmain",
        model=name,
        firmware="Hiveon" if "hiveon" in type_.lower() else "stock",
        algorithm=models.known(name)[0],
        cooling=models.cooling(name),
    )


def state(reading: Reading) -> Iterator[v.Part]:
    """Yield sleeping by the mode, or if both lists are empty."""
    row = reading.row("antminer_stats")
    if number(row.static("miner-mode")) in SLEEPING or empty(reading, "antminer_stats", "antminer_summary"):
        yield from v.miner_states("sleeping")
    else:
        older = inner(reading.row("antminer_status"), "summary")
        hashing = row.any(positive, "rate_5s") or older.any(positive, "ghs5s")
        yield from v.miner_states("mining" if hashing else None)


def empty(reading: Reading, *sections: str) -> bool:
    """Tell whether all of these sections were answered with an empty list."""
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
        ("antminer_stats", partial(pages.stats, "antminer_stats")),
        ("antminer_stats", partial(pages.rest, "antminer_stats")),
        ("antminer_summary", partial(pages.summary, "antminer_summary")),
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
