"""Hashrate and power, against what they should be; what is lost."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Record

RULES: Final = [
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
            miner:asic_hashrate_hashes_per_second:avg7d
            """,
        """
            A miner without a nominal hashrate is held to its own mean of a week. So is a miner with one from its
            nameplate, which tells what was sold, and not what the owner set.
            """,
    ),
    Record(
        "miner:asic_hashrate_hashes_per_second:ratio",
        """
            miner:asic_hashrate_hashes_per_second:avg10m / miner:asic_hashrate_hashes_per_second:expected
              unless on (job, instance, miner) asic_curtailed == 1
            """,
        "Of the miners that nobody holds back.",
    ),
    Record(
        "miner:asic_hashrate_nominal_hashes_per_second:known",
        """
            miner:asic_target_info:known
              * on (job, instance, miner) group_left ()
            max by (job, instance, miner) (
              miner:asic_hashrate_nominal_hashes_per_second:whole
                or on (job, instance, miner)
              (asic_hashrate_nominal_hashes_per_second{source="nameplate"} > 0)
                or on (job, instance, miner)
              (miner:asic_hashrate_hashes_per_second:avg7d and on (job, instance, miner) asic_up == 1)
                or on (job, instance, miner)
              miner:asic_hashrate_nominal_hashes_per_second:known
                or on (job, instance, miner)
              miner:asic_hashrate_hashes_per_second:avg7d
            )
            """,
        """
            What each miner should hash with all of its boards: said by the configuration or the firmware, else by the
            nameplate, else its own mean of a week. While it is down, what was known last.
            """,
    ),
    Record(
        "miner:asic_hashrate_hashes_per_second:now",
        """
            miner:asic_target_info:known
              * on (job, instance, miner) group_left ()
            (0 * (asic_up == 0) or asic_hashrate_hashes_per_second)
            """,
        "The hashrate of each miner, with the labels of what and where it is; 0 while it is down.",
    ),
    Record(
        "miner:asic_hashrate_hashes_per_second:lost",
        """
            clamp_min(
              miner:asic_hashrate_nominal_hashes_per_second:known
                - miner:asic_hashrate_hashes_per_second:now,
              0
            )
              unless on (job, instance, miner) asic_miner_state{state=~"idle|paused|sleeping"} == 1
              unless on (job, instance, miner) (asic_curtailed == 1 or on (job, instance, miner) asic_off_expected == 1)
            """,
        """
            What each miner that should work, and is not held back, lacks of its nominal hashrate: all of it while it
            is down.
            """,
    ),
    Record(
        "miner:asic_power_watts:known",
        """
            miner:asic_target_info:known
              * on (job, instance, miner) group_left ()
            max by (job, instance, miner) (asic_power_watts)
            """,
    ),
    Record(
        "miner:asic_efficiency_joules_per_terahash",
        "1e12 * miner:asic_power_watts:known / (miner:asic_hashrate_hashes_per_second:now > 0)",
        "Of the miners that say both.",
    ),
]
