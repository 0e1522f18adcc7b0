"""NerdAxe, NerdQAxe and NerdOctaxe: the page of AxeOS, a second version of the pages, or both.

Quirks: the first version has millivolts and milliamperes, the second volts and amperes. The second version has the
board's faults, and the names on a separate page. A second pool may be a backup, or get a part of the work. A master of
several boards adds the others' hashrates on the first page, and lists the boards on a page of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, traceable, where
from exporter.core.values import Number, count, flag, mac, number, positive, text
from exporter.decode.axeos import web as axeos
from exporter.decode.axeos.device import reset_reason, signal
from exporter.decode.axeos.models import make
from exporter.decode.axeos.nerdqaxe_heat import chips, fans
from exporter.decode.axeos.nerdqaxe_nodes import NODES, nodes
from exporter.decode.axeos.nerdqaxe_pools import pools
from exporter.decode.axeos.pools import difficulty
from exporter.decode.axeos.web import BOARD, INFO, sensor_celsius, together
from exporter.decode.common.faults import CRITICAL
from exporter.decode.common.nested import inner
from exporter.decode.common.sums import total
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row
from exporter.questions import page

DASHBOARD = page("nerdqaxe_dashboard", "/api/v2/dashboard")
SYSTEM = page("nerdqaxe_system", "/api/v2/system", instead="system_info", identity_only=True)

CONTROLLED = 2  # the mode of fans that follow a temperature
WINDOWS = (("hashRate1m", "1m"), ("hashRate10m", "10m"), ("hashRate1h", "1h"), ("hashRate1d", "24h"))


def readings(reading: Reading) -> Iterator[v.Part]:
    """Yield the miner and its board from the dashboard."""
    row = reading.row("nerdqaxe_dashboard")
    mined, power = inner(row, "performance"), inner(row, "power")
    rate = number(count(mined["hashRate"]), 1e9)
    several = together(reading, row)
    yield v.Miner(
        hashrate_hashes_per_second=None if several else rate,
        device_uptime_seconds=count(inner(row, "system")["uptime"]),
        shares_accepted_total=count(mined["sharesAccepted"]),
        shares_rejected_total=count(mined["sharesRejected"]),
        best_share_difficulty=difficulty(mined["bestSessionDiff"]),
        lifetime_best_share_difficulty=difficulty(mined["bestDiff"]),
    )
    yield v.TemperatureLimit("shutdown", sensor_celsius(inner(row, "system")["overheatTemp"]))
    for key, window in WINDOWS if not several else ():
        yield v.HashrateWindow(window, number(count(mined[key]), 1e9))
    yield v.Power("measured", None if several else positive(power["watts"]))
    yield v.Psu("0", input_volts=positive(power["voltage"]), input_amperes=positive(power["currentA"]))
    actual, setting = (number(positive(mined[key]), 1e6) for key in ("actualFrequency", "frequency"))
    yield v.Board(
        BOARD,
        hashrate_hashes_per_second=rate,
        chips=positive(mined["asicCount"]),
        frequency_hertz=coalesce(actual, setting),
        frequency_target_hertz=where(actual, setting),
        voltage_volts=count(power["coreVoltageActual"]),
    )
    yield from heat(inner(row, "thermal"))


def first_page(reading: Reading) -> Iterator[v.Part]:
    """Yield the parts of the first page that only this fork has."""
    row = reading.row("system_info")
    yield v.TemperatureLimit("target", controlled(row["pidTargetTemp"], row["autofanspeed"]))
    yield v.TemperatureLimit("shutdown", sensor_celsius(row["overheat_temp"]))
    yield from chips(BOARD, row, "asicTemps", "temp")
    yield from fans(row)


@traceable
def controlled(degrees: object, mode: object) -> Number | None:
    """Return the temperature that the fans are controlled to; None in other modes of the fans."""
    return sensor_celsius(degrees) if number(mode) == CONTROLLED else None


def heat(row: Row) -> Iterator[v.Part]:
    """Yield the dashboard's temperatures and fans."""
    yield from chips(BOARD, row, "asicTemps", "asicTemp")
    yield v.Sensor("vr", "0", sensor_celsius(row["vrTemp"]))
    yield v.Sensor("vr", "internal", sensor_celsius(row["vrTempInt"]))
    yield from fans(row)


def identity(reading: Reading) -> Iterator[v.Part]:
    yield from axeos.identity(reading)
    row = reading.row("nerdqaxe_system")
    network, memory = inner(row, "network"), inner(row, "memory")
    model = text(row.static("deviceModel"))
    yield v.MinerInfo(
        make=make(model),
        model=model,
        firmware_version=text(row["version"]),
        hostname=text(network["hostname"]),
        mac=mac(network["macAddr"]),
        algorithm="sha256",
    )
    yield v.BoardInfo(BOARD, chip_type=text(row["asicModel"]))
    yield v.LastReset(reset_reason(row["lastResetReason"]))
    yield v.Device(
        wifi_signal_dbm=signal(network["wifiRSSI"]),
        memory_free_bytes=total(count(memory["freeHeap"]), count(memory["freeHeapInt"])),
    )


def state(reading: Reading) -> Iterator[v.Part]:
    """Yield paused after a shutdown, by hand or because of heat. Only the dashboard has faults."""
    first_page, row = reading.row("system_info"), reading.row("nerdqaxe_dashboard")
    system = inner(row, "system")
    broken = positive(system.static("boardError"))
    if broken is not None:
        yield v.Fault(f"boardError{int(broken)}", f"board:{BOARD}", CRITICAL, 1)
    if flag(first_page.static("shutdown")) or flag(system.static("shutdown")):
        yield from v.miner_states("paused")
    elif broken is not None:
        yield from v.miner_states("faulted")
    elif list(first_page):
        yield from axeos.state(reading)
    else:
        yield from v.miner_states("mining" if inner(row, "performance").any(positive, "hashRate") else None)


def recognise(reading: Reading) -> str:
    """Return the evidence: the second version's dashboard, or names that only this fork writes on the first page."""
    row = reading.row("nerdqaxe_dashboard")
    if "performance" in row and "thermal" in row:
        return "/api/v2/dashboard with performance and thermal"
    row = reading.row("system_info")
    own = "hashRateTimestamp" in row or text(row.static("deviceModel")).startswith("Nerd")
    return "/api/system/info of NerdAxe" if own and axeos.recognise(reading) else ""


FAMILY = Family(
    name="nerdqaxe",
    shown="axeos",
    rank=199,  # before axeos, which would also recognise the first page
    recognise=recognise,
    sections=(
        ("system_info", axeos.info),
        ("system_info", first_page),
        ("nerdqaxe_dashboard", readings),
        ("nerdqaxe_nodes", nodes),
        ("", pools),
        ("", identity),
        ("", state),
    ),
    fast=(INFO, DASHBOARD),
    slow=(SYSTEM, NODES),
    fingerprint=DASHBOARD,
)
