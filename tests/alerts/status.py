"""Scenes of what miners say of themselves: states, faults, restarts, and what they no longer say."""

from __future__ import annotations

from typing import Final

from tests.alerts.hashrate import HASHRATE, RESTS, STARTS
from tests.harness.scenes import DAY, Scene

FAULT: Final = 'asic_fault{code="fan_lost",component="fan:1",severity="critical"}'
WHATSMINER: Final = {'asic_miner_info{family="whatsminer_v3",model="Whatsminer M60S"}': "1"}
LATEST: Final = 'asic_last_fault_timestamp_seconds{code="fan_lost",component="fan:1"}'
LICENCE: Final = 'asic_license_state{state="expired"}'
CHIP: Final = 'asic_board_chip_temperature_max_celsius{board="0"}'


def state(name: str) -> dict[str, tuple[str, str]]:
    return {f'asic_miner_state{{state="{name}"}}': ("0", "1")}


SCENES: Final = [
    Scene(
        "AsicReadingsLost",
        fault={HASHRATE: ("100e12", "")},
        fires=35,
        ends=31,
        text="sick reports no hashrate: alerts about it are blind.",
        excused=[*RESTS, STARTS, {"asic_up": "0"}],
        lasts=80,
    ),
    Scene(
        "AsicReadingsLost",
        fault={'asic_fan_speed_rpm{fan="0"}': ("5000", "")},
        fires=35,
        ends=31,
        text="sick reports no fans: alerts about it are blind.",
        excused=[*RESTS, STARTS, {'asic_fan_speed_rpm{fan="0"}': ""}],
        lasts=80,
        before=DAY + 10,
    ),
    Scene(
        "AsicSectionFailing",
        fault={'asic_section_up{section="stats"}': ("1", "0")},
        fires=30,
        ends=31,
        text="sick answers, but not to stats.",
        excused=[{"asic_up": "0"}],
    ),
    Scene(
        "AsicStuckStarting",
        fault=state("starting"),
        fires=30,
        ends=31,
        text="sick has been starting for 30 minutes.",
        excused=[{"asic_off_expected": "1"}],
    ),
    Scene(
        "AsicMinerFaulted",
        fault=state("faulted"),
        steady={FAULT: "1"},
        fires=5,
        ends=16,
        text="sick says that it is faulted. It reports fan_lost of fan:1.",
    ),
    Scene(
        "AsicMinerIdle",
        fault=state("idle"),
        fires=60,
        ends=31,
        text="sick has been idle for an hour without being paused or put to sleep.",
        excused=[{"asic_off_expected": "1"}, {'asic_curtailed{source="user"}': "1"}],
        lasts=80,
    ),
    Scene(
        "AsicFaultReported",
        fault={FAULT: ("0", "1")},
        fires=20,
        ends=40,
        text="sick reports fan_lost of fan:1, which its firmware calls critical.",
        excused=[{"asic_up": "0"}, {FAULT: "0"}],
    ),
    Scene(
        "AsicFaultReported",
        fault={FAULT: ("", "1")},
        steady=WHATSMINER | {LATEST: str(60 * (DAY + 300))},
        fires=20,
        ends=40,
        text="sick reports fan_lost of fan:1, which its firmware calls critical.",
        excused=[{LATEST: "3600"}, {FAULT: "1"}],
        before=DAY + 300,
    ),
    Scene(
        "AsicMinerRestartedForHeat",
        fault={"asic_overheats_total": ("+0", "+1")},
        fires=3,
        ends=90,
        text="sick restarted 60 times in the last hour, for heat",
        excused=[{"asic_overheats_total": "+0"}],
    ),
    Scene(
        "AsicMinerRestartedForHeat",
        fault={CHIP: ("80", "99"), "asic_miner_uptime_seconds": ("9000", "60")},
        fires=3,
        ends=90,
        text="sick restarted 1 times in the last hour, for heat or while it was hotter than its limit.",
        excused=[{CHIP: "80"}, {"asic_miner_uptime_seconds": "9000"}],
        lasts=30,
    ),
    Scene(
        "AsicThrottled",
        fault={"asic_throttled": ("0", "1")},
        fires=69,
        ends=31,
        text="sick has been slowed by its firmware for heat or power for an hour.",
        excused=RESTS,
        lasts=90,
    ),
    Scene(
        "AsicTunerFailed",
        fault={'asic_tuner_state{state="error"}': ("0", "1")},
        fires=30,
        ends=31,
        text="The tuner of sick says that it failed",
        excused=RESTS,
    ),
    Scene(
        "AsicLicenseLapsed",
        fault={LICENCE: ("0", "1")},
        fires=60,
        ends=31,
        text="sick: the licence of its firmware is expired.",
        lasts=80,
    ),
]
