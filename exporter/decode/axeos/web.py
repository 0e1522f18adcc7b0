"""AxeOS (ESP-Miner) on Bitaxe, LuckyMiner and similar miners: a page of the web server, and the model on a second page.

Quirks: there is no API on port 4028. The page also has the wireless network's name and the user's wallet, which are
never used. Hashrates are GH/s, frequencies MHz, voltages mV, currents mA; -1 stands for a missing sensor. From version
2.9 on, the number of chips and the model are on the page of the board's settings. Without a meter at the input, the
given current is the chips' current, and the power is estimated from it. From version 2.15 on, hashes and uptime are
also counted over restarts, and saved once an hour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, if_none_of, static, traceable, where
from exporter.core.values import Number, celsius, count, flag, mac, number, positive, ratio, text
from exporter.decode.axeos.device import device, reset_reason
from exporter.decode.axeos.models import named
from exporter.decode.axeos.pools import difficulty, pools
from exporter.decode.axeos.rejects import rejects
from exporter.decode.common.faults import CRITICAL
from exporter.decode.common.flags import switch
from exporter.decode.common.nested import at, how_long, inner
from exporter.decode.common.sums import total
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row
from exporter.questions import page

INFO = page("system_info", "/api/system/info")
ASIC = page("system_asic", "/api/system/asic", hourly=True, identity_only=True)
BOARD = "0"
FAULTS = ("hardware_fault", "power_fault")
TOO_HOT = "overheat_mode"
IN_FULL: Final = ("bestSessionNonceDiff", "bestNonceDiff")  # keys of the best shares' difficulties in full
WINDOWS: Final = (("hashRate_1m", "1m"), ("hashRate_10m", "10m"), ("hashRate_1h", "1h"), ("hashRate_1d", "24h"))


def info(reading: Reading) -> Iterator[v.Part]:
    """Yield the miner and its computer, from the keys of all forks of the page."""
    row = reading.row("system_info")
    yield v.Miner(
        hashrate_hashes_per_second=number(count(row["hashRate"]), 1e9),
        device_uptime_seconds=count(row["uptimeSeconds"]),
        shares_accepted_total=count(row["sharesAccepted"]),
        shares_rejected_total=count(row["sharesRejected"]),
        best_share_difficulty=best(reading, IN_FULL[0], "bestSessionDiff"),
        blocks_found_total=count(coalesce(row["blockFound"], row["foundBlocks"])),
        hardware_error_ratio=ratio(count(row["errorPercentage"])),
        network_difficulty=positive(row["networkDifficulty"]),
        network_block_height=positive(row["blockHeight"]),
        lifetime_hashes=count(row["totalHashes"]),
        lifetime_uptime_seconds=count(row["totalUptimeSeconds"]),
        lifetime_blocks_found=count(row["totalFoundBlocks"]),
        lifetime_best_share_difficulty=best(reading, IN_FULL[1], "bestDiff"),
    )
    for key, window in WINDOWS if not together(reading, row) else ():
        yield v.HashrateWindow(window, number(count(row[key]), 1e9))
    yield v.HashrateNominal("firmware", number(positive(row["expectedHashrate"]), 1e9))
    yield v.TemperatureLimit("target", wanted(row["temptarget"], row["autofanspeed"]))
    yield device(reading, row)
    yield v.LastReset(reset_reason(coalesce(row["resetReason"], row["lastResetReason"])))
    yield v.Curtailment("user", switch(row["miningPaused"]))
    yield from rejects(reading, row)
    yield from power(row)
    yield from board(reading, row)
    yield from fans(row)


def best(reading: Reading, exact: str, rounded: str) -> v.Value:
    """Return the difficulty of a best share, in full on newer pages, from a text such as "483k" on older pages."""
    row, cut = reading.row("system_info"), "truncated" in reading.answers.repairs
    if any(key in row for key in IN_FULL):
        return positive(row[exact])
    return positive(row[rounded]) if cut else difficulty(row[rounded])


def together(reading: Reading, row: Row) -> bool:
    """Tell whether the board may command others, whose rate then counts in the page's hashrate, beside its windows."""
    if "can" in row:
        return flag(inner(row, "can").static("enabled")) is not False
    return "truncated" in reading.answers.repairs or "nodes" in reading.row("nerdqaxe_nodes")


def power(row: Row) -> Iterator[v.Part]:
    """Yield the power and the input, with the power of all boards where several boards work together."""
    watts, volts = positive(row["power"]), number(positive(row["voltage"]), 1e-3)
    amperes = number(positive(row["current"]), 1e-3)
    metered = drawn(amperes, volts, watts)
    fleet = positive(inner(row, "can")["fleetPower"])
    yield v.Power("measured", where(metered, coalesce(fleet, watts)))
    yield v.Power("estimated", where(amperes, watts))
    yield v.Power("firmware", if_none_of(watts, amperes))
    yield v.Psu("0", input_volts=volts, input_amperes=metered)


