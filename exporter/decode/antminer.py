"""Stock Antminer, S9 to S21, and its modifications that have no file of their own.

Odd about it: the S19 generation knows no joined commands; newer firmware answers `stats` with the flag `new_api` in the
shape of its web pages, power included, while older firmware ignores the flag; a model's name may carry a line break.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.decode import Family, Reading, bitmain, cgminer, hashrate
from exporter.decode.answers import Answers, Row
from exporter.decode.bitmain import RATE_UNITS, SLOTS
from exporter.decode.cgminer import POOLS, STATS, SUMMARY, VERSION
from exporter.questions import declare
from exporter.values import Number, celsius, count, number, positive, quantity, text
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
SLEEP_MODE: Final = 254


def summary(reading: Reading) -> Iterator[Part]:
    row = reading.row("summary")
    factor, _ = bitmain.unit(reading)
    miner = Miner()
    cgminer.fill(miner, row, cgminer.SUMMARY_FIELDS)
    if factor == 1e9 and (total := count(row.get("Total MH"))) is not None:
        miner.hashes_total = number(total, 1e6)
    miner.hashrate_hashes_per_second = quantity(row.get("RT HASHRATE"), "H/s")  # KS5 writes the unit beside the number
    yield miner
    yield HashrateWindow("average", quantity(row.get("AV HASHRATE"), "H/s"))
    yield HashrateNominal("firmware", positive(quantity(row.get("THEORY HASHRATE"), "H/s")))
    yield from hashrate.windows(row, factor)
    for window in ("1m", "15m", "24h"):  # bOS, the first Braiins firmware
        yield HashrateWindow(window, number(count(row.get(f"Hashrate{window}")), factor))


def stats_new(reading: Reading) -> Iterator[Part]:
    """Stats in the shape of the web pages; its boards count from 0, and are numbered here as classic stats does."""
    row = reading.row("stats_new_api")
    factor = RATE_UNITS.get(text(row.get("rate_unit")).removesuffix("/s"), 1e9)
    if (rate := count(row.get("rate_5s"))) is not None:
        yield Miner(hashrate_hashes_per_second=number(rate, factor), miner_uptime_seconds=count(row.get("elapsed")))
    for key, window in (("rate_5s", "5s"), ("rate_30m", "30m"), ("rate_avg", "average")):
        yield HashrateWindow(window, number(count(row.get(key)), factor))
    yield HashrateNominal("firmware", number(positive(row.get("rate_ideal")), factor))
    yield Power("firmware", positive(row.get("watt")) or positive(row.get("power")))
    chains = row.get("chain")
    for chain in chains[: len(SLOTS)] if isinstance(chains, list) else ():
        if isinstance(chain, dict) and (position := count(chain.get("index"))) is not None:
            yield from chain_new(chain, str(int(position) + 1), factor)


def chain_new(chain: Row, label: str, factor: Number) -> Iterator[Part]:
    part = Board(label)
    part.chips = count(chain.get("asic_num"))
    part.up = None if part.chips is None else int(part.chips > 0)
    part.chips_failed = bitmain.failed_chips(chain.get("asic"))
    part.hashrate_hashes_per_second = number(count(chain.get("rate_real")), factor)
    part.hashrate_nominal_hashes_per_second = number(positive(chain.get("rate_ideal")), factor)
    part.frequency_hertz = number(positive(chain.get("freq_avg")), 1e6)
    part.hardware_errors_total = count(chain.get("hw"))
    yield part
    yield BoardInfo(label, serial=bitmain.serial(chain.get("sn")))
    for key, place in (("temp_pcb", "pcb"), ("temp_chip", "chip"), ("temp_pic", "pic")):
        degrees = chain.get(key)
        for n, raw in enumerate(degrees[:16] if isinstance(degrees, list) else ()):
            yield BoardSensor(label, place, str(n), celsius(raw))


def version(reading: Reading) -> Iterator[Part]:
    row = bitmain.identity(reading.answers)
    yield MinerInfo(
        make="Bitmain",
        model=bitmain.model(row.get("Type", "")),
        firmware=firmware(reading.answers, row),
        firmware_version=text(row.get("Miner")),
        api_version=text(row.get("API")),
        algorithm=bitmain.unit(reading)[1],
        serial=bitmain.serial(bitmain.stats_rows(reading.answers)[1].get("miner_id")),
    )


def firmware(answers: Answers, row: Row) -> str:
    """Who made the firmware, where a modified one says so in its names; stock where it names itself without such."""
    names = [text(row.get(key)) for key in ("Type", "BMMiner", "CGMiner", "Miner")]
    said = " ".join([*names, *answers.descriptions.values()]).lower()
    marks = (
        ("hiveon", "Hiveon"),
        ("asicseer", "asicseer"),
        ("bos_", "bOS"),
        ("blissz", "Blissz"),
        ("rwglr", "MSKMiner"),
    )
    return next((name for mark, name in marks if mark in said), "stock" if any(names) else "")


def state(reading: Reading) -> Iterator[Part]:
    """Sleeping by its mode; faulted where every chip of every board is marked bad; mining where it hashes."""
    _, row = bitmain.stats_rows(reading.answers)
    maps = "".join(acs for n in SLOTS if isinstance(acs := row.get(f"chain_acs{n}"), str)).replace(" ", "")
    if number(row.get("Mode")) == SLEEP_MODE:
        yield from miner_states("sleeping")
    elif hashrate.current(row) or hashrate.current(reading.row("summary")):
        yield from miner_states("mining")
    elif maps and not maps.strip("xX"):
        yield from miner_states("faulted")


def recognise(answers: Answers) -> str:
    for row in (answers.row("version"), bitmain.stats_rows(answers)[0]):
        for key in ("BMMiner", "bmminer"):
            if key in row:
                return f"{key} in version or stats"
        if text(row.get("Type")).startswith("Antminer"):
            return "Type begins with Antminer"
    return answers.described(r"bmminer |cgminer 1\.0\.0$")


FAMILY = Family(
    name="antminer",
    rank=140,
    recognise=recognise,
    sections=(
        ("stats_new_api", stats_new),
        ("stats", bitmain.stats),
        ("summary", summary),
        ("pools", cgminer.pools),
        ("", version),
        ("", state),
    ),
    fast=(SUMMARY, STATS, POOLS, STATS_NEW),
    slow=(VERSION,),
    proofs={"stats_new_api": "chain"},
)
