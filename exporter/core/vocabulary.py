"""What a miner is made of: a class is a part, a field with a metric declaration is a metric, other fields are labels.

The metric's name is `asic_`, the part's PREFIX and the field's name. Units are base units: hashes per second, celsius,
watts, volts, hertz, seconds, rpm, ratios. None is "not said" and is not exported; so is an empty label.
A part whose INFO is set has labels only, and the value 1. What decoders make of parts may hold live values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from exporter.core.tracing import Traced
from exporter.core.values import Number

Value = Number | None | Traced[Number | None]
Text = str | Traced[str]
INFO_KEYS = ("board", "pool", "psu")  # of an info's labels those that tell which thing it is about


def gauge(help_: str) -> Any:
    """A field that is a gauge; `help_` is its HELP text."""
    return field(default=None, metadata={"kind": "gauge", "help": help_})


def counter(help_: str) -> Any:
    """A field that is a counter, as the firmware counts it: a restart of the miner is a counter reset."""
    return field(default=None, metadata={"kind": "counter", "help": help_})


class Part:
    """The base of all parts.

    INFO is the HELP of an info part. BEST orders the values of `source`, the last label, where a thing has one series,
    the best known. EXPENDABLE parts are the first to go when a miner exceeds its series limit."""

    __slots__ = ()
    PREFIX: ClassVar[str] = ""
    INFO: ClassVar[str] = ""
    BEST: ClassVar[tuple[str, ...]] = ()
    EXPENDABLE: ClassVar[bool] = False


# The status of a target: there from the first second on, whatever the miner does.


@dataclass(slots=True)
class Status(Part):
    up: Value = gauge("1 if the last poll read at least one section beyond version, 0 if not.")
    poll_duration_seconds: Value = gauge("Time the last poll took, from connect to the last byte.")
    last_success_timestamp_seconds: Value = gauge("Unix time of the last poll that read the miner.")
    series_dropped_total: Value = counter("Series left out because the miner exceeded its series limit.")


@dataclass(slots=True)
class TargetInfo(Part):
    PREFIX: ClassVar[str] = "target_info"
    INFO: ClassVar[str] = "Where the configuration says the miner is: its host as a URL has it, and its group."
    address: Text = ""
    config_group: Text = ""


@dataclass(slots=True)
class Section(Part):
    PREFIX: ClassVar[str] = "section_"
    section: str = ""
    up: Value = gauge("1 if the answer to that question was read when it was last asked, 0 if it failed.")
    timestamp_seconds: Value = gauge("Unix time at which a slowly asked section was last read.")


@dataclass(slots=True)
class PollFailures(Part):
    reason: str = ""
    poll_failures_total: Value = counter("Polls that read nothing, by reason.")


# The miner.


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
    getworks_total: Value = counter("Work requests.")
    get_failures_total: Value = counter("Work requests that failed.")
    remote_failures_total: Value = counter("Submissions that failed at the pool's side.")
    local_work_total: Value = counter("Work made locally.")
    network_blocks_total: Value = counter("New blocks seen on the network.")
    power_limit_watts: Value = gauge("Limit or target that power tuning works to.")
    network_difficulty: Value = gauge("Difficulty of the network, as the miner knows it.")


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
class Fault(Part):
    code: str = ""
    component: str = ""
    severity: str = ""
    fault: Value = gauge("1 while the miner reports this fault or event.")


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


# Boards and chips.


@dataclass(slots=True)
class BoardsExpected(Part):
    BEST: ClassVar[tuple[str, ...]] = ("config", "firmware", "nameplate")
    source: str = ""
    boards_expected: Value = gauge("Hashboards that the miner should have.")


@dataclass(slots=True)
class BoardInfo(Part):
    PREFIX: ClassVar[str] = "board_info"
    INFO: ClassVar[str] = "What the hashboard is."
    board: str = ""
    name: Text = ""
    serial: Text = ""
    chip_type: Text = ""
    connector: Text = ""


@dataclass(slots=True)
class Board(Part):
    PREFIX: ClassVar[str] = "board_"
    board: str = ""
    up: Value = gauge(
        "1 if the hashboard is present and works, 0 if the firmware lists it as missing, dead or disabled."
    )
    hashrate_hashes_per_second: Value = gauge("Hashrate of the hashboard.")
    hashrate_nominal_hashes_per_second: Value = gauge("Hashrate that the hashboard should reach, by the firmware.")
    chips: Value = gauge("Chips found on the hashboard.")
    chips_failed: Value = gauge("Chips that the firmware marks as bad.")
    frequency_hertz: Value = gauge("Clock of the hashboard's chips.")
    voltage_volts: Value = gauge("Supply voltage of the hashboard.")
    power_watts: Value = gauge("Power of the hashboard.")
    chip_temperature_min_celsius: Value = gauge("Coolest of the hashboard's chips; without a board, of all boards.")
    chip_temperature_max_celsius: Value = gauge("Hottest of the hashboard's chips; without a board, of all boards.")
    chip_temperature_mean_celsius: Value = gauge("Mean over the hashboard's chips; without a board, over all boards.")
    hardware_errors_total: Value = counter("Results of the hashboard that failed the miner's own check.")
    shares_accepted_total: Value = counter("Shares accepted from the hashboard.")
    shares_rejected_total: Value = counter("Shares rejected from the hashboard.")


@dataclass(slots=True)
class BoardChipsExpected(Part):
    BEST: ClassVar[tuple[str, ...]] = ("config", "firmware", "nameplate")
    board: str = ""
    source: str = ""
    board_chips_expected: Value = gauge("Chips that the hashboard should have.")


@dataclass(slots=True)
class BoardSensor(Part):
    board: str = ""
    location: str = ""
    sensor: str = ""
    board_temperature_celsius: Value = gauge(
        "Temperature of a sensor on the hashboard; without a board, of all boards."
    )


@dataclass(slots=True)
class Chip(Part):
    PREFIX: ClassVar[str] = "chip_"
    EXPENDABLE: ClassVar[bool] = True
    board: str = ""
    chip: str = ""
    temperature_celsius: Value = gauge("Temperature of the chip.")
    frequency_hertz: Value = gauge("Clock of the chip.")
    voltage_volts: Value = gauge("Voltage of the chip.")
    hashrate_hashes_per_second: Value = gauge("Hashrate of the chip.")
    healthy: Value = gauge("1 if the firmware calls the chip healthy, 0 if not.")


# Pools.


@dataclass(slots=True)
class PoolInfo(Part):
    PREFIX: ClassVar[str] = "pool_info"
    INFO: ClassVar[str] = "Where the pool entry points; kind devfee is the firmware maker's own; user is opt-in."
    pool: str = ""
    host: Text = ""
    kind: Text = ""
    user: Text = ""


@dataclass(slots=True)
class Pool(Part):
    PREFIX: ClassVar[str] = "pool_"
    pool: str = ""
    up: Value = gauge("1 if the miner calls the pool alive, 0 if not.")
    active: Value = gauge("1 if work comes from the pool now.")
    priority: Value = gauge("Priority of the pool entry; 0 comes first.")
    quota: Value = gauge("Share of the work that the pool entry should get.")
    shares_accepted_total: Value = counter("Shares that the pool accepted.")
    shares_rejected_total: Value = counter("Shares that the pool rejected.")
    shares_stale_total: Value = counter("Shares that were stale at the pool.")
    shares_discarded_total: Value = counter("Work of the pool that was discarded.")
    share_difficulty_accepted_total: Value = counter("Difficulty of the shares that the pool accepted.")
    share_difficulty_rejected_total: Value = counter("Difficulty of the shares that the pool rejected.")
    share_difficulty_stale_total: Value = counter("Difficulty of the shares that were stale at the pool.")
    difficulty: Value = gauge("Share difficulty that the pool asks for.")
    last_share_difficulty: Value = gauge("Difficulty of the last share.")
    best_share_difficulty: Value = gauge("Difficulty of the best share.")
    last_share_timestamp_seconds: Value = gauge("Unix time of the last share.")
    getworks_total: Value = counter("Work requests to the pool.")
    get_failures_total: Value = counter("Work requests to the pool that failed.")
    remote_failures_total: Value = counter("Submissions that failed at the pool's side.")
    bad_work_total: Value = counter("Work of the pool that could not be used.")


# Policy: readings against what the configuration expects.


@dataclass(slots=True)
class PoolExpected(Part):
    pool: str = ""
    check: str = ""
    pool_expected: Value = gauge("1 if the pool entry matches an expected one.")


@dataclass(slots=True)
class ActivePoolExpected(Part):
    check: str = ""
    active_pool_expected: Value = gauge("1 if the pool that gets the work is an expected one.")


@dataclass(slots=True)
class Expected(Part):
    property: str = ""
    expected: Value = gauge("1 if the property is as the configuration expects.")


MINER_STATES = ("mining", "starting", "tuning", "idle", "paused", "sleeping", "faulted")
TUNER_STATES = ("disabled", "stable", "tuning", "paused", "error")


def miner_states(current: str | None) -> Iterator[MinerState]:
    """The whole set for one of MINER_STATES; nothing where the state is unknown."""
    if current in MINER_STATES:
        yield from (MinerState(state, int(state == current)) for state in MINER_STATES)


def tuner_states(current: str | None) -> Iterator[TunerState]:
    """The whole set for one of TUNER_STATES; nothing where the state is unknown."""
    if current in TUNER_STATES:
        yield from (TunerState(state, int(state == current)) for state in TUNER_STATES)
