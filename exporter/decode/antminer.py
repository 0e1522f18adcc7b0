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

from exporter.decode import Family, antminer_faults, bitmain, cgminer, hashrate
from exporter.decode.bitmain import RATE_UNITS, SLOTS
from exporter.decode.cgminer import POOLS, STATS, SUMMARY, VERSION
from exporter.decode.counts import SUMMARY_FIELDS, fill
from exporter.decode.nested import how_long
from exporter.decode.rows import Reading, Row
from exporter.decode.sensors import failed_chips
from exporter.live import fact, first, holds, item
from exporter.questions import declare, introduction, page
from exporter.values import Number, celsius, count, mac, number, positive, quantity, text
from exporter.vocabulary import (
    Board,
    BoardInfo,
    BoardSensor,
    HashrateNominal,
    HashrateWindow,
    Miner,
    MinerInfo,
    Part,
    Power,
    miner_states,
)

STATS_NEW = declare("stats", new_api=True)
SYSTEM = introduction(
    page("get_system_info", "/cgi-bin/get_system_info.cgi", login="antminer", locked=True, hourly=True)
)
SLEEP_MODE: Final = 254
SLEEPS: Final = 1  # as the web pages call it
_BUILD = re.compile(r"(?:asicseer-|[ (]v\.?)(\d[\w.\-]{0,31})", re.ASCII)


def summary(reading: Reading) -> Iterator[Part]:
    row = reading.row("summary")
    factor, _ = bitmain.unit(reading)
    miner = Miner()
    fill(miner, row, SUMMARY_FIELDS)
    if factor == 1e9:
        miner.hashes_total = number(count(row["Total MH"]), 1e6)
    miner.hashrate_hashes_per_second = quantity(row["RT HASHRATE"], "H/s")  # KS5 writes the unit beside the number
    yield miner
    yield HashrateWindow("average", quantity(row["AV HASHRATE"], "H/s"))
    yield HashrateNominal("firmware", positive(quantity(row["THEORY HASHRATE"], "H/s")))
    yield from hashrate.windows(row, factor)
    for window in ("1m", "15m", "24h"):  # bOS, the first Braiins firmware
        yield HashrateWindow(window, number(count(row[f"Hashrate{window}"]), factor))


def stats_new(section: str, reading: Reading) -> Iterator[Part]:
    """Stats in the shape of the web pages; its boards count from 0, and are numbered here as classic stats does."""
    row = reading.row(section)
    factor = RATE_UNITS.get(text(row.fact("rate_unit")).removesuffix("/s"), 1e9)
    rate = number(count(row["rate_5s"]), factor)
    yield Miner(hashrate_hashes_per_second=rate, miner_uptime_seconds=count(row["elapsed"]))
    for key, window in (("rate_5s", "5s"), ("rate_30m", "30m"), ("rate_avg", "average")):
        yield HashrateWindow(window, number(count(row[key]), factor))
    yield HashrateNominal("firmware", number(positive(row["rate_ideal"]), factor))
    yield Power("firmware", first(positive(row["watt"]), positive(row["power"])))
    for chain in row.rows("chain")[: len(SLOTS)]:
        if (position := count(chain.fact("index"))) is not None:
            yield from chain_new(chain, str(int(position) + 1), factor)


def chain_new(chain: Row, label: str, factor: Number) -> Iterator[Part]:
    part = Board(label)
    part.chips = count(chain["asic_num"])
    part.up = bitmain.above(part.chips, 0)
    part.chips_failed = failed_chips(chain["asic"])
    part.hashrate_hashes_per_second = number(count(chain["rate_real"]), factor)
    part.hashrate_nominal_hashes_per_second = number(positive(chain["rate_ideal"]), factor)
    part.frequency_hertz = number(positive(chain["freq_avg"]), 1e6)
    part.hardware_errors_total = count(chain["hw"])
    yield part
    yield BoardInfo(label, serial=bitmain.serial(chain["sn"]))
    for key, place in (("temp_pcb", "pcb"), ("temp_chip", "chip"), ("temp_pic", "pic")):
        for n in range(min(fact(how_long(chain[key])), 16)):
            yield BoardSensor(label, place, str(n), celsius(item(chain[key], n)))


