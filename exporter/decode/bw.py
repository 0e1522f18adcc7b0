"""BW (Hyperbit) L21: a scrypt miner whose boards are serial lines, run by cgminer, or by a cpuminer with the same API.

Quirks: the cpuminer fills summary with zeros and uninitialised memory. So only the uptime counts, and on some machines
the input and output of each power converter. The cpuminer calls every pool active, with a share found just now. The key
`temperature` is in small letters. The share of errors is by difficulty, which scrypt's results do not have, and so is
ignored. Answers about pools contain a password.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.values import celsius, count, positive, text
from exporter.decode import cgminer
from exporter.decode.cgminer import DEVS, POOLS, SUMMARY, VERSION
from exporter.decode.common.counts import BOARD_FIELDS, FAILED, fill
from exporter.decode.common.labels import index
from exporter.decode.common.manual import FORK
from exporter.decode.family import Family
from exporter.parse.rows import Reading

# The fields of a pool that the cpuminer invents.
UNKNOWN: Final = frozenset({
    "Stratum Active", "Last Share Time", "Getworks", "Discarded", "Difficulty Accepted", "Difficulty Rejected",
    "Difficulty Stale",
})  # fmt: skip

SHARE: Final = frozenset({FAILED})


def cpuminer(reading: Reading) -> bool:
    return bool(reading.described("cpuminer "))


def summary(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("summary")
    if cpuminer(reading):
        yield v.Miner(miner_uptime_seconds=count(row["Elapsed"]))
    else:
        row.hide(SHARE)
        yield from cgminer.summary(reading)
    for n in range(1, 9):
        if f"inputVolt{n}" in row:
            yield v.Psu(
                str(n),
                input_volts=positive(row[f"inputVolt{n}"]),
                input_amperes=positive(row[f"inputCurrent{n}"]),
                output_volts=positive(row[f"outputVolt{n}"]),
            )


def devs(reading: Reading) -> Iterator[v.Part]:
    rates = []
    for row in reading.rows("devs"):
        if label := index(row, ("ASC", "ID")):
            row.hide(SHARE)
            part = cgminer.device(row, label)
            fill(part, row, BOARD_FIELDS)
            yield part
            yield v.BoardSensor(label, "pcb", "0", celsius(row["temperature"]))
            rates.append(part.hashrate_hashes_per_second)
    if cpuminer(reading) or "summary" not in reading.answers.rows:
        yield cgminer.sum_of(reading, rates)


def pools(reading: Reading) -> Iterator[v.Part]:
    if cpuminer(reading):
        for row in reading.rows("pools"):
            row.hide(UNKNOWN)
    yield from cgminer.pools(reading)


def identity(_: Reading) -> Iterator[v.Part]:
    yield v.MinerInfo(make="BW", model="L21", algorithm="scrypt")


def recognise(reading: Reading) -> str:
    row = reading.row("devs")
    if text(row.static("Name")).startswith("ttyS") and "temperature" in row:
        return "serial lines in devs, with temperatures in small letters"
    return "temper1 in summary" if "temper1" in reading.row("summary") else ""


FAMILY = Family(
    name="bw",
    rank=860,
    recognise=recognise,
    sections=(
        ("summary", summary),
        ("devs", devs),
        ("pools", pools),
        ("version", cgminer.version),
        ("", identity),
        ("", cgminer.state),
    ),
    fast=(SUMMARY, DEVS, POOLS),
    slow=(VERSION,),
    manual=FORK,
)
