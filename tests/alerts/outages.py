"""Scenes of outages: miners, racks, groups, sites, and farms that hash less or for nobody."""

from __future__ import annotations

from typing import Final

from tests.alerts.farms import all_at, ill, of
from tests.harness.scenes import Scene


def racked(name: str, count: int = 12, **labels: str) -> list[str]:
    """Return a series of each miner: four to a rack, eight to a hall, and a pdu for every other one."""
    return [of(name, n, rack=f"r{n // 4}", hall=f"h{n // 8}", pdu=f"p{n % 2}", **labels) for n in range(count)]


def grouped(group: str, *miners: int) -> dict[str, str]:
    return {of("asic_target_info", n, address=f"192.0.2.{n}", config_group=group): "1" for n in miners}


UP: Final = racked("asic_up")
PLAIN_UP: Final = [of("asic_up", n) for n in range(12)]
BIG: Final = [of("asic_up", n) for n in range(260)]
SITES: Final = [of("asic_up", n, instance) for instance in "abc" for n in range(10)]
SMALL: Final = [of("asic_up", n, instance) for instance in "abcd" for n in range(3)]
HASHING: Final = racked("asic_hashrate_hashes_per_second")
SHARES: Final = racked("asic_shares_accepted_total")
POOL_SHARES: Final = racked("asic_pool_shares_accepted_total", pool="0")
ALL: Final = range(12)

SCENES: Final = [
    Scene(
        "AsicPlaceDown",
        ill(UP, "1", "0", 0, 1, 2, 3),
        fires=3,
        ends=5,
        text="All or nearly all miners of rack r0 do not answer: 4 of them. It is in hall h0. Its power? Its switch?",
        excused=[
            all_at(UP, "0"),
            {UP[3]: "1"},
            all_at(racked("asic_off_expected", 4), "1"),
        ],
        farm=True,
    ),
    Scene(
        "AsicPlaceDown",
        ill(UP, "1", "0", *range(8)),
        fires=3,
        ends=5,
        text="All or nearly all miners of hall h0 do not answer: 8 of them. Its power?",
        farm=True,
    ),
    Scene(
        "AsicPlaceDown",
        ill(UP, "1", "0", 0, 2, 4, 6),
        fires=3,
        ends=5,
        text="All or nearly all miners of pdu p0 do not answer: 4 of them. It is in hall h0.",
        farm=True,
    ),
    Scene(
        "AsicPlaceDown",
        ill(PLAIN_UP, "1", "0", *range(6)),
        steady=grouped("north", *range(6)) | grouped("south", *range(6, 12)),
        fires=3,
        ends=5,
        text="All or nearly all miners of group north do not answer: 6 of them. Its power?",
        farm=True,
    ),
    Scene(
        "AsicRecentPlaceOutage",
        ill(UP, "1", "0", 0, 1, 2, 3),
        fires=3,
        ends=30,
        text="rack r0 of x has, or had, an outage.",
        farm=True,
    ),
    Scene(
        "AsicManyMinersDown",
        ill(UP, "1", "0", *ALL),
        fires=3,
        ends=5,
        text="0 of 12 miners of x answer. Power? Network?",
        excused=[all_at(UP[4:], "1"), all_at(racked("asic_off_expected"), "1")],
        farm=True,
    ),
    Scene(
        "AsicManyMinersDown",
        ill(SITES, "1", "0", *range(10, 15)),
        fires=3,
        ends=5,
        text="5 of 10 miners of b answer. Power? Network?",
        farm=True,
    ),
    Scene(
        "AsicManyMinersDown",
        ill(SMALL, "1", "0", 0, 3, 6, 9),
        fires=3,
        ends=5,
        text="8 of 12 miners of asic-exporter answer. Power? Network?",
        farm=True,
    ),
    Scene(
        "AsicManyMinersDown",
        ill(BIG, "1", "0", *range(50)) | {BIG[259]: ("0", "0"), BIG[258]: ("0", "0")},
        fires=3,
        ends=5,
        text="208 of 260 miners of x answer.",
        excused=[{BIG[0]: "1"}, {BIG[0]: "0"}],
        farm=True,
    ),
    Scene(
        "AsicRecentOutage",
        ill(PLAIN_UP, "1", "0", *ALL),
        fires=3,
        ends=30,
        text="x has, or had, an outage.",
        farm=True,
    ),
    Scene(
        "AsicFarmHashrateDropped",
        ill(HASHING, "100e12", "70e12", *ALL),
        steady=all_at(UP, "1") | all_at(racked("asic_target_info", address="192.0.2.1"), "1"),
        fires=17,
        ends=25,
        text="The miners of x that answer and should work reach 70% of what the same miners reached six hours ago: "
        "840 TH/s.",
        excused=[
            all_at(racked("asic_miner_state", state="sleeping"), "1"),
            all_at(racked("asic_miner_state", state="tuning"), "1"),
            all_at(racked("asic_curtailed", source="user"), "1"),
            all_at(racked("asic_off_expected"), "1"),
            all_at(UP, "0"),
            all_at(HASHING[5:], "100e12"),
        ],
        before=400,
        farm=True,
    ),
    Scene(
        "AsicFarmWithoutShares",
        ill(SHARES, "+1", "+0", *ALL) | ill(POOL_SHARES, "+1", "+0", *ALL),
        steady=all_at(UP, "1") | all_at(HASHING, "100e12"),
        fires=19,
        ends=17,
        text="for 15 minutes, although 12 of them hash",
        excused=[
            {SHARES[0]: "+1"},
            all_at(racked("asic_miner_state", state="sleeping"), "1"),
            all_at(HASHING, "0"),
            all_at(SHARES, "+0.1"),
        ],
        before=60,
        farm=True,
    ),
    Scene(
        "AsicFarmWithoutShares",
        ill(POOL_SHARES, "+1", "+0", *ALL),
        steady=all_at(UP, "1") | all_at(HASHING, "100e12"),
        fires=19,
        ends=17,
        text="for 15 minutes, although 12 of them hash",
        before=60,
        farm=True,
    ),
    Scene(
        "AsicMinerDown",
        {"asic_up": ("1", "0"), 'asic_poll_failures_total{reason="refused"}': ("+0", "+1")},
        fires=5,
        ends=0,
        text="sick has not answered a poll for 5 minutes: refused. http://192.0.2.1/",
        excused=[{"asic_off_expected": "1"}],
    ),
]
