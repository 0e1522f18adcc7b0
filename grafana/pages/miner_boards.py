"""The rows of the Miner dashboard about its hardware: boards, cooling, power."""

from __future__ import annotations

from typing import Final

from grafana.elements.expressions import ID, ONE
from grafana.elements.looks import (
    BLUE,
    CHIP_STEPS,
    GREEN,
    GREY,
    NOMINAL_STEPS,
    NONE_IS_GOOD,
    ORANGE,
    PURPLE,
    SKY,
    UP_DOWN,
    YELLOW,
    by_index,
)
from grafana.elements.panels import AnyPanel, Query, graph
from grafana.elements.tables import Column, table

BOARDS: Final = by_index("board")
FANS: Final = by_index("fan")
POOLS: Final = by_index("pool")
WINDOWS: Final = {
    "^(5s|30s)$": SKY,
    "^1m$": GREEN,
    "^5m$": YELLOW,
    "^15m$": ORANGE,
    "^30m$": PURPLE,
    "^24h$": GREY,
    "^average$": BLUE,
}


def boards() -> list[AnyPanel]:
    metrics = {
        "up": Column("State", mappings=UP_DOWN, width=125),
        "hashrate_hashes_per_second": Column("Hashrate", unit="Hs", width=125),
        "": Column("Of nominal", unit="percentunit", steps=NOMINAL_STEPS, width=125),
        "chips": Column("Chips", unit="locale", width=125),
        "chips_expected": Column("Expected", unit="locale", width=125),
        "chips_failed": Column("Failed", unit="locale", steps=NONE_IS_GOOD, width=125),
        "chip_temperature_max_celsius": Column("Hottest chip", unit="celsius", steps=CHIP_STEPS, width=125),
        "frequency_hertz": Column("Frequency", unit="hertz", width=125),
        "voltage_volts": Column("Voltage", unit="volt", width=125),
        "power_watts": Column("Power", unit="watt", width=125),
    }
    ratio = (
        f"asic_board_hashrate_hashes_per_second{ONE}"
        f" / on ({ID}, board) asic_board_hashrate_nominal_hashes_per_second{ONE}"
    )
    queries = [f"max by (board) (asic_board_{name}{ONE})" if name else f"max by (board) ({ratio})" for name in metrics]
    columns = {f"Value #{chr(ord('A') + index)}": column for index, column in enumerate(metrics.values())}
    return [
        table(
            "Boards",
            "Every hashboard that the firmware lists, with what it says about it now.",
            queries,
            {"board": Column("Board", width=80)} | columns,
            size=(24, 6),
            sort="Board",
        ),
    ]


def board_heat() -> list[AnyPanel]:
    hot = f"asic_board_chip_temperature_max_celsius{ONE} or asic_board_temperature_celsius{ONE}"
    return [
        graph(
            "Hottest by board",
            "Hottest chip of each board, or its hottest sensor where the firmware tells of no chip.",
            Query(f"max by (board) ({hot})", "board {{board}}"),
            unit="celsius",
            size=(8, 8),
            zero=False,
            colors=BOARDS,
        ),
        graph(
            "Sensors",
            "The hottest sensor of each kind on each board.",
            Query(f"max by (board, location) (asic_board_temperature_celsius{ONE})", "board {{board}} {{location}}"),
            unit="celsius",
            calcs=(),
            size=(8, 8),
            zero=False,
            colors=BOARDS,
        ),
        graph(
            "Hardware errors",
            "Results of each board that failed the miner's own check, in a minute.",
            Query(f"rate(asic_board_hardware_errors_total{ONE}[$__rate_interval]) * 60", "board {{board}}"),
            unit="suffix: /min",
            least=1,
            size=(8, 8),
            colors=BOARDS,
        ),
    ]


def board_clocks() -> list[AnyPanel]:
    return [
        graph(
            "Clock and voltage",
            "Clock of each board's chips, and its supply voltage (dotted) where the firmware says it.",
            Query(f"asic_board_frequency_hertz{ONE}", "board {{board}}"),
            Query(f"asic_board_voltage_volts{ONE}", "board {{board}} volts"),
            unit="hertz",
            right={"volts$": "volt"},
            calcs=(),
            size=(12, 7),
            colors=BOARDS,
        ),
        graph(
            "Chips",
            "Chips found on each board: a step down is a chip, or a whole chain, that is gone.",
            Query(f"asic_board_chips{ONE}", "board {{board}}"),
            unit="locale",
            size=(12, 7),
            colors=BOARDS,
        ),
    ]


def cooling_and_power() -> list[AnyPanel]:
    return [
        graph(
            "Fans",
            "Speed by each fan's tachometer, and what it is driven with (dotted) where the firmware says it.",
            Query(f"asic_fan_speed_rpm{ONE}", "fan {{fan}}"),
            Query(f"asic_fan_duty_ratio{ONE}", "fan {{fan}} duty"),
            unit="rotrpm",
            right={"duty$": "percentunit"},
            calcs=(),
            colors=FANS,
        ),
        graph(
            "Power",
            "Power drawn, and the limit that power tuning works to.",
            Query(f"asic_power_watts{ONE}", "{{source}}"),
            Query(f"asic_power_limit_watts{ONE}", "limit"),
            unit="watt",
            colors={"^(measured|estimated|firmware)$": SKY, "^limit$": "text"},
            dashed=["limit"],
        ),
    ]
