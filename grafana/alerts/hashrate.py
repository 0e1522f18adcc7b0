"""What miners hash, against what they should."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group

GROUP: Final = Group(
    "asic-hashrate",
    "30s",
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
                  unless on (job, instance, miner) asic_miner_state{state=~"starting|tuning|faulted"} == 1
                """,
            "A miner hashes less than it should.",
            (
                "{{ $labels.miner }} reaches {{ $value | humanizePercentage }} of its expected hashrate {{- range "
                "printf `miner:asic_hashrate_hashes_per_second:expected{job=%q,instance=%q,miner=%q}` $labels.job "
                "$labels.instance $labels.miner | query -}} , which is {{ .Value | humanize | reReplaceAll "
                '"([a-zA-Z]?)$" " ${1}H/s" }}{{ end }}.'
            ),
        ),
    ],
)
