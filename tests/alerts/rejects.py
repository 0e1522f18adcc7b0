"""Scenes of what pools do with the work."""

from __future__ import annotations

from typing import Final

from tests.harness.scenes import Scene

POOL: Final = {'asic_pool_info{pool="0",host="a.example:3333",kind="user"}': "1", 'asic_pool_active{pool="0"}': "1"}
IDLE: Final = {'asic_pool_active{pool="0"}': "0"}
SLEEPS: Final = {'asic_miner_state{state="sleeping"}': "1"}
LATENCY: Final = 'asic_pool_latency_seconds{pool="0"}'
LOSS: Final = 'asic_pool_loss_ratio{pool="0"}'
UNKNOWN: Final = 'asic_pool_shares_rejected_by_reason_total{reason="unauthorized"}'
FEW: Final = {"asic_shares_accepted_total": "+0.3", "asic_shares_rejected_total": "+0.3"}
FEW_STALE: Final = {"asic_shares_accepted_total": "+0.3", "asic_shares_stale_total": "+0.3"}
MAKER: Final = 'asic_pool_share_difficulty_accepted_total{pool="9"}'


def shares(kind: str, miner: int) -> str:
    return f'asic_pool_shares_{kind}_total{{job="asic-exporter",instance="x",miner="m{miner}",pool="0"}}'


def at(miner: int) -> str:
    pool = 'pool="0",host="a.example:3333",kind="user"'
    return f'asic_pool_info{{job="asic-exporter",instance="x",miner="m{miner}",{pool}}}'


SCENES: Final = [
    Scene(
        "AsicPoolRejecting",
        fault={shares("rejected", miner): ("+0", "+3") for miner in range(5)},
        steady={
            **{shares("accepted", miner): "+6" for miner in range(8)},
            **{shares("rejected", miner): "+0" for miner in range(5, 8)},
            **{at(miner): "1" for miner in range(8)},
        },
        fires=8,
        ends=26,
        text="a.example:3333 rejects more than a tenth of the shares of 5 miners, which are most that work for it.",
        excused=[
            {shares("rejected", 0): "+0"},
            {at(miner): "1" for miner in range(8, 12)}
            | {shares("accepted", miner): "+6" for miner in range(8, 12)}
            | {shares("rejected", miner): "+0" for miner in range(8, 12)},
        ],
        farm=True,
    ),
    Scene(
        "AsicRejectsHigh",
        fault={"asic_shares_rejected_total": ("+0", "+1")},
        steady={**POOL, "asic_shares_accepted_total": "+9"},
        fires=29,
        ends=69,
        text="of its shares rejected by a.example:3333. http://192.0.2.1/, rack r1",
        excused=[{"asic_shares_accepted_total": "+99"}, FEW, SLEEPS],
    ),
    Scene(
        "AsicRejectsHigh",
        fault={'asic_pool_shares_rejected_total{pool="0"}': ("+0", "+1")},
        steady={**POOL, 'asic_pool_shares_accepted_total{pool="0"}': "+32"},
        fires=52,
        ends=50,
        text="of its shares rejected by a.example:3333.",
        excused=[
            {
                'asic_pool_info{pool="0",host="a.example:3333",kind="user"}': "",
                'asic_pool_info{pool="0",kind="devfee"}': "1",
            }
        ],
        lasts=120,
    ),
    Scene(
        "AsicStaleHigh",
        fault={"asic_shares_stale_total": ("+0", "+1")},
        steady={"asic_shares_accepted_total": "+9"},
        fires=40,
        ends=49,
        text="of its shares stale: its network, or the pool, is slow. http://192.0.2.1/, rack r1",
        excused=[{"asic_shares_accepted_total": "+99"}, FEW_STALE, SLEEPS],
    ),
    Scene(
        "AsicRejectsUnauthorized",
        fault={UNKNOWN: ("+0", "+1")},
        steady=POOL,
        fires=7,
        ends=57,
        text="in half an hour by a.example:3333 because the worker's name or password is wrong. http",
        excused=[{UNKNOWN: "7"}, {UNKNOWN: "", 'asic_pool_shares_rejected_by_reason_total{reason="stale"}': "+9"}],
    ),
    Scene(
        "AsicPoolLatencyHigh",
        fault={LATENCY: ("0.03", "0.9")},
        steady=POOL,
        fires=35,
        ends=35,
        text="sick waits 900ms for an answer of pool 0 a.example:3333. http://192.0.2.1/, rack r1",
        excused=[{LATENCY: "0.3"}, IDLE],
    ),
    Scene(
        "AsicPoolLossHigh",
        fault={LOSS: ("0", "0.25")},
        steady=POOL,
        fires=34,
        ends=36,
        text="sick gets no answer to 25% of what it sends to pool 0 a.example:3333. http://192.0.2.1/, rack r1",
        excused=[{LOSS: "0.05"}, IDLE],
    ),
    Scene(
        "AsicPoolReconnects",
        fault={'asic_pool_reconnects_total{pool="0"}': ("+0", "+1")},
        steady=POOL,
        fires=10,
        ends=84,
        text="sick lost pool 0 a.example:3333",
        excused=[{'asic_pool_reconnects_total{pool="0"}': "40"}],
    ),
    Scene(
        "AsicPoolPaysOthers",
        fault={'asic_pool_verification_failures_total{pool="0"}': ("+0", "+1")},
        steady=POOL,
        fires=3,
        ends=29,
        text="Jobs of pool 0 a.example:3333 failed the check of sick of who is paid, 15 in a quarter of an hour",
        excused=[{'asic_pool_verification_failures_total{pool="0"}': "7"}],
    ),
    Scene(
        "AsicDevFeeHigh",
        fault={"asic_developer_fee_ratio": ("0.02", "0.15")},
        fires=60,
        ends=30,
        text="15% of the work of sick goes to the maker of its firmware. http://192.0.2.1/, rack r1",
        excused=[{"asic_developer_fee_ratio": "0.028"}],
        lasts=90,
    ),
    Scene(
        "AsicDevFeeHigh",
        fault={MAKER: ("+0", "+500")},
        steady={
            'asic_pool_info{pool="9",kind="devfee"}': "1",
            'asic_pool_share_difficulty_accepted_total{pool="0"}': "+1000",
        },
        fires=62,
        ends=191,
        text="of the work of sick goes to the maker of its firmware.",
        excused=[
            {'asic_pool_info{pool="9",kind="devfee"}': "", 'asic_pool_info{pool="9",kind="user"}': "1"},
            {MAKER: "+20"},
        ],
        lasts=120,
    ),
]
