"""Stock Antminer, S9 to S21, and modified firmware that has no family of its own.

Quirks: the S19 generation does not know joined commands. Newer firmware answers `stats` with the flag `new_api` in the
shape of its web pages, power included; older firmware ignores the flag. A model's name may contain a line break. MAC
address and host name are only on a page of the web server, which needs a digest login.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static, truthy
from exporter.core.values import count, flag, number, positive, text
from exporter.decode import cgminer
from exporter.decode.antminer import classic, faults, models, pages
from exporter.decode.antminer.stats import classic_stats
from exporter.decode.antminer.units import AV, RT, THEORY, units_of
from exporter.decode.cgminer import POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common import hashrate, pooltable, programs, scale, systeminfo
from exporter.decode.common.counts import SUMMARY_FIELDS, fill, hashes
from exporter.decode.common.identity import serial
from exporter.decode.common.manual import CGMINER
from exporter.decode.family import Family
from exporter.parse.rows import Reading
from exporter.questions import Digest, line

STATS_NEW = line("stats", new_api=True)
LOGIN = Digest("antminer")
SYSTEM = systeminfo.question("get_system_info", systeminfo.SYSTEM_PATH, LOGIN)
NEW_API: Final = tuple(line(word, new_api=True) for word in ("summary", "pools", "rate", "warning"))
SLEEP_MODE: Final = 254
SLEEPS: Final = 1  # the same mode on the web pages
# Modified firmware: (mark in the names of the answers, name of the firmware). The firmware in VERSIONED has a build
# number beside the stock version.
MODIFIED: Final = (
    ("hiveon", "Hiveon"),
    ("asicseer", "asicseer"),
    ("bos_", "bOS"),
    ("blissz", "Blissz"),
    ("rwglr", "MSKMiner"),
    ("hashmaster", "HashMaster"),
    ("fufu", "BitFuFu"),
)
PLATFORM: Final = "platform["  # in place of a version
VERSIONED: Final = ("asicseer", "Blissz", "MSKMiner")
_BUILD = re.compile(r"(?:asicseer-|[ (]v\.?)(\d[\w.\-]{0,31})", re.ASCII)


def summary(reading: Reading) -> Iterator[v.Part]:
    """Yield counts and hashrates.

    Hashrates also come as rounded texts, but the D9 has a bare number as THEORY HASHRATE."""
    row = reading.row("summary")
    units = units_of(reading, row)
    now, average = scale.spelt(row[RT]), scale.spelt(row[AV])
    yield from hashrate.windows(row, units.letters)
    miner = v.Miner(hashrate_hashes_per_second=now)
    fill(miner, row, SUMMARY_FIELDS)
    mean = coalesce(hashrate.rates(row, units.letters).get(hashrate.AVERAGE), average)
    miner.hashes_total = hashes(row["Total MH"], mean, row["Elapsed"])
    yield miner
    yield v.HashrateWindow(hashrate.AVERAGE, average)
    theory = row[THEORY]
    yield v.HashrateNominal("firmware", coalesce(positive(scale.spelt(theory)), scale.nominal(theory, units.plain)))
    for window in ("1m", "15m", "24h"):  # bOS, the first Braiins firmware
        yield v.HashrateWindow(window, scale.scaled(row[f"Hashrate{window}"], units.plain))


def system(reading: Reading) -> Iterator[v.Part]:
    """Yield the identity.

    This page has the version of the whole firmware image, whereas the API has a program's version."""
    yield v.MinerInfo(firmware_version=firmware(reading)[1])
    yield from systeminfo.system("get_system_info", reading)


def version(reading: Reading) -> Iterator[v.Part]:
    name, own = firmware(reading)
    stock = classic.named(reading, "Miner")
    platform = stock.removeprefix(PLATFORM).removesuffix("]") if stock.startswith(PLATFORM) else ""
    if platform:  # the time of the build is the version, also on the page
        stock = classic.named(reading, "CompileTime")
    yield v.MinerInfo(
        make="Bitmain",
        model=classic.model(reading),
        firmware=name,
        firmware_version=own or stock or classic.named(reading, "CGMiner"),
        platform=platform,
        api_version=classic.named(reading, "API"),
        algorithm=models.known(classic.model(reading))[0],
        cooling=models.cooling(classic.model(reading)),
        serial=serial(classic.stats_rows(reading)[1]["miner_id"]),
    )


