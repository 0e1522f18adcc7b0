"""The Fleet dashboard: is the farm earning what it should, and which miner needs somebody?"""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard as d

from grafana import fleet_attention, fleet_rows
from grafana.expressions import ALL, EFFICIENCY, HASHRATE, HOT, ID, NOMINAL, OF_NOMINAL, POWER, RESTING, SELECT, grouped
from grafana.frame import dashboard, link
from grafana.looks import (
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
    VERMILLION,
    YELLOW,
)
from grafana.panels import DATASOURCE, AnyPanel, Query, graph, stat


def counted(what: str, of: str) -> Query:
    """The number of series that are so; zero only where there are series that could be."""
    return Query(f"count({what}) or 0 * count({of})")


def earning() -> list[AnyPanel]:
    return [
        stat(
            "Hashrate",
            "Sum of what the miners say they hash now.",
            Query(f"sum({HASHRATE})"),
            unit="Hs",
            decimals=2,
            history=True,
        ),
        stat(
            "Of nominal",
            "Hashrate now against the nominal hashrate of every miner that is not resting. Miners that do not answer "
            "count as zero, with the nominal hashrate that they had within the last day.",
            Query(OF_NOMINAL),
            unit="percentunit",
            steps=NOMINAL_STEPS,
            decimals=1,
            history=True,
        ),
        stat(
            "Power",
            "Sum over the miners that know their power.",
            Query(f"sum({POWER})"),
            unit="watt",
            decimals=1,
            history=True,
        ),
        stat(
            "Efficiency",
            "Power for each unit of hashrate, over the miners that say both.",
            Query(EFFICIENCY),
            unit="suffix: J/TH",
            decimals=1,
            history=True,
        ),
    ]


def quality() -> list[AnyPanel]:
    rejected, accepted = (
        f"sum(increase(asic_shares_{kind}_total{ALL}[$__range]))" for kind in ("rejected", "accepted")
    )
    return [
        stat(
            "Shares rejected",
            "Rejected shares of all shares in the time range.",
            Query(f"{rejected} / ({rejected} + {accepted})"),
            unit="percentunit",
            steps=REJECT_STEPS,
            decimals=2,
        ),
        stat(
            "Hottest",
            "Hottest chip of the fleet, or sensor of a board whose firmware tells of no chip.",
            Query(f"max({HOT})"),
            unit="celsius",
            steps=CHIP_STEPS,
            history=True,
        ),
    ]


def presence() -> list[AnyPanel]:
    return [
        stat(
            "Miners up",
            "Miners that answered their last poll.",
            Query(f"sum(asic_up{ALL})"),
            unit="locale",
            history=True,
        ),
        stat(
            "Down",
            "Miners that did not answer their last poll.",
            counted(f"asic_up{ALL} == 0", f"asic_up{ALL}"),
            unit="locale",
            steps=NONE_IS_GOOD,
            history=True,
        ),
        stat(
            "Resting",
            "Miners that are idle, paused or sleeping and say so.",
            counted(RESTING, f"asic_miner_state{ALL}"),
            unit="locale",
            history=True,
        ),
    ]


def trouble() -> list[AnyPanel]:
    return [
        stat(
            "Boards down",
            "Hashboards that the firmware lists as missing, dead or disabled.",
            counted(f"asic_board_up{ALL} == 0", f"asic_board_up{ALL}"),
            unit="locale",
            steps=NONE_IS_GOOD,
            history=True,
        ),
        stat(
            "Faults",
            "Faults that the miners report now, without mere information.",
            counted(f'asic_fault{{{SELECT},severity!="info"}} == 1', f"asic_up{ALL} == 1"),
            unit="locale",
            steps=NONE_IS_GOOD,
            history=True,
        ),
        stat(
            "On unexpected pools",
            "Miners that work for a pool that the configuration does not expect, where it expects any.",
            counted(f"count by ({ID}) (asic_active_pool_expected{ALL} == 0)", f"asic_active_pool_expected{ALL}"),
            unit="locale",
            steps=NONE_IS_GOOD,
            history=True,
        ),
    ]


def course() -> list[AnyPanel]:
    unknown = f"count(asic_up{ALL} == 1 unless on ({ID}) asic_miner_state{ALL})"
    return [
        graph(
            "Hashrate by family",
            "Stacked by firmware family; the dashed line is what the miners that are not resting should reach.",
            Query(grouped(HASHRATE, "family"), "{{family}}"),
            Query(f"sum({NOMINAL})", "nominal"),
            unit="Hs",
            size=(12, 9),
            stack=True,
            colors=FAMILIES | {"^nominal$": "text"},
            dashed=["nominal"],
        ),
        graph(
            "Miners by state",
            "What the miners say they do. Firmware that does not say is up without a state.",
            Query(f"sum by (state) (asic_miner_state{ALL}) > 0", "{{state}}"),
            Query(unknown, "up"),
            Query(f"count(asic_up{ALL} == 0)", "down"),
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
        "ASIC / Fleet",
        "asic-fleet",
        "Is the farm earning what it should, and which miner needs somebody?",
        {
            "": earning() + quality() + presence() + trouble() + course(),
            "Needs attention": fleet_attention.attention(),
            "What is there": fleet_rows.models() + fleet_rows.firmware(),
            "Heat and power": fleet_rows.heat_and_power(),
            "Pools": fleet_rows.pools(),
            "Polling": fleet_rows.polling(),
        },
    )
    labels = d.AdHocVariable("filter").label("Labels").datasource(DATASOURCE)
    return board.with_variable(labels).link(link("Miner", "asic-miner"))
