"""Which miners work, where each is, and what it said last that it is."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Record

RULES: Final = [
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
        ("1 for a miner that answers, and neither rests nor should. Firmware that names no state counts as working."),
    ),
    Record(
        "miner:asic_target_info:known",
        """
            topk by (job, instance, miner) (1, asic_target_info)
              * on (job, instance, miner) group_left (algorithm, family, model)
            topk by (job, instance, miner) (1, asic_miner_info)
              or on (job, instance, miner)
            (
              miner:asic_target_info:known
                and on (job, instance, miner, address, config_group)
              last_over_time(asic_target_info[1h])
            )
              or on (job, instance, miner)
            topk by (job, instance, miner) (1, asic_target_info)
            """,
        "Where each miner is, and what it said last that it is: also while it is down.",
    ),
    Record(
        "instance:asic_up:count",
        "count by (job, instance) (asic_up)",
        "The miners of each exporter.",
    ),
]
