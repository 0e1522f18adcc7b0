"""What the Power and cooling dashboard says of power: efficiency, supplies and limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from grafana.elements.expressions import ALL, ID, KNOWN, PLACE, here, leading, placed
from grafana.elements.looks import BAD, GOOD, GREY, SKY, VERMILLION, WARN, Steps
from grafana.elements.panels import POINTS, AnyPanel, Query, graph
from grafana.elements.tables import ADDRESS, MINER, Column, table

POWER: Final = f"miner:asic_power_watts:known{{{PLACE}}}"
MAINS: Final = f"(asic_psu_input_volts{ALL} > 60)"
"""Supplies fed from the mains; those of small miners take 5 or 12 V."""
SAG: Final = f"(1 - {MAINS} / on ({ID}, psu) max_over_time(asic_psu_input_volts{ALL}[$__range]))"
"""How far the voltage of the mains is below its highest in the time range: nets of 208, 240 and 415 V alike."""
WORSE_STEPS: Final[Steps] = ((None, GOOD), (1.05, WARN), (1.15, BAD))
SAG_STEPS: Final[Steps] = ((None, GOOD), (0.05, WARN), (0.1, BAD))
SUPPLY_STEPS: Final[Steps] = ((None, GOOD), (65, WARN), (75, BAD))


def placed_here(expr: str) -> str:
    """The expression of the miners of the chosen places, with the label `$by`."""
    return f"({expr}) * on ({ID}) group_left ($by) max by ({ID}, $by) ({KNOWN})"


def by_place(expr: str) -> str:
    """The expression with the value of its label `$by` as the label `place`: a legend can name that."""
    return f'label_join({expr}, "place", "", "$by")'


def efficient(efficiency: Callable[[str], str]) -> list[AnyPanel]:
    each = f'miner:asic_efficiency_joules_per_terahash{{{PLACE},algorithm="$algorithm"}}'
    median = 'model:asic_efficiency_joules_per_terahash:median{job=~"$job"}'
    against = f"{each} / on (job, algorithm, model) group_left () {median}"
    worst = f"topk(20, {against} > 1.05)"
    return [
        table(
            "Efficiency by model",
            "Power for each unit of hashrate, over the miners of the chosen algorithm that say both: of all, and of "
            "the best and the worst miner.",
            [
                f"topk(20, count by (model) ({each}))",
                efficiency("by (model)"),
                f"min by (model) ({each})",
                f"max by (model) ({each})",
            ],
            {
                "model": Column("Model"),
                "Value #A": Column("Miners", unit="locale", width=80),
                "Value #B": Column("All", unit="suffix: J/TH", decimals=1, width=105),
                "Value #C": Column("Best", unit="suffix: J/TH", decimals=1, width=105),
                "Value #D": Column("Worst", unit="suffix: J/TH", decimals=1, width=105),
            },
            sort="Worst",
            descending=True,
            empty="no miner says both power and hashrate",
        ),
        table(
            "Worse than their model",
            "Twenty miners that need 5 % more for each unit of hashrate than the median of their model.",
            [f"max by ({ID}, model, address) ({worst})", f"max by ({ID}) ({each} and {worst})"],
            {
                "miner": MINER,
                "Value #A": Column("Of the median", unit="percentunit", decimals=0, steps=WORSE_STEPS, width=125),
                "Value #B": Column("Efficiency", unit="suffix: J/TH", decimals=1, width=110),
                "model": Column("Model"),
                "address": ADDRESS,
            },
            sort="Of the median",
            descending=True,
            empty="no miner is 5 % worse than the median of its model",
        ),
        graph(
            "Efficiency by $by",
            "Power for each unit of hashrate of the chosen algorithm: the eight places that need most.",
            Query(by_place(leading(8, efficiency("by ($by)"), "$by")), "{{place}}"),
            unit="suffix: J/TH",
            size=(24, 7),
            zero=False,
            empty="no miner says both power and hashrate",
        ).max_data_points(POINTS),
    ]


def supplies() -> list[AnyPanel]:
    lowest = f"topk(20, {here(SAG)})"
    hot = f"topk(20, {here(f'asic_psu_temperature_celsius{ALL}')})"
    part = f"{ID}, psu"
    said = here(f"asic_psu_efficiency_ratio{ALL}")
    # Where the firmware says both powers and no efficiency of its own.
    reckoned = here(f"asic_psu_output_watts{ALL} / on ({part}) (asic_psu_input_watts{ALL} > 100)")
    ratio = f"({said} or on ({part}) {reckoned})"
    return [
        graph(
            "Input voltage by $by",
            "The lowest voltage at the input of a supply that is fed from the mains: the eight places where it is "
            "lowest. Miners of one phase or row that fall together point to the cable.",
            Query(by_place(leading(8, f"min by ($by) ({placed_here(MAINS)})", "$by", least=True)), "{{place}}"),
            Query(f"quantile(0.5, {here(MAINS)})", "median of all"),
            unit="volt",
            size=(12, 10),
            zero=False,
            colors={"^median of all$": GREY},
            empty="no supply says it",
        ).max_data_points(POINTS),
        table(
            "Deepest sags",
            "Twenty supplies whose voltage at the input fell most below its highest in the time range.",
            [
                placed(f"max by ({part}) ({MAINS} and on ({part}) {lowest})"),
                f"max by ({part}) ({lowest})",
            ],
            {
                "miner": MINER,
                "psu": Column("Supply", width=75),
                "Value #A": Column("Input", unit="volt", decimals=0, width=70),
                "Value #B": Column("Sag", unit="percentunit", decimals=1, steps=SAG_STEPS, width=80),
                "model": Column("Model"),
                "address": ADDRESS,
            },
            sort="Sag",
            descending=True,
            empty="no supply says it",
        ),
        table(
            "Hottest supplies",
            "Twenty supplies, by their own sensor.",
            [
                placed(f"max by ({part}) ({hot})"),
                f"max by ({part}) (asic_psu_fan_speed_rpm{ALL} and on ({part}) {hot})",
            ],
            {
                "miner": MINER,
                "psu": Column("Supply", width=75),
                "Value #A": Column("Heat", unit="celsius", decimals=0, steps=SUPPLY_STEPS, width=80),
                "Value #B": Column("Its fan", unit="rotrpm", width=100),
                "model": Column("Model"),
                "address": ADDRESS,
            },
            sort="Heat",
            descending=True,
            empty="no supply says it",
        ),
        graph(
            "Efficiency of the supplies",
            "Output power as a part of the input power, by the firmware or from both powers: the median and the worst.",
            Query(f"quantile(0.5, {ratio})", "median"),
            Query(f"min({ratio})", "worst"),
            unit="percentunit",
            size=(12, 10),
            zero=False,
            colors={"^median$": SKY, "^worst$": VERMILLION},
            empty="no supply says it",
        ).max_data_points(POINTS),
    ]


def limits() -> list[AnyPanel]:
    limit = f"asic_power_limit_watts{ALL}"
    ratio = f"{POWER} / on ({ID}) group_left () ({limit} > 0)"
    over = f"topk(20, {ratio} > 1.02)"
    return [
        graph(
            "Power and limits",
            "What the miners with a limit or target of power draw, and the sum of their limits.",
            Query(f"sum({limit} and on ({ID}) {POWER})", "limits"),
            Query(f"sum({POWER} and on ({ID}) {limit})", "power"),
            unit="watt",
            size=(12, 9),
            colors={"^limits$": "text", "^power$": SKY},
            dashed=["limits"],
            empty="no miner says its limit",
        ),
        table(
            "Over their limit",
            "Twenty miners that draw 2 % more than the limit or target that their power tuning works to.",
            [
                f"max by ({ID}, model, address) ({over})",
                f"max by ({ID}) ({POWER} and on ({ID}) {over})",
                f"max by ({ID}) ({limit} and on ({ID}) {over})",
            ],
            {
                "miner": MINER,
                "Value #A": Column("Of the limit", unit="percentunit", decimals=0, width=110),
                "Value #B": Column("Power", unit="watt", decimals=2, width=95),
                "Value #C": Column("Limit", unit="watt", decimals=2, width=95),
                "model": Column("Model"),
                "address": ADDRESS,
            },
            size=(12, 9),
            sort="Of the limit",
            descending=True,
            empty="no miner draws more than its limit",
        ),
        table(
            "Limits set",
            "The twenty models most of which have a limit: how many, the lowest and the highest set, and the range "
            "that the firmware accepts.",
            [
                f"topk(20, count by (model) ({placed(here(limit), 'model')}))",
                f"min by (model) ({placed(here(limit), 'model')})",
                f"max by (model) ({placed(here(limit), 'model')})",
                f"min by (model) ({placed(here(f'asic_power_limit_min_watts{ALL}'), 'model')})",
                f"max by (model) ({placed(here(f'asic_power_limit_max_watts{ALL}'), 'model')})",
            ],
            {
                "model": Column("Model"),
                "Value #A": Column("Miners", unit="locale", width=85),
                "Value #B": Column("Lowest", unit="watt", decimals=2, width=130),
                "Value #C": Column("Highest", unit="watt", decimals=2, width=130),
                "Value #D": Column("Least accepted", unit="watt", decimals=2, width=140),
                "Value #E": Column("Most accepted", unit="watt", decimals=2, width=140),
            },
            size=(24, 8),
            sort="Miners",
            descending=True,
            empty="no miner says its limit",
        ),
    ]
