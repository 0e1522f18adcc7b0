"""Hashrate, against what it should be."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Group, Record

GROUP: Final = Group(
    "asic-hashrate",
    "30s",
    [
        Record(
            "miner:asic_hashrate_hashes_per_second:avg10m",
            "avg_over_time(asic_hashrate_hashes_per_second[10m])",
        ),
        Record(
            "miner:asic_hashrate_nominal_hashes_per_second:whole",
            """
                (
                  max without (source) (asic_hashrate_nominal_hashes_per_second{source="firmware"} > 0)
                    * on (job, instance, miner) (
                      miner:asic_boards:expected
                        / on (job, instance, miner)
                      count by (job, instance, miner) (asic_board_hashrate_nominal_hashes_per_second > 0)
                        > 1
                    )
                    and on (job, instance, miner)
                  abs(
                    max by (job, instance, miner) (asic_hashrate_nominal_hashes_per_second{source="firmware"})
                      / on (job, instance, miner)
                    sum by (job, instance, miner) (asic_board_hashrate_nominal_hashes_per_second)
                      - 1
                  ) < 0.02
                )
                  or on (job, instance, miner)
                max without (source) (asic_hashrate_nominal_hashes_per_second{source!="nameplate"} > 0)
                """,
            "The nominal hashrate of all boards that a miner should have: some firmware sums up those that are left.",
        ),
        Record(
            "miner:asic_hashrate_hashes_per_second:expected",
            """
                miner:asic_hashrate_nominal_hashes_per_second:whole
                  or on (job, instance, miner)
                (avg_over_time(miner:asic_hashrate_hashes_per_second:avg10m[7d:1h]) > 0)
                """,
            (
                "A miner without a nominal hashrate is held to its own mean of a week. So is a miner with one "
                "from its nameplate, which tells what was sold, and not what the owner set."
            ),
        ),
        Record(
            "miner:asic_hashrate_hashes_per_second:ratio",
            "miner:asic_hashrate_hashes_per_second:avg10m / miner:asic_hashrate_hashes_per_second:expected",
        ),
        Record(
            "miner:asic_efficiency_joules_per_terahash",
            "1e12 * max without (source) (asic_power_watts) / (asic_hashrate_hashes_per_second > 0)",
            "Of the miners that say both.",
        ),
    ],
)
