"""What miners hash, against what they should."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group

GROUP: Final = Group(
    "asic-hashrate",
    "1m",
    [
        Alert(
            "AsicHashrateZero",
            "page",
            "5m",
            """
                asic_hashrate_hashes_per_second == 0
                  and on (job, instance, miner) asic_miner_state{state="mining"} == 1
                  unless on (job, instance, miner) asic_miner_uptime_seconds < 600
                  unless on (job, instance, miner) max without (pool, host) (pool:asic_pool_up:host) == 0
                """,
            "A miner says that it mines, and hashes nothing.",
            "{{ $labels.miner }} has been mining at 0 H/s for 5 minutes.",
        ),
        Alert(
            "AsicHashrateLow",
            "ticket",
            "20m",
            """
                miner:asic_hashrate_hashes_per_second:ratio < 0.85
                  and on (job, instance, miner) miner:asic_up:working == 1
                  unless on (job, instance, miner) asic_curtailed == 1
                  unless on (job, instance, miner) asic_miner_state{state=~"starting|tuning|faulted"} == 1
                  unless on (job, instance, miner)
                (
                  miner:asic_power_watts:known
                    > on (job, instance, miner) group_left ()
                  0.97 * asic_power_limit_watts
                    and on (job, instance, miner)
                  (
                    miner:asic_efficiency_joules_per_terahash
                      < on (job, algorithm, model) group_left ()
                    1.1 * model:asic_efficiency_joules_per_terahash:median
                  )
                    unless on (job, instance, miner) miner:asic_boards:missing
                )
                """,
            "A miner hashes less than it should.",
            """
                {{ $labels.miner }} reaches {{ $value | humanizePercentage }} of its expected hashrate {{- range
                printf `miner:asic_hashrate_hashes_per_second:expected{job=%q,instance=%q,miner=%q}` $labels.job
                $labels.instance $labels.miner | query -}} , which is {{ .Value | humanize | reReplaceAll
                "([a-zA-Z]?)$" " ${1}H/s" }}{{ end }}.
                """,
            note="""
                A miner that draws all that its power limit allows, at the efficiency of its model and with all of its
                boards, is set to less.
                """,
        ),
    ],
)
PAST: Final = Group(
    "asic-hashrate-past",
    "4m",
    [
        Alert(
            "AsicHashrateDropped",
            "ticket",
            "30m",
            """
                miner:asic_hashrate_hashes_per_second:avg10m
                  / on (job, instance, miner) group_left ()
                last_over_time(miner:asic_hashrate_hashes_per_second:usual[10m])
                  < 0.8
                  unless on (job, instance, miner) asic_curtailed == 1
                  unless on (job, instance, miner) miner:asic_settings:changed1d
                  unless on (job, instance, miner) miner:asic_hashrate_hashes_per_second:ratio < 0.85
                """,
            "A miner hashes less than it did.",
            """
                {{ $labels.miner }} reaches {{ $value | humanizePercentage }} of what it reached in the last day: {{
                printf `miner:asic_hashrate_hashes_per_second:avg10m{job=%q,instance=%q,miner=%q}` $labels.job
                $labels.instance $labels.miner | query | first | value | humanize | reReplaceAll "([a-zA-Z]?)$" "
                ${1}H/s" }}{{ range printf
                `last_over_time(miner:asic_hashrate_hashes_per_second:usual{job=%q,instance=%q,miner=%q}[10m])`
                $labels.job $labels.instance $labels.miner | query -}} , from {{ .Value | humanize | reReplaceAll
                "([a-zA-Z]?)$" " ${1}H/s" }}{{ end }}. Nobody set it to less.
                """,
            working=True,
            but_in="starting|tuning|faulted",
            note="A miner that also lacks what it should reach is told by AsicHashrateLow.",
        ),
        Alert(
            "AsicHashrateUnconfirmed",
            "ticket",
            "30m",
            """
                avg_over_time(miner:asic_hashrate_hashes_per_second:accepted1h[3h])
                  / avg_over_time(miner:asic_hashrate_hashes_per_second:claimed1h[3h])
                  < 0.75
                  and on (job, instance, miner) sum_over_time(miner:asic_shares_accepted:increase30m[3h:30m]) > 600
                  and on (job, instance, miner) asic_up offset 4h == 1
                  unless on (job, instance, miner) asic_miner_uptime_seconds < 15000
                  unless on (job, instance, miner) max_over_time(miner:asic_up:resting[4h]) == 1
                """,
            "The pools accept less than a miner claims.",
            """
                The difficulty that was accepted of {{ $labels.miner }} in three hours proves {{ $value |
                humanizePercentage }} of the hashrate that it claims, which is {{ printf
                `avg_over_time(miner:asic_hashrate_hashes_per_second:claimed1h{job=%q,instance=%q,miner=%q}[3h])`
                $labels.job $labels.instance $labels.miner | query | first | value | humanize | reReplaceAll
                "([a-zA-Z]?)$" " ${1}H/s" }}.
                """,
            working=True,
            note=(
                "With 600 shares, chance alone is off by a quarter once in a billion. Of a miner that ran all the time."
            ),
        ),
    ],
)
