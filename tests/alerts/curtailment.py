"""Scenes of miners that are held back, or planned to be off."""

from __future__ import annotations

from typing import Final

from tests.alerts.hashrate import HASHRATE, LIMIT, POWER
from tests.harness.scenes import DAY, Scene

HELD: Final = 'asic_curtailed{source="remote"}'
TARGET: Final = 'asic_curtailment_target_ratio{source="remote"}'
WORD: Final = 'asic_curtailment_last_message_timestamp_seconds{source="remote"}'

SCENES: Final = [
    Scene(
        "AsicCurtailmentNotDone",
        fault={HELD: ("0", "1")},
        steady={POWER: "3000"},
        fires=15,
        ends=31,
        text="sick should be at rest, and hashes 100 TH/s with 3000 W.",
        excused=[{HASHRATE: "0"}, {HASHRATE: ""}, {TARGET: "0.9"}],
    ),
    Scene(
        "AsicCurtailmentNotDone",
        fault={HELD: ("0", "1"), TARGET: ("", "0.6")},
        steady={POWER: "3000", LIMIT: "3200"},
        fires=15,
        ends=31,
        text="sick should be held back to 60% of its power, and hashes 100 TH/s with 3000 W.",
        excused=[{POWER: "2100"}, {LIMIT: ""}],
    ),
    Scene(
        "AsicCurtailmentNotDone",
        fault={"asic_off_expected": ("0", "1")},
        fires=15,
        ends=31,
        text="sick should be off by its plan, and hashes 100 TH/s.",
        excused=[{HASHRATE: "0"}],
    ),
    Scene(
        "AsicCurtailmentSourceLost",
        fault={WORD: ("", "60")},
        fires=10,
        ends=36,
        text="sick heard from its remote source of curtailment 1h 58m 0s ago.",
        excused=[{WORD: "+60"}, {"asic_up": "0"}],
        before=60,
    ),
    Scene(
        "AsicCurtailedLong",
        fault={HELD: ("0", "1")},
        fires=DAY + 10,
        ends=31,
        text="sick has been held back by its remote source for a day: forgotten?",
        lasts=DAY + 60,
    ),
]
