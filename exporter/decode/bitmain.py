"""The stats row that Bitmain began and most Antminer firmware keeps: one flat object with a number at each key's end.

Odd about it: "GHS" means another unit on the models that do not do SHA-256; boards stand at 1-3, 6-8 or 1-13, and an
empty slot is a row of zeros; numbers come as strings; the two rows may stand side by side without a comma.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.decode import hashrate
from exporter.decode.cgminer import total
from exporter.decode.counts import SUMMARY_FIELDS, fill
from exporter.decode.rows import Reading, Row
from exporter.decode.sensors import chip_range, failed_chips, temperatures
from exporter.live import door, fact, first
from exporter.values import Number, count, number, positive, quantity, text
from exporter.vocabulary import (
    Board,
    BoardInfo,
    BoardsExpected,
    Fan,
    HashrateNominal,
    HashrateWindow,
    Miner,
    Part,
    Power,
)

# What "GHS" means where it is not 1e9 hashes, and what is hashed; a model is found by the start of its name.
MODELS: Final = (
    ("Antminer L3", 1e6, "scrypt"),
    ("Antminer D3", 1e6, "x11"),
    ("Antminer E3", 1e6, "ethash"),
    ("Antminer Z9", 1e3, "equihash"),
    ("Antminer Z11", 1e3, "equihash"),
    ("Antminer L", 1e9, "scrypt"),
    ("Antminer DR", 1e9, "blake256r14"),
    ("Antminer D", 1e9, "x11"),
    ("Antminer Z", 1e3, "equihash"),
    ("Antminer KS", 1e9, "kheavyhash"),
    ("Antminer KA", 1e9, "kadena"),
    ("Antminer S", 1e9, "sha256"),
    ("Antminer T", 1e9, "sha256"),
    ("Antminer R", 1e9, "sha256"),
    ("Hammer D", 1e6, "scrypt"),
    ("VolcMiner D", 1e6, "scrypt"),
)
MARKS: Final = ("GHS 5s", "MHS 5s", "fan_num", "chain_acn1", "chain_acn6", "fan1", "temp1")  # of the row of readings
RATE_UNITS: Final = {"H": 1, "KH": 1e3, "MH": 1e6, "GH": 1e9, "G": 1e9, "TH": 1e12, "Sol": 1, "KSol": 1e3}
SLOTS: Final = range(1, 17)

_KEYED = re.compile(r"(chain_acn|chain_rate|freq|temp|CHAIN AVG HASHRATE|temp_in_chip_)(\d{1,2})", re.ASCII)


def model(raw: object) -> str:
    """A model's name without maker, build tags in brackets or after "v.", and what some builds append: their own name,
    or a line. MSKMiner leaves out the first word: "S19-88 v.2.6.0.39"."""
    said = raw if isinstance(raw, str) else ""
    name = text(said.split("\n", maxsplit=1)[0].partition("(")[0]).removeprefix("Bitmain ")
    name = re.sub(r"( v\.?\d[\w.]*( beta)?| Hiveon| Blissz)+$", "", name)
    return re.sub(r"^(Antminer(?=\S)|(?=[DLST]\d))", "Antminer ", name)


def stats_rows(reading: Reading) -> tuple[Row, Row]:
    """(header, readings) of classic stats: the row that names the miner, and the row with everything else."""
    rows = reading.rows("stats")
    header = next((row for row in rows if "Type" in row), reading.empty)
    readings = next((row for row in rows if any(key in row for key in MARKS)), reading.empty)
    return header, readings


def identity(reading: Reading, key: str) -> str:
    """What the miner says of itself: in the header of stats, where it is there, else in version."""
    return text(stats_rows(reading)[0].fact(key)) or text(reading.row("version").fact(key))


def name_of(reading: Reading) -> str:
    """The model's name."""
    return model(stats_rows(reading)[0].fact("Type")) or model(reading.row("version").fact("Type"))


def unit(reading: Reading) -> tuple[Number, str]:
    """(hashes per second in one "GHS" of this model, algorithm)."""
    row = stats_rows(reading)[1]
    name = name_of(reading)
    factor, algorithm = next(((f, a) for start, f, a in MODELS if name.startswith(start)), (1e9, ""))
    said = text(row.fact("rate_unit")).removesuffix("/s")
    if "MHS 5s" in row:
        factor = 1e6  # and so are the rates of the boards, whose keys do not say so
    elif said in RATE_UNITS:
        factor = RATE_UNITS[said]
    elif algorithm == "equihash" and fact(above(first(positive(row["GHS 5s"]), positive(row["GHS av"])), 10_000)):
        factor = 1  # newer Z11 firmware prints Sol/s under the same name
    return factor, algorithm


