"""Where the farm loses hashrate: its parts by the chosen label."""

from __future__ import annotations

from typing import Final

from grafana.elements.expressions import ALL, ID
from grafana.elements.looks import MARGIN_STEPS, NOMINAL_STEPS, NONE_IS_GOOD
from grafana.elements.panels import AnyPanel
from grafana.elements.tables import Column, alone, table
from grafana.pages.fleet_words import DUE_EACH, HASHED, LOST_EACH, MARGIN

ROWS: Final = 50
MINED: Final = f"miner:asic_target_info:known{{{HASHED}}}"
ALONE: Final = alone("asic-fleet", "hashprice", "power_price")


def by_place(expr: str) -> str:
    """A query by the chosen label, under one name whatever that is."""
    return f'label_join({expr}, "place", "", "$by")'


def where() -> list[AnyPanel]:
    lost = f"sum by ($by) ({LOST_EACH})"
    missing = f"sum by ($by) ({MINED} * on ({ID}) group_left () miner:asic_boards:missing{ALL})"
    margin = f"min by ($by) ({MINED} * on ({ID}) group_left () {MARGIN})"
    return [
        table(
            "Where, by $by",
            f"The {ROWS} values of the label that lose most, of the chosen algorithm; empty where miners lack the "
            "label. Click to look at it alone. Lost a day is in $currency at $hashprice for each PH/s a day; the heat "
            "margin is that of the miner nearest to its own limit.",
            [
                by_place(f"1 - {lost} / sum by ($by) ({DUE_EACH})"),
                by_place(f"count by ($by) ({MINED} and on ({ID}) asic_up{ALL} == 0)"),
                by_place(lost),
                by_place(f"{lost} / 1e15 * $hashprice"),
                by_place(missing),
                by_place(margin),
                by_place(f"count by ($by) ({MINED})"),
            ],
            {
                "place": Column("Place", to=ALONE),
                "Value #A": Column("Of nominal", unit="percentunit", decimals=1, steps=NOMINAL_STEPS, width=100),
                "Value #B": Column("Down", unit="locale", none="0", steps=NONE_IS_GOOD, width=70),
                "Value #C": Column("Lost", unit="Hs", decimals=2, width=110),
                "Value #D": Column("Lost a day", unit="short", decimals=2, width=95),
                "Value #E": Column("Boards gone", unit="locale", none="0", steps=NONE_IS_GOOD, width=105),
                "Value #F": Column("Heat margin", unit="celsius", decimals=0, steps=MARGIN_STEPS, width=105),
                "Value #G": Column("Miners", unit="locale", width=75),
            },
            size=(15, 9),
            sort="Lost",
            descending=True,
            rows=ROWS,
            empty="no miner of this algorithm",
        ),
    ]
