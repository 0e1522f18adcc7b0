"""StrongU: cgminer with its fans, and the coin that it is made for, in summary.

Odd about it: the best share is often all bits set, for none; a pool's last share is a date in words, in a time zone
that is not said; each board's "volt" is the same on every machine, and so no measurement.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.decode import Family, cgminer
from exporter.decode.cgminer import DEVS, POOLS, SUMMARY, VERSION
from exporter.decode.counts import BOARD_FIELDS, fill
from exporter.decode.rows import Reading
from exporter.values import celsius, count, number, positive, text
from exporter.vocabulary import BoardSensor, Fan, MinerInfo, Part

COIN: Final = "Miner type"
ALGORITHMS: Final = {"sc": "blake2b", "dash": "x11", "dcr": "blake256r14", "btc": "sha256", "ltc": "scrypt"}


def summary(reading: Reading) -> Iterator[Part]:
    yield from cgminer.summary(reading)
    row = reading.row("summary")
    for n in range(1, int(min(count(row.fact("Fan Num")) or 0, 8)) + 1):
        yield Fan(str(n), count(row[f"Fan{n}"]))


def devs(reading: Reading) -> Iterator[Part]:
    for row in reading.rows("devs"):
        if label := cgminer.index(row, ("ASC", "ID")):
            part = cgminer.device(row, label)
            fill(part, row, BOARD_FIELDS)
            part.chips = count(row["ChipNum"])
            part.frequency_hertz = number(positive(row["Frequency"]), 1e6)
            yield part
            yield BoardSensor(label, "pcb", "0", celsius(row["Temperature"]))


def identity(reading: Reading) -> Iterator[Part]:
    algorithm = ALGORITHMS.get(text(reading.row("summary").fact(COIN)).lower(), "")
    yield MinerInfo(make="StrongU", model=text(reading.row("devs").fact("Name")), algorithm=algorithm)


def recognise(reading: Reading) -> str:
    row = reading.row("summary")
    return f"{COIN} and Fan Num in summary" if COIN in row and "Fan Num" in row else ""


FAMILY = Family(
    name="strongu",
    rank=830,
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
)
