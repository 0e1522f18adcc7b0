"""The Fleet dashboard: is the farm earning what it should, and which miner needs somebody?"""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard as d

from grafana.elements.expressions import (
    ALL,
    EFFICIENCY,
    EFFICIENT,
    HOT,
    ID,
    LOST_BOARDS,
    MINED,
    NOMINAL,
    NONE,
    OF_NOMINAL,
    POWER,
    RESTING,
    SELECT,
    TARGETS,
    covered,
    grouped,
)
from grafana.elements.frame import commonest, dashboard
from grafana.elements.looks import (
    BLUE,
    CHIP_STEPS,
    FAMILIES,
    GREEN,
    GREY,
    NOMINAL_STEPS,
    NONE_IS_GOOD,
    PURPLE,
    REJECT_STEPS,
    SKY,
    SOME_IS_GOOD,
    STATES,
    VERMILLION,
    YELLOW,
)
from grafana.elements.panels import DATASOURCE, VALUE_AND_NAME, AnyPanel, Query, graph, stat
from grafana.pages import fleet_attention, fleet_rows


def counted(what: str, of: str = f"asic_up{ALL}") -> Query:
    """The number of series that are so; zero only where there are series that could be."""
    return Query(f"count({what}) or 0 * count({of})")


def share(expr: str, said: str, of: str = TARGETS) -> Query:
    """One number, and of how many miners it is."""
    return Query(covered(expr, f"(count({said}) or {NONE})", f"({of})"), "{{said}} of {{of}} say it")


def earning() -> list[AnyPanel]:
    return [
        stat(
            "Hashrate",
            "Sum of what the miners of the chosen algorithm say they hash now.",
            Query(f"sum({MINED}) or {NONE}"),
            unit="Hs",
            steps=SOME_IS_GOOD,
            decimals=2,
            history=True,
        ),
        stat(
            "Of nominal",
            "Hashrate now against the nominal hashrate of every miner of the chosen algorithm that is not resting. "
            "Miners "
            "that do not answer count as zero, with the nominal hashrate that they had within the last day; a miner "
            "that "
            "lost boards is held to all of them.",
            Query(OF_NOMINAL),
            unit="percentunit",
            steps=NOMINAL_STEPS,
            decimals=1,
            history=True,
        ),
        stat(
            "Down",
            "Miners that did not answer their last poll.",
            counted(f"asic_up{ALL} == 0"),
            unit="locale",
            steps=NONE_IS_GOOD,
            history=True,
        ),
        stat(
            "Boards missing",
            "Hashboards that are dead, or that a miner should have and does not list, of those that are expected of "
            "the "
            "miners that answer.",
            Query(
                covered(
                    f"sum({LOST_BOARDS} unless on ({ID}) {RESTING}) or {NONE}",
                    TARGETS,
                    f"(sum(miner:asic_boards:expected{ALL} and on ({ID}) asic_up{ALL} == 1) or {NONE})",
                ),
                "of {{of}}",
            ),
            unit="locale",
            steps=NONE_IS_GOOD,
            text=VALUE_AND_NAME,
        ),
    ]


def spending() -> list[AnyPanel]:
    hottest = f"topk(1, max by ({ID}) ({HOT}))"
    return [
        stat(
            "Power",
            "Sum over the miners that know their power: not what the site's meter says, unless all do.",
            share(f"sum({POWER}) or {NONE}", POWER),
            unit="watt",
            decimals=1,
            text=VALUE_AND_NAME,
        ),
        stat(
            "Efficiency",
            "Power for each unit of hashrate, over the miners of the chosen algorithm that say both.",
            share(EFFICIENCY, EFFICIENT),
            unit="suffix: J/TH",
            decimals=1,
            text=VALUE_AND_NAME,
        ),
        stat(
            "Hottest",
            "Hottest chip of the fleet, or sensor of a board whose firmware tells of no chip.",
            Query(hottest, "{{miner}}"),
            unit="celsius",
            steps=CHIP_STEPS,
            text=VALUE_AND_NAME,
        ),
        stat(
            "On unexpected pools",
            "Miners that work for a pool that the configuration does not expect, where it expects any.",
            counted(f"count by ({ID}) (asic_active_pool_expected{ALL} == 0)", f"asic_active_pool_expected{ALL}"),
            unit="locale",
            steps=NONE_IS_GOOD,
            empty="none expected",
        ),
    ]


