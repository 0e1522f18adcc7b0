"""Whatsminer's API 3, in frames on port 4433, for firmware with port 4028 closed.

Quirks: all hashrates are TH/s, whereas API 2 has MH/s. Pools are labelled by their priority or by a number, and have no
share counts. Boards may have only an average rate. The summary has the boards' temperatures as a list. Faults are the
keys of their rows. The whole identity would include the miner's salt, so the exporter asks for each part by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static, traceable, truthy
from exporter.core.values import Number, celsius, count, flag, mac, number, positive, text
from exporter.decode.common.flags import switch
from exporter.decode.common.identity import serial
from exporter.decode.common.poolvalues import blank, last_share, pool_host, pool_kind, pool_up, priority
from exporter.decode.common.sensors import ranged
from exporter.decode.family import Family
from exporter.decode.whatsminer.api import TUNER
from exporter.decode.whatsminer.faults import faults, stopped
from exporter.decode.whatsminer.psu import algorithm, cooling, psu_v3
from exporter.decode.whatsminer.settings import enabled, setting, target_clock
from exporter.decode.whatsminer.v3_boards import TERAHASH, edevs, place, rated
from exporter.parse.rows import Reading, Row
from exporter.questions import frame

SUMMARY, EDEVS, POOLS = (
    frame("v3_summary", "get.miner.status", "summary"),
    frame("v3_edevs", "get.miner.status", "edevs"),
    frame("v3_pools", "get.miner.status", "pools"),
)
MINER, SYSTEM, NETWORK, SUPPLY, ERRORS, SETTING, SYSTEM_SETTING = (
    frame("v3_miner", "get.device.info", "miner", identity_only=True),
    frame("v3_system", "get.device.info", "system", identity_only=True),
    frame("v3_network", "get.device.info", "network", identity_only=True),
    frame("v3_power", "get.device.info", "power"),
    frame("v3_error_code", "get.device.info", "error-code"),
    frame("v3_miner_setting", "get.miner.setting"),
    frame("v3_system_setting", "get.system.setting", identity_only=True),
)

WINDOWS: Final = (("hash-1min", "1m"), ("hash-15min", "15m"), ("hash-average", "average"))
CHIPS: Final = ("chip-temp-min", "chip-temp-max", "chip-temp-avg")  # the range over the chips of all boards
FANS: Final = ("fan-speed-in", "fan-speed-out")


@traceable
def since_boot(raw: object, elapsed: object) -> Number | None:
    """Return the seconds since the boot; None for a time shorter than that of the mining program."""
    booted, mined = positive(raw), count(elapsed)
    return booted if booted is not None and mined is not None and booted >= mined else None


def summary(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("v3_summary")
    yield v.Miner(
        miner_uptime_seconds=count(row["elapsed"]),
        device_uptime_seconds=since_boot(row["bootup-time"], row["elapsed"]),
        hashrate_hashes_per_second=number(current(row), TERAHASH),
        power_limit_watts=positive(row["power-limit"]),
    )
    for key, window in WINDOWS:
        yield v.HashrateWindow(window, number(count(row[key]), TERAHASH))
    yield v.HashrateNominal("firmware", number(positive(row["factory-hash"]), TERAHASH))
    yield v.Power("firmware", coalesce(positive(row["power-realtime"]), positive(row["power-5min"])))
    yield v.Board("", frequency_target_hertz=target_clock(row["target-freq"]))
    yield v.Sensor("ambient", "0", celsius(row["environment-temperature"]))
    yield ranged("", [celsius(row[key]) for key in CHIPS])
    if row.any(positive, *FANS):  # liquid-cooled miners have no fans
        yield v.Fan("in", count(row["fan-speed-in"]))
        yield v.Fan("out", count(row["fan-speed-out"]))


def pools(reading: Reading) -> Iterator[v.Part]:
    for row in reading.rows("v3_pools"):
        first_comes = row["pool-priority"]
        if static(blank(row["url"])):
            continue
        pool = static(place(first_comes)) or static(place(row["id"])) or str(row.position)
        part = v.Pool(pool, up=pool_up(row["status"], row["stratum-active"]), active=switch(row["stratum-active"]))
        part.priority = priority(first_comes)
        part.last_share_timestamp_seconds = last_share(row["last-share-time"], None, reading.now)
        yield part
        user = text(row["account"]) if reading.workers else ""
        yield v.PoolInfo(pool, pool_host(row["url"]), pool_kind(row["url"], coalesce(first_comes, pool), "user"), user)


def identity(reading: Reading) -> Iterator[v.Part]:
    info, system, network = reading.row("v3_miner"), reading.row("v3_system"), reading.row("v3_network")
    name = text(info.static("type")).replace("_", " ")
    liquid = celsius(reading.row("v3_power")["liquid-temperature"])
    blown = reading.row("v3_summary").any(positive, *FANS)
    yield v.MinerInfo(
        make="MicroBT",
        model=f"Whatsminer {name}" if name else "",
        firmware="stock",
        firmware_version=text(system.static("fwversion")),
        api_version=text(system.static("api")),
        hostname=text(network["hostname"]),
        mac=mac(network["mac"]),
        serial=serial(info["miner-sn"]),
        platform=text(system.static("platform")),
        algorithm=algorithm(name),
        cooling=cooling(name, liquid, flooded=None, blown=blown),
    )
    yield v.Miner(fast_boot=enabled(info["fast-boot"]))
    yield v.HashrateNominal("firmware", rated(info["detect-hash-rate"]))
    yield v.HeatMode(text(info.static("heatmode")))
    yield v.Sensor("liquid", "0", liquid)


def current(row: Row) -> v.Value:
    """Return the rate over the shortest window, in TH/s."""
    rate: v.Value = coalesce(count(row["hash-realtime"]), count(row["hash-1min"]))
    return rate


def hashing(rows: list[Row]) -> bool:
    """Tell whether the miner hashes now, by the miner's rate or any board's rate."""
    return any(static(truthy(current(row))) for row in rows)


def state(reading: Reading) -> Iterator[v.Part]:
    """Yield the states of miner and tuner: starting while the clocks still rise, stable when the hashrate is.

    Without work, the miner is stopped by a fault or switched off. Old faults are no reason for a stop: the miner
    remembers the latest of each code."""
    row, off = reading.row("v3_summary"), flag(reading.row("v3_miner").static("working")) is False
    if hashing([row, *reading.rows("v3_edevs")]):
        rising = flag(row.static("up-freq-finish")) is False
        yield from v.miner_states("starting" if rising else "mining")
        yield from v.tuner_states(TUNER.get(False if rising else flag(row.static("hash-stable"))))
    elif stopped(reading, lately=off):
        yield from v.miner_states("faulted")
    elif off:
        yield from v.miner_states("sleeping")


def recognise(reading: Reading) -> str:
    row = reading.row("v3_miner")
    beside = next((key for key in ("board-num", "miner-sn", "working") if key in row), "")
    return f"type and {beside} in get.device.info" if "type" in row and beside else ""


FAMILY = Family(
    name="whatsminer_v3",
    shown="whatsminer",
    rank=51,
    recognise=recognise,
    sections=(
        ("v3_summary", summary),
        ("v3_edevs", edevs),
        ("v3_pools", pools),
        ("v3_power", psu_v3),
        ("", setting),
        ("", faults),
        ("", identity),
        ("", state),
    ),
    fast=(SUMMARY, EDEVS, POOLS),
    slow=(MINER, SYSTEM, NETWORK, SUPPLY, ERRORS, SETTING, SYSTEM_SETTING),
    fingerprint=MINER,
)
