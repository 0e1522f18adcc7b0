"""SealMiner's bdminer on port 4028: stats is one flat row with all values, from the supply to each board.

Quirks: keys begin with a board's or fan's number and a space (`0 Temp 2`). Windows are in brackets (`MHS(30s)`), and
long windows count the time before the start as idle. The 5 s rate of summary is computed from shares, which are too few
in 5 s. So the current rate is the boards' rate, `MHS(Sample)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, traceable
from exporter.core.values import Number, celsius, count, flag, mac, number, positive, text
from exporter.decode import cgminer
from exporter.decode.cgminer import POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common import hashrate
from exporter.decode.common.counts import SUMMARY_FIELDS, Table, fill
from exporter.decode.common.flags import switch
from exporter.decode.common.manual import FORK
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row

SLOTS: Final = range(16)
# The windows that only stats has, and their length in seconds.
WINDOWS: Final = (("30s", 30), ("2m", 120), ("30m", 1800), ("1h", 3600), ("2h", 7200))
SUPPLY: Final[Table] = (
    ("PSU Input Voltage", "input_volts", positive),
    ("PSU Input Power", "input_watts", positive),
    ("PSU Output Voltage", "output_volts", count),
    ("PSU Output Current", "output_amperes", count),
    ("PSU Output Power", "output_watts", count),
    ("PSU Temp AMB", "temperature_celsius", celsius),
    ("PSU Fan Speed", "fan_speed_rpm", count),
)
_CODE = re.compile(r"(?=[0-9A-Fa-fx]*\d)[0-9A-Fa-fx]{1,12}", re.ASCII)


def stats_row(reading: Reading) -> Row:
    """Return the row with all readings."""
    return next((row for row in reading.rows("stats") if "MHS(Sample)" in row or "Board Count" in row), reading.empty)


def summary(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("summary")
    miner = v.Miner()
    fill(miner, row, SUMMARY_FIELDS)
    miner.hashes_total = hashrate.done(row)
    yield miner
    for window, rate in hashrate.rates(row).items():
        yield v.HashrateWindow(window, rate)


def now(reading: Reading) -> Iterator[v.Part]:
    """Yield the current hashrate: the boards' rate, else the shortest window of summary."""
    sample = number(count(stats_row(reading)["MHS(Sample)"]), 1e6)
    yield v.Miner(hashrate_hashes_per_second=coalesce(sample, hashrate.current(reading.row("summary"))))


def stats(reading: Reading) -> Iterator[v.Part]:
    row = stats_row(reading)
    yield v.Miner(
        miner_uptime_seconds=count(row["Elapsed"]),
        device_uptime_seconds=count(row["System Uptime"]),
        power_limit_watts=positive(row["Power Limit"]),
    )
    for window, seconds in WINDOWS:
        yield v.HashrateWindow(
            window, number(filled(count(row[f"MHS({window})"]), count(row["Elapsed"]), seconds), 1e6)
        )
    yield v.HashrateNominal("firmware", number(positive(row["MHS(Rated)"]), 1e6))
    yield v.BoardsExpected("firmware", positive(row["Board Count"]))
    yield v.TemperatureLimit("target", celsius(row["Target Ctrl Temp"]))
    yield v.Profile(text(row.static("Mining Mode")))
    yield from v.tuner_states(tuning(text(row.static("Tune Status"))))
    for slot in SLOTS:
        if f"{slot} Online" in row or f"{slot} Chip Count" in row:
            yield from board(row, slot)
    yield from fans(row)
    yield from supply(row)
    yield from faults(row)


@traceable
def filled(rate: Number | None, elapsed: Number | None, seconds: int) -> Number | None:
    """Return the rate of a window that began after the start; None for a longer window."""
    return rate if elapsed is not None and elapsed >= seconds else None