def system(reading: Reading) -> Iterator[Part]:
    """Who the miner is; its firmware's version here is that of the whole, in the API that of one program."""
    row = reading.row("get_system_info")
    yield MinerInfo(
        hostname=text(row["hostname"]),
        mac=mac(row["macaddr"]),
        serial=first(bitmain.serial(row["serinum"]), bitmain.serial(row["serial_no"])),
        firmware_version=build(reading) or text(row.fact("system_filesystem_version")),
    )


def version(reading: Reading) -> Iterator[Part]:
    yield MinerInfo(
        make="Bitmain",
        model=bitmain.name_of(reading),
        firmware=firmware(reading),
        firmware_version=build(reading) or bitmain.identity(reading, "Miner"),
        api_version=bitmain.identity(reading, "API"),
        algorithm=bitmain.unit(reading)[1],
        serial=bitmain.serial(bitmain.stats_rows(reading)[1]["miner_id"]),
    )


def firmware(reading: Reading) -> str:
    """Who made the firmware, where a modified one says so in its names; stock where it names itself without such."""
    names = [bitmain.identity(reading, key) for key in ("Type", "BMMiner", "CGMiner", "Miner")]
    said = " ".join([*names, *reading.answers.descriptions.values()]).lower()
    marks = (
        ("hiveon", "Hiveon"),
        ("asicseer", "asicseer"),
        ("bos_", "bOS"),
        ("blissz", "Blissz"),
        ("rwglr", "MSKMiner"),
    )
    return next((name for mark, name in marks if mark in said), "stock" if any(names) else "")


def build(reading: Reading) -> str:
    """A modified firmware's own version, where it says one beside stock's: "(v5.1)" in the type, "asicseer-1.1.9"."""
    said = f"{bitmain.identity(reading, 'BMMiner')} {bitmain.identity(reading, 'Type')}"
    found = _BUILD.search(said) if firmware(reading) in ("asicseer", "Blissz", "MSKMiner") else None
    return found[1] if found else ""


def state(reading: Reading) -> Iterator[Part]:
    """Sleeping by its mode; faulted where every chip of every board is marked bad; mining where it hashes."""
    _, row = bitmain.stats_rows(reading)
    summary, new = reading.row("summary"), reading.row("stats_new_api")
    rates = [hashrate.current(row), hashrate.current(summary), count(new["rate_5s"])]
    if number(row.fact("Mode")) == SLEEP_MODE or number(new.fact("miner-mode")) == SLEEPS:
        yield from miner_states("sleeping")
    elif any(fact(holds(rate)) for rate in (*rates, quantity(summary["RT HASHRATE"], "H/s"))):
        yield from miner_states("mining")
    else:
        said = [row.fact(f"chain_acs{n}") for n in SLOTS]
        maps = "".join(each for each in said if isinstance(each, str)).replace(" ", "")
        yield from miner_states("faulted" if maps and not maps.strip("xX") else None)


def recognise(reading: Reading) -> str:
    for row in (reading.row("version"), bitmain.stats_rows(reading)[0]):
        for key in ("BMMiner", "bmminer"):
            if key in row:
                return f"{key} in version or stats"
        if text(row.fact("Type")).startswith("Antminer"):
            return "Type begins with Antminer"
    return reading.described(r"bmminer |cgminer 1\.0\.0$")


FAMILY = Family(
    name="antminer",
    rank=140,
    recognise=recognise,
    sections=(
        ("stats_new_api", partial(stats_new, "stats_new_api")),
        ("stats", bitmain.stats),
        ("summary", summary),
        ("pools", cgminer.pools),
        ("get_system_info", system),
        ("summary_new_api", antminer_faults.summary_new),
        ("warning_new_api", antminer_faults.warnings),
        ("", version),
        ("", state),
    ),
    fast=(SUMMARY, STATS, POOLS, STATS_NEW),
    slow=(VERSION, SYSTEM, antminer_faults.SUMMARY_NEW, antminer_faults.WARNINGS),
    proofs={"stats_new_api": "chain", "summary_new_api": "status"},
)
