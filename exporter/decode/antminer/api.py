"""Stock Antminer, S9 to S21, and its modifications that have no file of their own.

Odd about it: the S19 generation knows no joined commands; newer firmware answers `stats` with the flag `new_api` in the
shape of its web pages, power included, while older firmware ignores the flag; a model's name may carry a line break.
Its address and name are on a page of the web server alone, which wants a digest login and so is asked only with one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from exporter.core.tracing import coalesce, static, truthy
from exporter.core.values import count, number, positive, text
from exporter.core.vocabulary import HashrateNominal, HashrateWindow, Miner, MinerInfo, Part, miner_states
from exporter.decode import Family, cgminer
from exporter.decode.antminer import faults as antminer_faults
from exporter.decode.antminer import pages as bitmain_pages
from exporter.decode.antminer import stats as bitmain_stats
from exporter.decode.antminer import units as bitmain_units
from exporter.decode.cgminer import POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common import bitmain, hashrate, pooltable, programs, scale, systeminfo
from exporter.decode.common.bitmain import SLOTS
from exporter.decode.common.counts import SUMMARY_FIELDS, fill, hashes
from exporter.parse.rows import Reading
from exporter.questions import Digest, line

STATS_NEW = line("stats", new_api=True)
LOGIN = Digest("antminer")
SYSTEM = systeminfo.question("get_system_info", systeminfo.SYSTEM_PATH, LOGIN)
SLEEP_MODE: Final = 254
SLEEPS: Final = 1  # as the web pages call it
# Modified firmware by a mark in its names; of some of them a build is known beside stock's version.
MODIFIED: Final = (
    ("hiveon", "Hiveon"),
    ("asicseer", "asicseer"),
    ("bos_", "bOS"),
    ("blissz", "Blissz"),
    ("rwglr", "MSKMiner"),
    ("hashmaster", "HashMaster"),
    ("fufu", "BitFuFu"),
)
VERSIONED: Final = ("asicseer", "Blissz", "MSKMiner")
_BUILD = re.compile(r"(?:asicseer-|[ (]v\.?)(\d[\w.\-]{0,31})", re.ASCII)


def summary(reading: Reading) -> Iterator[Part]:
    """Counts and hashrates, the latter also as texts, which are rounded; D9 says one of those as a bare number."""
    row = reading.row("summary")
    units = bitmain_units.of(reading, row)
    now, average = scale.spelt(row[bitmain_units.RT]), scale.spelt(row[bitmain_units.AV])
    yield from hashrate.windows(row, units.letters)
    miner = Miner(hashrate_hashes_per_second=now)
    fill(miner, row, SUMMARY_FIELDS)
    mean = coalesce(hashrate.rates(row, units.letters).get(hashrate.AVERAGE), average)
    miner.hashes_total = hashes(row["Total MH"], mean, row["Elapsed"])
    yield miner
    yield HashrateWindow(hashrate.AVERAGE, average)
    theory = row[bitmain_units.THEORY]
    yield HashrateNominal("firmware", coalesce(positive(scale.spelt(theory)), scale.nominal(theory, units.plain)))
    for window in ("1m", "15m", "24h"):  # bOS, the first Braiins firmware
        yield HashrateWindow(window, scale.scaled(row[f"Hashrate{window}"], units.plain))


def system(reading: Reading) -> Iterator[Part]:
    """Who the miner is; its firmware's version here is that of the whole, in the API that of one program."""
    yield MinerInfo(firmware_version=firmware(reading)[1])
    yield from systeminfo.system("get_system_info", reading)


def version(reading: Reading) -> Iterator[Part]:
    name, said = firmware(reading)
    yield MinerInfo(
        make="Bitmain",
        model=bitmain.name_of(reading),
        firmware=name,
        firmware_version=said or bitmain.identity(reading, "Miner") or bitmain.identity(reading, "CGMiner"),
        api_version=bitmain.identity(reading, "API"),
        algorithm=bitmain.known(bitmain.name_of(reading))[0],
        cooling=bitmain.cooling(bitmain.name_of(reading)),
        serial=bitmain.serial(bitmain.stats_rows(reading)[1]["miner_id"]),
    )