def firmware(reading: Reading) -> tuple[str, str]:
    """Return (name, own version) of the firmware, from marks of modified firmware in names.

    Firmware without a mark is stock, and its own version is ""."""
    names = [classic.named(reading, key) for key in ("Type", "BMMiner", "CGMiner", "Miner")]
    descriptions = reading.answers.descriptions.values()
    words = " ".join([*names, *descriptions]).lower()
    found = next((name for mark, name in MODIFIED if mark in words), "")
    other = programs.stranger(reading.row("version"), classic.stats_rows(reading)[0], descriptions)
    if other[0] and found.lower() in ("", other[0].lower()):
        return other
    build = _BUILD.search(f"{names[1]} {names[0]}") if found in VERSIONED else None
    return found or ("stock" if any(names) else ""), build[1] if build else ""


def state(reading: Reading) -> Iterator[v.Part]:
    """Yield sleeping by the mode, mining if any rate is above zero, faulted if every chip is marked bad.

    Hiveon tells that its tuner runs."""
    _, row = classic.stats_rows(reading)
    yield from v.tuner_states("tuning" if flag(row.static("tune_running")) else None)
    summary, stats = reading.row("summary"), reading.row("stats")
    new = stats if pages.shaped(stats) else reading.row("stats_new_api")
    rates = [hashrate.current(row), hashrate.current(summary), count(new["rate_5s"])]
    if number(row.static("Mode")) == SLEEP_MODE or number(new.static("miner-mode")) == SLEEPS:
        yield from v.miner_states("sleeping")
    elif any(static(truthy(rate)) for rate in (*rates, scale.spelt(summary["RT HASHRATE"]))):
        yield from v.miner_states("mining")
    else:
        statuses = [row.static(f"chain_acs{n}") for n in classic.SLOTS]
        maps = "".join(each for each in statuses if isinstance(each, str)).replace(" ", "")
        yield from v.miner_states("faulted" if maps and not maps.strip("xX") else None)


def recognise(reading: Reading) -> str:
    for row in (reading.row("version"), classic.stats_rows(reading)[0]):
        for key in ("BMMiner", "bmminer"):
            if key in row:
                return f"{key} in version or stats"
        if text(row.static("Type")).lower().startswith("antminer"):
            return "Type begins with Antminer"
    if evidence := reading.described(r"bmminer |cgminer 1\.0\.0$", own=True):
        return evidence
    if pages.shaped(reading.row("stats")):
        return "stats in the shape of its web pages"
    boards = any(re.fullmatch(r"chain_acn\d+", key) for key in classic.stats_rows(reading)[1])
    return "chain_acn in stats" if boards else ""  # the first Antminers have no other mark


FAMILY = Family(
    name="antminer",
    rank=140,
    recognise=recognise,
    sections=(
        ("stats_new_api", partial(pages.stats, "stats_new_api")),
        ("stats", classic_stats),
        ("stats", partial(pages.stats, "stats")),
        ("summary", summary),
        ("summary", partial(pages.summary, "summary")),
        *((section, partial(pages.rest, section)) for section in ("stats", "stats_new_api")),
        ("pools", cgminer.pools),
        ("pools", partial(pooltable.pools, "pools")),
        ("get_system_info", system),
        ("summary_new_api", faults.summary_new),
        ("warning_new_api", faults.warnings),
        ("", version),
        ("", state),
    ),
    fast=(SUMMARY, STATS, POOLS, STATS_NEW),
    slow=(VERSION, SYSTEM, faults.SUMMARY_NEW, faults.WARNINGS),
    required_keys={"stats_new_api": "chain", "summary_new_api": "status"},
    manual=(*CGMINER, *NEW_API),
)
