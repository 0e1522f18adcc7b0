"""Sums over each exporter's miners, and the middle of each model."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Record

RULES: Final = [
    Record(
        "instance:asic_hashrate_hashes_per_second:sum",
        "sum by (job, instance, algorithm) (miner:asic_hashrate_hashes_per_second:now)",
    ),
    Record(
        "instance:asic_hashrate_nominal_hashes_per_second:sum",
        """
            sum by (job, instance, algorithm) (
              miner:asic_hashrate_nominal_hashes_per_second:known
                and miner:asic_hashrate_hashes_per_second:lost
            )
            """,
        "Of the miners that should work, so that 1 - lost / nominal is what the farm reaches.",
    ),
    Record(
        "instance:asic_hashrate_hashes_per_second:lost",
        """
            sum by (job, instance, algorithm) (miner:asic_hashrate_hashes_per_second:lost)
              or
            0 * sum by (job, instance, algorithm) (miner:asic_hashrate_nominal_hashes_per_second:known)
            """,
        "None where all miners rest.",
    ),
    Record(
        "instance:asic_power_watts:sum",
        "sum by (job, instance) (miner:asic_power_watts:known)",
        "Of the miners that say it; the next is how many they are.",
    ),
    Record(
        "instance:asic_power_watts:count",
        "count by (job, instance) (miner:asic_power_watts:known)",
    ),
    Record(
        "model:asic_efficiency_joules_per_terahash:median",
        "quantile by (job, algorithm, model) (0.5, miner:asic_efficiency_joules_per_terahash)",
    ),
    Record(
        "model:asic_hashrate_ratio:median",
        """
            quantile by (job, algorithm, model) (
              0.5,
              miner:asic_hashrate_hashes_per_second:now / miner:asic_hashrate_nominal_hashes_per_second:known
                and on (job, instance, miner) miner:asic_up:working == 1
            )
            """,
        "Of the nominal hashrate, by the miners that work.",
    ),
]
