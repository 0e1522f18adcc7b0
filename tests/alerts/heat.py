"""Scenes of heat."""

from __future__ import annotations

from typing import Final

from tests.alerts.farms import all_at, ill, of
from tests.harness.scenes import Scene

CHIPS: Final = 'asic_board_chip_temperature_max_celsius{board="0"}'
PCB: Final = 'asic_board_temperature_celsius{board="0",location="pcb",sensor="0"}'
AIR: Final = 'asic_temperature_celsius{location="inlet",sensor="0"}'
WATER: Final = 'asic_board_temperature_celsius{board="0",location="water_inlet",sensor="0"}'

RACKS: Final = [
    of("asic_board_chip_temperature_max_celsius", miner, board="0", hall="h0", rack=f"r{miner // 5}")
    for miner in range(10)
]
HALL: Final = [of("asic_board_chip_temperature_max_celsius", miner, board="0", hall="h1") for miner in range(4)]


def limit(name: str) -> str:
    return f'asic_temperature_limit_celsius{{limit="{name}"}}'


SCENES: Final = [
    Scene(
        "AsicChipTooHot",
        fault={CHIPS: ("80", "98")},
        fires=10,
        ends=30,
        text="The hottest chip of sick is at 98 °C. http://192.0.2.1/, rack r1",
        excused=[
            {CHIPS: "90"},
            {limit("hot"): "101"},
            {limit("chip_hot"): "99"},
            {'asic_miner_info{model="Antminer S9"}': "1"},
        ],
    ),
    Scene(
        "AsicChipTooHot",
        fault={'asic_board_temperature_celsius{board="0",location="chip",sensor="1"}': ("80", "94")},
        steady={limit("chip_hot"): "93"},
        fires=10,
        ends=30,
        text="The hottest chip of sick is at 94 °C; its firmware's limit is 93 °C.",
        excused=[{limit("chip_hot"): "", limit("hot"): "79"}],
    ),
    Scene(
        "AsicChipTooHot",
        fault={CHIPS: ("58", "68")},
        steady={limit("shutdown"): "70"},
        fires=10,
        ends=30,
        text="The hottest chip of sick is at 68 °C; its firmware's limit is 70 °C.",
        excused=[{limit("shutdown"): "75"}, {limit("shutdown"): "", limit("target"): "60"}],
    ),
    Scene(
        "AsicChipOverheated",
        fault={CHIPS: ("80", "106")},
        fires=2,
        ends=15,
        text="The hottest chip of sick is at 106 °C. http://192.0.2.1/, rack r1",
        excused=[{CHIPS: "98"}, {limit("dangerous"): "112"}, {'asic_miner_info{model="Antminer S9"}': "1"}],
    ),
    Scene(
        "AsicChipOverheated",
        fault={CHIPS: ("80", "100")},
        steady={limit("chip_dangerous"): "100"},
        fires=2,
        ends=15,
        text="The hottest chip of sick is at 100 °C; its firmware's limit is 100 °C.",
        excused=[{limit("chip_dangerous"): "", limit("dangerous"): "80"}],
    ),
    Scene(
        "AsicBoardTooHot",
        fault={PCB: ("60", "90")},
        fires=10,
        ends=30,
        text="Board 0 of sick is at 90 °C. http://192.0.2.1/, rack r1",
        excused=[
            {PCB: "80"},
            {limit("hot"): "92"},
            {PCB: "", 'asic_board_temperature_celsius{board="0",location="chip",sensor="0"}': "90"},
        ],
    ),
    Scene(
        "AsicBoardTooHot",
        fault={'asic_board_temperature_celsius{board="1",location="outlet",sensor="top"}': ("60", "76")},
        steady={limit("hot"): "75"},
        fires=10,
        ends=30,
        text="Board 1 of sick is at 76 °C; its firmware's limit is 75 °C.",
        excused=[{limit("hot"): ""}],
    ),
    Scene(
        "AsicBoardOverheated",
        fault={PCB: ("60", "96")},
        fires=3,
        ends=15,
        text="Board 0 of sick is at 96 °C. http://192.0.2.1/, rack r1",
        excused=[{PCB: "90"}, {limit("dangerous"): "112"}],
    ),
    Scene(
        "AsicBoardOverheated",
        fault={PCB: ("60", "80")},
        steady={limit("dangerous"): "80"},
        fires=3,
        ends=15,
        text="Board 0 of sick is at 80 °C; its firmware's limit is 80 °C.",
        excused=[{limit("dangerous"): ""}],
    ),
    Scene(
        "AsicPlaceHot",
        ill(RACKS, "80", "98", 0, 1, 2),
        fires=5,
        ends=15,
        text="3 miners of rack r0 are hotter than their own limits, which is half of them or more. Its air?",
        excused=[all_at(RACKS[2:], "80"), all_at(RACKS, "90")],
        farm=True,
    ),
    Scene(
        "AsicPlaceHot",
        ill(HALL, "80", "98", 0, 1, 2),
        steady=all_at(RACKS, "80"),
        fires=5,
        ends=15,
        text="3 miners of hall h1 are hotter",
        farm=True,
    ),
    Scene(
        "AsicInletHot",
        fault={AIR: ("25", "42")},
        fires=30,
        ends=30,
        text="sick gets air of 42 °C. http://192.0.2.1/, rack r1",
        excused=[{AIR: "38"}, {'asic_miner_info{cooling="hydro"}': "1"}],
    ),
    Scene(
        "AsicInletHot",
        fault={WATER: ("32", "53")},
        fires=30,
        ends=30,
        text="sick gets water of 53 °C.",
        excused=[{WATER: "45"}, {limit("water_inlet_dangerous"): "55"}],
    ),
    Scene(
        "AsicVoltageRegulatorHot",
        fault={'asic_temperature_celsius{location="vr",sensor="0"}': ("60", "95")},
        fires=10,
        ends=30,
        text="The voltage regulator of sick is at 95 °C. http://192.0.2.1/, rack r1",
        excused=[{'asic_temperature_celsius{location="vr",sensor="0"}': "85"}],
    ),
    Scene(
        "AsicVoltageRegulatorHot",
        fault={'asic_board_temperature_celsius{board="1",location="vr",sensor="0"}': ("60", "95")},
        fires=10,
        ends=30,
    ),
    Scene(
        "AsicControlBoardHot",
        fault={'asic_temperature_celsius{location="control_board",sensor="0"}': ("33", "84")},
        fires=10,
        ends=30,
        text="The control board of sick is at 84 °C. http://192.0.2.1/, rack r1",
        excused=[{'asic_temperature_celsius{location="control_board",sensor="0"}': "70"}],
    ),
]
