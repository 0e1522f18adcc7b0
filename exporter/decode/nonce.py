"""Nonce, a firmware for Antminers with a cgminer of its own.

Quirks: version names the firmware and the model. Hashrates, boards and fans come with `new_api`, in the keys of the
stock firmware's pages; some builds have the hashrates in the plain summary, too. Classic stats holds only the identity
and the measurements of the supply. Each of these counts only with its flag, and measurements only while they are fresh.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from exporter.core import vocabulary as v
from exporter.core.tracing import static, traceable, truthy
from exporter.core.values import Number, count, flag, mac, number, positive, text
from exporter.decode import cgminer
from exporter.decode.antminer import faults, models, pages
from exporter.decode.antminer.api import SLEEPS, STATS_NEW
from exporter.decode.cgminer import POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common import hashrate, programs, scale
from exporter.decode.common.counts import SUMMARY_FIELDS, fill
from exporter.decode.common.identity import serial
from exporter.decode.common.poolvalues import best
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row

OLD = 30_000  # milliseconds after which a reading of the supply is stale


def summary(section: str, reading: Reading) -> Iterator[v.Part]:
    """Yield hashrates and counts with the keys of the pages, and for the plain question with those of cgminer."""
    row = reading.row(section)
    factor = scale.named(row.static("rate_unit")) or 1e9
    miner = v.Miner(
        miner_uptime_seconds=count(row["elapsed"]),
        hashrate_hashes_per_second=scale.scaled(row["rate_5s"], factor),
        hardware_errors_total=count(row["hw_all"]),
        best_share_difficulty=best(row["bestshare"]),
    )
    fill(miner, row, SUMMARY_FIELDS)
    miner.hashes_total = hashrate.done(row)
    yield miner
    yield from pages.windows(row, factor)
    yield v.HashrateNominal("firmware", scale.nominal(row["rate_ideal"], factor))
    yield from hashrate.windows(row)


@traceable
def valid(value: Number | None, good: object, age: object) -> Number | None:
    """Return a reading of the supply if the reading is flagged valid and is fresh; else None."""
    since = number(age)
    return value if flag(good) and since is not None and 0 <= since <= OLD else None


@traceable
def known(name: str, good: bool | None) -> str:
    """Return a name that was read well; "" for any other."""
    return name if good else ""


@traceable
def no_error(code: object) -> bool:
    """Tell whether an error's code is 0, or absent."""
    return code is None or number(code) == 0


def machine(reading: Reading) -> Row:
    """Return the row of stats about the miner and its supply; other rows may be about pools."""
    return next((row for row in reading.rows("stats") if "MAC" in row or "PSU Power W" in row), reading.empty)


def stats(reading: Reading) -> Iterator[v.Part]:
    row = machine(reading)
    age: Any = row["PSU Sample Age ms"]
    yield v.MinerInfo(mac=known(mac(row["MAC"]), no_error(row["MAC Error"])), serial=serial(row["Miner Serial"]))
    yield v.Power("measured", valid(positive(row["PSU Power W"]), row["PSU Power Valid"], age))
    yield v.Psu("0", output_volts=valid(positive(row["PSU Voltage V"]), row["PSU Voltage Valid"], age))
    yield v.PsuInfo("0", serial=known(serial(row["PSU Serial"]), flag(row["PSU Identity Valid"])))


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
    """Yield sleeping by the mode, mining if the miner hashes; the firmware has no other state."""
    rates = [count(reading.row(name)["rate_5s"]) for name in ("summary_new_api", "summary", "stats_new_api")]
    if number(reading.row("stats_new_api").static("miner-mode")) == SLEEPS:
        yield from v.miner_states("sleeping")
    else:
        yield from v.miner_states("mining" if any(static(truthy(rate)) for rate in rates) else None)


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
        ("summary_new_api", partial(summary, "summary_new_api")),
        ("summary", partial(summary, "summary")),
        ("stats", stats),
        ("pools", cgminer.pools),
        ("", version),
        ("", state),
    ),
    fast=(SUMMARY, STATS, POOLS, STATS_NEW, faults.SUMMARY_NEW),
    slow=(VERSION,),
    required_keys={"stats_new_api": "chain", "summary_new_api": "rate_5s"},
)
