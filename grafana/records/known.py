"""Where each miner is, and what it said last that it is."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Record

RULES: Final = [
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
]
