"""AxeOS (ESP-Miner) on Bitaxe, NerdAxe, NerdQAxe, LuckyMiner and their like: one page of the miner's web server.

Odd about it: there is no API on port 4028; the page also has the network's name and the wallet that is mined for, which
are left alone; hashrates are GH/s, frequencies MHz, voltages mV, currents mA; -1 is a sensor that is not there.
"""

from __future__ import annotations

from collections.abc import Iterator

from exporter.decode import Family
from exporter.decode.faults import CRITICAL
from exporter.decode.poolvalues import address, blank
from exporter.decode.rows import Reading, Row
from exporter.live import door, fact, first
from exporter.questions import page
from exporter.values import Number, celsius, count, flag, mac, number, positive, quantity, ratio, text
from exporter.vocabulary import (
    Board,
    BoardInfo,
    BoardSensor,
    Fan,
    Fault,
    HashrateNominal,
    HashrateWindow,
    Miner,
    MinerInfo,
    Part,
    Pool,
    PoolInfo,
    Power,
    Psu,
    Sensor,
    miner_states,
)

INFO = page("system_info", "/api/system/info")
BOARD = "0"
FAULTS = ("hardware_fault", "power_fault")
TOO_HOT = "overheat_mode"


@door
def difficulty(raw: object) -> Number | None:
    """A best share, as a number or with a prefix: "483k", "258M"."""
    return positive(raw) or positive(quantity(raw))


def info(reading: Reading) -> Iterator[Part]:
    row = reading.row("system_info")
    rate = number(count(row["hashRate"]), 1e9)
    yield Miner(
        hashrate_hashes_per_second=rate,
        device_uptime_seconds=count(row["uptimeSeconds"]),
        shares_accepted_total=count(row["sharesAccepted"]),
        shares_rejected_total=count(row["sharesRejected"]),
        best_share_difficulty=difficulty(row["bestSessionDiff"]),
        network_difficulty=positive(row["networkDifficulty"]),
    )
    for key, window in (("hashRate_1m", "1m"), ("hashRate_10m", "10m"), ("hashRate_1h", "1h")):
        yield HashrateWindow(window, number(count(row[key]), 1e9))
    yield HashrateNominal("firmware", number(positive(row["expectedHashrate"]), 1e9))
    yield Power("measured", positive(row["power"]))
    yield Psu(
        "0", input_volts=number(positive(row["voltage"]), 1e-3), input_amperes=number(positive(row["current"]), 1e-3)
    )
    yield Board(
        BOARD,
        hashrate_hashes_per_second=rate,
        chips=positive(row["asicCount"]),
        frequency_hertz=number(positive(row["frequency"]), 1e6),
        voltage_volts=number(count(row["coreVoltageActual"]), 1e-3),  # coreVoltage is only what it should be
    )
    yield BoardInfo(BOARD, name=text(row.fact("boardVersion")), chip_type=text(row.fact("ASICModel")))
    for n, key in enumerate(("temp", "temp2")):
        if row.any(celsius_there, key):
            yield BoardSensor(BOARD, "chip", str(n), celsius_there(row[key]))
    yield Sensor("vr", "0", celsius_there(row["vrTemp"]))
    yield from fans(row)
    yield from pools(row, reading.workers)


@door
def celsius_there(raw: object) -> Number | None:
    """A temperature; -1 stands for a sensor that is not there."""
    return None if number(raw) == -1 else celsius(raw)


def fans(row: Row) -> Iterator[Part]:
    """The second fan is there where it ever turns: one that is not fitted says 0 for good."""
    duty = ratio(row["fanspeed"])
    yield Fan("0", count(first(row["fanrpm"], row["fanSpeedRpm"])), duty)
    if row.any(positive, "fan2rpm"):
        yield Fan("1", count(row["fan2rpm"]), duty)


def pools(row: Row, workers: bool) -> Iterator[Part]:
    """The pool and its stand-in, which the flag says is in use."""
    fallback = count(row.fact("isUsingFallbackStratum"))
    for pool, prefix, used in (("0", "stratum", 0), ("1", "fallbackStratum", 1)):
        if f"{prefix}URL" in row and not fact(blank(row[f"{prefix}URL"])):
            active = int(fallback == used) if fallback in (0, 1) else None
            asked = first(positive(row["stratumDiff"]), positive(row["poolDifficulty"])) if active else None
            yield Pool(pool, active=active, priority=used, difficulty=asked)
            user = text(row[f"{prefix}User"]) if workers else ""
            yield PoolInfo(pool, address(row[f"{prefix}URL"], row[f"{prefix}Port"]), "user", user)


def identity(reading: Reading) -> Iterator[Part]:
    row = reading.row("system_info")
    model = next((name for key in ("deviceModel", "minerModel") if (name := text(row.fact(key)))), "")
    version = text(row.fact("version"))
    make = "NerdAxe" if model.startswith("Nerd") else "LuckyMiner" if "minerModel" in row and model else ""
    yield MinerInfo(
        make=make,
        model=model,
        firmware="AxeOS",
        firmware_version=version,
        hostname=text(row["hostname"]),
        mac=mac(row["macAddr"]),
    )


def state(reading: Reading) -> Iterator[Part]:
    """Paused and overheated are said as such; mining is what hashes."""
    row = reading.row("system_info")
    faults = [key for key in FAULTS if text(row.fact(key))]
    if flag(row.fact(TOO_HOT)):
        faults.append(TOO_HOT)
    yield from (Fault(key, "miner", CRITICAL, 1) for key in faults)
    if flag(row.fact("miningPaused")):
        yield from miner_states("paused")
    elif faults:
        yield from miner_states("faulted")
    else:
        yield from miner_states("mining" if row.any(positive, "hashRate") else None)


def recognise(reading: Reading) -> str:
    row = reading.row("system_info")
    return "/api/system/info with ASICModel and hashRate" if "ASICModel" in row and "hashRate" in row else ""


FAMILY = Family(
    name="axeos",
    rank=200,
    recognise=recognise,
    sections=(("system_info", info), ("", identity), ("", state)),
    fast=(INFO,),
    greeting=INFO,
)
