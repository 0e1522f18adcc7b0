"""The miner as a whole: what it is, what it does, its fans and power supplies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from exporter.core.vocabulary.part import Part, Text, Value, counter, gauge


@dataclass(slots=True)
class MinerInfo(Part):
    PREFIX: ClassVar[str] = "miner_info"
    INFO: ClassVar[str] = "What the miner is; family is the decoder that reads it."
    family: Text = ""
    make: Text = ""
    model: Text = ""
    firmware: Text = ""
    firmware_version: Text = ""
    api_version: Text = ""
    hostname: Text = ""
    mac: Text = ""
    serial: Text = ""
    platform: Text = ""
    algorithm: Text = ""
    cooling: Text = ""


@dataclass(slots=True)
class Miner(Part):
    miner_uptime_seconds: Value = gauge("Time since the mining process started.")
    device_uptime_seconds: Value = gauge("Time since the device booted.")
    hashrate_hashes_per_second: Value = gauge("Hashrate over the shortest window that the firmware reports.")
    hashes_total: Value = counter("Hashes done, where the firmware counts them.")
    shares_accepted_total: Value = counter("Shares accepted, over all pools.")
    shares_rejected_total: Value = counter("Shares rejected, over all pools.")
    shares_stale_total: Value = counter("Shares that were stale, over all pools.")
    shares_discarded_total: Value = counter("Work discarded, over all pools.")
    share_difficulty_accepted_total: Value = counter("Difficulty of the accepted shares.")
    share_difficulty_rejected_total: Value = counter("Difficulty of the rejected shares.")
    share_difficulty_stale_total: Value = counter("Difficulty of the stale shares.")
    best_share_difficulty: Value = gauge("Difficulty of the best share since the mining process started.")
    blocks_found_total: Value = counter("Blocks found.")
    hardware_errors_total: Value = counter("Results that failed the miner's own check.")
    hardware_error_ratio: Value = gauge("Share of the results that failed the miner's own check, by the firmware.")
    error_hashrate_hashes_per_second: Value = gauge("Hashrate lost to results that failed the miner's own check.")
    getworks_total: Value = counter("Work requests.")
    get_failures_total: Value = counter("Work requests that failed.")
    remote_failures_total: Value = counter("Submissions that failed at the pool's side.")
    local_work_total: Value = counter("Work made locally.")
    network_blocks_total: Value = counter("New blocks seen on the network.")
    power_limit_watts: Value = gauge("Limit or target that power tuning works to.")
    power_limit_min_watts: Value = gauge("Lowest limit of power that the firmware accepts.")
    power_limit_max_watts: Value = gauge("Highest limit of power that the firmware accepts.")
    hashrate_target_hashes_per_second: Value = gauge("Hashrate that tuning works to.")
    tuner_progress_ratio: Value = gauge("Part of the tuning that is done.")
    fast_boot: Value = gauge("1 if the miner starts fast at the cost of efficiency and stability, 0 if it does not.")
    throttled: Value = gauge("1 while the firmware slows the miner for heat or power, 0 if it does not.")
    fans_required: Value = gauge("Fans that must turn, or the firmware stops the miner.")
    developer_fee_ratio: Value = gauge("Share of the work that goes to the firmware's maker.")
    network_difficulty: Value = gauge("Difficulty of the network, as the miner knows it.")
    network_block_height: Value = gauge("Height of the block that the miner works on.")
    lifetime_hashes: Value = gauge("Hashes done, kept over restarts; may go back at a loss of power.")
    lifetime_uptime_seconds: Value = gauge("Time run, kept over restarts; may go back at a loss of power.")
    lifetime_blocks_found: Value = gauge("Blocks found, kept over restarts.")
    lifetime_best_share_difficulty: Value = gauge("Difficulty of the best share of all time, kept over restarts.")


@dataclass(slots=True)
class HashrateWindow(Part):
    window: str = ""
    hashrate_window_hashes_per_second: Value = gauge(
        "Hashrate over each window that the firmware reports; average is since the mining process started."
    )


@dataclass(slots=True)
class HashrateNominal(Part):
    BEST: ClassVar[tuple[str, ...]] = ("config", "firmware", "nameplate")
    source: str = ""
    hashrate_nominal_hashes_per_second: Value = gauge("Hashrate that the miner should reach; source says who says so.")


@dataclass(slots=True)
class Power(Part):
    BEST: ClassVar[tuple[str, ...]] = ("measured", "firmware", "estimated")
    source: str = ""
    power_watts: Value = gauge("Power drawn; source is measured, estimated, or firmware where it does not say which.")


@dataclass(slots=True)
class MinerState(Part):
    state: str = ""
    miner_state: Value = gauge("1 for the state that the miner is in, 0 for the others; absent where unknown.")


@dataclass(slots=True)
class TunerState(Part):
    state: str = ""
    tuner_state: Value = gauge("1 for the state that the tuner is in, 0 for the others; absent where unknown.")


@dataclass(slots=True)
class Profile(Part):
    PREFIX: ClassVar[str] = "profile_info"
    INFO: ClassVar[str] = "The active tuning profile or power mode."
    profile: Text = ""


@dataclass(slots=True)
class HeatMode(Part):
    PREFIX: ClassVar[str] = "heat_mode_info"
    INFO: ClassVar[str] = "How the firmware uses the heat of a liquid-cooled miner."
    heat_mode: Text = ""


@dataclass(slots=True)
class Fault(Part):
    code: str = ""
    component: str = ""
    severity: str = ""
    fault: Value = gauge("1 while the miner reports this fault or event.")


@dataclass(slots=True)
class LastFault(Part):
    code: str = ""
    component: str = ""
    last_fault_timestamp_seconds: Value = gauge("Unix time of the latest fault that the miner recorded.")


@dataclass(slots=True)
class Sensor(Part):
    location: str = ""
    sensor: str = ""
    temperature_celsius: Value = gauge("Temperature of a sensor that is not on a hashboard.")


@dataclass(slots=True)
class TemperatureLimit(Part):
    limit: str = ""
    temperature_limit_celsius: Value = gauge("Temperature thresholds that the firmware works to.")


@dataclass(slots=True)
class Fan(Part):
    PREFIX: ClassVar[str] = "fan_"
    fan: str = ""
    speed_rpm: Value = gauge("Speed by the fan's tachometer; 0 for a fitted fan that stands still.")
    duty_ratio: Value = gauge("Duty that the fan is driven with.")
    target_ratio: Value = gauge("Duty that the fan should be driven with.")
    up: Value = gauge("1 if the firmware calls the fan well, 0 if it calls the fan failed or lost.")
    target_rpm: Value = gauge("Speed that the fan should turn with.")
    speed_min_rpm: Value = gauge("Lowest speed that the firmware accepts of the fan.")
    speed_max_rpm: Value = gauge("Highest speed that the fan can reach, by the firmware.")


@dataclass(slots=True)
class FansExpected(Part):
    BEST: ClassVar[tuple[str, ...]] = ("config", "firmware", "nameplate")
    source: str = ""
    fans_expected: Value = gauge("Fans that the miner should have.")


@dataclass(slots=True)
class PsuInfo(Part):
    PREFIX: ClassVar[str] = "psu_info"
    INFO: ClassVar[str] = "What the power supply is."
    psu: str = ""
    model: Text = ""
    serial: Text = ""
    version: Text = ""


@dataclass(slots=True)
class Psu(Part):
    PREFIX: ClassVar[str] = "psu_"
    psu: str = ""
    input_volts: Value = gauge("Voltage at the supply's input.")
    input_amperes: Value = gauge("Current at the supply's input.")
    input_watts: Value = gauge("Power at the supply's input.")
    output_volts: Value = gauge("Voltage at the supply's output.")
    output_amperes: Value = gauge("Current at the supply's output.")
    output_watts: Value = gauge("Power at the supply's output.")
    temperature_celsius: Value = gauge("Temperature of the supply.")
    fan_speed_rpm: Value = gauge("Speed of the supply's own fan.")
    efficiency_ratio: Value = gauge("Output power of the supply as a part of its input power, by the firmware.")
    output_target_volts: Value = gauge("Voltage that the supply's output is set to.")
    output_min_volts: Value = gauge("Lowest voltage that the supply's output can be set to.")
    output_max_volts: Value = gauge("Highest voltage that the supply's output can be set to.")
    output_max_watts: Value = gauge("Power that the supply's output can give.")


MINER_STATES = ("mining", "starting", "tuning", "idle", "paused", "sleeping", "faulted")
TUNER_STATES = ("disabled", "stable", "tuning", "paused", "error")


def miner_states(current: str | None) -> Iterator[MinerState]:
    """Yield a part for each of MINER_STATES, with 1 for the current state; nothing if the state is unknown."""
    if current in MINER_STATES:
        yield from (MinerState(state, int(state == current)) for state in MINER_STATES)


def tuner_states(current: str | None) -> Iterator[TunerState]:
    """Yield a part for each of TUNER_STATES, with 1 for the current state; nothing if the state is unknown."""
    if current in TUNER_STATES:
        yield from (TunerState(state, int(state == current)) for state in TUNER_STATES)
