"""The Fleet dashboard: how much is lost, where, and which miner needs somebody?"""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from grafana.elements.expressions import ID, PLACE, SELECT, covered
from grafana.elements.frame import commonest, dashboard, events, places, text
from grafana.elements.looks import (
    BAD,
    GRAVITY,
    GREY,
    MARGIN_STEPS,
    NEUTRAL,
    NOMINAL_STEPS,
    NONE_IS_GOOD,
    PURPLE,
    SKY,
    SOME_IS_GOOD,
    WARN,
    Steps,
)
from grafana.elements.panels import VALUE_AND_NAME, AnyPanel, Query, graph, opens, panel_of, stat
from grafana.pages import fleet_attention, fleet_places, fleet_rows
from grafana.pages.fleet_words import (
    DOWN,
    DUE,
    EFFICIENT,
    LOST,
    MINERS,
    NEAREST,
    NO_MINER,
    NOW,
    POWER,
    POWER_EACH,
    POWERED,
    RESTING,
    STRANGE,
    alerting,
    happened,
    wrong,
)

SEVERITIES: Final[dict[str, str | Steps]] = {"ticket": ((None, SKY), (1, WARN)), "info": GREY}
CHANGES: Final = "restart|firmware|pool|address"


def earning() -> list[AnyPanel]:
    """Answer the first question of the morning: how much is lost?"""
    return [
        stat(
            "Lost",
            "What the miners of the chosen algorithm lack of their nominal hashrate. A miner that does not answer "
            "lacks all of it; those that rest, are curtailed or planned to be off lack nothing.",
            Query(f"{LOST} or {NO_MINER}"),
            unit="Hs",
            steps=NEUTRAL,
            decimals=2,
            history=True,
            link=panel_of("Most hashrate missing"),
        ),
        stat(
            "Lost a day",
            "What the lost hashrate would earn in a day at the price above: $hashprice $currency for each PH/s a day.",
            Query(f"({LOST} or {NO_MINER}) / 1e15 * $hashprice", "$currency at $hashprice a PH/s"),
            unit="short",
            steps=NEUTRAL,
            text=VALUE_AND_NAME,
            link=panel_of("Where, by $by"),
        ),
        stat(
            "Of nominal",
            "What is there of the nominal hashrate of the miners that should work: one less what is lost.",
            Query(f"1 - {LOST} / {DUE}"),
            unit="percentunit",
            steps=NOMINAL_STEPS,
            decimals=1,
            history=True,
            link=panel_of("Where, by $by"),
        ),
        stat(
            "Miners",
            "Miners that answered their last poll and work, that answered and rest or are held back, and that did not "
            "answer.",
            Query(f"{MINERS} - ({DOWN} or {NO_MINER}) - ({RESTING} or {NO_MINER})", "work"),
            Query(f"{RESTING} or {NO_MINER}", "rest"),
            Query(f"{DOWN} or {NO_MINER}", "down"),
            unit="locale",
            steps=NONE_IS_GOOD,
            colors={"work": SKY, "rest": GREY},
            text=VALUE_AND_NAME,
            empty="no miner",
            link=panel_of("Not answering"),
        ),
    ]


def trouble() -> list[AnyPanel]:
    """Answer what is wrong: parts, heat, pools, and what changed."""
    return [
        stat(
            "Problems",
            "Everything that is wrong with a miner now, by what a person does about it: gets up at night, goes there "
            "in the morning, or knows it.",
            *(Query(f"count({wrong(gravity)}) or {NO_MINER}", severity) for gravity, (severity, _) in GRAVITY.items()),
            unit="locale",
            steps=NONE_IS_GOOD,
            colors=SEVERITIES,
            text=VALUE_AND_NAME,
            empty="no miner",
            link=panel_of("Problems now"),
        ),
        stat(
            "Heat margin",
            "Degrees between the hottest reading of a miner and its own limit: the firmware's, else the model's, else "
            "the usual one. Below zero is too hot.",
            Query(NEAREST, "{{miner}}"),
            unit="celsius",
            decimals=0,
            steps=MARGIN_STEPS,
            text=VALUE_AND_NAME,
            empty="no miner tells its heat",
            link=opens("asic-power"),
        ),
        stat(
            "Wrong pools",
            "Miners that work for a pool that the configuration does not expect, where it expects any.",
            Query(STRANGE),
            unit="locale",
            steps=NONE_IS_GOOD,
            empty="no pool is expected",
            link=opens("asic-pools"),
        ),
        stat(
            "Changed",
            "Miners that restarted, came back with another firmware, work for another pool, or have another address, "
            "within 12 hours.",
            Query(f"count by (event) (count by ({ID}, event) ({happened(CHANGES, '12h')}))", "{{event}}"),
            unit="locale",
            text=VALUE_AND_NAME,
            empty="nothing",
            link=panel_of("What changed"),
        ),
    ]


