"""AxeOS (ESP-Miner) on Bitaxe, LuckyMiner and similar miners: a page of the web server, and the model on a second page.

Quirks: there is no API on port 4028. The page also has the wireless network's name and the user's wallet, which are
never used. Hashrates are GH/s, frequencies MHz, voltages mV, currents mA; -1 stands for a missing sensor. From version
2.9 on, the number of chips and the model are on the page of the board's settings. Without a meter at the input, the
given current is the chips' current.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static, traceable
from exporter.core.values import Number, celsius, count, flag, mac, number, positive, quantity, ratio, text
from exporter.decode.common.faults import CRITICAL
from exporter.decode.common.flags import switch
from exporter.decode.common.nested import at, how_long, inner
from exporter.decode.common.poolvalues import address, blank
from exporter.decode.common.sums import total
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row
from exporter.questions import page

INFO = page("system_info", "/api/system/info")
ASIC = page("system_asic", "/api/system/asic", hourly=True, identity_only=True)
BOARD = "0"
FAULTS = ("hardware_fault", "power_fault")
TOO_HOT = "overheat_mode"
POOLS: Final = ("stratum", "fallbackStratum")  # prefixes of the keys of the pool and of the backup pool
WINDOWS: Final = (("hashRate_1m", "1m"), ("hashRate_10m", "10m"), ("hashRate_1h", "1h"), ("hashRate_1d", "24h"))
BITAXES: Final = ("Max", "Ultra", "Hex", "Supra", "Gamma", "GammaDuo", "SupraHex", "GammaTurbo")


@traceable
def difficulty(raw: object) -> Number | None:
    """Return a best share's difficulty, from a number or from a text such as "483k" or "258M"."""
    return positive(raw) or positive(quantity(raw))


def info(reading: Reading) -> Iterator[v.Part]:
    """Yield the miner and its board, from the keys of all forks of the page."""
    row = reading.row("system_info")
    rate = number(count(row["hashRate"]), 1e9)
    yield v.Miner(
        hashrate_hashes_per_second=rate,
        hashes_total=count(row["totalHashes"]),
        device_uptime_seconds=count(row["uptimeSeconds"]),
        shares_accepted_total=count(row["sharesAccepted"]),
        shares_rejected_total=count(row["sharesRejected"]),
        best_share_difficulty=difficulty(row["bestSessionDiff"]),
        blocks_found_total=count(coalesce(row["blockFound"], row["totalFoundBlocks"])),
        network_difficulty=positive(row["networkDifficulty"]),
    )
    for key, window in WINDOWS:
        yield v.HashrateWindow(window, number(count(row[key]), 1e9))
    yield v.HashrateNominal("firmware", number(positive(row["expectedHashrate"]), 1e9))
    yield v.Power("measured", positive(row["power"]))
    volts, amperes = number(positive(row["voltage"]), 1e-3), number(positive(row["current"]), 1e-3)
    yield v.Psu("0", input_volts=volts, input_amperes=drawn(amperes, volts, positive(row["power"])))
    yield v.Board(
        BOARD,
        hashrate_hashes_per_second=rate,
        chips=positive(coalesce(row["asicCount"], reading.row("system_asic")["asicCount"])),
        frequency_hertz=number(positive(coalesce(row["actualFrequency"], row["frequency"])), 1e6),
        voltage_volts=number(count(row["coreVoltageActual"]), 1e-3),  # coreVoltage is only the set voltage
    )
    yield v.BoardInfo(BOARD, name=text(row["boardVersion"]), chip_type=text(row["ASICModel"]))
    yield v.Sensor("vr", "0", sensor_celsius(row["vrTemp"]))
    yield v.Sensor("vr", "internal", sensor_celsius(row["vrTempInt"]))
    yield from chips(reading, inner(row, "hashrateMonitor"))
    yield from fans(row)


@traceable
def drawn(amperes: Number | None, volts: Number | None, watts: Number | None) -> Number | None:
    """Return the current if measured at the input: current times voltage is then about the power.

    The chips' current gives several times the power."""
    if amperes is None or volts is None or watts is None:
        return None
    return amperes if 0.75 < amperes * volts / watts < 1.33 else None


def chips(reading: Reading, row: Row) -> Iterator[v.Part]:
    """Yield the sum of the chips' errors, and each chip's hashrate if chips are opted into."""
    places = range(static(how_long(row["asics"])))
    if places and "truncated" not in reading.answers.repairs:
        yield v.Board(BOARD, hardware_errors_total=total(*[count(at(row["asics"], n, "errorCount")) for n in places]))
    for n in places if reading.chips else ():
        yield v.Chip(BOARD, str(n), hashrate_hashes_per_second=number(count(at(row["asics"], n, "total")), 1e9))


