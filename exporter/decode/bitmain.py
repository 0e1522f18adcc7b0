"""The stats row that Bitmain began and most Antminer firmware keeps: one flat object with a number at each key's end.

Odd about it: "GHS" means another unit on the models that do not do SHA-256; boards stand at 1-3, 6-8 or 1-13, and an
empty slot is a row of zeros; numbers come as strings; the two rows may stand side by side without a comma.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from exporter.decode import Reading, hashrate
from exporter.decode.answers import Answers, Row
from exporter.values import Number, celsius, celsius_list, count, number, positive, quantity, text
from exporter.vocabulary import (
    Board,
    BoardInfo,
    BoardSensor,
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
)
RATE_UNITS: Final = {"H": 1, "KH": 1e3, "MH": 1e6, "GH": 1e9, "G": 1e9, "TH": 1e12, "Sol": 1, "KSol": 1e3}
SLOTS: Final = range(1, 17)

_KEYED = re.compile(r"(chain_acn|chain_rate|freq|temp|CHAIN AVG HASHRATE|temp_in_chip_)(\d{1,2})", re.ASCII)
# The lists of single sensors, with their place on the board, and the one-number fields that stand in for them.
LISTS: Final = (
    ("temp_pcb{}", "pcb", ""),
    ("temp_chip{}", "chip", ""),
    ("temp_pic{}", "pic", ""),
    ("temp_in_pcb_{}", "pcb", "in-"),
    ("temp_out_pcb_{}", "pcb", "out-"),
    ("temp_in_chip_{}", "chip", "in-"),
    ("temp_out_chip_{}", "chip", "out-"),
)
SINGLES: Final = (("temp{}", "pcb", "0"), ("temp2_{}", "chip", "0"), ("temp3_{}", "chip", "1"))
E3_SINGLES: Final = (*SINGLES[:2], ("temp3_{}", "pcb", "1"), ("temp4_{}", "chip", "1"))


def model(raw: object) -> str:
    """A model's name without maker, build tags in brackets, and what some builds append after a line break."""
    said = raw if isinstance(raw, str) else ""
    name = text(said.split("\n", maxsplit=1)[0].partition("(")[0]).removeprefix("Bitmain ")
    return re.sub(r"^Antminer(?=\S)", "Antminer ", name)


def stats_rows(answers: Answers) -> tuple[Row, Row]:
    """(header, readings) of classic stats: the row that names the miner, and the row with everything else."""
    rows = answers.rows.get("stats", [])
    header = next((row for row in rows if "Type" in row), {})
    readings = next((row for row in rows if "STATS" in row and ("GHS 5s" in row or "fan_num" in row)), {})
    return header, readings


def identity(answers: Answers) -> Row:
    """The row that says what this is: the header of stats, where it is, else version."""
    header = stats_rows(answers)[0]
    return answers.row("version") | {key: said for key, said in header.items() if text(said)}


def unit(reading: Reading) -> tuple[Number, str]:
    """(hashes per second in one "GHS" of this model, algorithm)."""
    row = stats_rows(reading.answers)[1]
    name = model(identity(reading.answers).get("Type", ""))
    factor, algorithm = next(((f, a) for start, f, a in MODELS if name.startswith(start)), (1e9, ""))
    said = text(row.get("rate_unit")).removesuffix("/s")
    if said in RATE_UNITS:
        factor = RATE_UNITS[said]
    elif algorithm == "equihash" and (positive(row.get("GHS 5s")) or positive(row.get("GHS av")) or 0) > 10_000:
        factor = 1  # newer Z11 firmware prints Sol/s under the same name
    return factor, algorithm


def stats(reading: Reading) -> Iterator[Part]:
    _, row = stats_rows(reading.answers)
    factor, _ = unit(reading)
    yield Miner(miner_uptime_seconds=count(row.get("Elapsed")))
    yield from hashrate.windows(row, factor)
    yield HashrateWindow("30m", number(count(row.get("rate_30m")), factor))
    if (ideal := positive(row.get("total_rateideal"))) is not None:
        yield HashrateNominal("firmware", number(ideal, factor))
    yield BoardsExpected("firmware", positive(row.get("miner_count")))  # stays while the miner sleeps
    yield from fans(row)
    for slot in boards(row):
        yield from board(row, slot, factor)
    yield from power(row)


def boards(row: Row) -> list[int]:
    """The slots that hold a board: those about which anything above zero is said."""
    fitted = set()
    for key, raw in row.items():
        if (match := _KEYED.fullmatch(key)) and (positive(raw) or positive(quantity(raw, "H/s"))):
            fitted.add(int(match[2]))
    return sorted(fitted & set(SLOTS))


