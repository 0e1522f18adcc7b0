"""Blackminer's ccminer, and the same program in Hammer's and VolcMiner's machines: the classic stats of Antminers.

Quirks: in place of shares, summary has a difficulty, printed as " 12.0000". On the scrypt machines all rates are in
MH/s, also the boards' rates, whose keys have no unit. The chips' temperatures are a text such as `"[65.21, 64.10]"`.
MAC address and name of the miner are only on a page of the web server, which needs a digest login.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import item, length, static, traceable
from exporter.core.values import celsius_list
from exporter.decode import cgminer
from exporter.decode.antminer import api as antminer
from exporter.decode.antminer import classic, models
from exporter.decode.antminer.stats import classic_stats
from exporter.decode.cgminer import POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common import systeminfo
from exporter.decode.common.manual import CGMINER
from exporter.decode.common.sensors import chip_range
from exporter.decode.family import Family
from exporter.parse.rows import Reading
from exporter.questions import Digest

LOGIN = Digest("blackminer")
SYSTEM = systeminfo.question("blackminer_system", systeminfo.SYSTEM_PATH, LOGIN)
MAKERS: Final = {"blackminer": "HashAltcoin", "hammer": "Hammer", "volcminer": "VolcMiner"}


def maker(reading: Reading) -> str:
    """Return the maker of the machine, by the first word of its type; "" for another word."""
    word = classic.model(reading).partition(" ")[0].lower()
    return MAKERS.get(word, "")


def stats(reading: Reading) -> Iterator[v.Part]:
    """Yield the parts of classic stats, and the sensors of each chip."""
    yield from classic_stats(reading)
    _, row = classic.stats_rows(reading)
    for slot in classic.boards(row):
        degrees = celsius_list(bare(row[f"chipTemp{slot}"]))
        chips = [item(degrees, n) for n in range(static(length(degrees)))]
        for n, value in enumerate(chips):
            yield v.BoardSensor(str(slot), "chip", str(n), value)
        yield chip_range(str(slot), chips)


@traceable
def bare(raw: object) -> str:
    """Return the text of a list without its brackets."""
    return raw.strip("[] ") if isinstance(raw, str) else ""


def version(reading: Reading) -> Iterator[v.Part]:
    yield v.MinerInfo(
        make=maker(reading),
        model=classic.model(reading),
        firmware="stock",
        firmware_version=classic.named(reading, "Miner"),
        api_version=classic.named(reading, "API"),
        algorithm=models.known(classic.model(reading))[0],
    )


def recognise(reading: Reading) -> str:
    if maker(reading):
        return f"Type begins with {classic.model(reading).partition(' ')[0]}"
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
    manual=CGMINER,
)
