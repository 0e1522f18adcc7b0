"""The course of one miner over time: what it did, what it hashed, and how hot it was against its limits."""

from __future__ import annotations

from typing import Final

from grafana.elements.expressions import ID, ONE, SELECT_ONE, lasting
from grafana.elements.looks import BAD, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, STATES, VERMILLION, YELLOW, by_index
from grafana.elements.panels import AnyPanel, Query, graph, optional, timeline

BOARDS: Final = by_index("board")
WINDOWS: Final = {
    "^(5s|30s)$": SKY,
    "^1m$": GREEN,
    "^5m$": YELLOW,
    "^15m$": ORANGE,
    "^30m$": PURPLE,
    "^24h$": GREY,
    "^average$": BLUE,
}
TUNER: Final = {"disabled": GREY, "stable": SKY, "tuning": GREEN, "paused": GREY, "error": BAD}
LICENCE: Final = {"none": GREY, "limited": ORANGE, "valid": SKY, "expired": BAD}
LIMITS: Final = {
    "^limit .*(dangerous|shutdown)$": VERMILLION,
    "^limit .*hot$": ORANGE,
    "^limit .*target$": GREY,
    "^(model|default) limit$": VERMILLION,
}


def numbered(metric: str, states: dict[str, str], base: int) -> str:
    """One number for the state that the miner is in, counted from `base`; absent where it says none."""
    terms = (f'{number} * sum({metric}{{{SELECT_ONE},state="{state}"}})' for number, state in enumerate(states, base))
    return " + ".join(terms)


def mappings(states: dict[str, str], base: int) -> dict[str, tuple[str, str]]:
    """The text and the colour of each number."""
    return {str(number): (state, color) for number, (state, color) in enumerate(states.items(), base)}


def what_it_did() -> AnyPanel:
    """Make a lane for each thing that a miner says of itself; the lanes' numbers differ, since they share mappings."""
    states = dict(list(STATES.items())[:7])
    return timeline(
        "What it did",
        "The miner's state (up where its firmware says none, down where it did not answer), its tuner's, whether "
        "somebody holds it back, its licence and its profile: a lane for each that it says.",
        Query(f"({numbered('asic_miner_state', states, 1)}) or sum(asic_up{ONE}) - 1", "state"),
        Query(numbered("asic_tuner_state", TUNER, 11), "tuner"),
        Query(f"20 + max(asic_curtailed{ONE})", "held back"),
        Query(f"22 + max(asic_off_expected{ONE})", "planned"),
        Query(f"24 + max(asic_throttled{ONE})", "speed"),
        Query(numbered("asic_license_state", LICENCE, 31), "licence"),
        Query(f"40 * max by (profile) (asic_profile_info{ONE})", "profile {{profile}}"),
        mappings=mappings(states, 1)
        | {"0": ("up", SKY), "-1": ("down", VERMILLION)}
        | mappings(TUNER, 11)
        | {"20": ("no", SKY), "21": ("held back", ORANGE)}
        | {"22": ("on", SKY), "23": ("off", GREY)}
        | {"24": ("full", SKY), "25": ("slowed", ORANGE)}
        | mappings(LICENCE, 31)
        | {"40": ("in use", BLUE)},
        size=(24, 6),
    )


def course() -> list[AnyPanel]:
    window = f"asic_hashrate_window_hashes_per_second{ONE}"
    young = f'{window[:-1]},window="24h"}} and on ({ID}) asic_miner_uptime_seconds{ONE} < 86400'
    chips, sensors = f"asic_board_chip_temperature_max_celsius{ONE}", f"asic_board_temperature_celsius{ONE}"
    usual = f'miner:asic_temperature_limit_celsius:chip{{{SELECT_ONE},source!="firmware"}}'
    limits = f"asic_temperature_limit_celsius{ONE}"
    return [
        what_it_did(),
        graph(
            "Hashrate",
            "Every window that the firmware reports, and what the miner should reach. The window of 24 hours is left "
            "out until the miner has run for so long: it counts the time before as nothing.",
            optional(f"miner:asic_hashrate_nominal_hashes_per_second:known{ONE}", "nominal"),
            Query(f"({lasting(window)}) unless on ({ID}, window) ({young})", "{{window}}"),
            unit="Hs",
            size=(12, 9),
            calcs=["last"],
            colors=WINDOWS | {"^nominal$": "text"},
            dashed=["nominal"],
        ),
        graph(
            "Heat against its limits",
            "Hottest chip or sensor of each board, and the limits that the firmware works to; where it names none, the "
            "limit of the model or a usual one.",
            Query(f"max by (board) ({lasting(chips)} or {lasting(sensors)})", "board {{board}}"),
            Query(f"max by (limit) ({lasting(limits)})", "limit {{limit}}"),
            Query(f"{usual} unless on ({ID}) {limits}", "{{source}} limit"),
            unit="celsius",
            size=(12, 9),
            zero=False,
            calcs=["last"],
            colors=BOARDS | LIMITS,
            dashed=["limit .*", ".* limit"],
        ),
    ]
