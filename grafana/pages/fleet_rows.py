"""The lower rows of the Fleet dashboard: kinds of miner, heat and power, pools, polling."""

from __future__ import annotations

from grafana.elements.expressions import (
    ALL,
    EFFICIENCY,
    HASHRATE,
    HOT,
    ID,
    NONE,
    POWER,
    RESTING,
    SELECT,
    WHOLE,
    grouped,
    identity,
)
from grafana.elements.looks import (
    BAD,
    CHIP_STEPS,
    GREY,
    NOMINAL_STEPS,
    NONE_IS_GOOD,
    ORANGE,
    REJECT_STEPS,
    SKY,
    VERMILLION,
)
from grafana.elements.panels import AnyPanel, Query, graph
from grafana.elements.tables import Column, table


def models() -> list[AnyPanel]:
    by = "family, model"
    due = f"{WHOLE} unless on ({ID}) {RESTING}"
    power = grouped(f"{POWER} and on ({ID}) {HASHRATE}", by)
    powered = grouped(f"{HASHRATE} and on ({ID}) {POWER}", by)
    return [
        table(
            "Models",
            "The miners that answer, by model. Efficiency is over those that say hashrate and power.",
            [
                f"count by ({by}) (asic_miner_info{ALL})",
                grouped(HASHRATE, by),
                f"{grouped(f'{HASHRATE} and on ({ID}) ({due})', by)} / {grouped(due, by)}",
                f"{power} / ({powered} / 1e12)",
                grouped(f"max by ({ID}) ({HOT})", by, "max"),
            ],
            {
                "model": Column("Model"),
                "family": Column("Family", width=100),
                "Value #A": Column("Miners", unit="locale", width=75),
                "Value #B": Column("Hashrate", unit="Hs", width=105),
                "Value #C": Column("Of nominal", unit="percentunit", steps=NOMINAL_STEPS, gauge_max=1.1),
                "Value #D": Column("Efficiency", unit="suffix: J/TH", decimals=1, width=95),
                "Value #E": Column("Hottest", unit="celsius", steps=CHIP_STEPS, width=85),
            },
            size=(15, 8),
            sort="Hashrate",
            descending=True,
        ),
    ]


def firmware() -> list[AnyPanel]:
    return [
        table(
            "Firmware",
            "The miners that answer, by firmware: an odd one out has been forgotten or tampered with.",
            [f"count by (family, firmware, firmware_version) (asic_miner_info{ALL})"],
            {
                "family": Column("Family", width=100),
                "firmware": Column("Firmware", width=95),
                "firmware_version": Column("Version"),
                "Value": Column("Miners", unit="locale", width=75),
            },
            size=(9, 8),
            sort="Miners",
            descending=True,
        ),
    ]


def heat_and_power() -> list[AnyPanel]:
    chip = f"max by ({ID}) ({HOT})"
    return [
        graph(
            "Temperature",
            "The hottest chip or board sensor of each miner: the highest, the 95th percentile and the median.",
            Query(f"max({chip})", "hottest"),
            Query(f"quantile(0.95, {chip})", "95th percentile"),
            Query(f"quantile(0.5, {chip})", "median"),
            unit="celsius",
            size=(8, 8),
            zero=False,
            colors={"hottest": VERMILLION, "95th": ORANGE, "median": SKY},
        ),
        graph(
            "Power",
            "Sum over the miners that know their power, and how many they are (dotted).",
            Query(f"sum({POWER}) or {NONE}", "power"),
            Query(f"count({POWER}) or {NONE}", "miners that say it"),
            unit="watt",
            size=(8, 8),
            right={"^miners": "locale"},
            colors={"^power$": SKY, "^miners": GREY},
        ),
        graph(
            "Efficiency",
            "Power for each unit of hashrate, over the miners of the chosen algorithm that say both.",
            Query(EFFICIENCY, "efficiency"),
            unit="suffix: J/TH",
            size=(8, 8),
            colors={"efficiency": SKY},
        ),
    ]


