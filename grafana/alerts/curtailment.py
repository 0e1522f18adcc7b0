"""Miners that are held back, or planned to be off: whether they obey, for how long, and whether anybody still asks."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group

GROUP: Final = Group(
    "asic-curtailment",
    "1m",
    [
        Alert(
            "AsicCurtailmentNotDone",
            "ticket",
            "15m",
            """
                label_replace(
                  miner:asic_hashrate_hashes_per_second:avg10m > 0
                    and on (job, instance, miner) asic_off_expected == 1,
                  "asked", "off by its plan", "", ""
                )
                  or on (job, instance, miner)
                label_replace(
                  miner:asic_hashrate_hashes_per_second:avg10m > 0
                    and on (job, instance, miner) asic_curtailed{source!="other"} == 1
                    unless on (job, instance, miner) asic_curtailment_target_ratio > 0,
                  "asked", "at rest", "", ""
                )
                  or on (job, instance, miner)
                label_replace(
                  miner:asic_hashrate_hashes_per_second:avg10m > 0
                    and on (job, instance, miner)
                  (
                    max by (job, instance, miner) (asic_power_watts)
                      / on (job, instance, miner)
                    asic_power_limit_watts
                      > on (job, instance, miner)
                    0.15 + max by (job, instance, miner) (asic_curtailment_target_ratio)
                  )
                    and on (job, instance, miner) asic_curtailed == 1,
                  "asked", "held back", "", ""
                )
                """,
            "A miner that should rest works.",
            """
                {{ $labels.miner }} should be {{ $labels.asked }}{{ range printf
                `max(asic_curtailment_target_ratio{job=%q,instance=%q,miner=%q})` $labels.job $labels.instance
                $labels.miner | query }} to {{ .Value | humanizePercentage }} of its power{{ end }}, and hashes {{
                $value | humanize | reReplaceAll "([a-zA-Z]?)$" " ${1}H/s" }}{{ range printf
                `max(asic_power_watts{job=%q,instance=%q,miner=%q})` $labels.job $labels.instance $labels.miner |
                query }} with {{ .Value | printf "%.0f" }} W{{ end }}.
                """,
            note="A source called other slows a miner to a degree that nobody knows.",
        ),
        Alert(
            "AsicCurtailmentSourceLost",
            "ticket",
            "10m",
            """
                time() - asic_curtailment_last_message_timestamp_seconds > 1800
                  and on (job, instance, miner) asic_up == 1
                """,
            "Nobody tells a miner any more whether to rest.",
            """
                {{ $labels.miner }} heard from its {{ $labels.source }} source of curtailment {{ $value |
                humanizeDuration }} ago.
                """,
        ),
        Alert(
            "AsicCurtailedLong",
            "info",
            "10m",
            """
                min_over_time(asic_curtailed[1d]) == 1
                  and on (job, instance, miner, source) asic_curtailed offset 1d == 1
                """,
            "A miner has been held back for a day.",
            "{{ $labels.miner }} has been held back by its {{ $labels.source }} source for a day: forgotten?",
            note="Not by a plan of the configuration, which knows its own end.",
        ),
    ],
)
