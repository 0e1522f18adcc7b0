"""Blackminer (F2), Hammer (D10) and VolcMiner (D1) through the page of their web server, if port 4028 is closed.

Quirks: the page cuts the program's stats at the wrong places, so that a board's "freq" contains all following fields:
"560,fan_num=2,fan1=4730,...,chipTemp1=[92.77, 89.82],...|". All readings of the boards come from this text. Hammer's
page looks for hashrates in GH/s, finds none, and has the program's whole answer in their place. VolcMiner's page has
whole boards with lists of temperatures, fans beside them, commas between thousands, and MH/s under the keys of GH/s.
The older Antminers have the same page without such a text or fans; their page is not read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from exporter.core import vocabulary as v
from exporter.core.errors import NotJson
from exporter.core.tracing import item, length, static, traceable, truthy
from exporter.core.values import Number, celsius, celsius_list, count, number, positive, text
from exporter.decode.antminer import models
from exporter.decode.blackminer.api import LOGIN, MAKERS, SYSTEM, bare
from exporter.decode.blackminer.volcminer import plain, seconds
from exporter.decode.common import hashrate, pooltable, scale, systeminfo
from exporter.decode.common.counts import PAGE_FIELDS, SUMMARY_FIELDS, fill
from exporter.decode.common.fans import fitted
from exporter.decode.common.flags import above
from exporter.decode.common.nested import at, how_long, inner
from exporter.decode.common.sensors import chip_range, failed_chips
from exporter.decode.family import Family
from exporter.parse import textmode
from exporter.parse.rows import Reading, Row
from exporter.questions import page

PROGRAM: Final = "program"
FANS: Final = ("fan1", "fan2", "fan3", "fan4")


def with_fans(document: Row | dict[str, Any]) -> bool:
    """Tell whether a page has fans beside the boards, as VolcMiner's page alone has."""
    return any(fan in document for fan in FANS)


def unfolded(document: dict[str, Any]) -> dict[str, Any]:
    """Return the page, and under PROGRAM the fields of the program's answer if that stands in place of a hashrate.

    A page with fans has numbers without commas between thousands then."""
    if with_fans(document):
        return {key: plain(value) for key, value in document.items()}
    summary = document.get("summary")
    rate = summary.get("ghs5s") if isinstance(summary, dict) else None
    if not isinstance(rate, str) or not textmode.speaks(rate):
        return document
    try:
        return document | {PROGRAM: textmode.read(rate, defaultdict(int)).get("SUMMARY")}
    except NotJson:
        return document


STATUS = page("miner_status", "/cgi-bin/get_miner_status.cgi", login=LOGIN, excerpt=unfolded)
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
    if with_fans(row):
        yield from listed(row)
        return
    run = fields(row["devs"])
    clock = number(positive(clocked(at(row["devs"], 0, "freq"))), 1e6)
    held = static(slots(run))
    parts = scale.added(*[at(run, f"chain_rate{n}") for n in held])
    factor = static(scale.agreeing(1e9, parts, *rates(reading).values()))
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


def listed(row: Row) -> Iterator[v.Part]:
    """Yield the boards that have chips and the fans that turn, of VolcMiner's page."""
    for board in row.rows("devs"):
        label = text(board.static("index"))
        if label and board.any(positive, "chain_acn"):
            yield v.Board(
                label,
                up=1,
                chips=count(board["chain_acn"]),
                chips_failed=failed_chips(board["chain_acs"]),
                frequency_hertz=number(positive(board["freq"]), 1e6),
            )
            sensors = range(static(how_long(board["temp"])))
            yield from (v.BoardSensor(label, "pcb", str(n), celsius(at(board["temp"], n))) for n in sensors)
    turning = [n for n in SLOTS if row.any(positive, f"fan{n}")]
    yield from (v.Fan(str(n), count(row[f"fan{n}"])) for n in turning)


@traceable
def clocked(raw: object) -> str:
    """Return the text before the first comma."""
    return raw.partition(",")[0] if isinstance(raw, str) else ""


def rates(reading: Reading) -> dict[str, Number | None]:
    """Return the hashrates by window, in hashes per second."""
    row = reading.row("miner_status")
    if PROGRAM in row:
        return hashrate.rates(inner(row, PROGRAM))
    totals, factor = inner(row, "summary"), unit(reading)
    return {window: scale.scaled(totals[key], factor) for window, key in (("5s", "ghs5s"), ("average", "ghsav"))}


def unit(reading: Reading) -> Number | None:
    """Return the hashes per second in "ghs": on VolcMiner's page by the model's name, and None without a known name."""
    row, name = reading.row("miner_status"), model(reading)
    if not with_fans(row):
        return 1e9
    totals = inner(row, "summary")
    return models.unit(name, totals["ghs5s"], totals["ghsav"]) if models.known(name)[0] else None


def model(reading: Reading) -> str:
    """Return the model's name, which the system's page of a Blackminer lacks."""
    return models.name(reading.row(SYSTEM.name).static("minertype"))


def summary(reading: Reading) -> Iterator[v.Part]:
    row, found = reading.row("miner_status"), rates(reading)
    now = found.get("5s")
    hashing: object = now
    miner = v.Miner(hashrate_hashes_per_second=now)
    if PROGRAM in row:
        fill(miner, inner(row, PROGRAM), SUMMARY_FIELDS)
        miner.hashes_total = hashrate.done(inner(row, PROGRAM))
    else:
        totals = inner(row, "summary")
        fill(miner, totals, PAGE_FIELDS)
        miner.miner_uptime_seconds = seconds(totals["elapsed"])
        hashing = positive(totals["ghs5s"])
    yield miner
    for window, rate in found.items():
        yield v.HashrateWindow(window, rate)
    yield from v.miner_states("mining" if static(truthy(hashing)) else None)


def identity(reading: Reading) -> Iterator[v.Part]:
    name = model(reading)
    own = static(named(fields(reading.row("miner_status")["devs"])))
    maker = MAKERS.get(name.partition(" ")[0].lower(), "HashAltcoin" if own else "")
    yield v.MinerInfo(make=maker, model=name, firmware="stock", algorithm=models.known(name)[0])


def pools(reading: Reading) -> Iterator[v.Part]:
    return pooltable.listed(reading, reading.row("miner_status").rows("pools"))


@traceable
def named(run: dict[str, str]) -> bool:
    """Tell whether the boards have this maker's lists of temperatures."""
    return run.get("chipTemp1", "").startswith("[")


def recognise(reading: Reading) -> str:
    row = reading.row("miner_status")
    if "MHS 5s" in inner(row, PROGRAM):
        return "get_miner_status with MHS 5s in place of a rate in GH/s"
    if with_fans(row) and "devs" in row and "ghs5s" in inner(row, "summary"):
        return "get_miner_status with fans beside the boards"
    rated: Number | None = number(inner(row, "summary").static("ghsav"))
    if rated is None or not static(named(fields(row["devs"]))):
        return ""
    return "get_miner_status with temperatures of chips"


FAMILY = Family(
    name="blackminer_cgi",
    shown="blackminer",
    rank=212,
    recognise=recognise,
    sections=(
        ("miner_status", summary),
        ("miner_status", boards),
        ("miner_status", pools),
        systeminfo.section(SYSTEM),
        ("", identity),
    ),
    fast=(STATUS,),
    slow=(SYSTEM,),
    fingerprint=STATUS,
)
