"""VNish on port 4028: stock Antminer's stats in another build, with power and voltage per board.

Odd about it: its version may be that of a plain cgminer, without a model; only stats, or a bracket in the model's
name, tells it from stock. The maker's own fee is a pool entry called DevFee. Address, name and serial number, and
what it draws and why it rests where stats does not say so, are on pages of its web server, which need no login.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from exporter.decode import Family, antminer, bitmain, bitmain_stats, cgminer, hashrate, vnish_web
from exporter.decode.cgminer import POOLS, STATS, SUMMARY, VERSION
from exporter.decode.nested import at
from exporter.decode.rows import Reading
from exporter.live import fact, holds
from exporter.values import text
from exporter.vocabulary import MinerInfo, Part, miner_states

_BUILD = re.compile(r"\(vnish ([\w.\-]{1,32})\)", re.IGNORECASE | re.ASCII)


def version(reading: Reading) -> Iterator[Part]:
    build = _BUILD.search(f"{bitmain.identity(reading, 'Type')} {bitmain.identity(reading, 'Miner')}")
    yield MinerInfo(
        make="Bitmain",
        model=bitmain.name_of(reading),
        firmware="VNish",
        firmware_version=build[1] if build else text(bitmain.stats_rows(reading)[1].fact("build_version")),
        api_version=bitmain.identity(reading, "API"),
        algorithm=bitmain.known(bitmain.name_of(reading))[0],
    )


def power(reading: Reading) -> Iterator[Part]:
    """The watts of the web server's page, which are some minutes old, where stats has none of its own and work is done
    right now."""
    row = bitmain.stats_rows(reading)[1]
    hashing = hashrate.hashing(reading) or fact(holds(hashrate.current(row)))
    if hashing and not any(key.startswith("chain_consumption") for key in row):
        yield from vnish_web.power(reading.row("vnish_summary"))


def state(reading: Reading) -> Iterator[Part]:
    """What stats says, where it says a state; else as on stock firmware; why it does not hash, the web server knows."""
    said = text(bitmain.stats_rows(reading)[1].fact("state"))
    if said:
        yield from miner_states(vnish_web.STATES.get(said))
        return
    found = list(antminer.state(reading))
    status = reading.row("vnish_summary")["miner_status"]
    told = vnish_web.STATES.get(text(fact(at(status, "miner_state"))))
    yield from found or miner_states(None if told == "mining" else told)


def recognise(reading: Reading) -> str:
    for row in (reading.row("version"), bitmain.stats_rows(reading)[0]):
        for key in ("Type", "Miner"):
            if "vnish" in text(row.fact(key)).lower():
                return f"{key} names vnish"
    return ""


FAMILY = Family(
    name="vnish",
    rank=70,
    recognise=recognise,
    sections=(
        ("stats", bitmain_stats.stats),
        ("summary", antminer.summary),
        ("pools", cgminer.pools),
        ("vnish_summary", power),
        ("vnish_info", vnish_web.info),
        ("", version),
        ("", state),
    ),
    fast=(SUMMARY, STATS, POOLS),
    slow=(VERSION, vnish_web.INFO, vnish_web.SUMMARY),
)
