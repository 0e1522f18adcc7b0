"""Scenes of fans."""

from __future__ import annotations

from typing import Final

from tests.harness.scenes import Scene

FOUR: Final = {f'asic_fan_speed_rpm{{fan="{fan}"}}': ("5000", "0") for fan in range(4)}
ALL_BUT_ONE: Final = dict.fromkeys([*FOUR][1:], "5000")
FIRST: Final = 'asic_fan_speed_rpm{fan="0"}'
STARTS: Final = {'asic_miner_state{state="starting"}': "1"}
SLEEPS: Final = {'asic_miner_state{state="sleeping"}': "1"}
WATER: Final = {'asic_miner_info{cooling="hydro"}': "1"}
OIL: Final = {'asic_miner_info{cooling="immersion"}': "1"}
EXPECTED: Final = {'asic_fans_expected{source="nameplate"}': "4"}

SCENES: Final = [
    Scene(
        "AsicFansFailed",
        fault=FOUR,
        fires=3,
        ends=15,
        text="sick hashes with 0 turning fans. Still: fan 0 fan 1 fan 2 fan 3. http://192.0.2.1/, rack r1",
        excused=[
            ALL_BUT_ONE,
            STARTS,
            SLEEPS,
            WATER,
            OIL,
            {"asic_hashrate_hashes_per_second": "0"},
            {'asic_fan_duty_ratio{fan="0"}': "0"},
            dict.fromkeys(FOUR, "0"),  # no tachometer
        ],
    ),
    Scene(
        "AsicFansFailed",
        fault={name: values for name, values in FOUR.items() if "2" not in name and "3" not in name},
        steady={
            'asic_fan_speed_rpm{fan="2"}': "5000",
            'asic_fan_speed_rpm{fan="3"}': "5000",
            "asic_fans_required": "3",
        },
        fires=3,
        ends=15,
        text="sick hashes with 2 turning fans; its firmware requires 3. Still: fan 0 fan 1.",
        excused=[{"asic_fans_required": "2"}, {"asic_fans_required": ""}],
    ),
    Scene(
        "AsicFanFailed",
        fault={FIRST: ("5000", "0")},
        steady={**ALL_BUT_ONE, **EXPECTED, 'asic_board_chip_temperature_max_celsius{board="0"}': "71"},
        fires=5,
        ends=30,
        text="sick runs without 1 of its 4 fans. Still: fan 0. Its hottest chip is at 71 °C. http",
        excused=[{FIRST: "5000"}, STARTS, SLEEPS, WATER, OIL],
    ),
    Scene(
        "AsicFanFailed",
        fault={FIRST: ("5000", "0")},
        steady=ALL_BUT_ONE,
        fires=5,
        ends=30,
        text="sick runs without 1 of its 4 fans. Still: fan 0. http",
    ),
    Scene(
        "AsicFanFailed",
        fault={FIRST: ("5000", "")},
        steady={**ALL_BUT_ONE, **EXPECTED},
        fires=10,
        ends=30,
        text="sick runs without 1 of its 4 fans. It lists nothing but fan 1 fan 2 fan 3.",
    ),
    Scene(
        "AsicFanFailed",
        fault={'asic_fan_up{fan="1"}': ("1", "0")},
        steady={FIRST: "5000", 'asic_fan_speed_rpm{fan="1"}': "4900"},
        fires=5,
        ends=30,
        text="sick runs without 1 of its 2 fans. Still: fan 1.",
    ),
    Scene(
        "AsicFanSlow",
        fault={FIRST: ("5000", "1800")},
        steady={**ALL_BUT_ONE, **{f'asic_fan_duty_ratio{{fan="{fan}"}}': "0.8" for fan in range(4)}},
        fires=15,
        ends=30,
        text="Fan 0 of sick turns with 1800 rpm at 80% duty; its fastest one turns with 5000 rpm.",
        excused=[
            {FIRST: "4000"},
            {FIRST: "1800", 'asic_fan_duty_ratio{fan="0"}': "0.3"},
            {FIRST: "0"},
            STARTS,
            SLEEPS,
            WATER,
        ],
    ),
    Scene(
        "AsicFanSlow",
        fault={FIRST: ("5000", "3000")},
        steady={**ALL_BUT_ONE, 'asic_fan_target_rpm{fan="0"}': "5400"},
        fires=15,
        ends=30,
        text="Fan 0 of sick turns with 3000 rpm, of 5400 rpm wanted; its fastest one turns with 5000 rpm.",
    ),
    Scene(
        "AsicFanSlow",
        fault={FIRST: ("5000", "800")},
        steady={'asic_fan_speed_min_rpm{fan="0"}': "900"},
        fires=15,
        ends=30,
        text="Fan 0 of sick turns with 800 rpm; its fastest one turns with 800 rpm.",
    ),
]