def board(reading: Reading, row: Row) -> Iterator[v.Part]:
    """Yield the board, whose hashrate is the miner's unless several boards work together."""
    actual, setting = (number(positive(row[key]), 1e6) for key in ("actualFrequency", "frequency"))
    volts = number(count(row["coreVoltageActual"]), 1e-3)
    yield v.Board(
        BOARD,
        hashrate_hashes_per_second=None if together(reading, row) else number(count(row["hashRate"]), 1e9),
        chips=positive(coalesce(row["asicCount"], reading.row("system_asic")["asicCount"])),
        frequency_hertz=coalesce(actual, setting),
        frequency_target_hertz=where(actual, setting),
        voltage_volts=volts,
        voltage_target_volts=where(volts, number(positive(row["coreVoltage"]), 1e-3)),
    )
    yield v.BoardInfo(BOARD, name=text(row["boardVersion"]), chip_type=text(row["ASICModel"]))
    yield v.Sensor("vr", "0", sensor_celsius(row["vrTemp"]))
    yield v.Sensor("vr", "internal", sensor_celsius(row["vrTempInt"]))
    yield from chips(reading, inner(row, "hashrateMonitor"))


@traceable
def wanted(degrees: object, automatic: object) -> Number | None:
    """Return the temperature that the fans are driven to; None for fans that are driven by hand."""
    return celsius(degrees) if flag(automatic) else None


@traceable
def drawn(amperes: Number | None, volts: Number | None, watts: Number | None) -> Number | None:
    """Return the current if measured at the input: current times voltage is then about the power.

    The chips' current gives several times the power."""
    if amperes is None or volts is None or watts is None:
        return None
    return amperes if 0.75 < amperes * volts / watts < 1.33 else None


def chips(reading: Reading, row: Row) -> Iterator[v.Part]:
    """Yield the chips' errors, and their least and greatest hashrate; single chips if chips are opted into."""
    places = range(static(how_long(row["asics"])))
    rates = [number(count(at(row["asics"], n, "total")), 1e9) for n in places]
    errors = [count(at(row["asics"], n, "errorCount")) for n in places]
    if places and "truncated" not in reading.answers.repairs:
        yield v.Board(
            BOARD,
            hardware_errors_total=total(*errors),
            chip_hashrate_min_hashes_per_second=extreme("least", *rates),
            chip_hashrate_max_hashes_per_second=extreme("greatest", *rates),
        )
    for n in places if reading.chips else ():
        yield v.Chip(BOARD, str(n), hashrate_hashes_per_second=rates[n], hardware_errors_total=errors[n])


@traceable
def extreme(which: str, *values: Number | None) -> Number | None:
    """Return the least or greatest value; None if a value is missing."""
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return None
    return min(known) if which == "least" else max(known)


def heat(reading: Reading) -> Iterator[v.Part]:
    """Yield the chip's sensor, and a second sensor if there are several chips.

    BitForge numbers its sensors from 1, and has their average in place of the first sensor."""
    row = reading.row("system_info")
    for n in (1, 2):
        yield v.BoardSensor(BOARD, "chip", str(n), sensor_celsius(row[f"chiptemp{n}"]))
    for n, key in enumerate(("temp", "temp2")):
        if row.any(sensor_celsius, key):
            yield v.BoardSensor(BOARD, "chip", str(n), sensor_celsius(row[key]))


@traceable
def sensor_celsius(raw: object) -> Number | None:
    """Return a temperature; None for -1, which stands for a missing sensor."""
    return None if number(raw) == -1 else celsius(raw)


def fans(row: Row) -> Iterator[v.Part]:
    """Yield the first fan, and the second fan if it turns. An empty slot always has 0."""
    driven = coalesce(row["fanspeed"], row["fanSpeed"])
    yield v.Fan("0", count(coalesce(row["fanrpm"], row["fanSpeedRpm"])), ratio(driven))
    for speed, duty in (("fan2rpm", "fanspeed"), ("fanrpm2", "fanspeed2")):
        if row.any(positive, speed):
            yield v.Fan("1", count(row[speed]), ratio(row[duty]))


def identity(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("system_info")
    maker, model = named(row, reading.row("system_asic"))
    yield v.MinerInfo(
        make=maker,
        model=model,
        firmware="AxeOS",
        firmware_version=text(row["version"]),
        hostname=text(row["hostname"]),
        mac=mac(row["macAddr"]),
        algorithm="sha256",
    )


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
