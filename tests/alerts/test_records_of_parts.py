"""What the recording rules say of parts, heat, and all that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.alerts.miners import ALWAYS, MODEL, WELL, state
from tests.harness.answers import Answer, Asked, check

PARTS: Final = [
    Asked(
        "a dead board and a board that is no longer listed are missing",
        {
            **WELL,
            'asic_board_up{board="0"}': ALWAYS,
            'asic_board_up{board="1"}': "0x60",
            'asic_boards_expected{source="nameplate"}': "3x60",
            'asic_fan_speed_rpm{fan="0"}': "5000x60",
            'asic_fan_speed_rpm{fan="1"}': "0x60",
            'asic_fans_expected{source="nameplate"}': "2x60",
        },
        {
            "max by (miner) (miner:asic_boards:missing)": {'miner="a"': 2},
            "max by (miner) (miner:asic_fans:missing)": {'miner="a"': 1},
            "max by (gravity, problem, where, model, rack) (miner:asic_problem:known)": {
                'gravity="2",problem="board dead",where="board 1 (1 of 3 work)",model="S19",rack="r1"': 1,
                'gravity="2",problem="fan stands still",where="fan 1",model="S19",rack="r1"': 1,
            },
            "max by (gravity) (instance:asic_problems:count)": {'gravity="1"': 0, 'gravity="2"': 2, 'gravity="3"': 0},
        },
    ),
    Asked(
        "a supply of which the alert fires is a problem of its miner",
        {**WELL, 'ALERTS{alertname="AsicPsuInputLow",alertstate="firing",severity="ticket",psu="1"}': ALWAYS},
        {
            "max by (miner, gravity, problem, where) (miner:asic_problem:known)": {
                'miner="a",gravity="2",problem="input voltage low",where="supply 1"': 1
            }
        },
    ),
    Asked(
        "a board that is not listed is missing without a number, and no board where all work",
        {
            **WELL,
            'asic_board_up{board="0"}': ALWAYS,
            'asic_boards_expected{source="nameplate"}': "2x60",
            'asic_up{miner="b"}': ALWAYS,
            'asic_board_up{board="0",miner="b"}': ALWAYS,
            'asic_boards_expected{source="nameplate",miner="b"}': ALWAYS,
        },
        {
            "max by (miner) (miner:asic_boards:missing)": {'miner="a"': 1},
            "max by (miner, problem, where) (miner:asic_problem:known)": {
                'miner="a",problem="boards missing",where="(1 of 2 work)"': 1
            },
        },
    ),
    Asked(
        "parts of a miner that rests, or has water for fans, are not missed",
        {
            **WELL,
            state("sleeping"): ALWAYS,
            'asic_board_up{board="0"}': "0x60",
            'asic_boards_expected{source="nameplate"}': ALWAYS,
            'asic_miner_info{miner="b",cooling="hydro"}': ALWAYS,
            'asic_up{miner="b"}': ALWAYS,
            'asic_fan_speed_rpm{miner="b",fan="0"}': "0x60",
            'asic_fans_expected{miner="b",source="nameplate"}': ALWAYS,
        },
        {"count(miner:asic_boards:missing)": {}, "count(miner:asic_fans:missing)": {}},
    ),
    Asked(
        "what is wrong is told with its gravity and its part",
        {
            **WELL,
            "asic_hashrate_hashes_per_second": "0x60",
            state("mining"): ALWAYS,
            'asic_active_pool_expected{check="host"}': "0x60",
            'asic_pool_up{pool="0"}': "0x60",
            'asic_expected{property="firmware_version"}': "0x60",
            'asic_section_up{section="pools"}': "0x60",
            'asic_fault{code="E1",component="psu",severity="warning"}': ALWAYS,
            'asic_fault{code="E2",component="psu",severity="info"}': ALWAYS,
            'asic_board_chips_failed{board="2"}': "3x60",
            'asic_board_chip_temperature_max_celsius{board="2"}': "99x60",
        },
        {
            "max by (gravity, problem, where) (miner:asic_problem:known)": {
                'gravity="1",problem="mines at 0 H/s"': 1,
                'gravity="1",problem="works for an unexpected pool",where="host"': 1,
                'gravity="1",problem="all pools dead"': 1,
                'gravity="2",problem="not as expected",where="firmware_version"': 1,
                'gravity="2",problem="fault",where="E1 psu"': 1,
                'gravity="2",problem="chips failed",where="board 2"': 1,
                'gravity="2",problem="too hot",where="chip"': 1,
                'gravity="3",problem="not read",where="pools"': 1,
            },
        },
    ),
    Asked(
        "a fault that stopped the miner",
        {**WELL, state("faulted"): ALWAYS},
        {"max by (gravity, problem) (miner:asic_problem:known)": {'gravity="1",problem="stopped by a fault"': 1}},
    ),
]


def limit(name: str) -> str:
    return f'asic_temperature_limit_celsius{{limit="{name}"}}'


CHIP: Final = 'asic_board_chip_temperature_max_celsius{board="0"}'
BOARD: Final = 'asic_board_temperature_celsius{board="0",location="pcb",sensor="0"}'
MARGIN: Final = "max by (miner) (miner:asic_temperature_celsius:margin)"
HOTTEST: Final = "max by (miner) (miner:asic_temperature_celsius:hottest)"
SOURCE: Final = "max by (source) (miner:asic_temperature_limit_celsius:{})"


def heat(name: str, series: dict[str, str], margin: float, hottest: float, **limits: Answer) -> Asked:
    asked = {SOURCE.format(part): answer for part, answer in limits.items()}
    return Asked(name, {**WELL, **series}, {MARGIN: {'miner="a"': margin}, HOTTEST: {'miner="a"': hottest}, **asked})


HEAT: Final = [
    heat("chips without a limit", {CHIP: "90x60"}, 5, 90, chip={'source="default"': 95}),
    heat("chips of an S9", {CHIP: "104x60", MODEL.replace("S19", "Antminer S9"): ALWAYS, MODEL: "_x60"}, -4, 104,
         chip={'source="model"': 100}),
    heat("the firmware's limit of chips", {CHIP: "90x60", limit("chip_hot"): "93x60"}, 3, 90,
         chip={'source="firmware"': 93}),
    heat("a limit that only chips can mean", {CHIP: "90x60", BOARD: "60x60", limit("hot"): "101x60"}, 11, 90,
         chip={'source="firmware"': 101}, board={'source="default"': 85}),
    heat("a limit of boards is none of chips", {CHIP: "88x60", BOARD: "75x60", limit("hot"): "79x60"}, 4, 75,
         chip={'source="default"': 95}, board={'source="firmware"': 79}),
    heat("boards alone", {BOARD: "80x60"}, 5, 80, board={'source="default"': 85}),
    heat("boards with a limit of danger alone", {BOARD: "80x60", limit("dangerous"): "90x60"}, 10, 80,
         board={'source="firmware"': 90}),
    heat("chips that are shut down at a limit", {CHIP: "58x60", limit("shutdown"): "70x60"}, 12, 58,
         chip={'source="firmware"': 70}),
    heat("a sensor on the chip", {BOARD.replace("pcb", "chip"): "98x60"}, -3, 98),
    Asked("water and coolant have no limit here",
          {**WELL, BOARD.replace("pcb", "water_outlet"): "60x60"},
          {MARGIN: {}, HOTTEST: {}}),
]  # fmt: skip


@pytest.mark.program("promtool")
@pytest.mark.parametrize("asked", [PARTS, HEAT], ids=["parts", "heat"])
def test_records_of_parts(asked: list[Asked], tmp_path: Path) -> None:
    check(asked, tmp_path)
