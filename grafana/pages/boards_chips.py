"""The closed rows of the Boards and chips dashboard: chips, errors, settings, and the chips of one miner."""

from __future__ import annotations

from typing import Final

from grafana.elements.expressions import ALL, ID, ONE, here, placed
from grafana.elements.looks import BAD, GOOD, HEAT_STEPS, NONE_IS_GOOD, PLAIN, WARN, Steps
from grafana.elements.panels import AnyPanel
from grafana.elements.tables import MINER, Column, matrix, table
from grafana.pages.boards_words import working

BOARD: Final = Column("Board", width=65)
CHIP: Final = Column("Chip", width=65)
FEW: Final = 10
SHARE_STEPS: Final[Steps] = ((None, BAD), (0.7, WARN), (0.85, GOOD))
ERROR_STEPS: Final[Steps] = ((None, GOOD), (0.005, WARN), (0.02, BAD))
SPREAD_STEPS: Final[Steps] = ((None, GOOD), (0.15, WARN), (0.3, BAD))


def joined(expr: str, rows: str, by: str = f"{ID}, board") -> str:
    """The expression, of the boards of the rows alone, as values that merge with them."""
    return f"max by ({by}) (({expr}) and on ({by}) ({rows}))"


def troubled() -> list[AnyPanel]:
    counts = {
        "lost": f"board:asic_board_chips:lost{ALL}",
        "weak": f"asic_board_chips_degraded{ALL}",
        "slowed": f"asic_board_chips_throttled{ALL}",
    }
    kinds = " or ".join(f'label_replace({expr}, "kind", "{kind}", "", "")' for kind, expr in counts.items())
    rows = f"topk(20, {here(f'sum by ({ID}, board) ({kinds}) > 0')})"
    shown = [*counts.values(), f"asic_board_chips_failed{ALL}", f"asic_board_chips{ALL}"]
    return [
        table(
            "Chips in trouble",
            "The twenty boards with the most chips that are lost, weak or slowed, by the firmware's word or against "
            "what their model has.",
            [
                placed(rows, "model, address"),
                *(joined(expr, rows) for expr in (*shown, f"board:asic_board_chips:expected{ALL}")),
                f"max by ({ID}, board, serial) (asic_board_info{ALL} and on ({ID}, board) ({rows}))",
            ],
            {
                "miner": MINER,
                "board": BOARD,
                "serial": Column("Serial"),
                "Value #B": Column("Lost", unit="locale", steps=NONE_IS_GOOD, width=80),
                "Value #E": Column("Failed", unit="locale", width=80),
                "Value #C": Column("Weak", unit="locale", width=80),
                "Value #D": Column("Slowed", unit="locale", width=80),
                "Value #F": Column("Found", unit="locale", width=80),
                "Value #G": Column("Expected", unit="locale", width=90),
                "model": Column("Model", width=175),
                "address": Column("Address", page=True, width=120),
            },
            size=(24, 8),
            sort="Lost",
            descending=True,
            empty="no chip is in trouble",
        ),
    ]


def ranked(
    title: str, description: str, rows: str, value: Column, *more: tuple[str, Column], empty: str, width: int = 8
) -> AnyPanel:
    """A short list of boards with the value that ranks them, and what explains it."""
    letters = {f"Value #{chr(ord('B') + index)}": column for index, (_, column) in enumerate(more)}
    labels: dict[str, Column] = {"miner": MINER, "board": BOARD} | ({"model": Column("Model")} if width > 8 else {})
    return table(
        title,
        description,
        [placed(f"max by ({ID}, board) ({rows})", "model"), *(joined(expr, rows) for expr, _ in more)],
        labels | {"Value #A" if more else "Value": value} | letters,
        size=(width, 9),
        sort=value.title,
        descending=True,
        empty=empty,
    )


def uneven() -> list[AnyPanel]:
    def reading(what: str) -> str:
        return f"asic_board_chip_{what}{ALL}"

    slowest, fastest = reading("hashrate_min_hashes_per_second"), reading("hashrate_max_hashes_per_second")
    coolest, hottest = reading("temperature_min_celsius"), reading("temperature_max_celsius")
    return [
        ranked(
            "Hashrate of chips uneven",
            "How far the slowest chip of a board is behind the fastest: the ten worst boards.",
            f"topk({FEW}, {working(f'1 - {slowest} / ({fastest} > 0)')})",
            Column("Behind", unit="percentunit", steps=SPREAD_STEPS, decimals=0, width=80),
            (slowest, Column("Slowest", unit="Hs", width=90)),
            empty="no firmware tells",
        ),
        ranked(
            "Heat of chips uneven",
            "Degrees between the coolest and the hottest chip of a board: the ten worst. A loose heat sink, dust.",
            f"topk({FEW}, {working(f'{hottest} - {coolest}')})",
            Column("Differ by", unit="suffix: °", steps=((None, GOOD), (20, WARN), (30, BAD)), decimals=0, width=85),
            (hottest, Column("Hottest", unit="celsius", decimals=0, width=85)),
            empty="no firmware tells",
        ),
        ranked(
            "Voltage of chips uneven",
            "Volts between the lowest and the highest chip of a board: the ten worst boards.",
            f"topk({FEW}, {working(reading('voltage_spread_volts'))})",
            Column("Differ by", unit="volt", decimals=3, width=110),
            empty="no firmware tells",
        ),
    ]


