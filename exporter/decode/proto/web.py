"""Proto's Rig (Block): the pages of a web server at /api/v1; most pages of version 1.8 and later need a login.

Quirks: telemetry has boards, supplies and chips only if the request asks for them. Hashrates are GH/s in mining and
TH/s in telemetry, each with its unit beside the number. Not all builds have the hashrate in mining, and a fan's duty
has two names. Boards have an index from 0 and a slot from 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import Traced, coalesce, traceable
from exporter.core.values import Number, celsius, count, flag, number, positive, ratio, text
from exporter.decode.common import chiplists
from exporter.decode.common.faults import written
from exporter.decode.common.flags import switch
from exporter.decode.common.nested import at
from exporter.decode.common.poolvalues import ago
from exporter.decode.family import Family
from exporter.decode.proto.errors import ERRORS, errors
from exporter.decode.proto.hardware import hardware, identity
from exporter.decode.proto.pages import (
    COOLING,
    CURTAILMENT,
    HARDWARE,
    MINING,
    NETWORK,
    POOLS,
    SYSTEM,
    TARGET,
    TELEMETRY,
    factor,
    measured,
)
from exporter.decode.proto.pools import pools
from exporter.parse.rows import Reading, Row

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


def mining(reading: Reading) -> Iterator[v.Part]:
    row, whole = reading.row("proto_mining"), reading.row("proto_telemetry")["miner"]
    yield v.Miner(
        miner_uptime_seconds=count(row["mining_uptime_s"]),
        device_uptime_seconds=count(row["reboot_uptime_s"]),
        hashrate_hashes_per_second=coalesce(number(count(row["hashrate_ghs"]), 1e9), measured(at(whole, "hashrate"))),
        hardware_errors_total=count(row["hw_errors"]),
        power_limit_watts=positive(row["power_target_watts"]),
    )
    yield v.HashrateWindow("average", number(count(row["average_hashrate_ghs"]), 1e9))
    yield v.HashrateNominal("firmware", number(positive(row["ideal_hashrate_ghs"]), 1e9))
    yield v.Power("firmware", positive(row["power_usage_watts"]))
    yield v.Board(chip_temperature_mean_celsius=celsius(row["average_asic_temp_c"]))
    status = text(row.static("status"))
    yield from v.miner_states(STATES.get(status))
    if status == "Curtailed":
        yield v.Curtailment("remote", 1)


def target(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("proto_target")
    yield v.Miner(
        power_limit_min_watts=positive(row["power_target_min_watts"]),
        power_limit_max_watts=positive(row["power_target_max_watts"]),
    )
    yield v.Profile(text(row.static("performance_mode")))


def curtailment(reading: Reading) -> Iterator[v.Part]:
    """Yield who holds the rig back. Without a fresh word from the site, only the time of the latest word is known."""
    row = reading.row("proto_curtailment")
    fresh = flag(row.static("known"))
    age = row["last_message_age_ms"] if fresh else None  # an old page has an old age
    yield v.Curtailment(
        "remote",
        switch(row["active"]) if fresh else None,
        ratio(row["target"]) if fresh else None,
        coalesce(since(age, reading.now), written(row["last_valid_message"])),
    )


@traceable
def since(milliseconds: object, now: float) -> Number | None:
    """Return the Unix time of a message, from its age."""
    return ago(number(count(milliseconds), 1e-3), now)


def cooling(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("proto_cooling")
    driven = text(row.static("fan_mode")) in DRIVEN  # with liquid cooling, the mode is off and fans are absent
    for fan in row.rows("fans"):
        if (label := text(fan.static("slot"))) and (driven or fan.any(positive, "rpm")):
            duty = ratio(coalesce(fan["percentage"], fan["speed_percentage"]))
            yield v.Fan(label, count(fan["rpm"]), duty if driven else None)
    yield v.TemperatureLimit("target", celsius(row["target_temperature_c"]))


def telemetry(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("proto_telemetry")
    for board in row.rows("hashboards"):
        if label := text(board.static("index")):
            yield v.Board(
                label,
                hashrate_hashes_per_second=measured(board["hashrate"]),
                voltage_volts=positive(measured(board["voltage"])),
                current_amperes=measured(board["current"]),
                power_watts=measured(board["power"]),
            )
            yield v.BoardInfo(label, serial=text(board["serial_number"]))
            for place in ("inlet", "outlet"):
                yield v.BoardSensor(label, place, "0", celsius(measured(board["temperature"], place)))
            yield from chips(reading, label, board["asics"])
    for supply in row.rows("psus"):
        if label := text(supply.static("index")):
            yield from psu(supply, label)


def chips(reading: Reading, board: str, asics: Traced[object]) -> Iterator[v.Part]:
    """Yield the ranges over a board's chips, and each chip if chips are opted into."""
    heats = chiplists.degrees(chiplists.amounts(*listed(asics, "temperature")))
    hashes = chiplists.amounts(*listed(asics, "hashrate"))
    yield chiplists.heat(board, heats)
    yield chiplists.rates(board, hashes)
    if reading.chips:
        yield from chiplists.single(board, "temperature_celsius", heats)
        yield from chiplists.single(board, "hashrate_hashes_per_second", hashes)


def listed(asics: Traced[object], key: str) -> tuple[Traced[object], Traced[Number | None]]:
    """Return the chips' numbers, and the factor of their unit."""
    return at(asics, key, "values"), factor(at(asics, key))


def psu(row: Row, label: str) -> Iterator[v.Part]:
    heat = row["temperature"]
    yield v.Psu(
        label,
        input_volts=measured(row["voltage"], "input"),
        input_amperes=measured(row["current"], "input"),
        input_watts=measured(row["power"], "input"),
        output_volts=measured(row["voltage"], "output"),
        output_amperes=measured(row["current"], "output"),
        output_watts=measured(row["power"], "output"),
        temperature_celsius=celsius(measured(heat, "hotspot")),
    )
    yield v.Sensor("psu", f"{label}.ambient", celsius(measured(heat, "ambient")))


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
        ("proto_curtailment", curtailment),
        ("proto_target", target),
        ("proto_errors", errors),
        ("", identity),
    ),
    fast=(MINING, COOLING, TELEMETRY, POOLS, CURTAILMENT),
    slow=(SYSTEM, HARDWARE, NETWORK, TARGET, ERRORS),
    fingerprint=SYSTEM,
    documented=True,
)