def heat(reading: Reading) -> Iterator[v.Part]:
    """Yield the chip's sensor, and a second sensor if there are several chips."""
    row = reading.row("system_info")
    for n, key in enumerate(("temp", "temp2")):
        if row.any(sensor_celsius, key):
            yield v.BoardSensor(BOARD, "chip", str(n), sensor_celsius(row[key]))


@traceable
def sensor_celsius(raw: object) -> Number | None:
    """Return a temperature; None for -1, which stands for a missing sensor."""
    return None if number(raw) == -1 else celsius(raw)


def fans(row: Row) -> Iterator[v.Part]:
    """Yield the first fan, and the second fan if it turns. An empty slot always has 0."""
    yield v.Fan("0", count(coalesce(row["fanrpm"], row["fanSpeedRpm"])), ratio(row["fanspeed"]))
    for speed, duty in (("fan2rpm", "fanspeed"), ("fanrpm2", "fanspeed2")):
        if row.any(positive, speed):
            yield v.Fan("1", count(row[speed]), ratio(row[duty]))


def pools(reading: Reading) -> Iterator[v.Part]:
    """Yield the pool and the backup pool.

    A flag shows which pool is in use, and newer pages show whether that pool is connected."""
    row = reading.row("system_info")
    fallback = flag(row.static("isUsingFallbackStratum"))
    for place, prefix in enumerate(POOLS):
        if f"{prefix}URL" in row and not static(blank(row[f"{prefix}URL"])):
            used = None if fallback is None else fallback == bool(place)
            connected = switch(row["isStratumConnected"]) if used else None
            active: v.Value = None if used is None else int(used)
            if used and "isStratumConnected" in row:
                active = connected
            asked = coalesce(positive(row["stratumDiff"]), positive(row["poolDifficulty"])) if used else None
            yield v.Pool(str(place), up=connected, active=active, priority=place, difficulty=asked)
            yield pool_info(row, place, reading.workers)


def pool_info(row: Row, place: int, workers: bool) -> v.PoolInfo:
    """Return the address of the pool at index `place`."""
    prefix = POOLS[place]
    user = text(row[f"{prefix}User"]) if workers else ""
    return v.PoolInfo(str(place), address(row[f"{prefix}URL"], row[f"{prefix}Port"]), "user", user)


def identity(reading: Reading) -> Iterator[v.Part]:
    row, board = reading.row("system_info"), reading.row("system_asic")
    models = (row.static("deviceModel"), row.static("minerModel"), board.static("deviceModel"))
    found = [text(each) for each in models]
    model = next(filter(None, found), "")
    yield v.MinerInfo(
        make=make(model) or ("LuckyMiner" if found[1] and not found[0] else ""),
        model=model,
        firmware="AxeOS",
        firmware_version=text(row["version"]),
        hostname=text(row["hostname"]),
        mac=mac(row["macAddr"]),
        algorithm="sha256",
    )


def make(model: str) -> str:
    """Return the maker of a model, by its name; "" for other names."""
    return "NerdAxe" if model.startswith("Nerd") else "Bitaxe" if model in BITAXES else ""


def state(reading: Reading) -> Iterator[v.Part]:
    """Yield paused and faulted by the page's own flags, mining if the miner hashes."""
    row = reading.row("system_info")
    faults = [key for key in FAULTS if row.any(text, key)]
    if flag(row.static(TOO_HOT)):
        faults.append(TOO_HOT)
    yield from (v.Fault(key, "miner", CRITICAL, 1) for key in faults)
    if flag(row.static("miningPaused")):
        yield from v.miner_states("paused")
    elif faults:
        yield from v.miner_states("faulted")
    else:
        yield from v.miner_states("mining" if row.any(positive, "hashRate") else None)


def recognise(reading: Reading) -> str:
    row = reading.row("system_info")
    return "/api/system/info with ASICModel and hashRate" if "ASICModel" in row and "hashRate" in row else ""


FAMILY = Family(
    name="axeos",
    rank=200,
    recognise=recognise,
    sections=(("system_info", info), ("system_info", heat), ("system_info", pools), ("", identity), ("", state)),
    fast=(INFO,),
    slow=(ASIC,),
    fingerprint=INFO,
)
