"""The Boards and chips dashboard: which boards of the farm are dead, slow or hot, and with which serial number."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import dashboard as d

from grafana.elements.expressions import ALL, ID, KNOWN, covered, here, placed
from grafana.elements.frame import dashboard, places, variable
from grafana.elements.looks import (
    BAD,
    CHIP_STEPS,
    MARGIN_STEPS,
    NOMINAL_STEPS,
    NONE_IS_GOOD,
    ORANGE,
    SKY,
    VERMILLION,
    WARN,
)
from grafana.elements.panels import NAME, VALUE_AND_NAME, AnyPanel, Query, graph, stat, strip
from grafana.elements.tables import ADDRESS, MINER, MODEL, Column, table
from grafana.pages import boards_chips
from grafana.pages.boards_words import hot, left, lost, of_boards, readings, slow

BOARD: Final = Column("Board", width=65)
NARROW: Final = Column("Miner", link=True, width=120)
SERIAL: Final = Column("Serial", width=180)
UNSHOWN: Final = ("job", "instance", "algorithm", "family", "source", "name", "chip_type", "connector")
WHAT: Final = {"dead": ("dead", BAD), "not listed any more": ("not listed any more", BAD), "missing": ("missing", WARN)}
ROWS: Final = 20


def tiles() -> list[AnyPanel]:
    def total(expr: str) -> str:
        return f"sum({here(expr)})"

    missing = f"{total(f'miner:asic_boards:missing{ALL}')} or 0 * {total(f'miner:asic_boards:expected{ALL}')}"
    due = f"miner:asic_boards:expected{ALL}"
    chips = f"{total(f'board:asic_board_chips:lost{ALL}')} or 0 * {total(f'board:asic_board_chips:expected{ALL}')}"
    return [
        stat(
            "Boards missing",
            "Hashboards that are dead or that a working miner should have and does not list, and how many are due.",
            Query(covered(missing, f"({missing})", total(due)), "{{said}} of {{of}}"),
            unit="locale",
            steps=NONE_IS_GOOD,
            text=NAME,
            empty="no boards reported",
        ),
        stat(
            "Chips lost",
            "Chips that working boards lack or call failed, and how many chips their boards should have.",
            Query(
                covered(chips, f"({chips})", total(f"board:asic_board_chips:expected{ALL}")),
                "{{said}} of {{of}}",
            ),
            unit="locale",
            steps=NONE_IS_GOOD,
            text=NAME,
            empty="no chips reported",
        ),
        stat(
            "Boards behind",
            "Boards of working miners with less than nine tenths of the hashrate of the best board beside them.",
            Query(f"sum(({here(slow())}) < bool 0.9)"),
            unit="locale",
            steps=NONE_IS_GOOD,
            empty="no boards reported",
        ),
        stat(
            "Hottest",
            "The miner whose hottest chip or board has the fewest degrees left to its own limit.",
            Query(f"bottomk(1, {here(f'miner:asic_temperature_celsius:margin{ALL}')})", "{{miner}}"),
            unit="suffix: ° left",
            steps=MARGIN_STEPS,
            decimals=0,
            text=VALUE_AND_NAME,
            empty="no heat reported",
        ),
    ]


def dead() -> list[AnyPanel]:
    return [
        table(
            "Boards dead or missing",
            f"The first {ROWS}: dead by the miner's word, listed a day or an hour ago and not now, or never listed of "
            "those that the model has. With the serial number for the repair form, where the firmware ever said it.",
            [placed(f"topk({ROWS}, 0 * ({here(lost())}) + 1)", "model, address")],
            {
                "miner": MINER,
                "board": BOARD,
                "what": Column("What", mappings=WHAT, width=150),
                "serial": SERIAL,
                "model": MODEL,
                "address": ADDRESS,
            },
            size=(24, 8),
            sort="Miner",
            empty="no board is dead or missing",
            but=("Time", *UNSHOWN),
        ),
    ]


def worst() -> list[AnyPanel]:
    behind = f"bottomk({ROWS}, {here(slow())})"
    near = f"bottomk({ROWS}, {here(left())})"
    return [
        table(
            "Slowest boards",
            f"The {ROWS} boards of working miners that are furthest behind the best board of their own miner.",
            [
                placed(f"max by ({ID}, board) ({behind})", "model"),
                of_boards(behind),
            ],
            {
                "miner": NARROW,
                "board": BOARD,
                "Value #A": Column("Of the best", unit="percentunit", steps=NOMINAL_STEPS, decimals=1, width=110),
                "serial": SERIAL,
                "model": Column("Model"),
            },
            sort="Of the best",
            empty="no miner tells of several boards",
        ),
        table(
            "Hottest boards",
            f"The {ROWS} boards with the fewest degrees left to the limit of their own miner, by their chips or by "
            "their other sensors.",
            [
                placed(f"max by ({ID}, board, part) ({near})", "model"),
                f"{readings()} and on ({ID}, board, part) ({near})",
            ],
            {
                "miner": MINER,
                "board": BOARD,
                "part": Column("By", width=70),
                "Value #A": Column("Left", unit="suffix: °", steps=MARGIN_STEPS, decimals=0, width=70),
                "Value #B": Column("Hottest", unit="celsius", decimals=0, width=80),
                "model": Column("Model", width=175),
            },
            sort="Left",
            empty="no board tells its heat",
        ),
    ]


def by_model() -> list[AnyPanel]:
    def of(expr: str, over: str) -> str:
        return f"{over} by (model) ({placed(here(expr), 'model')})"

    count = of(f"miner:asic_boards:expected{ALL}", "sum")
    return [
        table(
            "Boards by model",
            f"The {ROWS} models with the most boards: how many are due, missing and short of chips, and what one does.",
            [
                f"topk({ROWS}, {count})",
                of(f"miner:asic_boards:missing{ALL}", "sum"),
                of(f"board:asic_board_chips:lost{ALL}", "sum"),
                of(f"asic_board_hashrate_hashes_per_second{ALL} > 0", "avg"),
                of(f"asic_board_power_watts{ALL}", "avg"),
                of(f"asic_board_frequency_hertz{ALL}", "avg"),
                of(hot(), "max"),
            ],
            {
                "model": Column("Model"),
                "Value #A": Column("Boards", unit="locale", width=110),
                "Value #B": Column("Missing", unit="locale", steps=NONE_IS_GOOD, width=110),
                "Value #C": Column("Chips lost", unit="locale", steps=NONE_IS_GOOD, width=110),
                "Value #D": Column("Mean hashrate", unit="Hs", width=130),
                "Value #E": Column("Mean power", unit="watt", width=130),
                "Value #F": Column("Mean clock", unit="hertz", width=130),
                "Value #G": Column("Hottest chip", unit="celsius", steps=CHIP_STEPS, width=130),
            },
            size=(24, 9),
            sort="Boards",
            descending=True,
            empty="no boards reported",
        ),
    ]


def heat_over_time() -> list[AnyPanel]:
    margin = f"miner:asic_temperature_celsius:margin{ALL}"
    return [
        strip(
            "Nearest to their limits over time",
            "The twelve miners that are nearest to their limits at the end of the time range: red is above the limit, "
            "orange within five degrees of it.",
            Query(f"{margin} and on ({ID}) bottomk(12, {margin} @ end() and on ({ID}) {KNOWN} @ end())", "{{miner}}"),
            unit="suffix: ° left",
            steps=MARGIN_STEPS,
            size=(14, 9),
        ),
        graph(
            "Degrees left",
            "Degrees that the miners have left to their limits: the least, the fifth percentile and the median.",
            Query(f"min({here(margin)})", "least"),
            Query(f"quantile(0.05, {here(margin)})", "5th percentile"),
            Query(f"quantile(0.5, {here(margin)})", "median"),
            unit="celsius",
            size=(10, 9),
            zero=False,
            colors={"least": VERMILLION, "5th": ORANGE, "median": SKY},
        ),
    ]


def build() -> d.Dashboard:
    board = dashboard(
        "asic-boards",
        "Which boards of the farm are dead, slow or hot, which chips are lost, and which serial number is that?",
        {"": tiles() + dead() + worst()},
        {
            "Models": by_model(),
            "Heat over time": heat_over_time(),
            "Chips": boards_chips.troubled() + boards_chips.uneven(),
            "Errors and restarts": boards_chips.errors(),
            "Clock and voltage": boards_chips.off_their_settings(),
            "Chips of $miner": boards_chips.of_one_miner(),
        },
    )
    miner = variable("miner", "Miner", f"asic_up{ALL}")
    return places(board).with_variable(miner)
