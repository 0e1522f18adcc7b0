"""What the recording rules say of shares, and of what happened."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.alerts.miners import ALWAYS, GONE, MODEL, WELL, state
from tests.harness.answers import Asked, check

A: Final = 'miner="a",model="S19"'
DEVFEE: Final = 'asic_pool_info{pool="2",kind="devfee",host="fee.example"}'
LONGER: Final = {each: of.replace("60", "90") for each, of in WELL.items()}
SHARES: Final = [
    Asked(
        "shares by total, of the last half hour",
        {
            "asic_shares_accepted_total": "0+9x60",
            "asic_shares_rejected_total": "0+1x60",
            "asic_shares_stale_total": "0+3x60",
        },
        {
            "max by (miner) (miner:asic_shares_rejected:ratio30m)": {'miner="a"': 0.1},
            "max by (miner) (miner:asic_shares_stale:ratio30m)": {'miner="a"': 0.25},
        },
        at=60,
    ),
    Asked(
        "shares by pool, without those for the firmware's maker",
        {
            'asic_pool_shares_accepted_total{pool="0"}': "0+9x60",
            'asic_pool_shares_rejected_total{pool="0"}': "0+1x60",
            'asic_pool_shares_accepted_total{pool="2"}': "0+100x60",
            'asic_pool_shares_rejected_total{pool="2"}': "0+100x60",
            DEVFEE: ALWAYS,
        },
        {"max by (miner) (miner:asic_shares_rejected:ratio30m)": {'miner="a"': 0.1}},
        at=60,
    ),
    Asked("no share is no ratio", {"asic_shares_accepted_total": "5x60", "asic_shares_rejected_total": "0x60"},
          {"max by (miner) (miner:asic_shares_rejected:ratio30m)": {}}, at=60),
    Asked(
        "accepted difficulty proves a hashrate after an hour",
        {**LONGER, "asic_share_difficulty_accepted_total": "0+6x90", "asic_hashrate_hashes_per_second": "4e8x90"},
        {
            "max by (miner, model) (miner:asic_hashrate_hashes_per_second:accepted1h)": {A: 0.1 * 2**32},
            "max by (miner, model) (miner:asic_hashrate_hashes_per_second:claimed1h)": {A: 4e8},
        },
        at=80,
    ),
    Asked(
        "nothing is proved in the first hour",
        {**WELL, "asic_share_difficulty_accepted_total": "0+6x60"},
        {"count(miner:asic_hashrate_hashes_per_second:accepted1h)": {},
         "count(miner:asic_hashrate_hashes_per_second:claimed1h)": {}},
        at=40,
    ),
    Asked(
        "nor of scrypt",
        {**LONGER, MODEL: "_x90", MODEL.replace("sha256", "scrypt"): "1x90",
         "asic_share_difficulty_accepted_total": "0+6x90"},
        {"count(miner:asic_hashrate_hashes_per_second:accepted1h)": {}},
        at=80,
    ),
]  # fmt: skip
ONE: Final = 'asic_pool_info{pool="0",host="one.example"}'
TWO: Final = 'asic_pool_info{pool="1",host="two.example"}'
EVENTS: Final = "max by (event, detail, model) (max_over_time(miner:asic_event:occurred[60m]))"


def happened(name: str, series: dict[str, str], *events: str) -> Asked:
    """The events of an hour in which the series are as in WELL but for these."""
    return Asked(name, {**WELL, **series}, {EVENTS: {f'{event},model="S19"': 1 for event in events}}, at=60)


def was(series: str) -> dict[str, str]:
    return {series: "1x20 stale"}


def then(series: str) -> dict[str, str]:
    return {series: "_x21 1x60"}


HAPPENED: Final = [
    happened("nothing", {"asic_miner_uptime_seconds": "0+60x60", state("mining"): ALWAYS}),
    happened("a restart of the process", {"asic_miner_uptime_seconds": "900+60x20 5+60x60"},
             'event="restart",detail="the mining process"'),
    happened("a restart over the time in which it did not answer",
             {"asic_up": "1x20 0x9 1x60", "asic_device_uptime_seconds": "900+60x20 stale _x8 5+60x60",
              "asic_miner_uptime_seconds": "900+60x20 stale _x8 5+60x60"},
             'event="restart",detail="the device"'),
    happened("an uptime that is told late is no restart", {"asic_miner_uptime_seconds": "0+60x20 1170+60x60"}),
    happened("another firmware", {**was(MODEL), **then(MODEL.replace('version="1"', 'version="2"'))},
             'event="firmware",detail="stock 1 to stock 2"'),
    happened("a state that lasts", {state("mining"): "1x20 0x60", state("sleeping"): "0x20 1x60"},
             'event="state",detail="mining to sleeping"'),
    happened("a state of two minutes is noise", {state("mining"): "1x20 0 0 1x60", state("tuning"): "0x20 1 1 0x60"}),
    happened("another pool",
             {ONE: ALWAYS, TWO: ALWAYS,
              'asic_pool_active{pool="0"}': "1x20 0x60", 'asic_pool_active{pool="1"}': "0x20 1x60"},
             'event="pool",detail="one.example to two.example"'),
    happened("the time for the firmware's maker is no other pool",
             {ONE: ALWAYS, DEVFEE: ALWAYS,
              'asic_pool_active{pool="0"}': "1x20 0x9 1x60", 'asic_pool_active{pool="2"}': "0x20 1x9 0x60"}),
    happened("two pools at once, then one, then two",
             {ONE: ALWAYS, TWO: ALWAYS,
              'asic_pool_active{pool="0"}': ALWAYS, 'asic_pool_active{pool="1"}': "1x20 0x9 1x60"}),
    happened("a machine at another address",
             {'asic_miner_info{mac="aa",miner="b",model="S19"}': "1x20 stale",
              'asic_target_info{miner="b",address="192.0.2.8"}': ALWAYS, 'asic_up{miner="b"}': "1x20 0x60",
              'asic_miner_info{mac="aa",miner="c",model="S19"}': "_x21 1x60",
              'asic_target_info{miner="c",address="192.0.2.9"}': ALWAYS, 'asic_up{miner="c"}': "0x20 1x60"},
             'event="address",detail="192.0.2.8 to 192.0.2.9"'),
    happened("one address for two machines for good",
             {'asic_miner_info{mac="aa",miner="b",model="S19"}': ALWAYS,
              'asic_target_info{miner="b",address="192.0.2.8"}': ALWAYS,
              'asic_miner_info{mac="aa",miner="c",model="S19"}': ALWAYS,
              'asic_target_info{miner="c",address="192.0.2.9"}': ALWAYS}),
    Asked("what a miner was is known while it is down, and where",
          {**GONE, state("mining"): "1x10 stale", ONE: "1x10 stale",
           'asic_pool_active{pool="0"}': "1x10 stale"},
          {"max by (miner, firmware, address) (miner:asic_miner_info:known)":
              {'miner="a",firmware="stock",address="192.0.2.1"': 1},
           "max by (miner, state) (miner:asic_miner_state:known)": {'miner="a",state="mining"': 1},
           "max by (miner, host) (miner:asic_pool_host:known)": {'miner="a",host="one.example"': 1},
           "max by (miner, host) (miner:asic_pool_host:active)": {}}),
]  # fmt: skip


@pytest.mark.program("promtool")
@pytest.mark.parametrize("asked", [SHARES, HAPPENED], ids=["shares", "events"])
def test_records_of_events(asked: list[Asked], tmp_path: Path) -> None:
    check(asked, tmp_path)
