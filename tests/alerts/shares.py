"""Scenes of shares."""

from __future__ import annotations

from typing import Final

from tests.alerts.hashrate import RESTS, STARTS, TUNES
from tests.harness.scenes import Scene

ACCEPTED: Final = "asic_shares_accepted_total"

SCENES: Final = [
    Scene(
        "AsicNoShares",
        fault={ACCEPTED: ("+5", "+0")},
        steady={
            'asic_pool_info{pool="0",host="pool.example.net:3333"}': "1",
            'asic_pool_active{pool="0"}': "1",
            'asic_pool_difficulty{pool="0"}': "65536",
        },
        fires=44,
        ends=18,
        text="sick has had no share accepted for half an hour: what it hashes is not paid for. Its work is for "
        "pool.example.net:3333.",
        excused=[
            *RESTS,
            STARTS,
            TUNES,
            {"asic_miner_uptime_seconds": "1200"},
            {'asic_pool_difficulty{pool="0"}': "1e9"},
            {"asic_up": "0"},
        ],
        before=60,
    ),
]
