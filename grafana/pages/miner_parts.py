"""The rows of the Miner dashboard about its other parts: fans, power supply, tuner, identity, the device itself."""

from __future__ import annotations

from typing import Final

from grafana.elements.expressions import ID, ONE
from grafana.elements.looks import BAD, GOOD, GREY, ORANGE, SKY, SOME_IS_GOOD, by_index
from grafana.elements.panels import AnyPanel, Query, graph
from grafana.elements.tables import Column, table

FANS: Final = by_index("fan")
SUPPLIES: Final = by_index("supply")
WELL: Final = {"1": ("well", GOOD), "0": ("failed", BAD)}
YES: Final = {"1": ("yes", GOOD), "0": ("no", GREY)}
EXPECTED: Final = {"1": ("as expected", GOOD), "0": ("not so", BAD)}


def one_row(
    title: str, description: str, queries: dict[str, Column], by: str = ID, *, height: int = 4, **named: Column
) -> AnyPanel:
    """A table of single readings, a column for each; `named` are columns of the labels in `by`."""
    values = {f"Value #{chr(ord('A') + index)}": column for index, column in enumerate(queries.values())}
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
            Query(f"asic_power_limit_watts{ONE}", "limit"),
            Query(f"asic_power_limit_min_watts{ONE}", "lowest limit"),
            Query(f"asic_power_limit_max_watts{ONE}", "highest limit"),
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
            unit="suffix: J/TH",
            size=(8, 8),
            calcs=["last"],
            colors={"this": SKY},
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


def identity() -> list[AnyPanel]:
    labels = ("make", "family", "firmware", "firmware_version", "api_version", "platform", "hostname", "mac", "serial")
    last = f"topk by ({ID}) (1, last_over_time(asic_miner_info{ONE}[1d]))"
    pool = f'label_replace(asic_active_pool_expected{ONE}, "property", "pool, $1", "check", "(.*)")'
    return [
        table(
            "Identity",
            "What the miner says it is, or said within the last day.",
            [
                f"max by ({ID}, {', '.join((*labels, 'cooling'))}) (asic_miner_info{ONE} or on ({ID}) {last})",
                f"max by ({ID}, heat_mode) (asic_heat_mode_info{ONE})",
            ],
            {name: Column(name.replace("_", " ").capitalize()) for name in (*labels, "cooling", "heat_mode")},
            size=(24, 4),
            empty="not said within the last day",
        ),
        table(
            "Expectations",
            "What the configuration expects of the miner, and of the pool that it works for.",
            [f"max by (property) (asic_expected{ONE} or {pool})"],
            {"property": Column("Property"), "Value": Column("Now", mappings=EXPECTED)},
            size=(12, 6),
            empty="the configuration expects nothing of this miner",
        ),
        table(
            "Limits of temperature",
            "The thresholds that the firmware works to.",
            [f"max by (limit) (asic_temperature_limit_celsius{ONE})"],
            {"limit": Column("Limit"), "Value": Column("At", unit="celsius")},
            size=(12, 6),
            sort="At",
            empty="the firmware names none",
        ),
    ]


def totals() -> list[AnyPanel]:
    def counted(name: str) -> str:
        return f"increase(asic_{name}_total{ONE}[$__range])"

    return [
        one_row(
            "Counted in the time range",
            "What the miner counted between the start and the end of the time range.",
            {
                counted("hashes"): Column("Hashes", unit="si:H", decimals=1),
                counted("shares_discarded"): Column("Discarded", unit="locale", decimals=0),
                counted("hardware_errors"): Column("Hardware errors", unit="locale", decimals=0),
                counted("getworks"): Column("Work asked", unit="locale", decimals=0),
                counted("get_failures"): Column("Not given", unit="locale", decimals=0),
                counted("remote_failures"): Column("Not taken", unit="locale", decimals=0),
                counted("local_work"): Column("Made locally", unit="locale", decimals=0),
                counted("network_blocks"): Column("Blocks seen", unit="locale", decimals=0),
                counted("blocks_found"): Column("Blocks found", unit="locale", decimals=0),
                counted("miner_restarts"): Column("Restarts", unit="locale", decimals=0),
                counted("overheats"): Column("Overheats", unit="locale", decimals=0),
            },
        ),
        one_row(
            "Of its life",
            "Best shares since the start and of all time, what it did over restarts, and the network as it knows it.",
            {
                f"asic_best_share_difficulty{ONE}": Column("Best share", unit="si: ", decimals=1),
                f"asic_lifetime_best_share_difficulty{ONE}": Column("Best of all time", unit="si: ", decimals=1),
                f"asic_lifetime_blocks_found{ONE}": Column("Blocks of all time", unit="locale"),
                f"asic_lifetime_hashes{ONE}": Column("Hashes of all time", unit="si:H", decimals=1),
                f"asic_lifetime_uptime_seconds{ONE}": Column("Run of all time", unit="dtdurations", decimals=1),
                f"asic_network_difficulty{ONE}": Column("Network's difficulty", unit="si: ", decimals=1),
                f"asic_network_block_height{ONE}": Column("Block height", unit="locale"),
            },
        ),
    ]


def device() -> list[AnyPanel]:
    return [
        table(
            "Device",
            "How long the device runs, and why it booted last.",
            [f"max by ({ID}) (asic_device_uptime_seconds{ONE})", f"max by ({ID}, reason) (asic_last_reset_info{ONE})"],
            {"Value #A": Column("Uptime", unit="dtdurations", decimals=1), "reason": Column("Last reset")},
            size=(8, 7),
            empty="not reported",
        ),
        graph(
            "Wi-Fi",
            "Strength of the Wi-Fi signal: -50 is good, -80 bad.",
            Query(f"asic_wifi_signal_dbm{ONE}", "signal"),
            unit="dBm",
            size=(8, 7),
            zero=False,
            colors={"signal": SKY},
        ),
        graph(
            "Memory, storage and processor",
            "What is free and what there is (dashed), and how busy the processor is (dotted).",
            Query(f"asic_memory_free_bytes{ONE}", "memory free"),
            Query(f"asic_memory_free_min_bytes{ONE}", "least memory free"),
            Query(f"asic_memory_total_bytes{ONE}", "memory"),
            Query(f"asic_storage_free_bytes{ONE}", "storage free"),
            Query(f"asic_storage_total_bytes{ONE}", "storage"),
            Query(f"asic_cpu_usage_ratio{ONE}", "processor"),
            unit="bytes",
            size=(8, 7),
            right={"processor": "percentunit"},
            dashed=["memory", "storage"],
        ),
    ]
