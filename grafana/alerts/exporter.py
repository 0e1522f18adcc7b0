"""The exporter itself, and whether Prometheus reaches it."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group

GROUP: Final = Group(
    "asic-exporter",
    "30s",
    [
        Alert(
            "AsicExporterDown",
            "page",
            "2m",
            'up{job="asic-exporter"} == 0',
            "Prometheus cannot scrape the exporter.",
            (
                "{{ $labels.instance }} has not answered for 2 minutes; nothing is known about {{ with printf "
                '`max(last_over_time(asic_exporter_targets{kind="target",job=%q,instance=%q}[1h]))` $labels.job '
                "$labels.instance | query -}} the {{ . | first | value }} miners that it watches. {{- else }}its "
                "miners.{{ end }}"
            ),
            subject="exporter",
            keep="",
        ),
        Alert(
            "AsicExporterAbsent",
            "page",
            "5m",
            'absent(up{job="asic-exporter"})',
            "Prometheus has no exporter to scrape.",
            "There is no target of the job asic-exporter, so no alert about a miner can fire.",
            subject="exporter",
            keep="",
        ),
        Alert(
            "AsicExporterPollsLate",
            "ticket",
            "10m",
            """
                min_over_time(asic_exporter_poll_lag_seconds[5m])
                  > on (job, instance)
                clamp_min(
                  0.5 * sum by (job, instance) (asic_exporter_targets{kind="target"})
                    / sum by (job, instance) (rate(asic_exporter_polls_total[10m])),
                  2
                )
                """,
            "The exporter polls the miners too late.",
            (
                "{{ $labels.instance }} starts polls {{ $value | humanizeDuration }} late, more than half of its "
                "interval."
            ),
            subject="exporter",
            note="The mean interval of the polls is the number of miners by the polls a second.",
        ),
        Alert(
            "AsicExporterTargetsVanished",
            "ticket",
            "10m",
            'asic_exporter_targets{kind="target"} < 0.8 * asic_exporter_targets{kind="target"} offset 1h',
            "Many miners vanished from the exporter's list.",
            "{{ $labels.instance }} has {{ $value }} targets, a fifth fewer than an hour ago.",
            subject="exporter",
        ),
    ],
)
