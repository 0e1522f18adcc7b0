"""What the Power and cooling dashboard says of heat, fans, and miners that are held back."""

from __future__ import annotations

from typing import Final

from grafana.elements.expressions import ALL, ID, PLACE, SELECT, here, leading, placed
from grafana.elements.looks import BAD, GOOD, GREY, MARGIN_STEPS, ORANGE, SKY, VERMILLION, WARN, Steps
from grafana.elements.panels import POINTS, AnyPanel, Query, graph
from grafana.elements.tables import ADDRESS, MINER, Column, table
from grafana.pages.power_supply import POWER, by_place, placed_here

MARGIN: Final = f"miner:asic_temperature_celsius:margin{ALL}"
AIR: Final = f'asic_temperature_celsius{{{SELECT},location=~"ambient|inlet"}}'
AIR_STEPS: Final[Steps] = ((None, GOOD), (35, WARN), (40, BAD))
DUTY: Final = f"asic_fan_duty_ratio{ALL}"


def heat() -> list[AnyPanel]:
    nearest = f"bottomk(20, min by ({ID}) ({here(MARGIN)}))"

    def sensors(locations: str) -> str:
        return here(f'asic_temperature_celsius{{{SELECT},location=~"{locations}"}}')

    return [
        graph(
            "Nearest to their limit by $by",
            "Degrees left to its own limit of the hottest miner of a place: the eight places with the least. Below "
            "zero is too hot.",
            Query(by_place(leading(8, f"min by ($by) ({placed_here(MARGIN)})", "$by", least=True)), "{{place}}"),
            Query(f"quantile(0.5, {here(MARGIN)})", "median of all"),
            unit="celsius",
            size=(12, 10),
            zero=False,
            colors={"^median of all$": GREY},
            empty="no miner says its heat",
        ).max_data_points(POINTS),
        table(
            "Nearest to their own limit",
            "Twenty miners with the fewest degrees left to their own limit: what the firmware acts at, else what the "
            "model bears; and the reading that is nearest.",
            [
                placed(nearest),
                f"max by ({ID}) (miner:asic_temperature_celsius:hottest{ALL} and on ({ID}) {nearest})",
            ],
            {
                "miner": MINER,
                "Value #A": Column("To limit", unit="celsius", decimals=0, steps=MARGIN_STEPS, width=95),
                "Value #B": Column("Hottest", unit="celsius", decimals=0, width=95),
                "model": Column("Model"),
                "address": ADDRESS,
            },
            sort="To limit",
            empty="no miner says its heat",
        ),
        graph(
            "Air and liquid",
            "Sensors that are not on a board: the warmest at an inlet or in the room, the median there, and the "
            "warmest at an outlet and in a liquid.",
            Query(f"max({sensors('outlet|water_outlet')})", "warmest outlet"),
            Query(f"max({sensors('liquid|water_inlet')})", "warmest liquid"),
            Query(f"max({here(AIR)})", "warmest air"),
            Query(f"quantile(0.5, {here(AIR)})", "median air"),
            unit="celsius",
            zero=False,
            colors={"outlet": VERMILLION, "liquid": GREY, "warmest air": ORANGE, "median": SKY},
            empty="no sensor",
        ).max_data_points(POINTS),
        graph(
            "Air by $by",
            "The warmest sensor at an inlet or in the room, by the label chosen above: the eight warmest places.",
            Query(by_place(leading(8, f"max by ($by) ({placed_here(AIR)})", "$by")), "{{place}}"),
            unit="celsius",
            zero=False,
            empty="no sensor of air",
        ).max_data_points(POINTS),
    ]


