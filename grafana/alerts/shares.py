"""What the pools accept."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group

GROUP: Final = Group(
    "asic-shares",
    "1m",
    [
        Alert(
            "AsicNoShares",
            "page",
            "15m",
            """
                miner:asic_shares_accepted:increase30m == 0
                  and on (job, instance, miner) miner:asic_up:working == 1
                  and on (job, instance, miner) asic_up offset 30m == 1
                  unless on (job, instance, miner) asic_miner_state{state=~"starting|tuning|faulted"} == 1
                  unless on (job, instance, miner) asic_miner_uptime_seconds < 1800
                  unless on (job, instance, miner)
                (
                  max without (pool) (asic_pool_difficulty and on (job, instance, miner, pool) asic_pool_active == 1)
                    * 2^32 * 10
                    > on (job, instance, miner)
                  miner:asic_hashrate_hashes_per_second:avg10m * 1800
                )
                """,
            "A miner works without an accepted share.",
            """
                {{ $labels.miner }} has had no share accepted for half an hour: what it hashes is not paid for. {{-
                range printf `asic_pool_info{job=%q,instance=%q,miner=%q} and on (job, instance, miner, pool)
                asic_pool_active == 1` $labels.job $labels.instance $labels.miner | query }} Its work is for {{
                .Labels.host }}.{{ end }}
                """,
            note="""
                A miner whose pool asks for a difficulty that it meets less than ten times in half an hour may be
                unlucky.
                """,
        ),
    ],
)
