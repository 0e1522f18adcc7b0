"""Proto's Rig (Block): a modern web API at /api/v1, each page an object under a name with a dash.

Quirks: telemetry has boards and supplies only if the request asks for them. Hashrates are GH/s in mining and TH/s in
telemetry, each with its unit beside the number. Boards have an index from 0 and a slot from 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import traceable
from exporter.core.values import Number, celsius, count, mac, number, positive, ratio, text
from exporter.decode.common.nested import at, inner
from exporter.decode.family import Family
from exporter.decode.proto.errors import ERRORS, errors
from exporter.decode.proto.pools import pools
from exporter.parse.rows import Reading, Row
from exporter.questions import page

SYSTEM = page("proto_system", "/api/v1/system", section="system-info", identity_only=True)
MINING = page("proto_mining", "/api/v1/mining", section="mining-status")
COOLING = page("proto_cooling", "/api/v1/cooling", section="cooling-status")
POOLS = page("proto_pools", "/api/v1/pools", section="pools")
TELEMETRY = page("proto_telemetry", "/api/v1/telemetry")
HARDWARE = page("proto_hardware", "/api/v1/hardware", section="hardware-info")
NETWORK = page("proto_network", "/api/v1/network", section="network-info")

UNITS: Final = {"GH/s": 1e9, "TH/s": 1e12, "PH/s": 1e15, "W": 1, "kW": 1e3, "V": 1, "mV": 1e-3, "°C": 1}
DRIVEN: Final = ("Auto", "Manual", "Max")  # the fan modes in which fans should turn
STATES: Final = {
    "Mining": "mining",
    "DegradedMining": "mining",
    "PoweringOn": "starting",
    "PoweringOff": "paused",
    "Stopped": "paused",
    "Curtailed": "paused",
    "NoPools": "idle",
    "Error": "faulted",
    "Uninitialized": "starting",
}


@traceable
def measured(raw: object, key: str = "value") -> Number | None:
    """Return a reading in base units, by the unit in the same object; None for an unknown unit."""
    factor = UNITS.get(text(at(raw, "unit")))
    return None if factor is None else number(count(at(raw, key)), factor)


def mining(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("proto_mining")
    yield v.Miner(
        miner_uptime_seconds=count(row["mining_uptime_s"]),
        device_uptime_seconds=count(row["reboot_uptime_s"]),
        hashrate_hashes_per_second=number(count(row["hashrate_ghs"]), 1e9),
        hardware_errors_total=count(row["hw_errors"]),
        power_limit_watts=positive(row["power_target_watts"]),
    )
    yield v.HashrateWindow("average", number(count(row["average_hashrate_ghs"]), 1e9))
    yield v.HashrateNominal("firmware", number(positive(row["ideal_hashrate_ghs"]), 1e9))
    yield v.Power("firmware", positive(row["power_usage_watts"]))
    yield from v.miner_states(STATES.get(text(row.static("status"))))


def cooling(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("proto_cooling")
    driven = text(row.static("fan_mode")) in DRIVEN  # with liquid cooling, the mode is off and fans are absent
    for fan in row.rows("fans"):
        if (label := text(fan.static("slot"))) and (driven or fan.any(positive, "rpm")):
            yield v.Fan(label, count(fan["rpm"]), ratio(fan["speed_percentage"]) if driven else None)
    yield v.TemperatureLimit("target", celsius(row["target_temperature_c"]))


def telemetry(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("proto_telemetry")
    for board in row.rows("hashboards"):
        if label := text(board.static("index")):
            yield v.Board(
                label,
                hashrate_hashes_per_second=measured(board["hashrate"]),
                voltage_volts=positive(measured(board["voltage"])),
                power_watts=measured(board["power"]),
            )
            yield v.BoardInfo(label, serial=text(board["serial_number"]))
            for place in ("inlet", "outlet"):
                yield v.BoardSensor(label, place, "0", celsius(measured(board["temperature"], place)))
    for supply in row.rows("psus"):
        if label := text(supply.static("index")):
            yield from psu(supply, label)


def psu(row: Row, label: str) -> Iterator[v.Part]:
    yield v.Psu(
        label,
        input_volts=measured(row["voltage"], "input"),
        input_amperes=count(at(row["current"], "input")),
        input_watts=measured(row["power"], "input"),
        output_volts=measured(row["voltage"], "output"),
        output_amperes=count(at(row["current"], "output")),
        output_watts=measured(row["power"], "output"),
        temperature_celsius=celsius(measured(row["temperature"], "hotspot")),
    )


def hardware(reading: Reading) -> Iterator[v.Part]:
    """Yield the fitted parts; a board's port is its index in telemetry, a supply's slot is its index plus one."""
    row = reading.row("proto_hardware")
    for board in row.rows("hashboards-info"):
        if label := text(board.static("port")):
            yield v.Board(label, chips=positive(board["mining_asic_count"]))
            yield v.BoardInfo(
                label,
                name=text(board.static("board")),
                serial=text(board["hb_sn"]),
                chip_type=text(board.static("mining_asic")),
            )
    for supply in row.rows("psus-info"):
        slot = positive(supply.static("slot"))
        if slot is not None:
            yield v.PsuInfo(
                str(int(slot) - 1),
                text(supply.static("model")),
                text(supply["psu_sn"]),
                text(at(supply["firmware"], "app_version")),
            )


def identity(reading: Reading) -> Iterator[v.Part]:
    row, net = reading.row("proto_system"), reading.row("proto_network")
    system = inner(row, "os")
    yield v.MinerInfo(
        make=text(row.static("manufacturer")),
        model=text(row.static("product_name")),
        firmware=text(system.static("name")),
        firmware_version=text(system.static("version")),
        hostname=text(net["hostname"]),
        mac=mac(net["mac"]),
        serial=text(row["cb_sn"]),
        platform=text(row.static("board")),
        algorithm="sha256" if row.static("product_name") == "Proto Rig" else "",
    )


def recognise(reading: Reading) -> str:
    row = reading.row("proto_system")
    return "/api/v1/system by Proto" if text(row.static("manufacturer")).lower() == "proto" else ""


FAMILY = Family(
    name="proto",
    rank=205,
    recognise=recognise,
    sections=(
        ("proto_mining", mining),
        ("proto_cooling", cooling),
        ("proto_telemetry", telemetry),
        ("proto_hardware", hardware),
        ("proto_pools", pools),
        ("proto_errors", errors),
        ("", identity),
    ),
    fast=(MINING, COOLING, TELEMETRY, POOLS),
    slow=(SYSTEM, HARDWARE, NETWORK, ERRORS),
    fingerprint=SYSTEM,
)
