"""Miners, places and farms that do not answer, and what a whole farm loses."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group
from grafana.records.places import KINDS, named

GROUP: Final = Group(
    "asic-outages",
    "30s",
    [
        Alert(
            "AsicManyMinersDown",
            "page",
            "3m",
            """
                (
                  (instance:asic_up:scattered > 0.2 * instance:asic_up:due and instance:asic_up:due >= 5)
                    or
                  (instance:asic_up:scattered - min_over_time(instance:asic_up:scattered[1d]) >= 50)
                )
                  or on (job)
                (
                  sum by (job) (instance:asic_up:scattered) > 0.2 * sum by (job) (instance:asic_up:due)
                    and
                  sum by (job) (instance:asic_up:due) >= 5
                )
                """,
            "Many miners do not answer.",
            """
                {{ with $labels.instance -}} {{ printf `sum(miner:asic_up:due{job=%q,instance=%q})` $labels.job . |
                query | first | value }} of {{ printf `count(miner:asic_up:due{job=%q,instance=%q})` $labels.job . |
                query | first | value }} miners of {{ . }} answer. {{- else -}} {{ printf
                `sum(miner:asic_up:due{job=%q})` $labels.job | query | first | value }} of {{ printf
                `count(miner:asic_up:due{job=%q})` $labels.job | query | first | value }} miners of {{ $labels.job }}
                answer. {{- end }} Power? Network?
                """,
            subject="fleet",
            keep="5m",
            note="""
                A site (an exporter) of which a fifth is down, or 50 miners more than at the best time of the last
                day; or a fifth of all miners, where no site stands out. A rack or a room that is all dark is told by
                AsicPlaceDown.
                """,
        ),
        Alert(
            "AsicRecentOutage",
            "info",
            "0s",
            'max by (job, instance) (ALERTS{alertname="AsicManyMinersDown",alertstate="firing"}) == 1',
            "Many miners do not answer, or did not a short while ago.",
            "{{ with $labels.instance }}{{ . }}{{ else }}{{ $labels.job }}{{ end }} has, or had, an outage.",
            subject="fleet",
            keep="25m",
            note="""
                Tells nobody: it silences the tickets of a site for longer than Prometheus repeats what is resolved
                (15 minutes) and a group waits (5), so that miners that were never told as down are not told as back.
                """,
        ),
        Alert(
            "AsicPlaceDown",
            "page",
            "3m",
            """
                place:asic_up:dark
                  unless on (job, instance) ALERTS{alertname="AsicRecentOutage",alertstate="firing",instance!=""}
                  unless on (job) ALERTS{alertname="AsicRecentOutage",alertstate="firing",instance=""}
                """,
            "A rack or another place is dark.",
            """
                All or nearly all miners of {{ $labels.place }} do not answer: {{ $value }} of them. {{- range $name,
                $value := $labels -}} {{ if and (match "^(site|building|container|hall|room|row)$" $name) (ne $name
                $labels.place_kind) }} It is in {{ $name }} {{ $value }}. {{- end }} {{- end }} Its power? Its switch?
                """,
            subject="fleet",
            keep="5m",
            note="Places of a site that is dark, or is on its way back, are told by the site's alert alone.",
        ),
        Alert(
            "AsicRecentPlaceOutage",
            "info",
            "0s",
            f"""
                max by ({named("place", "place_kind", *KINDS)}) (
                  ALERTS{{alertname="AsicPlaceDown",alertstate="firing"}}
                ) == 1
                """,
            "A place is dark, or was a short while ago.",
            "{{ $labels.place }} of {{ $labels.instance }} has, or had, an outage.",
            subject="fleet",
            keep="25m",
            note="Tells nobody, as AsicRecentOutage.",
        ),
        Alert(
            "AsicMinerDown",
            "ticket",
            "5m",
            """
                miner:asic_up:due == 0
                  or on (job, instance, miner)
                (last_over_time(miner:asic_up:due[1h]) == 0 and on (job, instance) up == 0)
                """,
            "A miner does not answer.",
            """
                {{ $labels.miner }} has not answered a poll for 5 minutes {{- range printf `topk(1,
                increase(asic_poll_failures_total{job=%q,instance=%q,miner=%q}[10m]) > 0)` $labels.job
                $labels.instance $labels.miner | query -}} : {{ .Labels.reason }}{{ end }}.
                """,
            keep="",
            note="While the exporter does not answer, what it said last holds.",
        ),
    ],
)
FARM: Final = Group(
    "asic-farm",
    "1m",
    [
        Alert(
            "AsicFarmHashrateDropped",
            "page",
            "10m",
            """
                (
                  sum by (job, instance, algorithm) (
                    miner:asic_hashrate_hashes_per_second:steady
                      and on (job, instance, miner) miner:asic_hashrate_hashes_per_second:avg10m offset 6h
                  )
                    /
                  sum by (job, instance, algorithm) (
                    0 * miner:asic_hashrate_hashes_per_second:steady
                      + on (job, instance, miner) group_left ()
                    miner:asic_hashrate_hashes_per_second:avg10m offset 6h
                  )
                ) < 0.8
                  and
                count by (job, instance, algorithm) (miner:asic_hashrate_hashes_per_second:steady) >= 5
                """,
            "A farm hashes far less than a few hours ago.",
            """
                The {{ with $labels.algorithm }}{{ . }} {{ end }}miners of {{ $labels.instance }} that answer and
                should work reach {{ $value | humanizePercentage }} of what the same miners reached six hours ago: {{
                printf `sum(miner:asic_hashrate_hashes_per_second:steady{job=%q,instance=%q,algorithm=%q})`
                $labels.job $labels.instance $labels.algorithm | query | first | value | humanize | reReplaceAll
                "([a-zA-Z]?)$" " ${1}H/s" }}.
                """,
            subject="fleet",
            note="""
                Of the same miners, then and now: who rests, is held back, was set to less or is down counts on
                neither side.
                """,
        ),
        Alert(
            "AsicFarmWithoutShares",
            "page",
            "5m",
            """
                sum by (job, instance) (
                  increase(asic_shares_accepted_total[15m])
                    or on (job, instance, miner)
                  sum without (pool) (increase(asic_pool_shares_accepted_total[15m]))
                ) == 0
                  and on (job, instance) max_over_time(instance:asic_shares_accepted:increase30m[6h]) > 40
                  and on (job, instance)
                count by (job, instance) (
                  asic_hashrate_hashes_per_second > 0 and on (job, instance, miner) miner:asic_up:working == 1
                ) >= 5
                """,
            "A whole farm works without an accepted share.",
            """
                No pool has accepted a share of any miner of {{ $labels.instance }} for 15 minutes, although {{ printf
                `count(asic_hashrate_hashes_per_second{job=%q,instance=%q} > 0)` $labels.job $labels.instance | query
                | first | value }} of them hash: what they do is not paid for.
                """,
            subject="pools",
            note="Only where shares came often before: a farm for which a quarter of an hour without one is no chance.",
        ),
        Alert(
            "AsicMinerUnreliable",
            "ticket",
            "5m",
            "changes(asic_up[1h]) >= 6",
            "A miner comes and goes.",
            "{{ $labels.miner }} went up or down {{ $value }} times in the last hour.",
        ),
    ],
)
