"""The rows of the Miner dashboard about its hashboards."""

from __future__ import annotations

from typing import Final

from grafana.elements.expressions import ID, ONE, SELECT_ONE, lasting
from grafana.elements.looks import (
    BAD,
    CHIP_STEPS,
    GOOD,
    HEAT_STEPS,
    NOMINAL_STEPS,
    NONE_IS_GOOD,
    by_index,
)
from grafana.elements.panels import AnyPanel, Query, graph, optional, strip
from grafana.elements.tables import Column, table
from grafana.pages.miner_course import BOARDS

SETTINGS: Final = by_index("set")
STATE: Final = {"1": ("works", GOOD), "0": ("dead", BAD), "-1": ("not listed", BAD)}


def by_board(queries: dict[str, Column]) -> tuple[list[str], dict[str, Column]]:
    """The queries of a table with a row for each board, and its columns."""
    columns = {f"Value #{chr(ord('A') + index)}": column for index, column in enumerate(queries.values())}
    return [f"max by (board) ({query})" for query in queries], columns


def boards() -> list[AnyPanel]:
    up, chips = f"asic_board_up{ONE}", f"asic_board_chips{ONE}"
    hashrate = f"asic_board_hashrate_hashes_per_second{ONE}"
    gone = f"0 * last_over_time({up}[1d]) - 1 and on ({ID}) asic_up{ONE} == 1"
    serial = f"last_over_time(asic_board_info{ONE}[1d]) unless on ({ID}, board) asic_board_info{ONE}"
    queries, columns = by_board(
        {
            f"{up} or ({gone})": Column("State", mappings=STATE, width=90),
            hashrate: Column("Hashrate", unit="Hs", width=105),
            f"{hashrate} / on ({ID}, board) asic_board_hashrate_nominal_hashes_per_second{ONE}": Column(
                "Of nominal", unit="percentunit", steps=NOMINAL_STEPS, width=95, decimals=1
            ),
            chips: Column("Chips", unit="locale", width=65),
            f"board:asic_board_chips:lost{ONE}": Column("Lost", unit="locale", steps=NONE_IS_GOOD, width=60),
            f"asic_board_chip_temperature_max_celsius{ONE} or on ({ID}, board) "
            f"max without (location, sensor) (asic_board_temperature_celsius{ONE})": Column(
                "Hottest", unit="celsius", steps=CHIP_STEPS, width=80
            ),
            f"asic_board_frequency_hertz{ONE}": Column("Clock", unit="hertz", width=90),
            f"asic_board_voltage_volts{ONE}": Column("Voltage", unit="volt", width=80),
            f"asic_board_power_watts{ONE}": Column("Power", unit="watt", width=80),
        }
    )
    info = f"max by (board, serial, name, chip_type, connector) (asic_board_info{ONE} or ({serial}))"
    return [
        table(
            "Boards",
            "Every hashboard that the firmware lists, or listed within the last day, with its serial number for the "
            "repair form and what the firmware says about it now.",
            [*queries, info],
            {
                "board": Column("Board", width=65),
                **dict(list(columns.items())[:1]),
                "serial": Column("Serial"),
                **dict(list(columns.items())[1:]),
                "name": Column("Name"),
                "chip_type": Column("Chip", width=90),
                "connector": Column("Plug", width=60),
            },
            size=(24, 6),
            sort="Board",
            empty="the firmware lists no boards",
        ),
    ]


def board_course() -> list[AnyPanel]:
    chips = f"max by (board) (asic_board_chip_temperature_max_celsius{ONE})"
    chip_sensors = f'{{{SELECT_ONE},location="chip"}}'
    return [
        graph(
            "Hashrate by board",
            "Hashrate of each hashboard, stacked.",
            Query(lasting(f"asic_board_hashrate_hashes_per_second{ONE}"), "board {{board}}"),
            unit="Hs",
            calcs=["last"],
            stack=True,
            colors=BOARDS,
        ),
        strip(
            "Heat by board and place",
            "The hottest sensor of each kind on each board over time: blue below 60 °C, yellow from 75, red from 95.",
            Query(f"max by (board, location) (asic_board_temperature_celsius{ONE})", "board {{board}} {{location}}"),
            Query(f"{chips} unless on (board) asic_board_temperature_celsius{chip_sensors}", "board {{board}} chips"),
            unit="celsius",
            steps=HEAT_STEPS,
            size=(12, 8),
        ),
    ]


