"""The Miner dashboard: everything about one miner, from what it earns down to its last sensor."""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard as d

from grafana.elements.expressions import ID, ONE, SELECT_ONE, covered, known
from grafana.elements.frame import dashboard, variable
from grafana.elements.looks import (
    CHIP_STEPS,
    NOMINAL_STEPS,
    NONE_IS_GOOD,
    REJECT_STEPS,
    SKY,
    SOME_IS_GOOD,
    STATES,
    VERMILLION,
)
from grafana.elements.panels import NAME, AnyPanel, Query, graph, stat, timeline
from grafana.elements.tables import Column, table
from grafana.pages import miner_boards, miner_rows


def earning() -> list[AnyPanel]:
    hashrate = f"asic_hashrate_hashes_per_second{ONE}"
    nominal = f"miner:asic_hashrate_nominal_hashes_per_second:whole{ONE}"
    unknown = f"asic_up{ONE} == 1 unless on ({ID}) asic_miner_state{ONE}"
    expected, works = f"miner:asic_boards:expected{ONE}", f"miner:asic_board_up:sum{ONE}"
    missing = (
        f'{expected} - {works} unless on ({ID}) asic_miner_state{{{SELECT_ONE},state=~"idle|paused|sleeping"}} == 1'
    )
    return [
        stat(
            "State",
            "What the miner says it does; up where its firmware does not say; down where it did not answer.",
            Query(f"asic_miner_state{ONE} == 1", "{{state}}"),
            Query(unknown, "up"),
            Query(f"asic_up{ONE} == 0", "down"),
            unit="none",
            names=STATES,
        ),
        stat(
            "Hashrate",
            "Shortest window that the firmware reports.",
            Query(hashrate),
            unit="Hs",
            steps=SOME_IS_GOOD,
            decimals=1,
        ),
        stat(
            "Of nominal",
            "Hashrate against what the miner should reach with all of its boards.",
            Query(f"{hashrate} / on ({ID}) {nominal}"),
            unit="percentunit",
            steps=NOMINAL_STEPS,
            decimals=1,
        ),
        stat(
            "Boards",
            "Hashboards that work, of those that the miner should have.",
            Query(
                covered(f"sum({missing}) or sum(0 * {works})", f"sum({works})", f"sum({expected})"),
                "{{said}} of {{of}}",
            ),
            unit="locale",
            steps=NONE_IS_GOOD,
            text=NAME,
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
        ),
    ]


def load() -> list[AnyPanel]:
    return [
        stat(
            "Power", "Power drawn, where the miner knows it.", Query(f"asic_power_watts{ONE}"), unit="watt", decimals=2
        ),
        stat(
            "Efficiency",
            "Power for each unit of hashrate.",
            Query(f"miner:asic_efficiency_joules_per_terahash{ONE}"),
            unit="suffix: J/TH",
            decimals=1,
        ),
        stat(
            "Hottest",
            "Hottest chip, or sensor on a board where the firmware tells of no chip.",
            Query(f"max(asic_board_chip_temperature_max_celsius{ONE} or asic_board_temperature_celsius{ONE})"),
            unit="celsius",
            steps=CHIP_STEPS,
        ),
        stat(
            "Faults",
            "Faults that the miner reports now, without mere information.",
            Query(f'count(asic_fault{{{SELECT_ONE},severity!="info"}} == 1) or 0 * count(asic_up{ONE} == 1)'),
            unit="locale",
            steps=NONE_IS_GOOD,
        ),
    ]


def wellbeing() -> list[AnyPanel]:
    rejected, accepted = (f"increase(asic_shares_{kind}_total{ONE}[$__range])" for kind in ("rejected", "accepted"))
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
            "Uptime",
            "Time since the mining process started.",
            Query(f"asic_miner_uptime_seconds{ONE}"),
            unit="dtdurations",
            decimals=1,
        ),
        stat(
            "Restarts",
            "Restarts of the mining process in the time range.",
            Query(f"resets(asic_miner_uptime_seconds{ONE}[$__range])"),
            unit="locale",
            steps=NONE_IS_GOOD,
        ),
        stat(
            "Best share",
            "Difficulty of the best share since the mining process started.",
            Query(f"asic_best_share_difficulty{ONE}"),
            unit="si: ",
            decimals=1,
        ),
    ]


