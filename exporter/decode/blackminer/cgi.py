"""Blackminer (F2) through the page of its web server, if port 4028 is closed.

Quirks: the page cuts the program's stats at the wrong places, so that a board's "freq" contains all following fields:
"560,fan_num=2,fan1=4730,...,chipTemp1=[92.77, 89.82],...|". All readings of the boards come from this text. The older
Antminers have the same page without the temperatures of chips; such a page is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from exporter.core import vocabulary as v
from exporter.core.tracing import item, length, static, traceable
from exporter.core.values import Number, celsius, celsius_list, count, number, positive
from exporter.decode.blackminer.api import LOGIN, SYSTEM, bare
from exporter.decode.common import pooltable, scale, systeminfo
from exporter.decode.common.counts import PAGE_FIELDS, fill
from exporter.decode.common.fans import fitted
from exporter.decode.common.flags import above
from exporter.decode.common.nested import at, inner
from exporter.decode.common.sensors import chip_range, failed_chips
from exporter.decode.family import Family
from exporter.parse.rows import Reading
from exporter.questions import page

STATUS = page("miner_status", "/cgi-bin/get_miner_status.cgi", login=LOGIN)
SLOTS = range(1, 17)

_FIELD = re.compile(r",(\w{1,32})=(\[[^\]]{0,512}\]|[^,|]{0,512})", re.ASCII)


@traceable
def fields(boards: object) -> dict[str, str]:
    """Return the fields after the first board's clock, by name, from the list of boards."""
    run = at(boards, 0, "freq")
    return dict(_FIELD.findall(run[:16384])) if isinstance(run, str) else {}


@traceable
def slots(named: dict[str, str]) -> list[int]:
    """Return the slots that hold a board."""
    return [n for n in SLOTS if positive(named.get(f"chain_acn{n}")) or positive(named.get(f"chain_rate{n}"))]


@traceable
def fans(named: dict[str, str]) -> list[int]:
    """Return the slots with a fan: the first `fan_num` slots if they include all turning fans, else the turning
    fans."""
    turning = [n for n in SLOTS if positive(named.get(f"fan{n}"))]
    return fitted(SLOTS, turning, count(named.get("fan_num")))


def boards(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("miner_status")
    run = fields(row["devs"])
    clock = number(positive(clocked(at(row["devs"], 0, "freq"))), 1e6)
    held, rates = static(slots(run)), inner(row, "summary")
    parts = scale.added(*[at(run, f"chain_rate{n}") for n in held])
    factor = static(scale.agreeing(1e9, parts, *[scale.scaled(rates[key], 1e9) for key in ("ghs5s", "ghsav")]))
    for n in held:
        label, chips = str(n), count(at(run, f"chain_acn{n}"))
        yield v.Board(
            label,
            up=above(chips, 0),
            hashrate_hashes_per_second=scale.scaled(at(run, f"chain_rate{n}"), factor),
            chips=chips,
            chips_failed=failed_chips(at(run, f"chain_acs{n}")),
            frequency_hertz=clock,
            hardware_errors_total=count(at(run, f"chain_hw{n}")),
        )
        yield v.BoardSensor(label, "pcb", "0", celsius(at(run, f"temp{n}")))
        degrees = celsius_list(bare(at(run, f"chipTemp{n}")))
        found = [item(degrees, chip) for chip in range(static(length(degrees)))]
        yield from (v.BoardSensor(label, "chip", str(chip), value) for chip, value in enumerate(found))
        yield chip_range(label, found)
    for n in static(fans(run)):
        yield v.Fan(str(n), count(at(run, f"fan{n}")))


@traceable
def clocked(raw: object) -> str:
    """Return the text before the first comma."""
    return raw.partition(",")[0] if isinstance(raw, str) else ""


def summary(reading: Reading) -> Iterator[v.Part]:
    row = inner(reading.row("miner_status"), "summary")
    rate = number(count(row["ghs5s"]), 1e9)
    miner = v.Miner(hashrate_hashes_per_second=rate)
    fill(miner, row, PAGE_FIELDS)
    yield miner
    yield v.HashrateWindow("5s", rate)
    yield v.HashrateWindow("average", number(count(row["ghsav"]), 1e9))
    yield v.MinerInfo(make="HashAltcoin", firmware="stock")
    yield from v.miner_states("mining" if row.any(positive, "ghs5s") else None)


def pools(reading: Reading) -> Iterator[v.Part]:
    return pooltable.listed(reading, reading.row("miner_status").rows("pools"))


@traceable
def named(run: dict[str, str]) -> bool:
    """Tell whether the boards have this maker's lists of temperatures."""
    return run.get("chipTemp1", "").startswith("[")


def recognise(reading: Reading) -> str:
    row = reading.row("miner_status")
    rated: Number | None = number(inner(row, "summary").static("ghsav"))
    if rated is None or not static(named(fields(row["devs"]))):
        return ""
    return "get_miner_status with temperatures of chips"


FAMILY = Family(
    name="blackminer_cgi",
    shown="blackminer",
    rank=212,
    recognise=recognise,
    sections=(("miner_status", summary), ("miner_status", boards), ("miner_status", pools), systeminfo.section(SYSTEM)),
    fast=(STATUS,),
    slow=(SYSTEM,),
    fingerprint=STATUS,
)
