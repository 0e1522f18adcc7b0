"""What was: the best counts of a day, the mean of a week, and what an hour proves."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Group, Record

GROUP: Final = Group(
    "asic-past",
    "4m",
    [
        Record(
            "miner:asic_board_up:max1d",
            "max_over_time(miner:asic_board_up:sum[1d:10m])",
            "Less often than the others, and by a few samples of the range: a day of all samples is dear to read.",
        ),
        Record("miner:asic_fans:max1d", "max_over_time(miner:asic_fans:count[1d:10m])"),
        Record("miner:asic_fans:turning1d", "max_over_time(miner:asic_fans:turning[1d:10m])"),
        Record("board:asic_board_chips:max1d", "max_over_time(asic_board_chips[1d:30m])"),
        Record(
            "miner:asic_hashrate_hashes_per_second:avg7d",
            "avg_over_time((miner:asic_hashrate_hashes_per_second:avg10m > 0)[7d:1h])",
            "The mean of the hours in which it hashed.",
        ),
        Record(
            "miner:asic_hashrate_hashes_per_second:accepted1h",
            """
                miner:asic_target_info:known{algorithm="sha256"}
                  * on (job, instance, miner) group_left ()
                (
                  2 ^ 32 * (
                    rate(asic_share_difficulty_accepted_total[1h])
                      and asic_up offset 1h
                      or on (job, instance, miner)
                    sum without (pool) (
                      rate(asic_pool_share_difficulty_accepted_total[1h])
                        unless on (job, instance, miner, pool) asic_pool_info{kind="devfee"}
                    )
                      and asic_up offset 1h
                  )
                )
                """,
            """
                What the accepted difficulty of the last hour proves. A miner that was not yet there an hour ago has
                none: its first shares would be spread over the whole hour.
                """,
        ),
        Record(
            "miner:asic_hashrate_hashes_per_second:claimed1h",
            """
                avg_over_time(miner:asic_hashrate_hashes_per_second:now{algorithm="sha256"}[1h])
                  and on (job, instance, miner) miner:asic_hashrate_hashes_per_second:accepted1h
                """,
            "What the same miners claim for the same hour, with nothing for the time in which they were down.",
        ),
    ],
)