def tuning(status: str) -> str | None:
    """Return the tuner's state, from words such as "Fine Tuning Done"."""
    words = status.lower()
    if "tuning" not in words:
        return None
    return "stable" if words.endswith("done") else "tuning"


def board(row: Row, slot: int) -> Iterator[v.Part]:
    label = str(slot)
    part = v.Board(label)
    part.up = switch(row[f"{slot} Online"])
    part.chips = count(row[f"{slot} Chip Count"])
    part.chips_failed = count(row[f"{slot} Bad Chip Count"])
    part.hashrate_hashes_per_second = number(count(row[f"{slot} MHS(Sample)"]), 1e6)
    part.hashrate_nominal_hashes_per_second = number(positive(row[f"{slot} MHS(Ideal)"]), 1e6)
    part.frequency_hertz = number(positive(row[f"{slot} Freq"]), 1e6)
    yield part
    yield v.BoardInfo(label, serial=text(row[f"{slot} SN"]), chip_type=text(row.static("ASIC")))
    for sensor in SLOTS:
        if f"{slot} Temp {sensor}" in row:
            yield v.BoardSensor(label, "pcb", str(sensor), celsius(row[f"{slot} Temp {sensor}"]))


def fans(row: Row) -> Iterator[v.Part]:
    """Yield the first `Fan Count` slots; without `Fan Count`, the turning fans."""
    fitted = count(row.static("Fan Count"))
    yield v.FansExpected("firmware", positive(fitted))
    for slot in SLOTS:
        key = f"{slot} Speed"
        if key in row and (row.any(positive, key) if fitted is None else slot < fitted):
            yield v.Fan(str(slot), count(row[key]))


def supply(row: Row) -> Iterator[v.Part]:
    """Yield the only supply, and its input as the miner's power."""
    part = v.Psu("0")
    fill(part, row, SUPPLY)
    part.efficiency_ratio = below_one(row["PSU Efficiency"])
    yield part
    yield v.Power("measured", positive(row["PSU Input Power"]))
    yield v.PsuInfo("0", text(row.static("PSU Model")), text(row["PSU SN"]), text(row.static("PSU Firmware")))


@traceable
def below_one(raw: object) -> Number | None:
    """Return a ratio; None for a number above 1, which may be a percentage."""
    value = positive(raw)
    return value if value is not None and value <= 1 else None


def faults(row: Row) -> Iterator[v.Part]:
    """Yield the miner's codes (several in a text) and the supply's error bits, both without a severity."""
    for key, component in (("Error Code", "miner"), ("PSU Error", "psu:0")):
        for code in re.split(r"[ ,;|]+", text(row.static(key)))[: len(SLOTS)]:
            if _CODE.fullmatch(code) and code.strip("0x"):
                yield v.Fault(code, component, "", 1)


def version(reading: Reading) -> Iterator[v.Part]:
    row = stats_row(reading)
    model = text(row.static("Model"))
    yield v.MinerInfo(
        make="Bitdeer",
        model=f"Sealminer {model}" if model else "",
        firmware="stock",
        firmware_version=text(row.static("Firmware")),
        api_version=text(reading.row("version").static("API")),
        mac=mac(row["MAC"]),
        serial=text(row["Ctrl Board SN"]),
        platform=text(row.static("Ctrl Board")),
        algorithm="sha256",
        cooling={True: "hydro", False: "air", None: ""}[flag(row.static("Liquid Cooling"))],
    )


def recognise(reading: Reading) -> str:
    if "BDMiner" in reading.row("version"):
        return "BDMiner in version"
    return reading.described("bdminer", own=True)


FAMILY = Family(
    name="sealminer",
    rank=81,
    recognise=recognise,
    sections=(
        ("summary", summary),
        ("stats", stats),
        ("pools", cgminer.pools),
        ("", now),
        ("", version),
        ("", cgminer.state),
    ),
    fast=(SUMMARY, STATS, POOLS),
    slow=(VERSION,),
    manual=FORK,
)
