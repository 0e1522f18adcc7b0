"""The Power and cooling dashboard: what is drawn and what it costs, and where it gets hot."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import dashboard as d

from grafana.elements.expressions import ALL, ID, KNOWN, SELECT, covered, here, leading
from grafana.elements.frame import commonest, dashboard, places, text
from grafana.elements.looks import GREY, MARGIN_STEPS, NONE_IS_GOOD, SKY
from grafana.elements.panels import POINTS, VALUE_AND_NAME, AnyPanel, Query, graph, panel_of, stat
from grafana.elements.tables import Column, alone, table
from grafana.pages import power_cooling, power_supply
from grafana.pages.fleet_words import EFFICIENT, NOW_EACH
from grafana.pages.power_cooling import AIR, AIR_STEPS, MARGIN
from grafana.pages.power_supply import MAINS, POWER, SAG, SAG_STEPS, by_place, placed_here

ALONE: Final = alone("asic-power", "power_price")
COUNT: Final = f"count({KNOWN})"
NONE: Final = f"0 * {COUNT}"
HELD: Final = f"(asic_curtailed{ALL} == 1 or on ({ID}) asic_off_expected{ALL} == 1)"


FANS: Final = f"(miner:asic_fans:expected{ALL} and on ({ID}) miner:asic_up:working{ALL} == 1)"


def efficiency(by: str = "") -> str:
    """Power for each unit of hashrate of the miners that say both."""
    power, hashed = (f"sum {by} ({each} and on ({ID}) {EFFICIENT})" for each in (POWER, NOW_EACH))
    return f"1e12 * {power} / {hashed}"


def drawn() -> list[AnyPanel]:
    said = f"(count({POWER}) or {NONE})"
    return [
        stat(
            "Power",
            "Sum over the miners that know their power: not what the site's meter says, unless all do.",
            Query(covered(f"sum({POWER}) or {NONE}", said, COUNT), "{{said}} of {{of}} say it"),
            unit="watt",
            decimals=1,
            text=VALUE_AND_NAME,
        ),
        stat(
            "Cost of a day",
            "What the power drawn now costs in a day at the price above, of the miners that know their power.",
            Query(covered(f"sum({POWER}) * 24 / 1000 * $power_price", said, COUNT), "$currency, {{said}} of {{of}}"),
            unit="locale",
            decimals=0,
            text=VALUE_AND_NAME,
            empty="no miner says its power",
        ),
        stat(
            "Efficiency",
            "Power for each unit of hashrate, over the miners of the chosen algorithm that say both.",
            Query(covered(efficiency(), f"count({EFFICIENT})", COUNT), "{{said}} of {{of}} say both"),
            unit="suffix: J/TH",
            decimals=1,
            text=VALUE_AND_NAME,
            empty="no miner says both",
            link=panel_of("Efficiency by model"),
        ),
        stat(
            "Held back",
            "Miners that somebody curtails now, and miners that the configuration plans to be off.",
            Query(f"count(count by ({ID}) ({here(f'asic_curtailed{ALL} == 1')})) or {NONE}", "curtailed"),
            Query(f"count({here(f'asic_off_expected{ALL} == 1')}) or {NONE}", "planned off"),
            unit="locale",
            text=VALUE_AND_NAME,
            link=panel_of("Miners held back"),
        ),
    ]


def trouble() -> list[AnyPanel]:
    return [
        stat(
            "Deepest sag",
            "How far the voltage at the input of a supply is below its highest in the time range: the supply where it "
            "fell most, of those that are fed from the mains and say it.",
            Query(f"topk(1, max by ({ID}) ({here(SAG)}))", "{{miner}}"),
            unit="percentunit",
            decimals=1,
            steps=SAG_STEPS,
            text=VALUE_AND_NAME,
            empty="no supply says it",
            link=panel_of("Deepest sags"),
        ),
        stat(
            "Nearest to its limit",
            "Degrees that the hottest miner has left to its own limit: what its firmware acts at, else what its model "
            "bears.",
            Query(f"bottomk(1, min by ({ID}) ({here(MARGIN)}))", "{{miner}}"),
            unit="celsius",
            decimals=0,
            steps=MARGIN_STEPS,
            text=VALUE_AND_NAME,
            empty="no miner says its heat",
            link=panel_of("Nearest to their own limit"),
        ),
        stat(
            "Hottest air",
            "The warmest sensor at an inlet or in the room.",
            Query(f"topk(1, max by ({ID}) ({here(AIR)}))", "{{miner}}"),
            unit="celsius",
            decimals=0,
            steps=AIR_STEPS,
            text=VALUE_AND_NAME,
            empty="no sensor of air",
        ),
        stat(
            "Fans missing",
            "Fans that stand still or are gone, of the miners that work, out of all that these should have.",
            Query(
                covered(
                    f"sum({here(f'miner:asic_fans:missing{ALL}')}) or {NONE}",
                    COUNT,
                    f"sum({here(FANS)})",
                ),
                "of {{of}}",
            ),
            unit="locale",
            steps=NONE_IS_GOOD,
            text=VALUE_AND_NAME,
            empty="no miner says its fans",
            link=panel_of("Fans that fail"),
        ),
    ]


def where() -> list[AnyPanel]:
    """A table of the places by `$by`: the twenty of which a miner is nearest to its own limit."""
    most = f"bottomk(20, min by ($by) ({placed_here(MARGIN)}) or 1000 + 0 * count by ($by) ({KNOWN}))"

    missing = f"sum by ($by) ({placed_here(f'miner:asic_fans:missing{ALL}')})"

    def row(expr: str) -> str:
        """The expression by place, with the place as the label `place`, of the places that are shown."""
        return f'label_join({expr} and on ($by) {most}, "place", "", "$by")'

    return [
        table(
            "By $by",
            "Power, cost and heat by the label chosen above: the twenty places of which a miner is nearest to its "
            "own limit. Click to look at it alone. Cost is that of a day in $currency, of the miners that say their "
            "power.",
            [
                row(f"count by ($by) ({KNOWN})"),
                row(f"(count by ($by) ({KNOWN} and on ({ID}) asic_up{ALL} == 0) or 0 * count by ($by) ({KNOWN}))"),
                row(f"sum by ($by) ({POWER})"),
                row(f"count by ($by) ({POWER})"),
                row(f"sum by ($by) ({POWER}) * 24 / 1000 * $power_price"),
                row(efficiency("by ($by)")),
                row(f"min by ($by) ({placed_here(MARGIN)})"),
                row(f"max by ($by) ({placed_here(AIR)})"),
                row(f"min by ($by) ({placed_here(MAINS)})"),
                row(f"max by ($by) ({placed_here(SAG)})"),
                row(f"({missing} or 0 * sum by ($by) ({placed_here(FANS)}))"),
                row(f"(count by ($by) ({placed_here(f'max by ({ID}) ({HELD})')}) or 0 * count by ($by) ({KNOWN}))"),
            ],
            {
                "place": Column("Place", to=ALONE),
                "Value #A": Column("Miners", unit="locale", width=80),
                "Value #B": Column("Down", unit="locale", steps=NONE_IS_GOOD, width=75),
                "Value #C": Column("Power", unit="watt", decimals=1, width=105),
                "Value #D": Column("Say it", unit="locale", width=80),
                "Value #E": Column("Cost", unit="locale", decimals=0, width=90),
                "Value #F": Column("Efficiency", unit="suffix: J/TH", decimals=1, width=115),
                "Value #G": Column("To limit", unit="celsius", decimals=0, steps=MARGIN_STEPS, width=95),
                "Value #H": Column("Hottest air", unit="celsius", decimals=0, steps=AIR_STEPS, width=115),
                "Value #I": Column("Lowest input", unit="volt", decimals=0, width=120),
                "Value #J": Column("Sag", unit="percentunit", decimals=1, steps=SAG_STEPS, width=75),
                "Value #K": Column("Fans missing", unit="locale", steps=NONE_IS_GOOD, width=125),
                "Value #L": Column("Held back", unit="locale", width=100),
            },
            size=(24, 9),
            sort="To limit",
        ),
    ]


def course() -> list[AnyPanel]:
    return [
        graph(
            "Power by $by",
            "Of the miners that know their power, by the label chosen above: the ten places that draw most.",
            Query(
                by_place(leading(10, f"sum by ($by) ({POWER}) or NaN * count by ($by) ({KNOWN})", "$by")), "{{place}}"
            ),
            unit="watt",
            stack=True,
            calcs=["last"],
            empty="no miner says its power",
        ).max_data_points(POINTS),
        graph(
            "Power and how many say it",
            "Sum over the miners that know their power, and how many they are (dotted): a step in both is no saving.",
            Query(f"sum({POWER}) or {NONE}", "power"),
            Query(f"count({POWER}) or {NONE}", "miners that say it"),
            unit="watt",
            right={"^miners": "locale"},
            colors={"^power$": SKY, "^miners": GREY},
        ),
    ]


def build() -> d.Dashboard:
    board = dashboard(
        "asic-power",
        "What is drawn and what does it cost, and where does it get hot?",
        {
            "": drawn() + trouble() + where() + course(),
            "Efficiency": power_supply.efficient(efficiency),
            "Heat": power_cooling.heat(),
            "Supplies": power_supply.supplies(),
            "Fans": power_cooling.fans(),
        },
        {
            "Limits of power": power_supply.limits(),
            "Held back": power_cooling.held(HELD),
        },
    )
    hashed = f'count by (algorithm) (miner:asic_target_info:known{{{SELECT},algorithm!=""}})'
    board = places(board.with_variable(commonest("algorithm", "Algorithm", hashed)))
    price = text("power_price", "Power price", "0.06", "Price of a kWh.")
    return board.with_variable(price).with_variable(text("currency", "Currency", "USD", "Its name, as it is shown."))
