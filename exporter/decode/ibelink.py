"""iBeLink: cgminer that calls its boards PGA, and has their temperatures in summary.

Quirks: the temperature, clock and hashes in devs are placeholder zeros. Summary has eight temperatures, beginning with
the boards' temperatures. The fans appear as numbers called PWM, of unknown meaning, and are ignored. The voltage has no
unit and is ignored, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.values import celsius, count, mac, positive, text
from exporter.decode import cgminer
from exporter.decode.cgminer import DEVS, POOLS, SUMMARY, VERSION
from exporter.decode.common.counts import BOARD_FIELDS, fill
from exporter.decode.common.identity import serial
from exporter.decode.common.labels import index
from exporter.decode.common.manual import FORK
from exporter.decode.family import Family
from exporter.parse.rows import Reading

SUPPLY: Final = "Power Type"
DIFFICULTY, BLOCKS = "Difficulty Accepted", "Network Blocks"
ALGORITHMS: Final = (("BM-N", "eaglesong"), ("BM-K", "kadena"), ("BM-S", "blake2b"), ("BM-L", "scrypt"))


def summary(reading: Reading) -> Iterator[v.Part]:
    """Yield the counts, except counts that are more exact in pools."""
    row = reading.row("summary")
    row.hide(frozenset({DIFFICULTY} if row.any(positive, BLOCKS) else {DIFFICULTY, BLOCKS}))
    yield from cgminer.summary(reading)


def devs(reading: Reading) -> Iterator[v.Part]:
    temperatures = reading.row("summary")
    for row in reading.rows("devs"):
        if label := index(row, ("PGA", "ID")):
            part = cgminer.device(row, label)
            fill(part, row, BOARD_FIELDS)
            part.chips = count(row["Asics"])
            part.communication_errors_total = count(row["SendErr"])
            yield part
            yield v.BoardInfo(label, serial=serial(row["Chain SN"]))
            if label.isascii() and label.isdigit():
                yield v.BoardSensor(label, "pcb", "0", celsius(temperatures[f"Temp{int(label) + 1}"]))


def identity(reading: Reading) -> Iterator[v.Part]:
    row, model = reading.row("summary"), text(reading.row("devs").static("Name"))
    algorithm = next((name for start, name in ALGORITHMS if model.startswith(start)), "")
    yield v.MinerInfo(make="iBeLink", model=model, mac=mac(row["macaddress"]), algorithm=algorithm)
    yield v.PsuInfo("0", model=text(row[SUPPLY]))


def recognise(reading: Reading) -> str:
    row = reading.row("summary")
    if SUPPLY in row and "macaddress" in row:
        return f"{SUPPLY} and macaddress in summary"
    return "Asics and Chain SN in devs" if {"Asics", "Chain SN"} <= {*reading.row("devs")} else ""


FAMILY = Family(
    name="ibelink",
    rank=840,
    recognise=recognise,
    sections=(
        ("summary", summary),
        ("devs", devs),
        ("pools", cgminer.pools),
        ("version", cgminer.version),
        ("", identity),
        ("", cgminer.state),
    ),
    fast=(SUMMARY, DEVS, POOLS),
    slow=(VERSION,),
    manual=FORK,
)