def firmware(reading: Reading) -> tuple[str, str]:
    """(Name, own version) of modified firmware, by its names.

    Firmware whose names have no mark is stock, whose version is that of its program."""
    names = [bitmain.identity(reading, key) for key in ("Type", "BMMiner", "CGMiner", "Miner")]
    descriptions = reading.answers.descriptions.values()
    said = " ".join([*names, *descriptions]).lower()
    found = next((name for mark, name in MODIFIED if mark in said), "")
    other = programs.stranger(reading.row("version"), bitmain.stats_rows(reading)[0], descriptions)
    if other[0] and found.lower() in ("", other[0].lower()):
        return other
    build = _BUILD.search(f"{names[1]} {names[0]}") if found in VERSIONED else None
    return found or ("stock" if any(names) else ""), build[1] if build else ""


def state(reading: Reading) -> Iterator[Part]:
    """Sleeping by its mode; faulted where every chip of every board is marked bad; mining where it hashes."""
    _, row = bitmain.stats_rows(reading)
    summary, stats = reading.row("summary"), reading.row("stats")
    new = stats if bitmain_pages.shaped(stats) else reading.row("stats_new_api")
    rates = [hashrate.current(row), hashrate.current(summary), count(new["rate_5s"])]
    if number(row.static("Mode")) == SLEEP_MODE or number(new.static("miner-mode")) == SLEEPS:
        yield from miner_states("sleeping")
    elif any(static(truthy(rate)) for rate in (*rates, scale.spelt(summary["RT HASHRATE"]))):
        yield from miner_states("mining")
    else:
        said = [row.static(f"chain_acs{n}") for n in SLOTS]
        maps = "".join(each for each in said if isinstance(each, str)).replace(" ", "")
        yield from miner_states("faulted" if maps and not maps.strip("xX") else None)


def recognise(reading: Reading) -> str:
    for row in (reading.row("version"), bitmain.stats_rows(reading)[0]):
        for key in ("BMMiner", "bmminer"):
            if key in row:
                return f"{key} in version or stats"
        if text(row.static("Type")).lower().startswith("antminer"):
            return "Type begins with Antminer"
    if evidence := reading.described(r"bmminer |cgminer 1\.0\.0$", own=True):
        return evidence
    if bitmain_pages.shaped(reading.row("stats")):
        return "stats in the shape of its web pages"
    boards = any(re.fullmatch(r"chain_acn\d+", key) for key in bitmain.stats_rows(reading)[1])
    return "chain_acn in stats" if boards else ""  # the first of them name neither program nor model


FAMILY = Family(
    name="antminer",
    rank=140,
    recognise=recognise,
    sections=(
        ("stats_new_api", partial(bitmain_pages.stats, "stats_new_api")),
        ("stats", bitmain_stats.stats),
        ("stats", partial(bitmain_pages.stats, "stats")),
        ("summary", summary),
        ("summary", partial(bitmain_pages.summary, "summary")),
        *((section, partial(bitmain_pages.rest, section)) for section in ("stats", "stats_new_api")),
        ("pools", cgminer.pools),
        ("pools", partial(pooltable.pools, "pools")),
        ("get_system_info", system),
        ("summary_new_api", antminer_faults.summary_new),
        ("warning_new_api", antminer_faults.warnings),
        ("", version),
        ("", state),
    ),
    fast=(SUMMARY, STATS, POOLS, STATS_NEW),
    slow=(VERSION, SYSTEM, antminer_faults.SUMMARY_NEW, antminer_faults.WARNINGS),
    required_keys={"stats_new_api": "chain", "summary_new_api": "status"},
)
