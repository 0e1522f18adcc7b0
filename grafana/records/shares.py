"""Shares over half an hour."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Group, Record


def increase(kind: str, note: str = "") -> Record:
    """The shares of a kind in the last half hour: over all pools, else the sum of the owner's pools."""
    return Record(
        f"miner:asic_shares_{kind}:increase30m",
        f"""
            increase(asic_shares_{kind}_total[30m])
              or on (job, instance, miner)
            sum without (pool) (
              increase(asic_pool_shares_{kind}_total[30m])
                unless on (job, instance, miner, pool) asic_pool_info{{kind="devfee"}}
            )
            """,
        note,
    )


GROUP: Final = Group(
    "asic-share-records",
    "1m",
    [
        increase(
            "accepted",
            "Firmware that keeps no total counts by pool; the entries of the firmware's maker are nobody's.",
        ),
        increase("rejected"),
        increase("stale"),
        Record(
            "miner:asic_shares_rejected:ratio30m",
            """
                miner:asic_shares_rejected:increase30m
                  / (miner:asic_shares_accepted:increase30m + miner:asic_shares_rejected:increase30m > 0)
                """,
        ),
        Record(
            "miner:asic_shares_stale:ratio30m",
            """
                miner:asic_shares_stale:increase30m
                  / (miner:asic_shares_accepted:increase30m + miner:asic_shares_stale:increase30m > 0)
                """,
        ),
    ],
)
