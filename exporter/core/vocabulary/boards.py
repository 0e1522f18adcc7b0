"""Hashboards, their sensors and chips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from exporter.core.vocabulary.part import Part, Text, Value, counter, gauge


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
    chips_degraded: Value = gauge("Chips that the firmware marks as weak, beside the bad ones.")
    chips_throttled: Value = gauge("Chips that the firmware slows.")
    frequency_hertz: Value = gauge("Clock of the hashboard's chips.")
    frequency_target_hertz: Value = gauge(
        "Clock that the hashboard's chips are set to, beside the one they run at; without a board, of all boards."
    )
    voltage_volts: Value = gauge("Supply voltage of the hashboard.")
    voltage_target_volts: Value = gauge("Supply voltage that the hashboard is set to, beside the one it has.")
    chip_voltage_spread_volts: Value = gauge("Difference between the highest and the lowest voltage of the chips.")
    current_amperes: Value = gauge("Current that the hashboard draws.")
    power_watts: Value = gauge("Power of the hashboard.")
    chip_temperature_min_celsius: Value = gauge("Coolest of the hashboard's chips; without a board, of all boards.")
    chip_temperature_max_celsius: Value = gauge("Hottest of the hashboard's chips; without a board, of all boards.")
    chip_temperature_mean_celsius: Value = gauge("Mean over the hashboard's chips; without a board, over all boards.")
    chip_hashrate_min_hashes_per_second: Value = gauge("Hashrate of the slowest of the hashboard's chips.")
    chip_hashrate_max_hashes_per_second: Value = gauge("Hashrate of the fastest of the hashboard's chips.")
    hardware_errors_total: Value = counter("Results of the hashboard that failed the miner's own check.")
    hardware_error_ratio: Value = gauge("Share of the hashboard's results that failed the miner's own check.")
    error_hashrate_hashes_per_second: Value = gauge(
        "Hashrate of the hashboard lost to results that failed the miner's own check."
    )
    communication_errors_total: Value = counter("Messages between the miner and the hashboard that were broken.")
    restarts_total: Value = counter("Restarts of the hashboard or of its chips, where the firmware counts them.")
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
    results_total: Value = counter("Results of the chip.")
    hardware_errors_total: Value = counter("Results of the chip that failed the miner's own check.")
