"""Pools: alive, and the expected ones."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group

WORKS_FOR: Final = (
    "{{- range printf `asic_pool_info{job=%q,instance=%q,miner=%q} and on (job, instance, miner, pool) "
    "asic_pool_active == 1` $labels.job $labels.instance $labels.miner | query }} Its work is for {{ .Labels.host }}."
    "{{ end }}"
)
RESTS: Final = 'unless on (job, instance, miner) asic_miner_state{state=~"idle|paused|sleeping|faulted"} == 1'
OWN: Final = 'asic_pool_priority unless on (job, instance, miner, pool) asic_pool_info{kind="devfee"}'
BACKUP: Final = f"""(
                    asic_pool_priority > on (job, instance, miner) group_left () min by (job, instance, miner) ({OWN})
                      or on (job, instance, miner, pool)
                    (
                      asic_pool_active == 0
                        unless on (job, instance, miner, pool) asic_pool_priority
                        and on (job, instance, miner) asic_pool_active == 1
                    )
                  )
                  unless on (job, instance, miner, pool) asic_pool_active == 1"""

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
            """
                {{ printf `count(pool:asic_pool_up:host{job=%q,host=%q} == 0)` $labels.job $labels.host | query |
                first | value }} of {{ printf `count(pool:asic_pool_up:host{job=%q,host=%q})` $labels.job $labels.host
                | query | first | value }} miners with {{ $labels.host }} call it dead.
                """,
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
            """
                Every pool of {{ $labels.miner }} is dead, so it earns nothing: {{- range printf
                `pool:asic_pool_up:host{job=%q,instance=%q,miner=%q}` $labels.job $labels.instance $labels.miner |
                query | sortByLabel "pool" }} pool {{ .Labels.pool }} {{- with .Labels.host }} {{ . }}{{ end }}{{ end
                }}.
                """,
            note="Some firmware that names no state calls its pools dead while it rests.",
        ),
        Alert(
            "AsicPoolDead",
            "ticket",
            "30m",
            f"""
                pool:asic_pool_up:host == 0
                  unless on (job, instance, miner, pool) ({BACKUP})
                  {RESTS}
                """,
            "A pool of a miner is dead.",
            "{{ $labels.miner }} calls pool {{ $labels.pool }} {{ $labels.host }} dead.",
        ),
        Alert(
            "AsicBackupPoolDead",
            "ticket",
            "1h",
            f"""
                pool:asic_pool_up:host == 0
                  and on (job, instance, miner, pool) ({BACKUP})
                  {RESTS}
                """,
            "A back-up pool of a miner is dead.",
            """
                {{ $labels.miner }} calls its back-up, pool {{ $labels.pool }} {{ $labels.host }}, dead: it is of no
                help if the first one fails.
                """,
        ),
        Alert(
            "AsicBackupPoolInUse",
            "ticket",
            "30m",
            f"""
                min without (pool) (
                  {OWN}
                    and on (job, instance, miner, pool) max_over_time(asic_pool_active[10m]) == 1
                )
                  >
                min without (pool) ({OWN})
                """,
            "A miner works for its back-up pool.",
            """
                {{ $labels.miner }} works {{- range printf `asic_pool_info{job=%q,instance=%q,miner=%q} and on (job,
                instance, miner, pool) asic_pool_active == 1` $labels.job $labels.instance $labels.miner | query }}
                for pool {{ .Labels.pool }} {{ .Labels.host }}{{ end }} {{- range printf
                `asic_pool_info{job=%q,instance=%q,miner=%q,kind!="devfee"} and on (job, instance, miner, pool)
                bottomk(1, asic_pool_priority{job=%q,instance=%q,miner=%q})` $labels.job $labels.instance
                $labels.miner $labels.job $labels.instance $labels.miner | query -}} , not for pool {{ .Labels.pool }}
                {{ .Labels.host }}, which comes first{{ end }}.
                """,
            working=True,
            note="Ten minutes look past the turns that go to the maker of the firmware, and past quotas.",
        ),
        Alert(
            "AsicStrangePoolOnSeveral",
            "page",
            "3m",
            """
                count by (job, host) (
                  count by (job, instance, miner, host) (
                    asic_pool_info
                      and on (job, instance, miner, pool) asic_pool_active == 1
                      and on (job, instance, miner, pool) asic_pool_expected{check="host"} == 0
                  )
                ) >= 3
                """,
            "Several miners work for the same unexpected pool.",
            """
                {{ $value }} miners work for {{ $labels.host }}, which is not expected: {{- range printf `topk(5,
                asic_pool_info{job=%q,host=%q} and on (job, instance, miner, pool) asic_pool_active == 1 and on (job,
                instance, miner, pool) asic_pool_expected == 0)` $labels.job $labels.host | query | sortByLabel
                "miner" }} {{ .Labels.miner }}{{ end }}{{ if gt $value 5.0 }} and others{{ end }}.
                """,
            subject="pools",
        ),
        Alert(
            "AsicActivePoolUnexpected",
            "page",
            "5m",
            "asic_active_pool_expected == 0",
            "A miner works for somebody else.",
            (
                "The pool of {{ $labels.miner }} has an unexpected {{ $labels.check }}: hijacked, or a mistake."
                + WORKS_FOR
            ),
        ),
        Alert(
            "AsicPoolUnexpected",
            "ticket",
            "30m",
            "asic_pool_expected == 0 unless on (job, instance, miner, check) asic_active_pool_expected == 0",
            "A miner has a pool that is not expected.",
            """
                The {{ $labels.check }} of pool {{ $labels.pool }} of {{ $labels.miner }} is not expected {{- range
                printf `asic_pool_info{job=%q,instance=%q,miner=%q,pool=%q}` $labels.job $labels.instance
                $labels.miner $labels.pool | query -}} : {{ .Labels.host }}{{ end }}.
                """,
        ),
    ],
)
