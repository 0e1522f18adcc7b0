"""The rows of the Fleet dashboard that name miners: those that need somebody."""

from __future__ import annotations

from typing import Final

from grafana.expressions import ALL, HASHRATE, HOT, ID, NOMINAL, RESTING, SELECT, info
from grafana.looks import CHIP_STEPS, NOMINAL_STEPS
from grafana.panels import AnyPanel
from grafana.tables import Column, table

MINER: Final = Column("Miner", link=True)


def problem(expr: str, what: str, label: str = "") -> str:
    """Rows of the list of problems: a miner, what is wrong, and the label that says where."""
    where = f'label_join({expr}, "where", "", "{label}")' if label else expr
    shown = f"{ID}, problem, where" if label else f"{ID}, problem"
    return f'max by ({shown}) (label_replace({where}, "problem", "{what}", "", ""))'


def problems() -> str:
    """Everything that is wrong with a miner, as one list."""
    dead_pools = f"max by ({ID}) (asic_pool_up{ALL}) == 0"
    still = f"asic_fan_speed_rpm{ALL} == 0 unless on ({ID}) {RESTING}"
    return " or ".join(
        [
            problem(f"asic_up{ALL} == 0", "down"),
            problem(f"asic_board_up{ALL} == 0", "board down", "board"),
            problem(f"asic_board_chips_failed{ALL} > 0", "chips failed", "board"),
            problem(f"({still})", "fan stands still", "fan"),
            problem(f"({dead_pools})", "all pools dead"),
            problem(f"asic_active_pool_expected{ALL} == 0", "unexpected pool", "check"),
            problem(f"asic_expected{ALL} == 0", "not as expected", "property"),
            problem(f"asic_section_up{ALL} == 0", "section not read", "section"),
            problem(f'asic_fault{{{SELECT},severity!="info"}} == 1', "fault", "code"),
            problem(f'asic_miner_state{{{SELECT},state="faulted"}} == 1', "faulted"),
        ]
    )


def furthest_off() -> list[AnyPanel]:
    ratio = f"max by ({ID}) ({HASHRATE}) / on ({ID}) {NOMINAL}"
    return [
        table(
            "Problems now",
            "Everything that a miner reports or that the configuration does not expect. Click a miner to look at it.",
            [problems()],
            {"miner": MINER, "problem": Column("Problem"), "where": Column("Where")},
            sort="Problem",
        ),
        table(
            "Furthest below nominal",
            "The ten miners with the lowest share of their nominal hashrate, without those that rest or do not answer.",
            [info(f"bottomk(10, {ratio})", "family, model")],
            {
                "miner": MINER,
                "model": Column("Model"),
                "family": Column("Family", width=110),
                "Value": Column("Of nominal", unit="percentunit", steps=NOMINAL_STEPS, gauge_max=1.1),
            },
            sort="Of nominal",
        ),
    ]


def hottest_boards() -> list[AnyPanel]:
    hottest = f"topk(10, max by ({ID}, board) ({HOT}))"
    return [
        table(
            "Hottest boards",
            "The ten boards with the hottest chips, or sensors where the firmware tells of no chip.",
            [info(hottest, "model")],
            {
                "miner": MINER,
                "model": Column("Model"),
                "board": Column("Board", width=80),
                "Value": Column("Hottest", unit="celsius", steps=CHIP_STEPS, gauge_max=110),
            },
            sort="Hottest",
            descending=True,
        ),
    ]


def not_answering() -> list[AnyPanel]:
    lost = f"asic_up{ALL} == 0"
    return [
        table(
            "Not answering",
            "Miners that did not answer their last poll, and how long ago they were read, if they ever were.",
            [
                f"max by ({ID}) ({lost})",
                f"max by ({ID}) (time() - asic_last_success_timestamp_seconds{ALL} and on ({ID}) {lost})",
            ],
            {"miner": MINER, "instance": Column("Exporter"), "Value #B": Column("Last read", unit="dtdurations")},
            sort="Last read",
        ),
    ]


def attention() -> list[AnyPanel]:
    return furthest_off() + hottest_boards() + not_answering()
