"""Scenes of hashrate and efficiency: against nominal, against its own past, against what the pools accept."""

from __future__ import annotations

from typing import Final

from tests.alerts.farms import all_at, ill, of
from tests.harness.scenes import DAY, Scene

RESTS: Final = [{'asic_miner_state{state="sleeping"}': "1"}, {"asic_off_expected": "1"}]
"""who rests, or is planned to be off"""
HELD: Final = {'asic_curtailed{source="user"}': "1"}
"""who is held back, and hashes less: its parts should be well"""
TUNES: Final = {'asic_miner_state{state="tuning"}': "1"}
STARTS: Final = {'asic_miner_state{state="starting"}': "1"}
MINES: Final = {'asic_miner_state{state="mining"}': "1"}
NOMINAL: Final = 'asic_hashrate_nominal_hashes_per_second{source="config"}'
HASHRATE: Final = "asic_hashrate_hashes_per_second"
POWER: Final = 'asic_power_watts{source="measured"}'
LIMIT: Final = "asic_power_limit_watts"
INFO: Final = 'asic_miner_info{family="antminer",model="Antminer S19",algorithm="sha256"}'

WORKING, RATES, WATTS, INFOS, TARGETS = (
    [of(name, n, **labels) for n in range(6)]
    for name, labels in (
        ("asic_up", {}),
        (HASHRATE, {}),
        ("asic_power_watts", {"source": "measured"}),
        ("asic_miner_info", {"model": "Antminer S19", "algorithm": "sha256"}),
        ("asic_target_info", {"address": "192.0.2.1"}),
    )
)

SCENES: Final = [
    Scene(
        "AsicHashrateZero",
        fault={HASHRATE: ("100e12", "0")},
        steady=MINES,
        fires=5,
        ends=15,
        text="sick has been mining at 0 H/s for 5 minutes. http://192.0.2.1/, rack r1",
        excused=[
            {'asic_miner_state{state="mining"}': "0"},
            {"asic_miner_uptime_seconds": "300"},
            {'asic_pool_up{pool="0"}': "0"},
            {HASHRATE: "1"},
        ],
    ),
    Scene(
        "AsicHashrateLow",
        fault={HASHRATE: ("100e12", "60e12")},
        steady={NOMINAL: "100e12"},
        fires=24,
        ends=36,
        text="sick reaches 60% of its expected hashrate, which is 100 TH/s.",
        excused=[*RESTS, HELD, TUNES, STARTS, {NOMINAL: "70e12"}, {POWER: "2000", LIMIT: "2000"}],
    ),
    Scene(
        "AsicHashrateLow",
        fault={HASHRATE: ("100e12", "50e12")},
        fires=23,
        ends=36,
        text="of its expected hashrate",
        before=600,
    ),
    Scene(
        "AsicHashrateDropped",
        fault={HASHRATE: ("100e12", "70e12")},
        fires=37,
        ends=34,
        text="sick reaches 70% of what it reached in the last day: 70 TH/s, from 100 TH/s. Nobody set it to less.",
        steady={LIMIT: "3000", NOMINAL: "70e12"},
        excused=[*RESTS, HELD, TUNES, {NOMINAL: "100e12"}, {HASHRATE: "70e12"}],
        lasts=90,
        before=DAY + 120,
    ),
    Scene(
        "AsicHashrateUnconfirmed",
        fault={"asic_share_difficulty_accepted_total": ("+1.5e6", "+0.5e6")},
        steady={
            "asic_shares_accepted_total": "+5",
            HASHRATE: "107.4e12",
            INFO: "1",
            "asic_miner_uptime_seconds": "1e6",
        },
        fires=127,
        ends=180,
        text="in three hours proves 33.33% of the hashrate that it claims, which is 107.4 TH/s.",
        excused=[
            *RESTS,
            {"asic_shares_accepted_total": "+2"},
            {"asic_miner_uptime_seconds": "9000"},
            {INFO: ""},
        ],
        lasts=360,
        before=480,
    ),
    Scene(
        "AsicEfficiencyWorse",
        fault={POWER: ("3000", "3900")},
        fires=45,
        ends=50,
        text="sick takes 39.0 J/TH, and took 30.0 in the best hours of the last day. ",
        steady={INFO: "1", LIMIT: "3500"},
        excused=[*RESTS, HELD, TUNES, {POWER: "3900"}, {HASHRATE: ""}, {POWER: ""}],
        lasts=90,
        before=DAY + 120,
    ),
    Scene(
        "AsicEfficiencyPoor",
        fault=ill(WATTS, "3000", "4200", 3),
        steady=all_at(WORKING, "1") | all_at(RATES, "100e12") | all_at(INFOS, "1") | all_at(TARGETS, "1"),
        fires=45,
        ends=46,
        text="3 takes 42.0 J/TH; the median of its model is 30.0 J/TH.",
        excused=[
            {of("asic_miner_state", 3, state="sleeping"): "1"},
            {of("asic_miner_state", 3, state="tuning"): "1"},
            {of("asic_curtailed", 3, source="user"): "1"},
            {RATES[3]: "140e12"},
            all_at(WATTS[4:], ""),
        ],
        lasts=90,
        farm=True,
    ),
]
