"""The rows of the Fleet dashboard that name miners: those that need somebody."""

from __future__ import annotations

from typing import Final

from grafana.elements.expressions import ALL, HOT, ID, LOST_BOARDS, MINED, NOMINAL, RESTING, SELECT, known, placed
from grafana.elements.looks import CHIP_STEPS, GRAVITY, NOMINAL_STEPS
from grafana.elements.panels import AnyPanel
from grafana.elements.tables import ADDRESS, GROUP, MINER, MODEL, Column, table

PAGE, TICKET, INFO = 1, 2, 3  # as the alerts about the same have it
UNSHOWN: Final = ("job", "algorithm", "family")  # of what is known of a miner; its labels are shown


def problem(gravity: int, expr: str, what: str, *labels: str, part: str = "") -> str:
    """Rows of the list of problems: a miner, what is wrong, how grave it is, and the labels that say where.

    `part` is a word to go before them."""
    named, words = (f'label_replace({expr}, "word", "{part}", "", "")', ("word", *labels)) if part else (expr, labels)
    joined = ", ".join(f'"{label}"' for label in words)
    where = f'label_join({named}, "where", " ", {joined})' if labels else expr
    shown = f"{ID}, problem, where" if labels else f"{ID}, problem"
    return f'max by ({shown}) (label_replace({where}, "problem", "{what}", "", "")) * 0 + {gravity}'


def with_boards(expr: str) -> str:
    """The expression with the label `boards`, "(2 of 3 work)", for each of its miners."""
    works = f'count_values by ({ID}) ("works", miner:asic_board_up:sum{ALL})'
    expected = f'count_values by ({ID}) ("expected", miner:asic_boards:expected{ALL})'
    counted = f"({expr}) * on ({ID}) group_left (works) {works} * on ({ID}) group_left (expected) {expected}"
    said = f'label_join({counted}, "boards", " of ", "works", "expected")'
    return f'label_replace({said}, "boards", "($1 work)", "boards", "(.*)")'


def problems() -> str:
    """Everything that is wrong with the miners that answer, as one list."""
    dead_pools = f"max by ({ID}) (asic_pool_up{ALL}) == 0 unless on ({ID}) {RESTING}"
    stuck = f'asic_hashrate_hashes_per_second{ALL} == 0 and on ({ID}) asic_miner_state{{{SELECT},state="mining"}} == 1'
    dead = f"asic_board_up{ALL} == 0 unless on ({ID}) {RESTING}"
    still = f"asic_fan_speed_rpm{ALL} == 0 unless on ({ID}) {RESTING}"
    lost = f"{LOST_BOARDS} unless on ({ID}) asic_board_up{ALL} == 0 unless on ({ID}) {RESTING}"
    left = f"({with_boards(dead)}) or on ({ID}, board) {dead}"
    return " or ".join(
        [
            problem(PAGE, f"(asic_active_pool_expected{ALL} == 0)", "works for an unexpected pool", "check"),
            problem(PAGE, f'(asic_miner_state{{{SELECT},state="faulted"}} == 1)', "stopped by a fault"),
            problem(PAGE, f"({stuck})", "mines at 0 H/s"),
            problem(PAGE, f"({dead_pools})", "all pools dead"),
            problem(TICKET, f"({left})", "board dead", "board", "boards", part="board"),
            problem(TICKET, with_boards(lost), "boards missing", "boards"),
            problem(TICKET, f"({still})", "fan stands still", "fan", part="fan"),
            problem(TICKET, f"(asic_board_chips_failed{ALL} > 0)", "chips failed", "board", part="board"),
            problem(TICKET, f'(asic_fault{{{SELECT},severity!="info"}} == 1)', "fault", "code", "component"),
            problem(TICKET, f"(asic_expected{ALL} == 0)", "not as expected", "property"),
            problem(INFO, f"(asic_section_up{ALL} == 0 and on ({ID}) asic_up{ALL} == 1)", "not read", "section"),
        ]
    )


def in_trouble() -> list[AnyPanel]:
    return [
        table(
            "Problems now",
            "Everything that a miner reports or that the configuration does not expect, the gravest first. Miners "
            "that do "
            "not answer have a table of their own. Click a miner to look at it, and an address for its own page.",
            [placed(problems(), "model, address, config_group")],
            {
                "Value": Column("Gravity", mappings=GRAVITY, width=85),
                "miner": MINER,
                "problem": Column("Problem"),
                "where": Column("Where"),
                "model": MODEL,
                "address": ADDRESS,
                "config_group": GROUP,
            },
            size=(24, 10),
            sort="Gravity",
            empty="the miners that answer report nothing wrong",
        ),
    ]


def not_answering() -> list[AnyPanel]:
    lost = f"asic_up{ALL} == 0"
    reason = f"topk by ({ID}) (1, increase(asic_poll_failures_total{ALL}[$__range]) > 0 and on ({ID}) {lost})"
    return [
        table(
            "Not answering",
            "Miners that did not answer their last poll: what and where they are, how long ago they were read, if "
            "they ever "
            "were, and why most of the polls in the time range failed.",
            [
                f"{known()} and on ({ID}) {lost}",
                f"max by ({ID}) (1000 * asic_last_success_timestamp_seconds{ALL} and on ({ID}) {lost})",
                f"max by ({ID}, reason) ({reason})",
            ],
            {
                "miner": MINER,
                "reason": Column("Reason", width=130),
                "address": ADDRESS,
                "model": MODEL,
                "Value #B": Column("Last read", unit="dateTimeFromNow"),
                "config_group": GROUP,
            },
            size=(24, 8),
            sort="Last read",
            descending=True,
            empty="all miners answer",
            but=UNSHOWN,
        ),
    ]


def furthest_off() -> list[AnyPanel]:
    of = f"{MINED} and on ({ID}) {NOMINAL}"
    lost = f"topk(10, {NOMINAL} - on ({ID}) max by ({ID}) ({of}) > 0)"
    return [
        table(
            "Most hashrate missing",
            "The ten miners of the chosen algorithm that lack most of their nominal hashrate, without those that "
            "rest or do "
            "not answer.",
            [placed(lost, "model"), f"max by ({ID}) ({of}) / on ({ID}) {NOMINAL} and on ({ID}) {lost}"],
            {
                "miner": MINER,
                "model": MODEL,
                "Value #A": Column("Missing", unit="Hs", width=110),
                "Value #B": Column("Of nominal", unit="percentunit", steps=NOMINAL_STEPS, gauge_max=1.1),
            },
            sort="Missing",
            descending=True,
        ),
    ]


def hottest_boards() -> list[AnyPanel]:
    hottest = f"topk(10, topk by ({ID}) (1, max by ({ID}, board) ({HOT})))"
    return [
        table(
            "Hottest miners",
            "The ten miners with the hottest chips, or sensors where the firmware tells of no chip, each by its "
            "hottest board.",
            [placed(hottest, "model")],
            {
                "miner": MINER,
                "model": MODEL,
                "board": Column("Board", width=80),
                "Value": Column("Hottest", unit="celsius", steps=CHIP_STEPS, gauge_max=110),
            },
            sort="Hottest",
            descending=True,
        ),
    ]


def attention() -> list[AnyPanel]:
    return in_trouble() + not_answering() + furthest_off() + hottest_boards()
