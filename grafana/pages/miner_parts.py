"""The rows of the Miner dashboard about fans, power supply and tuner."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from grafana.elements.expressions import ID, ONE
from grafana.elements.looks import BAD, GOOD, GREY, ORANGE, SKY, SOME_IS_GOOD, by_index
from grafana.elements.panels import AnyPanel, Query, graph, optional
from grafana.elements.tables import Column, table

FANS: Final = by_index("fan")
SUPPLIES: Final = by_index("supply")
WELL: Final = {"1": ("well", GOOD), "0": ("failed", BAD)}
YES: Final = {"1": ("yes", GOOD), "0": ("no", GREY)}


WHOLE_WIDTH: Final = 1340
"""Pixels of all columns together of a table as wide as a page of 1,400."""


def one_row(
    title: str, description: str, queries: dict[str, Column], by: str = ID, *, height: int = 4, **named: Column
) -> AnyPanel:
    """A table of single readings, a column for each; `named` are columns of the labels in `by`."""
    width = WHOLE_WIDTH // (len(queries) + len(named))
    columns = [replace(column, width=width) for column in queries.values()]
    values = {f"Value #{chr(ord('A') + index)}": column for index, column in enumerate(columns)}
    asked = [f"max by ({by}) ({query})" for query in queries]
    return table(title, description, asked, named | values, size=(24, height), empty="not reported")


def cooling() -> list[AnyPanel]:
    return [
        one_row(
            "Fans",
            "Each fan: whether the firmware calls it well, its speed and the least and most that it may have, and what "
            "it is driven with.",
            {
                f"asic_fan_speed_rpm{ONE}": Column("Speed", unit="rotrpm", steps=SOME_IS_GOOD),
                f"asic_fan_up{ONE}": Column("State", mappings=WELL),
                f"asic_fan_target_rpm{ONE}": Column("Set speed", unit="rotrpm"),
                f"asic_fan_speed_min_rpm{ONE}": Column("Lowest", unit="rotrpm"),
                f"asic_fan_speed_max_rpm{ONE}": Column("Highest", unit="rotrpm"),
                f"asic_fan_duty_ratio{ONE}": Column("Duty", unit="percentunit"),
                f"asic_fan_target_ratio{ONE}": Column("Set duty", unit="percentunit"),
            },
            by="fan",
            height=6,
            fan=Column("Fan", width=80),
        ),
        graph(
            "Fan speed and duty",
            "Speed by each fan's tachometer, and what it is driven with (dotted) where the firmware says it.",
            Query(f"asic_fan_speed_rpm{ONE}", "fan {{fan}}"),
            Query(f"asic_fan_duty_ratio{ONE}", "fan {{fan}} duty"),
            unit="rotrpm",
            right={"duty$": "percentunit"},
            calcs=(),
            colors=FANS,
        ),
        graph(
            "Air, water and other sensors",
            "Temperatures that are not on a hashboard: what goes in, what comes out, supply, control board.",
            Query(f"max by (location) (asic_temperature_celsius{ONE})", "{{location}}"),
            unit="celsius",
            calcs=["last"],
            zero=False,
        ),
    ]


def supply() -> list[AnyPanel]:
    psu = "supply {{psu}}"

    def reading(what: str) -> str:
        return f"asic_psu_{what}{ONE}"

    readings = {
        "input_volts": Column("Input", unit="volt", width=85),
        "input_amperes": Column("Current", unit="amp", width=85),
        "input_watts": Column("Takes in", unit="watt", width=95),
        "output_watts": Column("Gives", unit="watt", width=95),
        "output_max_watts": Column("Can give", unit="watt", width=95),
        "efficiency_ratio": Column("Efficiency", unit="percentunit", decimals=1, width=90),
        "temperature_celsius": Column("Temperature", unit="celsius", width=105),
        "fan_speed_rpm": Column("Fan", unit="rotrpm", width=90),
    }
    asked = [f"max by (psu) ({reading(name)})" for name in readings]
    return [
        table(
            "Power supplies",
            "What each supply is, what it takes in and gives. An input voltage below that of the neighbours is a "
            "cable or a phase.",
            [f"max by (psu, model, serial, version) ({reading('info')})", *asked],
            {
                "psu": Column("Supply", width=70),
                "model": Column("Model"),
                "serial": Column("Serial"),
                "version": Column("Version", width=80),
                **{f"Value #{chr(ord('B') + index)}": column for index, column in enumerate(readings.values())},
            },
            size=(24, 4),
            sort="Supply",
            empty="the firmware tells of no supply",
        ),
        graph(
            "Input voltage",
            "Voltage at the input of each supply.",
            Query(reading("input_volts"), psu),
            unit="volt",
            size=(8, 7),
            zero=False,
            calcs=["last"],
            colors=SUPPLIES,
        ),
        graph(
            "Output voltage",
            "Voltage at the output of each supply, what it is set to, and the bounds of that (dashed).",
            Query(reading("output_volts"), psu),
            Query(reading("output_target_volts"), "set {{psu}}"),
            Query(reading("output_min_volts"), "lowest {{psu}}"),
            Query(reading("output_max_volts"), "highest {{psu}}"),
            unit="volt",
            size=(8, 7),
            zero=False,
            calcs=["last"],
            colors=SUPPLIES,
            dashed=["(set|lowest|highest).*"],
        ),
        graph(
            "Input and output",
            "Power that goes into each supply and comes out of it, and the current of its output (dotted).",
            Query(reading("input_watts"), psu + " in"),
            Query(reading("output_watts"), psu + " out"),
            Query(reading("output_amperes"), psu + " out, current"),
            unit="watt",
            size=(8, 7),
            right={"current$": "amp"},
        ),
    ]


def tuning() -> list[AnyPanel]:
    median = 'model:asic_efficiency_joules_per_terahash:median{job=~"$job"}'
    return [
        one_row(
            "Tuner",
            "What the firmware tunes to, and what it may not pass.",
            {
                f"asic_tuner_progress_ratio{ONE}": Column("Tuned", unit="percentunit"),
                f"asic_hashrate_target_hashes_per_second{ONE}": Column("Target", unit="Hs"),
                f"asic_power_limit_watts{ONE}": Column("Power limit", unit="watt"),
                f"asic_power_limit_min_watts{ONE}": Column("Lowest limit", unit="watt"),
                f"asic_power_limit_max_watts{ONE}": Column("Highest limit", unit="watt"),
                f"asic_throttled{ONE}": Column("Slowed", mappings={"1": ("yes", ORANGE), "0": ("no", GOOD)}),
                f"asic_fast_boot{ONE}": Column("Fast start", mappings=YES),
                f"asic_fans_required{ONE}": Column("Fans required", unit="locale"),
                f"asic_developer_fee_ratio{ONE}": Column("Maker's fee", unit="percentunit", decimals=1),
            },
        ),
        graph(
            "Power and its limits",
            "Power drawn, the limit that power tuning works to, and the bounds of that limit (dashed).",
            Query(f"asic_power_watts{ONE}", "{{source}}"),
            optional(f"asic_power_limit_watts{ONE}", "limit"),
            optional(f"asic_power_limit_min_watts{ONE}", "lowest limit"),
            optional(f"asic_power_limit_max_watts{ONE}", "highest limit"),
            unit="watt",
            size=(8, 8),
            calcs=["last"],
            colors={"^(measured|estimated|firmware)$": SKY, "limit$": GREY, "^limit$": "text"},
            dashed=[".*limit"],
        ),
        graph(
            "Efficiency",
            "Power for each unit of hashrate, and the median of the miners of its model.",
            Query(f"miner:asic_efficiency_joules_per_terahash{ONE}", "this miner"),
            Query(f"{median} and on (job, algorithm, model) miner:asic_target_info:known{ONE}", "its model", gap=False),
            unit="suffix: J/TH",
            size=(8, 8),
            calcs=["last"],
            colors={"this": SKY, "its": "text"},
            dashed=["its model"],
        ),
        table(
            "Who holds it back",
            "Each source that can: whether it does now, to what part of the power, and when it was last heard.",
            [
                f"max by (source) (asic_curtailed{ONE})",
                f"max by (source) (asic_curtailment_target_ratio{ONE})",
                f"1000 * max by (source) (asic_curtailment_last_message_timestamp_seconds{ONE})",
            ],
            {
                "source": Column("Source"),
                "Value #A": Column("Now", mappings={"1": ("held back", ORANGE), "0": ("no", GOOD)}),
                "Value #B": Column("To", unit="percentunit"),
                "Value #C": Column("Last heard", unit="dateTimeFromNow"),
            },
            size=(8, 8),
            empty="the firmware names nobody who could",
        ),
    ]
