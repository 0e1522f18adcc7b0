"""MinerVa: cgminer with a row of stats for each board, which has the readings that other firmware has in devs.

Quirks: the same two fans are in every board's row. A board's voltage is in millivolts. Summary has the MAC address as
Netid.
"""

from __future__ import annotations

from collections.abc import Iterator

from exporter.core import vocabulary as v
from exporter.core.values import celsius, count, mac, number, positive, ratio
from exporter.decode import cgminer
from exporter.decode.antminer import classic
from exporter.decode.cgminer import POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common.counts import BOARD_FIELDS, fill
from exporter.decode.common.labels import index
from exporter.decode.common.manual import FORK
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row

CHIPS, NETWORK = "Chip Count", "Netid"


def boards(reading: Reading) -> list[Row]:
    return [row for row in reading.rows("stats") if CHIPS in row]


def stats(reading: Reading) -> Iterator[v.Part]:
    for row in boards(reading):
        if label := index(row, ("Chain ID",)):
            part = cgminer.device(row, label)
            fill(part, row, BOARD_FIELDS)
            part.chips = count(row[CHIPS])
            part.frequency_hertz = number(positive(row["Device Freq"]), 1e6)
            part.voltage_volts = classic.voltage(row["Voltage"])
            part.chip_temperature_mean_celsius = celsius(row["Temp Avg"])
            yield part
    for row in boards(reading)[:1]:
        for n in range(8):
            if f"Fan{n} Speed" in row:
                yield v.Fan(str(n), count(row[f"Fan{n} Speed"]), ratio(row["Fan Duty"]))


def identity(reading: Reading) -> Iterator[v.Part]:
    yield v.MinerInfo(make="MinerVa", mac=mac(reading.row("summary")[NETWORK]), algorithm="sha256")


def recognise(reading: Reading) -> str:
    if any(CHIPS in row and "Device Freq" in row for row in reading.rows("stats")):
        return f"{CHIPS} and Device Freq in stats"
    return f"{NETWORK} in summary" if NETWORK in reading.row("summary") else ""


FAMILY = Family(
    name="minerva",
    rank=820,
    recognise=recognise,
    sections=(
        ("summary", cgminer.summary),
        ("stats", stats),
        ("pools", cgminer.pools),
        ("version", cgminer.version),
        ("", identity),
        ("", cgminer.state),
    ),
    fast=(SUMMARY, STATS, POOLS),
    slow=(VERSION,),
    manual=FORK,
)
