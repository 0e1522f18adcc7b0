"""What the recording rules say of hashrate, power and whole farms."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.alerts.miners import ALWAYS, GONE, MODEL, PLACE, WELL, nominal, state
from tests.harness.answers import Asked, check

NOMINAL: Final = "max by (miner, model) (miner:asic_hashrate_nominal_hashes_per_second:known)"
LOST: Final = "max by (miner, model) (miner:asic_hashrate_hashes_per_second:lost)"
NOW: Final = "max by (miner, model) (miner:asic_hashrate_hashes_per_second:now)"
A: Final = 'miner="a",model="S19"'
HASHRATE: Final = [
    Asked(
        "a miner that is down loses all of what it should hash",
        {**GONE, nominal("firmware"): "100x10 stale"},
        {NOMINAL: {A: 100}, NOW: {A: 0}, LOST: {A: 100}},
    ),
    Asked(
        "also by its nameplate, in its first week",
        {**GONE, nominal("nameplate"): "95x10 stale"},
        {NOMINAL: {A: 95}, LOST: {A: 95}},
    ),
    Asked(
        "a miner that was down since before Prometheus began has nothing to lose that is known",
        {"asic_up": "0x60", PLACE: ALWAYS},
        {NOMINAL: {}, "max by (miner) (miner:asic_hashrate_hashes_per_second:now)": {'miner="a"': 0}, LOST: {}},
    ),
    Asked(
        "a miner that works lacks the difference, and never less than nothing",
        {
            **WELL,
            nominal("config"): "100x60",
            **{
                each.replace("}", ',miner="b"}') if "{" in each else each + '{miner="b"}': of
                for each, of in WELL.items()
            },
            'asic_hashrate_nominal_hashes_per_second{source="firmware",miner="b"}': "80x60",
        },
        {LOST: {A: 10, 'miner="b",model="S19"': 0}},
    ),
    *(
        Asked(
            f"a miner that rests loses nothing: {why}",
            {**WELL, nominal("firmware"): "100x60", why: ALWAYS},
            {
                LOST: {},
                "sum(instance:asic_hashrate_hashes_per_second:lost)": {"": 0},
                "sum(instance:asic_hashrate_nominal_hashes_per_second:sum)": {},
                "max(miner:asic_up:working)": {},
                "max(miner:asic_up:resting)": {"": 1},
            },
        )
        for why in (state("sleeping"), "asic_off_expected")
    ),
    Asked(
        "a miner that is held back loses nothing, and rests if it hashes nothing",
        {
            **WELL,
            nominal("firmware"): "100x60",
            'asic_curtailed{source="user"}': ALWAYS,
            "asic_hashrate_hashes_per_second": "90x30 0x30",
        },
        {
            LOST: {},
            "max(miner:asic_hashrate_hashes_per_second:ratio)": {},
            "max(miner:asic_up:resting offset 40m)": {},
            "max(miner:asic_up:working offset 40m)": {"": 1},
            "max(miner:asic_up:resting)": {"": 1},
            "max(miner:asic_up:working)": {},
        },
        at=60,
    ),
    Asked(
        "a plan that is not in force is no rest",
        {**WELL, nominal("firmware"): "100x60", "asic_off_expected": "0x60", 'asic_curtailed{source="user"}': "0x60"},
        {LOST: {A: 10}, "max(miner:asic_up:working)": {"": 1}, "max(miner:asic_up:resting)": {}},
    ),
    Asked(
        "without a word of it a miner should hash what it did in the last week, once that is known",
        {
            **GONE,
            "asic_up": "1x70 0x20",
            "asic_hashrate_hashes_per_second": "90x70 stale",
            MODEL: "1x70 stale",
            PLACE: "1x90",
        },
        {NOMINAL: {A: 90}, LOST: {A: 90}},
        at=80,
    ),
    Asked(
        "boards that are left do not make a whole: two of three",
        {
            **WELL,
            nominal("firmware"): "60x60",
            'asic_board_hashrate_nominal_hashes_per_second{board="0"}': "30x60",
            'asic_board_hashrate_nominal_hashes_per_second{board="1"}': "30x60",
            'asic_boards_expected{source="nameplate"}': "3x60",
        },
        {NOMINAL: {A: 90}},
    ),
    Asked(
        "a new identity beside the old makes no second series",
        {**WELL, MODEL.replace('version="1"', 'version="2"'): ALWAYS, nominal("firmware"): "100x60"},
        {f"count({NOMINAL})": {"": 1}, f"count({LOST})": {"": 1}, "count(miner:asic_miner_info:known)": {"": 1}},
    ),
    Asked(
        "exporters of one job with miners of one name are apart",
        {
            **WELL,
            nominal("firmware"): "100x60",
            'asic_up{instance="y"}': "0x60",
            'asic_target_info{instance="y",address="192.0.2.7"}': ALWAYS,
        },
        {
            "max by (instance, miner) (miner:asic_hashrate_hashes_per_second:now)": {
                'instance="x",miner="a"': 90,
                'instance="y",miner="a"': 0,
            }
        },
    ),
    Asked(
        "a miner that left the configuration is forgotten after an hour",
        dict.fromkeys((*WELL, nominal("firmware")), "1x10 stale"),
        {NOMINAL: {}, NOW: {}, LOST: {}, "max(miner:asic_miner_info:known)": {}},
        at=75,
    ),
    Asked(
        "the labels of place, model and address are on all that is told of a miner",
        {**WELL, nominal("firmware"): "100x60", 'asic_power_watts{source="measured"}': "3000x60"},
        {
            query: {
                f'__name__="{query}",address="192.0.2.1",algorithm="sha256",family="antminer",instance="x",'
                'job="asic-exporter",miner="a",model="S19",rack="r1"': value
            }
            for query, value in {
                "miner:asic_hashrate_nominal_hashes_per_second:known": 100,
                "miner:asic_hashrate_hashes_per_second:now": 90,
                "miner:asic_hashrate_hashes_per_second:lost": 10,
                "miner:asic_power_watts:known": 3000,
                "miner:asic_efficiency_joules_per_terahash": 3000e12 / 90,
            }.items()
        },
    ),
]
FARM: Final = [
    Asked(
        "sums of an exporter, and the middle of a model",
        {
            f'{name}miner="{miner}"{"," * bool(labels)}{labels}}}': value
            for miner, rate in {"a": 90, "b": 100, "c": 50}.items()
            for name, labels, value in (
                ("asic_up{", "", ALWAYS),
                ("asic_target_info{", 'address="192.0.2.1"', ALWAYS),
                ("asic_miner_info{", 'model="S19",algorithm="sha256",family="antminer"', ALWAYS),
                ("asic_hashrate_hashes_per_second{", "", f"{rate}x60"),
                ("asic_hashrate_nominal_hashes_per_second{", 'source="firmware"', "100x60"),
                ("asic_power_watts{", 'source="measured"', f"{40 * rate}x60" if miner != "c" else "_x60"),
            )
        },
        {
            "sum(instance:asic_hashrate_hashes_per_second:sum)": {"": 240},
            "sum(instance:asic_hashrate_nominal_hashes_per_second:sum)": {"": 300},
            "sum(instance:asic_hashrate_hashes_per_second:lost)": {"": 60},
            "sum(instance:asic_power_watts:sum)": {"": 7600},
            "sum(instance:asic_power_watts:count)": {"": 2},
            "sum by (algorithm, model) (model:asic_hashrate_ratio:median)": {'algorithm="sha256",model="S19"': 0.9},
            "sum by (model) (model:asic_efficiency_joules_per_terahash:median)": {'model="S19"': 4e13},
        },
    ),
]


@pytest.mark.program("promtool")
@pytest.mark.parametrize("asked", [HASHRATE, FARM], ids=["hashrate", "farm"])
def test_records(asked: list[Asked], tmp_path: Path) -> None:
    check(asked, tmp_path)
