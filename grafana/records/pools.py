"""Pools by their hosts."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Group, Record

GROUP: Final = Group(
    "asic-pool-records",
    "1m",
    [
        Record(
            "pool:asic_pool_up:host",
            """
                (
                  asic_pool_up
                    * on (job, instance, miner, pool) group_left (host)
                  topk by (job, instance, miner, pool) (1, asic_pool_info)
                    or on (job, instance, miner, pool)
                  asic_pool_up
                )
                  unless on (job, instance, miner, pool) asic_pool_info{kind="devfee"}
                """,
            "With the pool's host where the miner says it; without the entries of the firmware's maker.",
        ),
    ],
)
