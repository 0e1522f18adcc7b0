"""Scenes of hashboards and chips."""

from __future__ import annotations

from typing import Final

from tests.alerts.hashrate import RESTS, STARTS, TUNES
from tests.harness.scenes import DAY, Scene

BOARDS: Final = {f'asic_board_up{{board="{board}"}}': "1" for board in (0, 1)}
RATE: Final = 'asic_board_hashrate_hashes_per_second{board="2"}'
CHIPS: Final = 'asic_board_chips{board="2"}'
WEAK: Final = 'asic_board_chips_degraded{board="2"}'
EXPECTED: Final = 'asic_board_chips_expected{board="2",source="config"}'
COOLEST: Final = 'asic_board_chip_temperature_min_celsius{board="2"}'
HOTTEST: Final = 'asic_board_chip_temperature_max_celsius{board="2"}'
SLOWEST: Final = 'asic_board_chip_hashrate_min_hashes_per_second{board="2"}'

SCENES: Final = [
    Scene(
        "AsicBoardDead",
        fault={'asic_board_up{board="2"}': ("1", "0")},
        steady=BOARDS | {'asic_boards_expected{source="config"}': "3"},
        fires=15,
        ends=30,
        text="sick works without 1 of its 3 hashboards. Dead: board 2. http://192.0.2.1/, rack r1",
        excused=[*RESTS, STARTS, {"asic_up": "0"}],
    ),
    Scene(
        "AsicBoardDead",
        fault={RATE: ("33e12", "")},
        steady={f'asic_board_hashrate_hashes_per_second{{board="{board}"}}': "33e12" for board in (0, 1)}
        | {'asic_boards_expected{source="config"}': "3"},
        fires=20,
        ends=30,
        text="sick works without 1 of its 3 hashboards. It lists nothing but board 0 board 1.",
    ),
    Scene(
        "AsicBoardDead",
        fault={'asic_board_up{board="2"}': ("1", "0")},
        steady=BOARDS
        | {
            'asic_boards_expected{source="config"}': "3",
            'asic_curtailed{source="user"}': "1",
        },
        fires=15,
        ends=30,
        text="sick works without 1 of its 3 hashboards. Dead: board 2.",
        excused=[{"asic_hashrate_hashes_per_second": "0"}, {"asic_off_expected": "1"}],
    ),
    Scene(
        "AsicBoardSlow",
        fault={RATE: ("33e12", "8e12")},
        steady={f'asic_board_hashrate_hashes_per_second{{board="{board}"}}': "33e12" for board in (0, 1)},
        fires=27,
        ends=33,
        text="sick, board 2: 32.43% of the mean.",
        excused=[*RESTS, STARTS, TUNES, {'asic_board_up{board="2"}': "0"}, {RATE: "20e12"}],
    ),
    Scene(
        "AsicChipsLost",
        fault={CHIPS: ("110", "100")},
        steady={EXPECTED: "110"},
        fires=30,
        ends=45,
        text="Board 2 of sick works without 10 of its 110 chips.",
        excused=[*RESTS, STARTS, {CHIPS: "108"}, {'asic_board_up{board="2"}': "0"}],
    ),
    Scene(
        "AsicChipsUnequal",
        fault={SLOWEST: ("0.5e12", "0.1e12")},
        steady={'asic_board_chip_hashrate_max_hashes_per_second{board="2"}': "0.55e12", RATE: "50e12"},
        fires=46,
        ends=44,
        text="Board 2 of sick: its slowest chip reaches 18.18% of its fastest.",
        excused=[*RESTS, TUNES, {RATE: "0"}],
        lasts=90,
    ),
    Scene(
        "AsicBoardUneven",
        fault={HOTTEST: ("72", "88")},
        steady={COOLEST: "57"},
        fires=48,
        ends=41,
        text="Board 2 of sick: 31 °C lie between its coolest and its hottest chip, 10 °C more than a day ago.",
        excused=[*RESTS, TUNES, {HOTTEST: "88"}, {COOLEST: ""}],
        lasts=90,
        before=DAY + 60,
    ),
    Scene(
        "AsicChipsWeak",
        fault={WEAK: ("1", "9")},
        steady={EXPECTED: "110"},
        fires=60,
        ends=45,
        text="Board 2 of sick has 9 weak chips.",
        excused=[*RESTS, {WEAK: "5"}, {EXPECTED: "300"}],
        lasts=90,
    ),
    Scene(
        "AsicBoardErrors",
        fault={'asic_board_hardware_error_ratio{board="2"}': ("0.01", "0.3")},
        fires=33,
        ends=57,
        text="sick, board 2: 30% of the results are wrong.",
        excused=[*RESTS, TUNES, {'asic_board_hardware_error_ratio{board="2"}': "0.03"}],
    ),
    Scene(
        "AsicBoardErrors",
        fault={'asic_board_error_hashrate_hashes_per_second{board="2"}': ("0", "10e12")},
        steady={RATE: "40e12"},
        fires=35,
        ends=54,
        text="sick, board 2: 25% of the results are wrong.",
    ),
    Scene(
        "AsicBoardErrors",
        fault={"asic_hardware_error_ratio": ("0.01", "0.3")},
        fires=33,
        ends=57,
        text="sick: 30% of the results are wrong.",
    ),
    Scene(
        "AsicBoardRestarting",
        fault={'asic_board_restarts_total{board="2"}': ("+0", "+1")},
        fires=5,
        ends=90,
        text="Board 2 of sick restarted 60 times in an hour.",
        excused=[
            *RESTS,
            {'asic_board_restarts_total{board="2"}': "+0"},
            {'asic_miner_info{family="futurebit"}': "1"},
        ],
    ),
    Scene(
        "AsicBoardCommunication",
        fault={'asic_board_communication_errors_total{board="2"}': ("+0", "+10")},
        fires=36,
        ends=86,
        text="sick could not read 600 messages of board 2 in an hour.",
        excused=[*RESTS, {'asic_board_communication_errors_total{board="2"}': "+0.5"}],
    ),
]