@door
def above(value: Number | None, least: Number) -> int | None:
    """1 where the value is above `least`, 0 where not."""
    return None if value is None else int(value > least)


def stats(reading: Reading) -> Iterator[Part]:
    _, row = stats_rows(reading)
    factor, _ = unit(reading)
    miner = Miner()
    fill(miner, row, SUMMARY_FIELDS)  # asicseer repeats them here
    yield miner
    yield from hashrate.windows(row, factor)
    yield HashrateWindow("30m", number(count(row["rate_30m"]), factor))
    yield HashrateNominal("firmware", number(positive(row["total_rateideal"]), factor))
    yield BoardsExpected("firmware", positive(row["miner_count"]))  # stays while the miner sleeps
    yield from fans(row)
    for slot in boards(row):
        yield from board(row, slot, factor)
    yield from power(row)


@door
def something(raw: object) -> bool:
    """Whether a number above zero is said, with or without the unit of a hashrate."""
    return bool(positive(raw) or positive(quantity(raw, "H/s")))


def boards(row: Row) -> list[int]:
    """The slots that hold a board: those about which anything above zero is said."""
    keys: dict[int, list[str]] = {}
    for key in row:
        if match := _KEYED.fullmatch(key):
            keys.setdefault(int(match[2]), []).append(key)
    return [slot for slot in SLOTS if slot in keys and row.any(something, *keys[slot])]


def board(row: Row, slot: int, factor: Number) -> Iterator[Part]:
    label = str(slot)
    part = Board(label)
    part.chips = count(row[f"chain_acn{slot}"])
    part.up = above(part.chips, 0)
    part.chips_failed = failed_chips(row[f"chain_acs{slot}"])
    part.hashrate_hashes_per_second = first(
        number(count(row[f"chain_rate{slot}"]), factor), quantity(row[f"CHAIN AVG HASHRATE{slot}"], "H/s")
    )
    part.hashrate_nominal_hashes_per_second = number(positive(row[f"chain_rateideal{slot}"]), factor)
    part.hardware_errors_total = count(row[f"chain_hw{slot}"])
    clocks = [positive(row[name]) for name in (f"freq_avg{slot}", f"freq{slot}", f"frequency{slot}")]
    part.frequency_hertz = number(first(*clocks), 1e6)
    part.voltage_volts = first(voltage(row[f"voltage{slot}"]), voltage(row[f"chain_vol{slot}"]))
    part.power_watts = first(positive(row[f"chain_consumption{slot}"]), positive(row[f"chain_power{slot}"]))
    yield part
    yield BoardInfo(label, serial=serial(row[f"chain_SN{slot}"]))
    degrees = temperatures(row, slot, label)
    yield from degrees
    yield chip_range(label, [s.board_temperature_celsius for s in degrees if s.location == "chip"])


def fans(row: Row) -> Iterator[Part]:
    """Fans that turn, and a fan that stands still where the row tells it from an empty slot: fan_num counts the
    fitted ones, and where all that turn are among the first fan_num slots, the fitted ones are these."""
    slots = [n for n in SLOTS if f"fan{n}" in row]
    fitted = int(min(count(row.fact("fan_num")) or 0, len(SLOTS)))
    turning = [n for n in slots if row.any(positive, f"fan{n}")]
    if turning and max(turning) <= fitted:
        turning = [n for n in slots if n <= fitted]
    for n in turning:
        yield Fan(str(n), count(row[f"fan{n}"]))


def power(row: Row) -> Iterator[Part]:
    """What the boards draw together, where a modified firmware says it; stock firmware does not on this surface."""
    each = [count(row[f"chain_consumption{n}"]) for n in boards(row)]
    said = [positive(quantity(row[key])) for key in ("total_power", "chain_power")]
    yield Power("firmware", first(*said, positive(total(*each))))


@door
def voltage(raw: object) -> Number | None:
    """Volts, from volts (8.9), hundredths (880) or thousandths (19000) of a volt: no board runs above 30 V."""
    value = positive(raw)
    if value is None or value <= 30:
        return value
    return number(value, 0.01 if value <= 3000 else 0.001)


@door
def serial(raw: object) -> str:
    """A serial number, "" for the words that stand for none."""
    name = text(raw)
    return "" if name.lower() in ("unknow", "unknown", "n/a", "null", "0") else name
