"""The closed rows of the Fleet dashboard: heat, pools, what changed, kinds of miner, and the course of things."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.models.common import GraphDrawStyle

from exporter.core.vocabulary import MINER_STATES
from grafana.elements.expressions import ALL, ID, SELECT, here, placed
from grafana.elements.looks import (
    BAD,
    BLUE,
    FAMILIES,
    MARGIN_STEPS,
    NOMINAL_STEPS,
    ORANGE,
    SKY,
    STATES,
    VERMILLION,
)
from grafana.elements.panels import AnyPanel, Query, graph
from grafana.elements.tables import ADDRESS, GROUP, MINER, MODEL, Column, table
from grafana.pages.fleet_attention import UNSHOWN
from grafana.pages.fleet_words import (
    DUE_EACH,
    EFFICIENT,
    HASHED,
    LOST_EACH,
    MARGIN,
    NO_MINER,
    NOW_EACH,
    POWER_EACH,
    happened,
)

STATE: Final = f'asic_miner_state{{{SELECT},state="%s"}}'


def heat() -> list[AnyPanel]:
    hottest = f"miner:asic_temperature_celsius:hottest{ALL}"
    nearest = f"bottomk(20, {here(MARGIN)})"
    margin = here(MARGIN)
    return [
        table(
            "Nearest to their own limits",
            "The twenty miners with the fewest degrees left between their hottest chip, or board where no chip tells,"
            " and its limit: the firmware's, else the model's, else the usual one. Below zero is too hot.",
            [placed(nearest, "model, address"), f"max by ({ID}) ({hottest} and on ({ID}) {nearest})"],
            {
                "miner": MINER,
                "model": MODEL,
                "address": ADDRESS,
                "Value #A": Column("To its limit", unit="celsius", decimals=0, steps=MARGIN_STEPS, width=100),
                "Value #B": Column("Hottest", unit="celsius", decimals=0, width=80),
            },
            size=(14, 9),
            sort="To its limit",
            empty="no miner tells its heat",
        ),
        graph(
            "Degrees to the limits",
            "Between the hottest reading of each miner and its own limit: the nearest miner, the nearest twentieth, "
            "and the median. Below zero is too hot.",
            Query(f"min({margin})", "nearest"),
            Query(f"quantile(0.05, {margin})", "nearest twentieth"),
            Query(f"quantile(0.5, {margin})", "median"),
            unit="celsius",
            size=(10, 9),
            zero=False,
            colors={"^nearest$": VERMILLION, "twentieth": ORANGE, "median": SKY},
        ).max_data_points(120),
    ]


def pools() -> list[AnyPanel]:
    host = f"miner:asic_pool_host:active{ALL}"
    works = f"topk by ({ID}) (1, {host}) and on ({ID}) miner:asic_target_info:known{{{HASHED}}}"
    strange = f"max by ({ID}) (asic_active_pool_expected{ALL} == 0)"
    return [
        table(
            "Who the miners work for",
            "Pools that get the work of the chosen algorithm's miners now: how many miners, their hashrate, and how "
            "many of them work there although the configuration does not expect it. The twenty with most miners.",
            [
                f"topk(20, count by (host) ({works}))",
                f"sum by (host) (({works}) * on ({ID}) group_left () {NOW_EACH})",
                f"count by (host) (({works}) and on ({ID}) {strange}) or 0 * count by (host) ({works})",
            ],
            {
                "host": Column("Pool"),
                "Value #A": Column("Miners", unit="locale", width=80),
                "Value #B": Column("Hashrate", unit="Hs", decimals=2, width=120),
                "Value #C": Column("Unexpected", unit="locale", steps=((None, SKY), (1, BAD)), width=105),
            },
            size=(12, 8),
            sort="Miners",
            descending=True,
            empty="no miner says its pool",
        ),
        table(
            "On unexpected pools",
            "Miners that work for a pool that the configuration does not expect, and for which. At most a hundred.",
            [placed(f"topk(100, {host} and on ({ID}) {here(strange)})", "model, address")],
            {"miner": MINER, "host": Column("Works for"), "model": MODEL, "address": ADDRESS},
            size=(12, 8),
            sort="Works for",
            empty="none, where any pool is expected",
        ),
    ]


def changes() -> list[AnyPanel]:
    kinds = "restart|firmware|pool|address|state"
    each = happened("restart|firmware|pool|address", "12h")
    when = f'1000 * max_over_time(timestamp(miner:asic_event:occurred{{{SELECT},event!="state"}})[12h:1m])'
    return [
        table(
            "What changed",
            "Restarts and changes of firmware, pool and address in the last twelve hours, the latest first. At most "
            "two hundred.",
            [f"topk(200, ({when}) and {each})"],
            {
                "Value": Column("When", unit="dateTimeFromNow", width=130),
                "event": Column("What", width=90),
                "miner": MINER,
                "detail": Column("From what to what", width=260),
                "model": MODEL,
                "address": ADDRESS,
                "config_group": GROUP,
            },
            size=(24, 10),
            sort="When",
            descending=True,
            empty="nothing changed",
            but=UNSHOWN,
        ),
        graph(
            "Changes",
            "Miners to which something happened, by what it was.",
            Query(f"count by (event) ({happened(kinds, '$__interval')})", "{{event}}"),
            unit="locale",
            size=(24, 6),
            stack=True,
            empty="nothing changed",
        )
        .draw_style(GraphDrawStyle.BARS)
        .interval("1m"),
    ]


def models() -> list[AnyPanel]:
    by = "family, model"
    lost = f"sum by ({by}) ({LOST_EACH})"
    now = f"sum by ({by}) ({NOW_EACH})"
    return [
        table(
            "Models",
            "The miners of the chosen algorithm by model. Efficiency is over those that say hashrate and power, and to "
            "its limit are the degrees that the hottest has left.",
            [
                f"count by ({by}) (miner:asic_target_info:known{{{HASHED}}})",
                now,
                f"1 - {lost} / sum by ({by}) ({DUE_EACH})",
                lost,
                f"sum by ({by}) ({POWER_EACH} and {EFFICIENT}) / sum by ({by}) ({POWER_EACH} / {EFFICIENT})",
                f"min by ({by}) (miner:asic_target_info:known{{{HASHED}}} * on ({ID}) group_left () {MARGIN})",
            ],
            {
                "model": Column("Model"),
                "family": Column("Family"),
                "Value #A": Column("Miners", unit="locale", width=90),
                "Value #B": Column("Hashrate", unit="Hs", decimals=2, width=120),
                "Value #C": Column("Of nominal", unit="percentunit", decimals=1, steps=NOMINAL_STEPS, width=110),
                "Value #D": Column("Lost", unit="Hs", decimals=2, width=120),
                "Value #E": Column("Efficiency", unit="suffix: J/TH", decimals=1, width=110),
                "Value #F": Column("To its limit", unit="celsius", decimals=0, steps=MARGIN_STEPS, width=110),
            },
            size=(24, 9),
            sort="Lost",
            descending=True,
            empty="no miner of this algorithm",
        ),
    ]


def course() -> list[AnyPanel]:
    most = f"sum by ($by) ({NOW_EACH}) and on ($by) topk(10, sum by ($by) ({NOW_EACH} @ end()))"
    silent = here(f"asic_up{ALL} == 1 unless on ({ID}) asic_miner_state{ALL}")
    return [
        graph(
            "Hashrate by $by",
            "Of the chosen algorithm, by the chosen label: the ten values with most of it at the end.",
            Query(most, "{{$by}}"),
            unit="Hs",
            size=(12, 9),
            stack=True,
            colors=FAMILIES,
        ).max_data_points(120),
        graph(
            "Miners by state",
            "What the miners say they do. Firmware that does not say is up without a state.",
            *(Query(f"sum({here(STATE % state)}) or {NO_MINER}", state) for state in MINER_STATES),
            Query(f"count({silent}) or {NO_MINER}", "up"),
            Query(f"count({here(f'asic_up{ALL} == 0')}) or {NO_MINER}", "down"),
            unit="locale",
            size=(12, 9),
            stack=True,
            colors={f"^{state}$": color for state, color in STATES.items()} | {"^up$": BLUE},
        ).max_data_points(120),
    ]
