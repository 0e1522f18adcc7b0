"""Pools: alive, and the expected ones."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group

GROUP: Final = Group(
    "asic-pools",
    "30s",
    [
        Alert(
            "AsicPoolUnreachable",
            "page",
            "3m",
            """
                count by (job, host) (pool:asic_pool_up:host{host!=""} == 0)
                  / count by (job, host) (pool:asic_pool_up:host)
                  > 0.5
                  and on (job, host) count by (job, host) (pool:asic_pool_up:host) >= 5
                """,
            "Most miners cannot reach a pool.",
            (
                "{{ printf `count(pool:asic_pool_up:host{job=%q,host=%q} == 0)` $labels.job $labels.host | query | "
                "first | value }} of {{ printf `count(pool:asic_pool_up:host{job=%q,host=%q})` $labels.job "
                "$labels.host"
                " | query | first | value }} miners with {{ $labels.host }} call it dead."
            ),
            subject="fleet",
        ),
        Alert(
            "AsicAllPoolsDead",
            "page",
            "10m",
            """
                max without (pool, host) (pool:asic_pool_up:host) == 0
                  unless on (job, instance, miner) asic_miner_state{state=~"idle|paused|sleeping|faulted"} == 1
                """,
            "A miner has no living pool.",
            (
                "Every pool of {{ $labels.miner }} is dead, so it earns nothing: {{- range printf "
                "`pool:asic_pool_up:host{job=%q,instance=%q,miner=%q}` $labels.job $labels.instance $labels.miner | "
                'query | sortByLabel "pool" }} pool {{ .Labels.pool }} {{ .Labels.host }}{{ end }}.'
            ),
            note="Some firmware that names no state calls its pools dead while it rests.",
        ),
        Alert(
            "AsicPoolDead",
            "ticket",
            "30m",
            """
                pool:asic_pool_up:host == 0
                  unless on (job, instance, miner) asic_miner_state{state=~"idle|paused|sleeping|faulted"} == 1
                """,
            "A pool of a miner is dead.",
            "{{ $labels.miner }} calls pool {{ $labels.pool }} {{ $labels.host }} dead.",
        ),
        Alert(
            "AsicActivePoolUnexpected",
            "page",
            "5m",
            "asic_active_pool_expected == 0",
            "A miner works for somebody else.",
            (
                "The pool of {{ $labels.miner }} has an unexpected {{ $labels.check }}: hijacked, or a mistake. {{- "
                "range printf `asic_pool_info{job=%q,instance=%q,miner=%q} and on (job, instance, miner, pool) "
                "asic_pool_active == 1` $labels.job $labels.instance $labels.miner | query }} Its work is for {{ "
                ".Labels.host }}.{{ end }}"
            ),
        ),
        Alert(
            "AsicPoolUnexpected",
            "ticket",
            "30m",
            "asic_pool_expected == 0 unless on (job, instance, miner, check) asic_active_pool_expected == 0",
            "A miner has a pool that is not expected.",
            (
                "The {{ $labels.check }} of pool {{ $labels.pool }} of {{ $labels.miner }} is not expected {{- range "
                "printf `asic_pool_info{job=%q,instance=%q,miner=%q,pool=%q}` $labels.job $labels.instance "
                "$labels.miner $labels.pool | query -}} : {{ .Labels.host }}{{ end }}."
            ),
        ),
        Alert(
            "AsicNotAsExpected",
            "ticket",
            "15m",
            "asic_expected == 0",
            "A miner is not what the configuration expects.",
            (
                "{{ $labels.miner }} differs in its {{ $labels.property }} {{- range printf "
                "`asic_miner_info{job=%q,instance=%q,miner=%q}` $labels.job $labels.instance $labels.miner "
                "| query -}} "
                "{{ with index .Labels $labels.property }}: {{ . }}{{ end }}{{ end }}."
            ),
        ),
    ],
)