def fans() -> list[AnyPanel]:
    part = f"{ID}, fan"
    still = f"asic_fan_speed_rpm{ALL} == 0 and on ({ID}) miner:asic_up:working{ALL} == 1"
    called = f"asic_fan_up{ALL} == 0"
    fails = f"topk(20, max by ({part}) ({here(f'{still} or on ({part}) {called}')}))"
    least = f"(asic_fan_speed_min_rpm{ALL} or on ({part}) 0.7 * asic_fan_target_rpm{ALL})"
    slow = f"topk(20, max by ({part}) ({here(f'asic_fan_speed_rpm{ALL} > 0 < on ({part}) ({least})')}))"
    full = f"max by ({ID}) ({here(DUTY)}) >= 0.99"
    return [
        table(
            "Fans that fail",
            "Twenty fans that stand still while the miner works, or that the firmware calls failed.",
            [placed(f"{fails} * 0 + 1", "model, address")],
            {"miner": MINER, "fan": Column("Fan", width=90), "model": Column("Model"), "address": ADDRESS},
            size=(12, 9),
            sort="Miner",
            empty="no fan fails",
        ),
        table(
            "Fans that are slow",
            "Twenty fans that turn slower than the firmware accepts, or than 70 % of what they should.",
            [placed(slow, "model"), f"max by ({part}) ({least} and on ({part}) {slow})"],
            {
                "miner": MINER,
                "fan": Column("Fan", width=60),
                "Value #A": Column("Speed", unit="rotrpm", width=100),
                "Value #B": Column("Least", unit="rotrpm", width=100),
                "model": Column("Model"),
            },
            size=(12, 9),
            sort="Speed",
            empty="no fan is slower than it should be",
        ),
        table(
            "Fans at full duty",
            "Twenty miners that drive their fans as hard as they can, those nearest to their limit of heat: they "
            "have nothing left for a warmer day.",
            [placed(f"bottomk(20, min by ({ID}) ({here(MARGIN)}) and on ({ID}) ({full}))", "model, address")],
            {
                "miner": MINER,
                "Value": Column("To limit", unit="celsius", decimals=0, steps=MARGIN_STEPS, width=95),
                "model": Column("Model"),
                "address": ADDRESS,
            },
            size=(12, 9),
            sort="To limit",
            empty="no miner drives its fans as hard as it can",
        ),
        graph(
            "Duty of the fans",
            "How hard the miners drive their fans: the median, and what 95 of 100 stay below; and how many miners "
            "drive theirs as hard as they can (dotted).",
            Query(f"quantile(0.5, {here(DUTY)})", "median"),
            Query(f"quantile(0.95, {here(DUTY)})", "95th percentile"),
            Query(f"count({full}) or 0 * count({here(DUTY)})", "miners at full duty"),
            unit="percentunit",
            size=(12, 9),
            top=1,
            right={"^miners": "locale"},
            colors={"^median$": SKY, "^95th": ORANGE, "^miners": GREY},
            empty="no miner says the duty of its fans",
        ).max_data_points(POINTS),
        graph(
            "Miners at full duty by $by",
            "Miners that drive their fans as hard as they can, by the label chosen above: the eight places with most.",
            Query(by_place(leading(8, f"count by ($by) ({placed_here(full)})", "$by")), "{{place}}"),
            unit="locale",
            size=(24, 7),
            least=1,
            empty="no miner drives its fans as hard as it can",
        ).max_data_points(POINTS),
    ]


def held(expr: str) -> list[AnyPanel]:
    """Miners held back on purpose; `expr` selects them."""
    curtailed = f"asic_curtailed{ALL} == 1"
    drawing = f"sum({POWER} and on ({ID}) ({expr}))"
    drawn = f"max by ({ID}) ({POWER} and on ({ID}) ({expr})) or on ({ID}) 0 * max by ({ID}) ({here(expr)})"
    shown = f"topk(20, {drawn})"
    count = f"count(miner:asic_target_info:known{{{PLACE}}})"
    return [
        graph(
            "Held back",
            "Miners that are curtailed and miners that are planned to be off, and the power that they draw all the "
            "same (dotted).",
            Query(f"count(count by ({ID}) ({here(curtailed)})) or 0 * {count}", "curtailed"),
            Query(f"count({here(f'asic_off_expected{ALL} == 1')}) or 0 * {count}", "planned off"),
            Query(f"{drawing} or 0 * {count}", "they draw"),
            unit="locale",
            size=(10, 9),
            least=1,
            right={"^they draw$": "watt"},
            colors={"^curtailed$": ORANGE, "^planned off$": SKY, "^they draw$": GREY},
        ).max_data_points(POINTS),
        table(
            "Miners held back",
            "Twenty miners that are held back, those that draw most all the same: who holds them, to what part of "
            "their power, and how long ago that source said its last word.",
            [
                placed(shown),
                f"topk by ({ID}) (1, max by ({ID}, source) ({curtailed})) and on ({ID}) {shown}",
                f"max by ({ID}) (asic_curtailment_target_ratio{ALL} and on ({ID}) {shown})",
                f"max by ({ID}) (1000 * asic_curtailment_last_message_timestamp_seconds{ALL} and on ({ID}) {shown})",
            ],
            {
                "miner": MINER,
                "Value #A": Column("Draws", unit="watt", decimals=2, width=90),
                "source": Column("Held by", width=85),
                "Value #C": Column("Target", unit="percentunit", width=80),
                "Value #D": Column("Last word", unit="dateTimeFromNow", width=125),
                "model": Column("Model"),
                "address": ADDRESS,
            },
            size=(14, 9),
            sort="Draws",
            descending=True,
            empty="no miner is held back",
        ),
    ]