def board(row: Row, slot: int, factor: Number) -> Iterator[Part]:
    label = str(slot)
    part = Board(label)
    part.chips = count(row.get(f"chain_acn{slot}"))
    part.up = None if part.chips is None else int(part.chips > 0)
    part.chips_failed = failed_chips(row.get(f"chain_acs{slot}"))
    part.hashrate_hashes_per_second = number(count(row.get(f"chain_rate{slot}")), factor)
    if part.hashrate_hashes_per_second is None:
        part.hashrate_hashes_per_second = quantity(row.get(f"CHAIN AVG HASHRATE{slot}"), "H/s")
    part.hashrate_nominal_hashes_per_second = number(positive(row.get(f"chain_rateideal{slot}")), factor)
    part.hardware_errors_total = count(row.get(f"chain_hw{slot}"))
    names = (f"freq_avg{slot}", f"freq{slot}", f"frequency{slot}")
    part.frequency_hertz = number(next((f for n in names if (f := positive(row.get(n)))), None), 1e6)
    part.voltage_volts = voltage(row.get(f"voltage{slot}") or row.get(f"chain_vol{slot}"))
    part.power_watts = positive(row.get(f"chain_consumption{slot}")) or positive(row.get(f"chain_power{slot}"))
    yield part
    yield BoardInfo(label, serial=serial(row.get(f"chain_SN{slot}")))
    yield from temperatures(row, slot, label)


def temperatures(row: Row, slot: int, label: str) -> Iterator[Part]:
    """Every sensor of a board; the one-number fields repeat a sensor of the lists and count only without them."""
    sensors = [
        BoardSensor(label, place, f"{prefix}{position}", value)
        for key, place, prefix in LISTS
        for position, value in celsius_list(row.get(key.format(slot)))
    ]
    if not sensors:
        singles = E3_SINGLES if f"temp4_{slot}" in row and "temp_max3" in row else SINGLES
        sensors = [BoardSensor(label, place, n, celsius(row.get(key.format(slot)))) for key, place, n in singles]
    yield from sensors
    yield chip_range(label, [s.board_temperature_celsius for s in sensors if s.location == "chip"])


def chip_range(label: str, degrees: Iterable[Number | None]) -> Board:
    """The minimum, maximum and mean over a board's chips or chip sensors; a single number is its hottest."""
    known = [value for value in degrees if value is not None]
    if len(known) < 2:
        return Board(label, chip_temperature_max_celsius=known[0] if known else None)
    return Board(
        label,
        chip_temperature_min_celsius=min(known),
        chip_temperature_max_celsius=max(known),
        chip_temperature_mean_celsius=round(sum(known) / len(known), 3),
    )


def fans(row: Row) -> Iterator[Part]:
    """Fans that turn, and a fan that stands still where the row tells it from an empty slot: fan_num counts the
    fitted ones, and where all that turn are among the first fan_num slots, the fitted ones are these."""
    speeds = {n: rpm for n in SLOTS if (rpm := count(row.get(f"fan{n}"))) is not None}
    fitted = int(min(count(row.get("fan_num")) or 0, len(SLOTS)))
    turning = {n for n, rpm in speeds.items() if rpm > 0}
    if turning and max(turning) <= fitted:
        turning = {n for n in speeds if n <= fitted}
    for n in sorted(turning):
        yield Fan(str(n), speeds[n])


def power(row: Row) -> Iterator[Part]:
    """What the boards draw together, where a modified firmware says it; stock firmware does not on this surface."""
    total = positive(quantity(row.get("chain_power")))
    if total is None:
        each = [count(row.get(f"chain_consumption{n}")) for n in boards(row)]
        known = [watts for watts in each if watts is not None]
        total = positive(sum(known)) if len(known) == len(each) else None
    yield Power("firmware", total)


def failed_chips(raw: object) -> int | None:
    """The chips marked x in a map such as " oooo oxoo", where there is a map."""
    if not isinstance(raw, str) or not raw.strip() or raw.strip(" oxOX-"):
        return None
    return raw.lower().count("x")


def voltage(raw: object) -> Number | None:
    """Volts, from volts (8.9), hundredths (880) or thousandths (19000) of a volt: no board runs above 30 V."""
    value = positive(raw)
    if value is None or value <= 30:
        return value
    return number(value, 0.01 if value <= 3000 else 0.001)


def serial(raw: object) -> str:
    name = text(raw)
    return "" if name.lower() in ("unknow", "unknown", "n/a", "null", "0") else name