def trouble() -> list[AnyPanel]:
    return [
        table(
            "Alerts",
            "The alerts about this miner that fire now.",
            [f'max by (alertname, severity) (ALERTS{{{SELECT_ONE},alertstate="firing"}})'],
            {"severity": Column("Severity", width=110), "alertname": Column("Alert")},
            size=(12, 5),
            sort="Alert",
            empty="none fires",
        ),
        table(
            "Faults reported",
            "What the miner calls wrong with it now.",
            [f"max by (code, component, severity) (asic_fault{ONE} == 1)"],
            {"severity": Column("Severity", width=110), "code": Column("Code"), "component": Column("Component")},
            size=(12, 5),
            sort="Severity",
            empty="none",
        ),
    ]


def course() -> list[AnyPanel]:
    identity = ("make", "family", "firmware", "firmware_version", "hostname", "mac", "serial", "cooling")
    states = " + ".join(
        f'{number} * sum(asic_miner_state{{{SELECT_ONE},state="{state}"}})'
        for number, state in enumerate(list(STATES)[:7], start=1)
    )
    numbered = {str(number): (state, color) for number, (state, color) in enumerate(list(STATES.items())[:7], start=1)}
    last = f"topk by ({ID}) (1, last_over_time(asic_miner_info{ONE}[1d]))"
    return [
        table(
            "Identity",
            "What the miner says it is, or said within the last day.",
            [
                f"max by ({ID}, {', '.join(identity)}) (asic_miner_info{ONE} or on ({ID}) {last})",
                f"max by ({ID}, profile) (asic_profile_info{ONE})",
            ],
            {name: Column(name.replace("_", " ").capitalize()) for name in (*identity, "profile")},
            size=(24, 4),
        ),
        timeline(
            "State",
            "What the miner did; up where its firmware does not say; down where it did not answer.",
            Query(f"({states}) or sum(asic_up{ONE}) - 1", "state"),
            mappings=numbered | {"0": ("up", SKY), "-1": ("down", VERMILLION)},
            size=(24, 3),
        ),
    ]


def hashrates() -> list[AnyPanel]:
    return [
        graph(
            "Hashrate",
            "Every window that the firmware reports, and what the miner should reach.",
            Query(f"asic_hashrate_window_hashes_per_second{ONE}", "{{window}}"),
            Query(f"miner:asic_hashrate_nominal_hashes_per_second:whole{ONE}", "nominal"),
            unit="Hs",
            size=(12, 9),
            colors=miner_boards.WINDOWS | {"^nominal$": "text"},
            dashed=["nominal"],
        ),
        graph(
            "Hashrate by board",
            "Hashrate of each hashboard, stacked.",
            Query(f"asic_board_hashrate_hashes_per_second{ONE}", "board {{board}}"),
            unit="Hs",
            size=(12, 9),
            stack=True,
            colors=miner_boards.BOARDS,
        ),
    ]


def build() -> d.Dashboard:
    rows = {
        "": earning() + place() + load() + wellbeing() + trouble() + course() + hashrates(),
        "Boards": miner_boards.boards() + miner_boards.board_heat() + miner_boards.board_clocks(),
        "Cooling and power": miner_boards.cooling_and_power(),
        "Pools": miner_rows.pools() + miner_rows.shares(),
        "Polling": miner_rows.health(),
    }
    board = dashboard("asic-miner", "One miner, from what it earns down to its last sensor.", rows)
    miner = variable("miner", "Miner", 'asic_up{job=~"$job",instance=~"$instance"}')
    return board.with_variable(miner)
