"""Blackminer's ccminer, and the same program in Hammer's and VolcMiner's machines: the classic stats of Antminers.

Odd about it: what shares stand for in summary is a difficulty, printed as " 12.0000"; on the scrypt machines the rates
are in MH/s, those of the boards too, whose keys do not say so; chips have their own list, `"[65.21, 64.10]"`. Address
and name of the miner are on a page of the web server alone, which wants a digest login.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core.tracing import item, length, static, traceable
from exporter.core.values import celsius_list
from exporter.core.vocabulary import BoardSensor, MinerInfo, Part
from exporter.decode import Family, cgminer
from exporter.decode.antminer import api as antminer
from exporter.decode.antminer import stats as bitmain_stats
from exporter.decode.cgminer import POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common import bitmain, systeminfo
from exporter.decode.common.sensors import chip_range
from exporter.parse.rows import Reading
from exporter.questions import Digest

LOGIN = Digest("blackminer")
SYSTEM = systeminfo.question("blackminer_system", systeminfo.SYSTEM_PATH, LOGIN)
MAKERS: Final = {"blackminer": "HashAltcoin", "hammer": "Hammer", "volcminer": "VolcMiner"}


def maker(reading: Reading) -> str:
    """Who made the machine, by the first word of its type; "" where it is none of them."""
    word = bitmain.name_of(reading).partition(" ")[0].lower()
    return MAKERS.get(word, "")


def stats(reading: Reading) -> Iterator[Part]:
    yield from bitmain_stats.stats(reading)
    _, row = bitmain.stats_rows(reading)
    for slot in bitmain.boards(row):
        degrees = celsius_list(bare(row[f"chipTemp{slot}"]))
        chips = [item(degrees, n) for n in range(static(length(degrees)))]
        for n, value in enumerate(chips):
            yield BoardSensor(str(slot), "chip", str(n), value)
        yield chip_range(str(slot), chips)


@traceable
def bare(raw: object) -> str:
    """A list in a text, without its brackets."""
    return raw.strip("[] ") if isinstance(raw, str) else ""


def version(reading: Reading) -> Iterator[Part]:
    yield MinerInfo(
        make=maker(reading),
        model=bitmain.name_of(reading),
        firmware="stock",
        firmware_version=bitmain.identity(reading, "Miner"),
        api_version=bitmain.identity(reading, "API"),
        algorithm=bitmain.known(bitmain.name_of(reading))[0],
    )


def recognise(reading: Reading) -> str:
    if maker(reading):
        return f"Type begins with {bitmain.name_of(reading).partition(' ')[0]}"
    return reading.described(r"ccminer 2\.")


FAMILY = Family(
    name="blackminer",
    rank=131,
    recognise=recognise,
    sections=(
        ("summary", antminer.summary),
        ("stats", stats),
        ("pools", cgminer.pools),
        ("", version),
        systeminfo.section(SYSTEM),
        ("", cgminer.state),
    ),
    fast=(SUMMARY, STATS, POOLS),
    slow=(VERSION, SYSTEM),
)
