"""Nonce, a firmware for Antminers with a cgminer of its own.

Quirks: version names the firmware and the model. Summary has the keys of the stock firmware's pages, in GH/s. Classic
stats holds only the identity and the measurements of the supply, with a flag for each reading. Boards and fans come
with `new_api`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from exporter.core import vocabulary as v
from exporter.core.tracing import static, traceable, truthy
from exporter.core.values import Number, count, flag, mac, number, positive, text
from exporter.decode import cgminer
from exporter.decode.antminer import models, pages
from exporter.decode.antminer.api import STATS_NEW
from exporter.decode.cgminer import POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common import programs, scale
from exporter.decode.common.identity import serial
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row

OLD = 30_000  # milliseconds after which a reading of the supply is stale


def summary(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("summary")
    factor = scale.named(row.static("rate_unit")) or 1e9
    yield v.Miner(
        miner_uptime_seconds=count(row["elapsed"]),
        hashrate_hashes_per_second=scale.scaled(row["rate_5s"], factor),
        hardware_errors_total=count(row["hw_all"]),
    )
    for key, window in pages.WINDOWS:
        yield v.HashrateWindow(window, scale.scaled(row[key], factor))


@traceable
def valid(value: Number | None, good: object, age: object) -> Number | None:
    """Return a reading of the supply if the reading is flagged valid and is fresh; else None."""
    since = number(age)
    fresh = age is None or (since is not None and 0 <= since <= OLD)
    return value if fresh and flag(good) is not False else None


def machine(reading: Reading) -> Row:
    """Return the row of stats about the miner and its supply; other rows may be about pools."""
    return next((row for row in reading.rows("stats") if "MAC" in row or "PSU Power W" in row), reading.empty)


def stats(reading: Reading) -> Iterator[v.Part]:
    row = machine(reading)
    age: Any = row["PSU Sample Age ms"]
    yield v.MinerInfo(mac=mac(row["MAC"]), serial=serial(row["Miner Serial"]))
    yield v.Power("measured", valid(positive(row["PSU Power W"]), row["PSU Power Valid"], age))
    yield v.Psu("0", output_volts=valid(positive(row["PSU Voltage V"]), row["PSU Voltage Valid"], age))
    yield v.PsuInfo("0", serial=serial(row["PSU Serial"]))


def version(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("version")
    _, number = programs.of(row)
    model = models.name(row.static("Model"))
    yield v.MinerInfo(
        make="Bitmain",
        model=model,
        firmware="Nonce",
        firmware_version=number,
        api_version=text(row.static("API")),
        algorithm=models.known(model)[0],
        cooling=models.cooling(model),
    )


def state(reading: Reading) -> Iterator[v.Part]:
    """Yield mining if the miner hashes; the firmware has no other state."""
    yield from v.miner_states("mining" if static(truthy(count(reading.row("summary")["rate_5s"]))) else None)


def recognise(reading: Reading) -> str:
    row = reading.row("version")
    return "Firmware of version is Nonce" if text(row.static("Firmware")).lower() == "nonce" else ""


FAMILY = Family(
    name="nonce",
    rank=75,
    recognise=recognise,
    sections=(
        ("stats_new_api", partial(pages.stats, "stats_new_api")),
        ("stats_new_api", partial(pages.rest, "stats_new_api")),
        ("summary", summary),
        ("stats", stats),
        ("pools", cgminer.pools),
        ("", version),
        ("", state),
    ),
    fast=(SUMMARY, STATS, POOLS, STATS_NEW),
    slow=(VERSION,),
    required_keys={"stats_new_api": "chain"},
)
