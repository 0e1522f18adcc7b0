"""What pools do with the work: rejected, stale, slow, and for whom it is."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group

BY: Final = (
    "{{- range printf `asic_pool_info{job=%q,instance=%q,miner=%q} and on (job, instance, miner, pool) "
    "asic_pool_active == 1` $labels.job $labels.instance $labels.miner | query }} by {{ .Labels.host }}{{ end }}"
)
HOST: Final = (
    "{{- range printf `asic_pool_info{job=%q,instance=%q,miner=%q,pool=%q}` $labels.job $labels.instance "
    "$labels.miner $labels.pool | query }} {{ .Labels.host }}{{ end }}"
)
ACTIVE: Final = "and on (job, instance, miner, pool) asic_pool_active == 1"

GROUP: Final = Group(
    "asic-rejects",
    "1m",
    [
        Alert(
            "AsicPoolRejecting",
            "page",
            "5m",
            """
                (
                  count by (job, host) (
                    (
                      increase(asic_pool_shares_rejected_total[15m])
                        / (increase(asic_pool_shares_rejected_total[15m])
                        + increase(asic_pool_shares_accepted_total[15m]) > 5)
                        > 0.1
                    )
                      * on (job, instance, miner, pool) group_left (host)
                    topk by (job, instance, miner, pool) (1, asic_pool_info{kind!="devfee"})
                  )
                    > on (job, host)
                  0.5 * count by (job, host) (
                    (
                      increase(asic_pool_shares_rejected_total[15m])
                        + increase(asic_pool_shares_accepted_total[15m]) > 5
                    )
                      * on (job, instance, miner, pool) group_left (host)
                    topk by (job, instance, miner, pool) (1, asic_pool_info{kind!="devfee"})
                  )
                ) >= 5
                """,
            "A pool rejects the work of most miners.",
            """
                {{ $labels.host }} rejects more than a tenth of the shares of {{ $value }} miners, which are most that
                work for it.
                """,
            subject="pools",
            note="Of the miners that sent it more than five shares in a quarter of an hour.",
        ),
        Alert(
            "AsicRejectsHigh",
            "ticket",
            "15m",
            """
                (
                  (
                    miner:asic_shares_rejected:ratio30m > 0.05
                      and on (job, instance, miner) miner:asic_shares_rejected:increase30m > 10
                  )
                    or on (job, instance, miner)
                  (
                    (miner:asic_shares_rejected:increase30m + miner:asic_shares_rejected:increase30m offset 30m > 20)
                      /
                    (
                      miner:asic_shares_rejected:increase30m + miner:asic_shares_rejected:increase30m offset 30m
                        + miner:asic_shares_accepted:increase30m + miner:asic_shares_accepted:increase30m offset 30m
                    )
                      > 0.02
                  )
                )
                """,
            "The pool rejects many shares of a miner.",
            "{{ $labels.miner }} has {{ $value | humanizePercentage }} of its shares rejected" + BY + ".",
            working=True,
            note="A twentieth in half an hour, or a fiftieth in an hour; of so many that chance explains neither.",
        ),
        Alert(
            "AsicStaleHigh",
            "ticket",
            "30m",
            """
                miner:asic_shares_stale:ratio30m > 0.03
                  and on (job, instance, miner) miner:asic_shares_stale:increase30m > 10
                """,
            "Many shares of a miner are too late.",
            """
                {{ $labels.miner }} has {{ $value | humanizePercentage }} of its shares stale: its network, or the
                pool, is slow.
                """,
            working=True,
        ),
        Alert(
            "AsicRejectsUnauthorized",
            "ticket",
            "5m",
            'increase(asic_pool_shares_rejected_by_reason_total{reason="unauthorized"}[30m]) >= 3',
            "A pool does not know the worker of a miner.",
            (
                "{{ $labels.miner }} had {{ $value | humanize }} shares rejected in half an hour"
                + BY
                + " because the worker's name or password is wrong."
            ),
        ),
        Alert(
            "AsicPoolLatencyHigh",
            "info",
            "30m",
            f"avg_over_time(asic_pool_latency_seconds[10m]) > 0.5 {ACTIVE}",
            "A pool answers slowly.",
            (
                "{{ $labels.miner }} waits {{ $value | humanizeDuration }} for an answer of pool {{ $labels.pool }}"
                + HOST
                + "."
            ),
        ),
        Alert(
            "AsicPoolLossHigh",
            "ticket",
            "30m",
            f"avg_over_time(asic_pool_loss_ratio[10m]) > 0.1 {ACTIVE}",
            "Messages to a pool are lost.",
            (
                "{{ $labels.miner }} gets no answer to {{ $value | humanizePercentage }} of what it sends to pool "
                "{{ $labels.pool }}" + HOST + "."
            ),
        ),
        Alert(
            "AsicPoolReconnects",
            "ticket",
            "5m",
            "increase(asic_pool_reconnects_total[1h]) >= 6",
            "The connection to a pool breaks over and over.",
            (
                "{{ $labels.miner }} lost pool {{ $labels.pool }}"
                + HOST
                + " {{ $value | humanize }} times in the last "
                "hour."
            ),
        ),
        Alert(
            "AsicPoolPaysOthers",
            "page",
            "3m",
            "increase(asic_pool_verification_failures_total[15m]) > 0",
            "A pool's jobs do not pay whom they should.",
            (
                "Jobs of pool {{ $labels.pool }}" + HOST + " failed the check of {{ $labels.miner }} of who is paid, "
                "{{ $value | humanize }} in a quarter of an hour: what it finds may be somebody else's."
            ),
        ),
    ],
)
FEES: Final = Group(
    "asic-fees",
    "5m",
    [
        Alert(
            "AsicDevFeeHigh",
            "info",
            "1h",
            """
                (asic_developer_fee_ratio > 0.05)
                  or on (job, instance, miner)
                (
                  sum without (pool) (
                    increase(asic_pool_share_difficulty_accepted_total[3h])
                      and on (job, instance, miner, pool) asic_pool_info{kind="devfee"}
                  )
                    / on (job, instance, miner) group_left ()
                  (sum by (job, instance, miner) (increase(asic_pool_share_difficulty_accepted_total[3h])) > 0)
                    > 0.05
                )
                """,
            "The maker of a miner's firmware takes much of its work.",
            "{{ $value | humanizePercentage }} of the work of {{ $labels.miner }} goes to the maker of its firmware.",
            note="As the firmware says, or as the difficulty accepted in three hours by the maker's pools shows.",
        ),
    ],
)
