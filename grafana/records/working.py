"""Which miners work: what alerts ask first."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Group, Record

GROUP: Final = Group(
    "asic-working",
    "30s",
    [
        Record(
            "miner:asic_up:resting",
            """
                max without (state) (asic_miner_state{state=~"idle|paused|sleeping"} == 1)
                  or on (job, instance, miner)
                (
                  max without (source) (asic_curtailed == 1)
                    unless on (job, instance, miner) asic_hashrate_hashes_per_second > 0
                )
                  or on (job, instance, miner)
                (asic_off_expected == 1)
                """,
            "1 for a miner that rests: by what it says, by who holds it back, or by the configuration's plan.",
        ),
        Record(
            "miner:asic_up:working",
            "asic_up == 1 unless on (job, instance, miner) miner:asic_up:resting",
            "1 for a miner that answers, and neither rests nor should. Firmware may name no state and still work.",
        ),
        Record(
            "instance:asic_up:count",
            "count by (job, instance) (asic_up)",
            "The miners of each exporter.",
        ),
    ],
)