def chips_by_board() -> AnyPanel:
    queries, columns = by_board(
        {
            f"asic_board_chips{ONE}": Column("Found", unit="locale", width=88),
            f"board:asic_board_chips:expected{ONE}": Column("Expected", unit="locale", width=88),
            f"asic_board_chips_failed{ONE}": Column("Failed", unit="locale", width=88, steps=NONE_IS_GOOD),
            f"asic_board_chips_degraded{ONE}": Column("Weak", unit="locale", width=88, steps=NONE_IS_GOOD),
            f"asic_board_chips_throttled{ONE}": Column("Slowed", unit="locale", width=88, steps=NONE_IS_GOOD),
            f"asic_board_chip_temperature_min_celsius{ONE}": Column("Coolest", unit="celsius", width=95),
            f"asic_board_chip_temperature_mean_celsius{ONE}": Column("Mean", unit="celsius", width=95),
            f"asic_board_chip_temperature_max_celsius{ONE}": Column(
                "Hottest", unit="celsius", width=95, steps=CHIP_STEPS
            ),
            f"asic_board_chip_hashrate_min_hashes_per_second{ONE}": Column("Slowest", unit="Hs", width=105),
            f"asic_board_chip_hashrate_max_hashes_per_second{ONE}": Column("Fastest", unit="Hs", width=105),
            f"asic_board_chip_voltage_spread_volts{ONE}": Column("Voltages differ by", unit="volt"),
        }
    )
    return table(
        "Chips by board",
        "What the firmware says about the chips of each board: how many, how hot, how fast.",
        queries,
        {"board": Column("Board")} | columns,
        size=(24, 6),
        sort="Board",
        empty="not reported",
    )


def per_board(title: str, description: str, *queries: Query, unit: str, **more: object) -> AnyPanel:
    return graph(title, description, *queries, unit=unit, size=(8, 7), colors=BOARDS | SETTINGS, **more)  # type: ignore[arg-type]


def per_hour(metric: str) -> str:
    return f"rate({metric}{ONE}[$__rate_interval]) * 3600"


def details() -> list[AnyPanel]:
    name = "board {{board}}"
    return [
        chips_by_board(),
        per_board(
            "Hardware errors",
            "Results of each board that failed the miner's own check, in an hour.",
            Query(per_hour("asic_board_hardware_errors_total"), name),
            unit="suffix: /h",
            least=1,
        ),
        per_board(
            "Share of errors",
            "Part of each board's results that failed the miner's own check, and of all by the firmware.",
            Query(f"asic_board_hardware_error_ratio{ONE}", name),
            optional(f"asic_hardware_error_ratio{ONE}", "all"),
            unit="percentunit",
            least=0.01,
            calcs=["last"],
        ),
        per_board(
            "Hashrate lost to errors",
            "Hashrate of each board that its failed results come to, and of all by the firmware.",
            Query(f"asic_board_error_hashrate_hashes_per_second{ONE}", name),
            optional(f"asic_error_hashrate_hashes_per_second{ONE}", "all"),
            unit="Hs",
            calcs=["last"],
        ),
        per_board(
            "Clock",
            "Clock of each board's chips, and what it is set to (dashed) where the firmware says both.",
            Query(f"asic_board_frequency_hertz{ONE}", name),
            Query(f"asic_board_frequency_target_hertz{ONE}", "set {{board}}"),
            unit="hertz",
            zero=False,
            dashed=["set.*"],
        ),
        per_board(
            "Voltage",
            "Supply voltage of each board, and what it is set to (dashed) where the firmware says both.",
            Query(f"asic_board_voltage_volts{ONE}", name),
            Query(f"asic_board_voltage_target_volts{ONE}", "set {{board}}"),
            unit="volt",
            zero=False,
            dashed=["set.*"],
        ),
        per_board(
            "Power and current",
            "Power of each board, and the current that it draws (dotted).",
            Query(f"asic_board_power_watts{ONE}", name),
            Query(f"asic_board_current_amperes{ONE}", name + " current"),
            unit="watt",
            right={"current$": "amp"},
        ),
        per_board(
            "Chips found",
            "Chips found on each board: a step down is a chip, or a whole chain, that is gone.",
            Query(f"asic_board_chips{ONE}", name),
            unit="locale",
        ),
        per_board(
            "Restarts and broken messages",
            "Restarts of each board, and messages to it that were broken (dotted), in an hour.",
            Query(per_hour("asic_board_restarts_total"), name),
            Query(per_hour("asic_board_communication_errors_total"), name + " messages"),
            unit="suffix: /h",
            right={"messages$": "suffix: /h"},
            least=1,
        ),
        per_board(
            "Shares by board",
            "Shares of each board that were accepted, and rejected (dotted), in an hour.",
            Query(per_hour("asic_board_shares_accepted_total"), name),
            Query(per_hour("asic_board_shares_rejected_total"), name + " rejected"),
            unit="suffix: /h",
            right={"rejected$": "suffix: /h"},
            least=1,
        ),
    ]
