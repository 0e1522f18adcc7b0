"""The Miner dashboard: everything about one miner, from what it earns down to its last sensor."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import dashboard as d

from grafana.elements.expressions import ID, ONE, SELECT_ONE, covered, known
from grafana.elements.frame import dashboard, events, variable
from grafana.elements.looks import (
    BAD,
    GREY,
    MARGIN_STEPS,
    NOMINAL_STEPS,
    NONE_IS_GOOD,
    ORANGE,
    PURPLE,
    REJECT_STEPS,
    SKY,
    SOME_IS_GOOD,
    STATES,
    YELLOW,
)
from grafana.elements.panels import NAME, VALUE_AND_NAME, AnyPanel, Query, panel_of, stat
from grafana.elements.tables import Column, table
from grafana.pages import miner_boards, miner_course, miner_parts, miner_pools, miner_self, miner_trouble

EVENTS: Final = {
    "restart": ("Restarts", ORANGE),
    "firmware": ("Firmware changed", PURPLE),
    "state": ("State changed", GREY),
    "pool": ("Pool changed", SKY),
    "address": ("Address changed", YELLOW),
}
NOW: Final = f"miner:asic_hashrate_hashes_per_second:now{ONE}"
NOMINAL: Final = f"miner:asic_hashrate_nominal_hashes_per_second:known{ONE}"
RESTING: Final = f"miner:asic_up:resting{ONE} == 1"
HOTTEST: Final = f"miner:asic_temperature_celsius:hottest{ONE}"
PROCESS, DEVICE = f"asic_miner_uptime_seconds{ONE}", f"asic_device_uptime_seconds{ONE}"
UPTIME: Final = f"{PROCESS} or on ({ID}) {DEVICE}"
RESETS: Final = f"resets({PROCESS}[$__range]) or on ({ID}) resets({DEVICE}[$__range])"
MARGIN: Final = f"miner:asic_temperature_celsius:margin{ONE}"


def unless_resting(expr: str) -> tuple[Query, Query]:
    """A number with thresholds; that of a miner which rests has another name, to be painted grey."""
    return Query(f"{expr} unless on ({ID}) {RESTING}", "now"), Query(f"{expr} and on ({ID}) {RESTING}", "resting")


def of_expected(works: str, expected: str, missing: str) -> Query:
    """A tile "2 of 3": the number of parts that are missing, named after those that work and those expected."""
    return Query(
        covered(f"sum({missing}) or sum(0 * {works})", f"sum({works})", f"sum({expected})"), "{{said}} of {{of}}"
    )


def earning() -> list[AnyPanel]:
    stuck = (
        f'asic_hashrate_hashes_per_second{ONE} == 0 and on ({ID}) asic_miner_state{{{SELECT_ONE},state="mining"}} == 1'
    )
    unknown = f"asic_up{ONE} == 1 unless on ({ID}) asic_miner_state{ONE}"
    off = f"asic_up{ONE} == 0 and on ({ID}) asic_off_expected{ONE} == 1"
    return [
        stat(
            "State",
            "What the miner says it does; up where its firmware does not say; down where it did not answer. A miner "
            "that says it mines and hashes nothing is named so.",
            Query(f"asic_miner_state{ONE} == 1 unless on ({ID}) ({stuck})", "{{state}}"),
            Query(stuck, "mines at 0 H/s"),
            Query(unknown, "up"),
            Query(off, "off as planned"),
            Query(f"asic_up{ONE} == 0 unless on ({ID}) ({off})", "down"),
            unit="none",
            names=STATES | {"mines at 0 H/s": BAD, "off as planned": GREY},
            empty="no such miner",
            link=panel_of("What it did"),
        ),
        stat(
            "Hashrate",
            "Shortest window that the firmware reports, and what the miner should reach with all of its boards. "
            "Nothing is earned by a miner that does not answer; grey while it rests.",
            *unless_resting(NOW),
            unit="Hs",
            steps=SOME_IS_GOOD,
            decimals=1,
            colors={"resting": GREY},
            empty="not reported",
        ),
        stat(
            "Of nominal",
            "Hashrate against what the miner should reach with all of its boards; grey while it rests.",
            *unless_resting(f"{NOW} / on ({ID}) {NOMINAL}"),
            unit="percentunit",
            steps=NOMINAL_STEPS,
            decimals=1,
            colors={"resting": GREY},
            empty="no nominal known",
        ),
        stat(
            "Boards",
            "Hashboards that work, of those that the miner should have.",
            of_expected(
                f"miner:asic_board_up:sum{ONE}", f"miner:asic_boards:expected{ONE}", f"miner:asic_boards:missing{ONE}"
            ),
            unit="locale",
            steps=NONE_IS_GOOD,
            text=NAME,
            empty="not reported",
            link=panel_of("Hashrate by board"),
        ),
    ]


def place() -> list[AnyPanel]:
    failed = f"topk(1, increase(asic_poll_failures_total{ONE}[$__range]) > 0 and on ({ID}) asic_up{ONE} == 0)"
    return [
        table(
            "Place",
            "Where the miner is and what it said last that it is, how long ago it was read, and why it is not now.",
            [
                known(SELECT_ONE),
                f"max by ({ID}) (1000 * asic_last_success_timestamp_seconds{ONE})",
                f"max by ({ID}, reason) ({failed})",
            ],
            {
                "address": Column("Address", page=True),
                "config_group": Column("Group"),
                "model": Column("Model"),
                "Value #B": Column("Last read", unit="dateTimeFromNow"),
                "reason": Column("Polls fail by"),
            },
            size=(24, 4),
            but=("job", "instance", "miner", "algorithm", "family"),
            empty="no such miner",
        ),
    ]


def load() -> list[AnyPanel]:
    return [
        stat(
            "Hottest",
            "The chip or board sensor that is nearest to its own limit, and that limit: the firmware's, else the "
            "model's, else a usual one.",
            Query(
                covered(f"max({MARGIN})", f"round(max({HOTTEST}))", f"round(max({HOTTEST} + {MARGIN}))"),
                "{{said}} of {{of}} °C",
            ),
            unit="celsius",
            steps=MARGIN_STEPS,
            text=NAME,
            empty="not reported",
            link=panel_of("Heat against its limits"),
        ),
        stat(
            "Fans",
            "Fans that turn, of those that the miner should have.",
            of_expected(
                f"miner:asic_fans:turning{ONE}", f"miner:asic_fans:expected{ONE}", f"miner:asic_fans:missing{ONE}"
            ),
            unit="locale",
            steps=NONE_IS_GOOD,
            text=NAME,
            empty="not reported",
            link=panel_of("Fan speed and duty"),
        ),
        stat(
            "Power",
            "Power drawn, where the miner knows it, and whether it is measured or estimated.",
            Query(f"asic_power_watts{ONE}", "{{source}}"),
            unit="watt",
            decimals=2,
            text=VALUE_AND_NAME,
            empty="not reported",
            link=panel_of("Power and its limits"),
        ),
        stat(
            "Efficiency",
            "Power for each unit of hashrate.",
            Query(f"miner:asic_efficiency_joules_per_terahash{ONE}"),
            unit="suffix: J/TH",
            decimals=1,
            empty="not reported",
        ),
        stat(
            "Uptime",
            "Time since the mining process started, or the device where the firmware tells of that alone.",
            Query(UPTIME),
            unit="dtdurations",
            decimals=1,
            empty="not reported",
        ),
        stat(
            "Restarts",
            "Restarts in the time range, of the mining process or of the device.",
            Query(RESETS),
            unit="locale",
            steps=NONE_IS_GOOD,
            empty="not reported",
            link=panel_of("What it did"),
        ),
        stat(
            "Shares rejected",
            "Rejected shares of all shares in the last half hour.",
            Query(f"miner:asic_shares_rejected:ratio30m{ONE}"),
            unit="percentunit",
            steps=REJECT_STEPS,
            decimals=2,
            empty="no shares counted",
            link=panel_of("Shares rejected and stale"),
        ),
        stat(
            "Held back",
            "Whether somebody holds the miner back on purpose, and who; off as planned by the configuration counts.",
            Query(f"asic_curtailed{ONE} == 1", "by {{source}}"),
            Query(f"asic_off_expected{ONE} == 1", "planned off"),
            Query(
                f"0 * asic_up{ONE} unless on ({ID}) asic_curtailed{ONE} == 1"
                f" unless on ({ID}) asic_off_expected{ONE} == 1",
                "no",
            ),
            unit="locale",
            steps=((None, SKY), (1, ORANGE)),
            text=NAME,
            empty="no such miner",
            link=panel_of("Who holds it back"),
        ),
    ]


def build() -> d.Dashboard:
    rows = {
        "": earning() + place() + miner_trouble.trouble() + load() + miner_course.course(),
        "Boards": miner_boards.boards() + miner_boards.board_course(),
    }
    closed = {
        "Boards in detail": miner_boards.details(),
        "Cooling": miner_parts.cooling(),
        "Power supply": miner_parts.supply(),
        "Tuning and limits": miner_parts.tuning(),
        "Pools and shares": miner_pools.pools() + miner_pools.shares(),
        "Identity, expectations and totals": miner_self.identity() + miner_self.totals(),
        "Small miners: radio, memory, resets": miner_self.device(),
        "Reading": miner_trouble.reading(),
    }
    board = dashboard("asic-miner", "One miner, from what it earns down to its last sensor.", rows, closed)
    for event, (name, color) in EVENTS.items():
        board = board.annotation(events(name, f'miner:asic_event:occurred{{{SELECT_ONE},event="{event}"}}', color))
    return board.with_variable(variable("miner", "Miner", 'asic_up{job=~"$job",instance=~"$instance"}'))
