"""The rows of the Miner dashboard about what the miner is, what it counted, and the device that it runs on."""

from __future__ import annotations

from typing import Final

from grafana.elements.expressions import ID, ONE
from grafana.elements.looks import BAD, GOOD, SKY
from grafana.elements.panels import AnyPanel, graph, optional
from grafana.elements.tables import Column, table
from grafana.pages.miner_parts import one_row

EXPECTED: Final = {"1": ("as expected", GOOD), "0": ("not so", BAD)}


def identity() -> list[AnyPanel]:
    labels = ("make", "family", "firmware", "firmware_version", "api_version", "platform", "hostname", "mac", "serial")
    last = f"topk by ({ID}) (1, last_over_time(asic_miner_info{ONE}[1d]))"
    named = f'label_replace(asic_active_pool_expected{ONE}, "word", "active pool", "", "")'
    pool = f'label_join({named}, "property", ", ", "word", "check")'
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
            size=(8, 6),
            empty="the configuration expects nothing of this miner",
        ),
        table(
            "Limits of temperature",
            "The thresholds that the firmware works to.",
            [f"max by (limit) (asic_temperature_limit_celsius{ONE})"],
            {"limit": Column("Limit"), "Value": Column("At", unit="celsius")},
            size=(8, 6),
            sort="At",
            empty="the firmware names none",
        ),
        table(
            "Faults recorded",
            "The faults that the miner keeps in its own record, also those that are over.",
            [f"1000 * max by (component, code) (asic_last_fault_timestamp_seconds{ONE})"],
            {"component": Column("Part"), "code": Column("Code"), "Value": Column("Last", unit="dateTimeFromNow")},
            size=(8, 6),
            sort="Last",
            descending=True,
            empty="the firmware keeps none",
        ),
    ]


def totals() -> list[AnyPanel]:
    def counted(name: str) -> str:
        return f"increase(asic_{name}_total{ONE}[$__range])"

    return [
        one_row(
            "Shares in the time range",
            "Shares over all pools between the start and the end of the time range, and their difficulty.",
            {
                counted("shares_accepted"): Column("Accepted", unit="locale", decimals=0),
                counted("shares_rejected"): Column("Rejected", unit="locale", decimals=0),
                counted("shares_stale"): Column("Stale", unit="locale", decimals=0),
                counted("shares_discarded"): Column("Discarded", unit="locale", decimals=0),
                counted("share_difficulty_accepted"): Column("Work paid", unit="si: ", decimals=1),
                counted("share_difficulty_rejected"): Column("Work refused", unit="si: ", decimals=1),
                counted("share_difficulty_stale"): Column("Work stale", unit="si: ", decimals=1),
                counted("hardware_errors"): Column("Hardware errors", unit="locale", decimals=0),
                counted("blocks_found"): Column("Blocks found", unit="locale", decimals=0),
            },
        ),
        one_row(
            "Work in the time range",
            "What the miner did between the start and the end of the time range.",
            {
                counted("hashes"): Column("Hashes", unit="si:H", decimals=1),
                counted("getworks"): Column("Work asked", unit="locale", decimals=0),
                counted("get_failures"): Column("Not given", unit="locale", decimals=0),
                counted("remote_failures"): Column("Not taken", unit="locale", decimals=0),
                counted("local_work"): Column("Made locally", unit="locale", decimals=0),
                counted("network_blocks"): Column("Blocks seen", unit="locale", decimals=0),
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
            "How long the device runs, why it booted last, and since when the miner is in its state.",
            [
                f"max by ({ID}) (asic_device_uptime_seconds{ONE})",
                f"max by ({ID}, reason) (asic_last_reset_info{ONE})",
                f"1000 * max by ({ID}) (asic_miner_state_since_timestamp_seconds{ONE})",
            ],
            {
                "Value #A": Column("Uptime", unit="dtdurations", decimals=1),
                "reason": Column("Last reset"),
                "Value #C": Column("State since", unit="dateTimeFromNow"),
            },
            size=(8, 7),
            empty="not reported",
        ),
        graph(
            "Wi-Fi",
            "Strength of the Wi-Fi signal: -50 is good, -80 bad.",
            optional(f"asic_wifi_signal_dbm{ONE}", "signal"),
            unit="suffix: dBm",
            size=(8, 7),
            zero=False,
            colors={"signal": SKY},
        ),
        graph(
            "Memory, storage and processor",
            "What is free and what there is (dashed), and how busy the processor is (dotted).",
            optional(f"asic_memory_free_bytes{ONE}", "memory free"),
            optional(f"asic_memory_free_min_bytes{ONE}", "least memory free"),
            optional(f"asic_memory_total_bytes{ONE}", "memory"),
            optional(f"asic_storage_free_bytes{ONE}", "storage free"),
            optional(f"asic_storage_total_bytes{ONE}", "storage"),
            optional(f"asic_cpu_usage_ratio{ONE}", "processor"),
            unit="bytes",
            size=(8, 7),
            right={"processor": "percentunit"},
            dashed=["memory", "storage"],
        ),
    ]