def presence() -> list[AnyPanel]:
    rejected, accepted = (
        f"sum(increase(asic_shares_{kind}_total{ALL}[$__range]))" for kind in ("rejected", "accepted")
    )
    return [
        stat(
            "Miners up",
            "Miners that answered their last poll.",
            Query(covered(f"sum(asic_up{ALL})", f"sum(asic_up{ALL})", TARGETS), "of {{of}}"),
            unit="locale",
            steps=SOME_IS_GOOD,
            text=VALUE_AND_NAME,
        ),
        stat(
            "Resting",
            "Miners that are idle, paused or sleeping and say so.",
            counted(RESTING),
            unit="locale",
            history=True,
        ),
        stat(
            "Faults",
            "Faults that the miners report now, without mere information, and by how many miners.",
            Query(
                covered(
                    f'count(asic_fault{{{SELECT},severity!="info"}} == 1) or {NONE}',
                    f'(count(count by ({ID}) (asic_fault{{{SELECT},severity!="info"}} == 1)) or {NONE})',
                    TARGETS,
                ),
                "of {{said}} miners",
            ),
            unit="locale",
            steps=NONE_IS_GOOD,
            text=VALUE_AND_NAME,
        ),
        stat(
            "Shares rejected",
            "Rejected shares of all shares in the time range.",
            Query(f"{rejected} / ({rejected} + {accepted})"),
            unit="percentunit",
            steps=REJECT_STEPS,
            decimals=2,
        ),
    ]


def course() -> list[AnyPanel]:
    unknown = f"count(asic_up{ALL} == 1 unless on ({ID}) asic_miner_state{ALL})"
    families = f'0 * count by (family) (miner:asic_target_info:known{{{SELECT},algorithm="$algorithm",family!=""}})'
    states = [
        Query(f'sum(asic_miner_state{{{SELECT},state="{state}"}}) or {NONE}', state) for state in list(STATES)[:7]
    ]
    return [
        graph(
            "Hashrate by family",
            "Of the chosen algorithm, stacked by firmware family; the dashed line is what the miners that are not "
            "resting "
            "should reach.",
            Query(f"sum({NOMINAL})", "nominal"),  # first in a legend that may be too long
            Query(f"{grouped(MINED, 'family')} or {families}", "{{family}}"),
            unit="Hs",
            calcs=["last"],
            size=(12, 9),
            stack=True,
            colors=FAMILIES | {"^nominal$": "text"},
            dashed=["nominal"],
        ),
        graph(
            "Miners by state",
            "What the miners say they do. Firmware that does not say is up without a state.",
            *states,
            Query(f"{unknown} or {NONE}", "up"),
            Query(f"count(asic_up{ALL} == 0) or {NONE}", "down"),
            unit="locale",
            size=(12, 9),
            stack=True,
            colors={
                "^mining$": SKY,
                "^up$": BLUE,
                "^starting$": YELLOW,
                "^tuning$": GREEN,
                "^(idle|paused|sleeping)$": GREY,
                "^faulted$": PURPLE,
                "^down$": VERMILLION,
            },
        ),
    ]


def build() -> d.Dashboard:
    """The dashboard, with a filter over every label that the configuration gives the miners."""
    board = dashboard(
        "asic-fleet",
        "Is the farm earning what it should, and which miner needs somebody?",
        {
            "": earning() + spending() + presence() + course(),
            "Needs attention": fleet_attention.attention(),
            "What is there": fleet_rows.models() + fleet_rows.firmware(),
            "Heat and power": fleet_rows.heat_and_power(),
            "Pools": fleet_rows.pools(),
            "Polling": fleet_rows.polling(),
        },
    )
    labels = d.AdHocVariable("filter").label("Labels").datasource(DATASOURCE)
    hashed = f'count by (algorithm) (miner:asic_target_info:known{{{SELECT},algorithm!=""}})'
    algorithm = commonest("algorithm", "Algorithm", hashed)
    return board.with_variable(algorithm).with_variable(labels)