def running() -> list[AnyPanel]:
    return [
        stat(
            "Alerts",
            "Alerts of the rules that fire now, by their severity.",
            *(Query(f"count({alerting(severity)}) or {NO_MINER}", severity) for severity, _ in GRAVITY.values()),
            unit="locale",
            steps=NONE_IS_GOOD,
            colors=SEVERITIES,
            text=VALUE_AND_NAME,
            empty="no miner",
            link=panel_of("Alerts firing"),
        ),
        stat(
            "Hashrate",
            "Sum of what the miners of the chosen algorithm hash now.",
            Query(f"{NOW} or {NO_MINER}"),
            unit="Hs",
            steps=SOME_IS_GOOD,
            decimals=2,
            history=True,
            link=panel_of("Hashrate and what is lost"),
        ),
        stat(
            "Power",
            "Sum over the miners that say their power, and what that costs in a day at $power_price $currency for each "
            "kWh: not what the site's meter says, unless all do.",
            Query(
                covered(f"{POWER} or {NO_MINER}", f"({POWERED} or {NO_MINER})", MINERS),
                "{{said}} of {{of}} say it",
            ),
            Query(f"({POWER} or {NO_MINER}) / 1000 * 24 * $power_price", "$currency a day"),
            unit="watt",
            decimals=1,
            text=VALUE_AND_NAME,
            empty="no miner",
            link=opens("asic-power"),
        ).override_by_regexp("/ a day$/", [DynamicConfigValue(id_val="unit", value="short")]),
        stat(
            "J/TH",
            "Power for each unit of hashrate, over the miners of the chosen algorithm that say both.",
            Query(
                covered(
                    f"sum({POWER_EACH} and {EFFICIENT}) / sum({POWER_EACH} / {EFFICIENT})",
                    f"count({EFFICIENT})",
                    MINERS,
                ),
                "{{said}} of {{of}} say it",
            ),
            unit="suffix: J/TH",
            decimals=1,
            text=VALUE_AND_NAME,
            empty="no miner says both",
            link=opens("asic-power"),
        ),
    ]


def course() -> list[AnyPanel]:
    return [
        graph(
            "Hashrate and what is lost",
            "Of the chosen algorithm: what the miners hash, and on top of it what they lack of their nominal hashrate.",
            Query(f"{NOW} or {NO_MINER}", "hashrate"),
            Query(f"{LOST} or {NO_MINER}", "lost"),
            unit="Hs",
            size=(9, 9),
            stack=True,
            colors={"^hashrate$": SKY, "^lost$": BAD},
        ),
    ]


def build() -> d.Dashboard:
    """The dashboard, for one algorithm, whole or of the chosen places."""
    board = dashboard(
        "asic-fleet",
        "How much is lost, where, and which miner needs somebody?",
        {
            "": earning() + trouble() + running() + fleet_places.where() + course(),
            "Which miner": fleet_attention.attention(),
        },
        {
            "Heat": fleet_rows.heat(),
            "Pools": fleet_rows.pools(),
            "What changed": fleet_rows.changes(),
            "Kinds of miner": fleet_rows.models(),
            "Over time": fleet_rows.course(),
        },
    )
    hashed = f'count by (algorithm) (miner:asic_target_info:known{{{SELECT},algorithm!=""}})'
    board = places(board.with_variable(commonest("algorithm", "Algorithm", hashed)))
    rare = f'miner:asic_event:occurred{{{PLACE},event=~"firmware|address"}}'
    board = board.annotation(events("Changes of firmware and address, where few", rare, PURPLE, most=10))
    for name, label, value, meaning in (
        ("hashprice", "Hashprice", "50", "What 1 PH/s earns in a day."),
        ("power_price", "Power price", "0.06", "What 1 kWh costs."),
        ("currency", "Currency", "USD", "The currency of both prices."),
    ):
        board = board.with_variable(text(name, label, value, meaning))
    return board
