"""Scenes of what a miner is."""

from __future__ import annotations

from typing import Final

from tests.harness.scenes import DAY, Scene

OLD: Final = (
    'asic_miner_info{firmware="Braiins OS",firmware_version="25.05",mac="02:00:00:00:00:01",model="Antminer S21"}'
)
NEW: Final = OLD.replace("25.05", "26.04")
OTHER: Final = OLD.replace(":01", ":02")
EXPECTED: Final = 'asic_expected{property="firmware_version"}'


def info(miner: int, version: str = "26.04", more: str = "") -> str:
    return (
        f'asic_miner_info{{job="asic-exporter",instance="x",miner="m{miner}",model="Antminer S21",'
        f'firmware_version="{version}"{more}}}'
    )


def address(miner: int) -> str:
    at = f'miner="m{miner}",address="192.0.2.{miner}",config_group="hall 1"'
    return f'asic_target_info{{job="asic-exporter",instance="x",{at}}}'


FARM: Final = {address(miner): "1" for miner in range(8)}

SCENES: Final = [
    Scene(
        "AsicNotAsExpected",
        fault={EXPECTED: ("1", "0")},
        steady={OLD: "1"},
        fires=15,
        ends=30,
        text="sick differs in its firmware_version: it is 25.05, which the configuration does not expect. Antminer",
        excused=[{EXPECTED: "1"}, {EXPECTED: ""}],
    ),
    Scene(
        "AsicNotAsExpected",
        fault={'asic_expected{property="boards"}': ("1", "0")},
        steady={
            'asic_boards_expected{source="config"}': "3",
            'asic_board_up{board="0"}': "1",
            'asic_board_up{board="1"}': "1",
        },
        fires=15,
        ends=30,
        text="sick differs in its boards: 2 work, expected are 3.",
    ),
    Scene(
        "AsicNotAsExpected",
        fault={'asic_expected{property="fans"}': ("1", "0")},
        steady={
            'asic_fans_expected{source="config"}': "2",
            'asic_fan_speed_rpm{fan="0"}': "5000",
            'asic_fan_speed_rpm{fan="1"}': "0",
        },
        fires=15,
        ends=30,
        text="sick differs in its fans: 1 turn, expected are 2.",
    ),
    Scene(
        "AsicMacChanged",
        fault={OLD: ("1", ""), OTHER: ("", "1")},
        fires=20,
        ends=30,
        text="The mac of sick is 02:00:00:00:00:02; a day ago it was 02:00:00:00:00:01. Antminer S21 at",
        excused=[{OLD: "1", OTHER: ""}, {OLD: "", OTHER: "1"}],
        before=DAY + 30,
    ),
    Scene(
        "AsicMacTwice",
        fault={info(1, more=',mac="02:00:00:00:00:01"'): ("", "1")},
        steady={info(0, more=',mac="02:00:00:00:00:01"'): "1", info(2, more=',mac="02:00:00:00:00:02"'): "1"},
        fires=15,
        ends=35,
        text="02:00:00:00:00:01 is the MAC address of 2 miners: m0 of x m1 of x. One machine is counted twice",
        excused=[{info(1, more=',mac="02:00:00:00:00:01"'): "", info(1, more=',mac="02:00:00:00:00:03"'): "1"}],
        farm=True,
    ),
    Scene(
        "AsicFirmwareChanged",
        fault={OLD: ("1", ""), NEW: ("", "1")},
        fires=8,
        ends=16,
        text="The firmware of sick changed from Braiins OS 25.05 to Braiins OS 26.04. Antminer S21 at",
        excused=[{OLD: "1", NEW: ""}, {OLD: "", NEW: "1"}],
        lasts=30,
    ),
    Scene(
        "AsicFirmwareDrift",
        fault={info(0): ("1", ""), info(0, "25.05"): ("", "1")},
        steady={**FARM, **{info(miner): "1" for miner in range(1, 8)}},
        fires=65,
        ends=30,
        text="1 Antminer S21 of group hall 1 run 25.05; 7 run 26.04.",
        excused=[{info(miner): "" for miner in range(4, 8)}],
        lasts=90,
        farm=True,
    ),
]
