"""Miners, places and farms that do not answer, and what a whole farm loses."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group

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
                  (instance:asic_up:down > 0.2 * instance:asic_up:count and instance:asic_up:count >= 5)
                    or
                  (instance:asic_up:down - min_over_time(instance:asic_up:down[1d]) >= 50)
                )
                  or on (job)
                (
                  sum by (job) (instance:asic_up:down) > 0.2 * sum by (job) (instance:asic_up:count)
                    and
                  sum by (job) (instance:asic_up:count) >= 5
                )
                """,
            "Many miners do not answer.",
            (
                "{{ with $labels.instance -}} {{ printf `sum(asic_up{job=%q,instance=%q})` $labels.job . | query | "
                "first | value }} of {{ printf `count(asic_up{job=%q,instance=%q})` $labels.job . | query | first | "
                "value }} miners of {{ . }} answer. {{- else -}} {{ printf `sum(asic_up{job=%q})` "
                "$labels.job | query |"
                " first | value }} of {{ printf `count(asic_up{job=%q})` $labels.job | query | first | "
                "value }} miners "
                "of {{ $labels.job }} answer. {{- end }} Power? Network?"
            ),
            subject="fleet",
            keep="5m",
            note=(
                "A site (an exporter) of which a fifth is down, or 50 miners more than at the best time of the"
                " last day; or a fifth of all miners, where no site stands out."
            ),
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
            note=(
                "Tells nobody: it silences the tickets of a site for longer than Prometheus repeats what is "
                "resolved (15 minutes) and a group waits (5), so that miners that were never told as down are "
                "not told as back."
            ),
        ),
        Alert(
            "AsicMinerDown",
            "ticket",
            "5m",
            """
                asic_up == 0
                  or on (job, instance, miner)
                (last_over_time(asic_up[1h]) == 0 and on (job, instance) up == 0)
                """,
            "A miner does not answer.",
            (
                "{{ $labels.miner }} has not answered a poll for 5 minutes {{- range printf `topk(1, "
                "increase(asic_poll_failures_total{job=%q,instance=%q,miner=%q}[10m]) > 0)` $labels.job "
                "$labels.instance $labels.miner | query -}} : {{ .Labels.reason }}{{ end }}."
            ),
            keep="",
            note="While the exporter does not answer, what it said last holds.",
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
