"""VNish on port 4028: stock Antminer's stats in another build, with power and voltage per board.

Odd about it: its version may be that of a plain cgminer, without a model; only stats, or a bracket in the model's
name, tells it from stock. The maker's own fee is a pool entry called DevFee.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.decode import Family, antminer, bitmain, cgminer
from exporter.decode.cgminer import POOLS, STATS, SUMMARY, VERSION
from exporter.decode.rows import Reading
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
        algorithm=bitmain.unit(reading)[1],
    )


STATES: Final = {
    "mining": "mining",
    "initializing": "starting",
    "starting": "starting",
    "auto-tuning": "tuning",
    "restarting": "starting",
    "stopped": "paused",
    "failure": "faulted",
}


def state(reading: Reading) -> Iterator[Part]:
    """What stats says, where it says a state; else as on stock firmware."""
    said = text(bitmain.stats_rows(reading)[1].fact("state"))
    yield from miner_states(STATES.get(said)) if said else antminer.state(reading)


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
        ("stats", bitmain.stats),
        ("summary", antminer.summary),
        ("pools", cgminer.pools),
        ("", version),
        ("", state),
    ),
    fast=(SUMMARY, STATS, POOLS),
    slow=(VERSION,),
)
