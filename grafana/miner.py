"""The Miner dashboard: everything about one miner, from what it earns down to its last sensor."""

from __future__ import annotations

from grafana_foundation_sdk.builders import dashboard as d

from grafana import miner_boards, miner_rows
from grafana.expressions import ID, ONE, SELECT_ONE
from grafana.frame import dashboard, link, variable
from grafana.looks import CHIP_STEPS, NOMINAL_STEPS, NONE_IS_GOOD, PLAIN, REJECT_STEPS, SKY, STATES, VERMILLION
from grafana.panels import AnyPanel, Query, graph, stat, timeline
from grafana.tables import Column, table


def earning() -> list[AnyPanel]:
    hashrate = f"asic_hashrate_hashes_per_second{ONE}"
    nominal = f"asic_hashrate_nominal_hashes_per_second{ONE}"
    unknown = f"asic_up{ONE} == 1 unless on ({ID}) asic_miner_state{ONE}"
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
        stat("Hashrate", "Shortest window that the firmware reports.", Query(hashrate), unit="Hs", decimals=1),
        stat(
            "Of nominal",
            "Hashrate against what the miner should reach.",
            Query(f"{hashrate} / ignoring (source) {nominal}"),
            unit="percentunit",
            steps=NOMINAL_STEPS,
            decimals=1,
        ),
    ]


def load() -> list[AnyPanel]:
    power, hashrate = f"asic_power_watts{ONE}", f"asic_hashrate_hashes_per_second{ONE}"
    return [
        stat("Power", "Power drawn, where the miner knows it.", Query(power), unit="watt", decimals=2),
        stat(
            "Efficiency",
            "Power for each unit of hashrate.",
            Query(f"{power} / ignoring (source) ({hashrate} / 1e12 > 0)"),
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
    ]


def parts() -> list[AnyPanel]:
    return [
        stat(
            "Boards up",
            "Hashboards that are present and work.",
            Query(f"sum(asic_board_up{ONE})"),
            unit="locale",
            steps=PLAIN,
        ),
        stat(
            "Faults",
            "Faults that the miner reports now, without mere information.",
            Query(f'count(asic_fault{{{SELECT_ONE},severity!="info"}} == 1) or 0 * count(asic_up{ONE} == 1)'),
            unit="locale",
            steps=NONE_IS_GOOD,
        ),
        stat(
            "Best share",
            "Difficulty of the best share since the mining process started.",
            Query(f"asic_best_share_difficulty{ONE}"),
            unit="short",
            decimals=1,
        ),
    ]


def course() -> list[AnyPanel]:
    identity = ("make", "model", "family", "firmware", "firmware_version", "hostname", "mac", "serial", "cooling")
    states = " + ".join(
        f'{number} * sum(asic_miner_state{{{SELECT_ONE},state="{state}"}})'
        for number, state in enumerate(list(STATES)[:7], start=1)
    )
    numbered = {str(number): (state, color) for number, (state, color) in enumerate(list(STATES.items())[:7], start=1)}
    return [
        table(
            "Identity",
            "What the miner says it is.",
            [
                f"max by ({ID}, {', '.join(identity)}) (asic_miner_info{ONE})",
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
            Query(f"asic_hashrate_nominal_hashes_per_second{ONE}", "nominal"),
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
        "": earning() + load() + wellbeing() + parts() + course() + hashrates(),
        "Boards": miner_boards.boards() + miner_boards.board_heat() + miner_boards.board_clocks(),
        "Cooling and power": miner_boards.cooling_and_power(),
        "Pools": miner_rows.pools() + miner_rows.shares(),
        "Faults and polling": miner_rows.health(),
    }
    board = dashboard("ASIC / Miner", "asic-miner", "One miner, from what it earns down to its last sensor.", rows)
    miner = variable("miner", "Miner", 'asic_up{job=~"$job",instance=~"$instance"}')
    return board.with_variable(miner).link(link("Fleet", "asic-fleet"))