def pools() -> list[AnyPanel]:
    named = f"* on ({ID}, pool) group_left (host) {identity('asic_pool_info', f'{ID}, pool')}"

    def rate(kind: str, span: str) -> str:
        return f"sum by (host) (rate(asic_pool_shares_{kind}_total{ALL}[{span}]) {named})"

    accepted, rejected = rate("accepted", "$__range"), rate("rejected", "$__range")
    counts = f"rate(asic_pool_share_difficulty_accepted_total{ALL}[$__rate_interval])"
    bitcoin = f'asic_miner_info{{{SELECT},algorithm="sha256"}}'
    work = f"sum by (host) ({counts} {named} and on ({ID}) {bitcoin}) * 2^32"
    claimed = f"sum({HASHRATE} and on ({ID}) {bitcoin} and on ({ID}) {counts})"
    return [
        table(
            "Pools",
            "Where the work comes from: entries of the miners' own lists, miners that work there, entries that are "
            "dead; shares are over the time range.",
            [
                f"count by (host) (asic_pool_info{ALL})",
                f"sum by (host) (asic_pool_active{ALL} {named})",
                f"sum by (host) ((1 - asic_pool_up{ALL}) {named})",
                f"{accepted} * 60",
                f"{rejected} / ({accepted} + {rejected} > 0)",
            ],
            {
                "host": Column("Pool"),
                "Value #A": Column("Entries", unit="locale", width=75),
                "Value #B": Column("Working", unit="locale", width=95),
                "Value #C": Column("Dead", unit="locale", steps=NONE_IS_GOOD, width=65),
                "Value #D": Column("Shares/min", unit="locale", decimals=1, width=100),
                "Value #E": Column("Rejected", unit="percentunit", steps=REJECT_STEPS, width=95, decimals=2),
            },
            size=(14, 8),
            sort="Working",
            descending=True,
        ),
        graph(
            "Hashrate that the pools accepted",
            "Accepted difficulty of the SHA-256 miners that count it, as a hashrate, by pool: what is paid for. It "
            "scatters, "
            "since shares come by chance; the dashed line is what the same miners claim.",
            Query(f"{work} > 0", "{{host}}"),
            Query(claimed, "claimed"),
            unit="Hs",
            size=(10, 8),
            stack=True,
            colors={"^claimed$": "text"},
            dashed=["claimed"],
        ),
    ]


def polling() -> list[AnyPanel]:
    failures = f"rate(asic_exporter_poll_failures_total{ALL}[$__rate_interval]) * 60"
    return [
        graph(
            "Failed polls",
            "Polls a minute that read nothing, by reason and all together.",
            Query(f"sum by (reason) ({failures}) > 0", "{{reason}}"),
            Query(f"sum({failures})", "all"),
            unit="suffix: /min",
            least=1,
            size=(8, 7),
            colors={"^all$": GREY},
        ),
        graph(
            "Duration of a poll",
            "Time that the last poll of each miner took: the slowest, the 95th percentile and the median.",
            Query(f"max(asic_poll_duration_seconds{ALL})", "slowest"),
            Query(f"quantile(0.95, asic_poll_duration_seconds{ALL})", "95th percentile"),
            Query(f"quantile(0.5, asic_poll_duration_seconds{ALL})", "median"),
            unit="s",
            size=(8, 7),
            colors={"slowest": VERMILLION, "95th": ORANGE, "median": SKY},
        ),
        graph(
            "Lag of the exporter",
            "How late polls start, and how late the exporter's event loop wakes.",
            Query(f"max by (instance) (asic_exporter_poll_lag_seconds{ALL})", "polls, {{instance}}"),
            Query(f"max by (instance) (asic_exporter_loop_lag_seconds{ALL})", "loop, {{instance}}"),
            unit="s",
            size=(8, 7),
            colors={"^polls": BAD, "^loop": SKY},
        ),
    ]
