"""Innosilicon's A9 and similar machines, such as the DragonMint T1: cgminer with a row of stats for each board.

Quirks: an A9 writes solutions per second under MHS, and the same number for every difficulty. A board's "MHS av" is
computed from its clock and cores, not measured. Lists may come flattened into numbered keys. Every board's row has the
common duty of all fans, but only some rows have speeds. HonorKnight's machines are the same, but without summary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import if_none_of, static, traceable, truthy
from exporter.core.values import Number, celsius, count, flag, number, positive, text
from exporter.decode import cgminer
from exporter.decode.cgminer import DEVS, POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common import hashrate
from exporter.decode.common.counts import BOARD_FIELDS, SUMMARY_FIELDS, fill
from exporter.decode.common.labels import index
from exporter.decode.common.manual import FORK
from exporter.decode.common.sums import total
from exporter.decode.family import Family
from exporter.decode.innosilicon.chain import any_of, chips, clock, fans, overview, spread
from exporter.decode.innosilicon.web import OVERVIEW
from exporter.parse.rows import Reading, Row
from exporter.questions import line

EDEVS = line("edevs", section="DEVS")

DIFFICULTIES: Final = (
    *(f"share_difficulty_{kind}_total" for kind in ("accepted", "rejected", "stale")),
    "best_share_difficulty",
)
CHIPS: Final = "Num active chips"
CORES: Final = "Num cores"  # a board with this key computes "MHS av" from cores, which is wrong on an A9
SOLUTIONS: Final = 1

_PROGRAM = re.compile(r"innominer (\w{1,16})-([\w.]{1,32})", re.ASCII)


def named(reading: Reading) -> tuple[str, str]:
    """Return (model, version) in the program's own name, such as "innominer a9-1.1.0"; ("", "") for another name."""
    found = [match for source in reading.answers.descriptions.values() if (match := _PROGRAM.fullmatch(source))]
    return (found[0][1].upper(), found[0][2]) if found else ("", "")


def boards(reading: Reading) -> list[tuple[str, Row]]:
    """Return each board's label and row of stats."""
    rows = [row for row in reading.rows("stats") if CHIPS in row]
    return [(label, row) for row in rows if (label := index(row, ("Chain ID", "STATS")))]


def dragonmint(reading: Reading) -> bool:
    return any(text(row.static("ID")).startswith("DT1") for _, row in boards(reading))


def factor(reading: Reading) -> Number:
    """Return the number of hashes, or of solutions, in a "MH"."""
    return SOLUTIONS if named(reading)[0].startswith("A9") else 1e6


def summary(reading: Reading) -> Iterator[v.Part]:
    row, unit = reading.row("summary"), factor(reading)
    miner = v.Miner()
    fill(miner, row, SUMMARY_FIELDS)
    miner.hashes_total = hashrate.done(row, unit, unit)
    one = repeated(*[row[f"Difficulty {kind}"] for kind in ("Accepted", "Rejected", "Stale")])
    for name in DIFFICULTIES:
        setattr(miner, name, if_none_of(getattr(miner, name), one))
    yield miner
    yield from hashrate.windows(row, unit)


def devs(section: str, reading: Reading) -> Iterator[v.Part]:
    """Yield the boards; without a summary, also the miner's rates as the sums over all boards."""
    rows = reading.rows(section)
    for row in rows:
        if label := index(row, ("ASC", "ID")):
            part = cgminer.device(row, label)
            part.hashrate_hashes_per_second = hashrate.current(row, factor(reading))
            fill(part, row, BOARD_FIELDS)
            yield part
    alone = "summary" not in reading.answers.rows and not reading.failed("summary")
    if rows and alone and "truncated" not in reading.answers.repairs:
        each = [hashrate.rates(row, factor(reading)) for row in rows]
        yield v.Miner(hashrate_hashes_per_second=total(*[hashrate.current(row, factor(reading)) for row in rows]))
        for window in each[0]:
            yield v.HashrateWindow(window, total(*[rates.get(window) for rates in each]))


def stats(reading: Reading) -> Iterator[v.Part]:
    found, unit = boards(reading), factor(reading)
    nominal = [
        None if unit == SOLUTIONS and CORES in row else number(positive(row["MHS av"]), unit) for _, row in found
    ]
    for (label, row), rate in zip(found, nominal, strict=True):
        part = v.Board(label, chips=count(row["Num chips"]), hashrate_nominal_hashes_per_second=rate)
        part.up = enabled(row["Disabled"])
        part.frequency_hertz = clock(row["PLL"], row[CORES], row["MHS av"])
        part.chips_failed = lacking(row["Num chips"], row[CHIPS])
        part.chip_voltage_spread_volts = spread(row["Voltage Max"], row["Voltage Min"])
        part.chip_temperature_min_celsius = celsius(row["Temp min"])
        part.chip_temperature_max_celsius = celsius(row["Temp max"])
        yield part
        yield v.BoardSensor(label, "chip", "0", celsius(row["Temp"]))
        if reading.chips:
            yield from chips(label, row)
    if found:
        row = found[0][1]
        yield from fans(row)
        throttled = any_of(*[row["Throttled"] for _, row in found])
        yield v.Miner(miner_uptime_seconds=count(row["Elapsed"]), throttled=throttled)
        whole = "truncated" not in reading.answers.repairs
        yield v.HashrateNominal("firmware", total(*nominal) if whole else None)


@traceable
def repeated(*counts: object) -> Number | None:
    """Return the number that all of these counts repeat, which is a placeholder; None if the counts differ."""
    values = [value for each in counts if (value := positive(each)) is not None]
    return values[0] if len(values) > 1 and len({*values}) == 1 else None


@traceable
def enabled(disabled: object) -> int | None:
    """Return 0 if the board is disabled, else 1; None if unknown."""
    off = flag(disabled)
    return None if off is None else int(not off)


@traceable
def lacking(found: object, active: object) -> Number | None:
    """Return the number of chips that were found but do not work."""
    every, working = count(found), count(active)
    return None if every is None or working is None or working > every else every - working


def identity(reading: Reading) -> Iterator[v.Part]:
    model, version = named(reading)
    if model:
        algorithm = "equihash" if model.startswith("A9") else ""
        yield v.MinerInfo(
            make="Innosilicon", model=model, firmware="innominer", firmware_version=version, algorithm=algorithm
        )
    elif dragonmint(reading):
        yield v.MinerInfo(make="Halong", model="DragonMint T1", algorithm="sha256")


def state(reading: Reading) -> Iterator[v.Part]:
    """Yield mining if the miner or any board hashes."""
    boards = (static(truthy(hashrate.current(row))) for row in reading.rows(EDEVS.name))
    yield from v.miner_states("mining" if hashrate.hashing(reading) or any(boards) else None)


def recognise(reading: Reading) -> str:
    if any(CHIPS in row for row in reading.rows("stats")):
        return f"{CHIPS} in stats"
    return reading.described("innominer ")


FAMILY = Family(
    name="innosilicon",
    rank=810,
    recognise=recognise,
    sections=(
        ("summary", summary),
        *((section, partial(devs, section)) for section in (DEVS.name, EDEVS.name)),
        ("stats", stats),
        ("pools", cgminer.pools),
        ("", identity),
        ("version", cgminer.version),
        ("innosilicon_overview", overview),
        ("", state),
    ),
    fast=(SUMMARY, DEVS, STATS, POOLS),
    instead={DEVS.name: EDEVS},
    slow=(VERSION, OVERVIEW),
    manual=FORK,
)