def errors() -> list[AnyPanel]:
    def grown(metric: str) -> str:
        return f"topk({FEW}, {here(f'increase({metric}{ALL}[1h]) > 0')})"

    return [
        ranked(
            "Share of failed results",
            "Part of a board's results that failed the miner's own check, by the firmware: the ten worst boards.",
            f"topk({FEW}, {here(f'asic_board_hardware_error_ratio{ALL} > 0')})",
            Column("Failed", unit="percentunit", steps=ERROR_STEPS, decimals=2, width=80),
            (f"asic_board_error_hashrate_hashes_per_second{ALL}", Column("Lost", unit="Hs", width=100)),
            empty="no board has failed results, or tells",
            width=12,
        ),
        ranked(
            "Hardware errors",
            "Results of a board that failed the miner's own check in the last hour: the ten worst boards.",
            grown("asic_board_hardware_errors_total"),
            Column("In an hour", unit="locale", decimals=0, width=110),
            empty="no board has had one in the last hour",
            width=12,
        ),
        ranked(
            "Broken messages",
            "Messages between the miner and a board that were broken in the last hour: a cable, a plug, the board.",
            grown("asic_board_communication_errors_total"),
            Column("In an hour", unit="locale", decimals=0, width=110),
            empty="no message broke in the last hour",
            width=12,
        ),
        ranked(
            "Restarts of boards",
            "Restarts of a board or of its chips in the last hour, where the firmware counts them.",
            grown("asic_board_restarts_total"),
            Column("In an hour", unit="locale", decimals=0, width=110),
            empty="no board restarted in the last hour",
            width=12,
        ),
    ]


def off_their_settings() -> list[AnyPanel]:
    def off(metric: str, unit: str) -> tuple[str, str, str]:
        has, target = f"asic_board_{metric}_{unit}{ALL}", f"asic_board_{metric}_target_{unit}{ALL}"
        one, whole = f'{target[:-1]},board!=""}}', f'{target[:-1]},board=""}}'
        settings = f"{has} * 0 + on ({ID}, board) {one} or {has} * 0 + on ({ID}) group_left () {whole}"
        rows = f"topk({FEW}, {working(f'abs({has} / on ({ID}, board) ({settings}) - 1) > 0.02')})"
        return rows, has, settings

    clock, has_clock, set_clock = off("frequency", "hertz")
    voltage, has_voltage, set_voltage = off("voltage", "volts")
    beside = Column("Off by", unit="percentunit", steps=((None, GOOD), (0.05, WARN), (0.1, BAD)), decimals=1, width=85)
    return [
        ranked(
            "Clock beside its setting",
            "The ten boards of which the clock is furthest from what it is set to, by more than two percent.",
            clock,
            beside,
            (has_clock, Column("Has", unit="hertz", width=90)),
            (set_clock, Column("Set", unit="hertz", width=90)),
            empty="all clocks are as they are set, as far as firmware tells both",
            width=12,
        ),
        ranked(
            "Voltage beside its setting",
            "The ten boards of which the voltage is furthest from what it is set to, by more than two percent.",
            voltage,
            beside,
            (has_voltage, Column("Has", unit="volt", width=90)),
            (set_voltage, Column("Set", unit="volt", width=90)),
            empty="all voltages are as they are set, as far as firmware tells both",
            width=12,
        ),
    ]


def of_one_miner() -> list[AnyPanel]:
    silent = "no chips told: collectors, chips: true in the configuration"
    hashrate = f"asic_chip_hashrate_hashes_per_second{ONE}"
    share = f"{hashrate} / on ({ID}, board) group_left () (avg by ({ID}, board) ({hashrate}) > 0)"
    sick = f"max by (board, chip) (asic_chip_healthy{ONE} == 0)"
    failed = f"topk(15, max by (board, chip) (increase(asic_chip_hardware_errors_total{ONE}[$__range]) > 0))"
    results = f"max by (board, chip) (increase(asic_chip_results_total{ONE}[$__range]))"

    def grid(title: str, description: str, expr: str, unit: str, steps: Steps) -> AnyPanel:
        cells = f"max by (board, chip) ({expr})"
        size = (6, 14)
        return matrix(
            title, description, cells, rows="chip", columns="board", unit=unit, steps=steps, size=size, empty=silent
        )

    return [
        grid(
            "Heat of each chip",
            "A row for each chip, a column for each board: blue below 60 °C, yellow from 75, red from 95.",
            f"asic_chip_temperature_celsius{ONE}",
            "celsius",
            HEAT_STEPS,
        ),
        grid(
            "Hashrate of each chip",
            "Against the mean of its board: orange below 85 %, red below 70 %.",
            share,
            "percentunit",
            SHARE_STEPS,
        ),
        grid("Voltage of each chip", "As the firmware measures it.", f"asic_chip_voltage_volts{ONE}", "volt", PLAIN),
        grid("Clock of each chip", "As the firmware sets it.", f"asic_chip_frequency_hertz{ONE}", "hertz", PLAIN),
        table(
            "Chips called sick",
            "Chips that the firmware does not call healthy.",
            [sick],
            {"board": BOARD, "chip": CHIP},
            size=(12, 8),
            sort="Board",
            empty="the firmware calls no chip sick",
        ),
        table(
            "Chips with failed results",
            "The fifteen chips with the most results that failed the miner's own check in the time range.",
            [failed, f"{results} and on (board, chip) {failed}"],
            {
                "board": BOARD,
                "chip": CHIP,
                "Value #A": Column("Failed", unit="locale", decimals=0, width=100),
                "Value #B": Column("Results", unit="locale", decimals=0, width=100),
            },
            size=(12, 8),
            sort="Failed",
            descending=True,
            empty="no chip has failed results, or tells",
        ),
    ]
