"""Shares over half an hour."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Group, Record

GROUP: Final = Group(
    "asic-shares",
    "30s",
    [
        Record(
            "miner:asic_shares_accepted:increase30m",
            """
                increase(asic_shares_accepted_total[30m])
                  or on (job, instance, miner)
                sum without (pool) (increase(asic_pool_shares_accepted_total[30m]))
                """,
            "Firmware that keeps no total counts by pool.",
        ),
        Record(
            "miner:asic_shares_rejected:increase30m",
            """
                increase(asic_shares_rejected_total[30m])
                  or on (job, instance, miner)
                sum without (pool) (increase(asic_pool_shares_rejected_total[30m]))
                """,
        ),
    ],
)
