"""The exporter itself, and whether Prometheus reaches it."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group

GROUP: Final = Group(
    "asic-exporter",
    "30s",
    [
        Alert(
            "AsicWatchdog",
            "info",
            "0s",
            'label_replace(vector(1), "job", "asic-exporter", "", "")',
            "Alerts are evaluated and sent.",
            "This alert always fires: a receiver that no longer hears of it knows that no alert would arrive.",
            subject="exporter",
            keep="",
            note="A dead man's switch: send it to a service that complains when the messages stop.",
        ),
        Alert(
            "AsicExporterDown",
            "page",
            "2m",
            'up{job="asic-exporter"} == 0',
            "Prometheus cannot scrape the exporter.",
            """
                {{ $labels.instance }} has not answered for 2 minutes; nothing is known about {{ with printf
                `max(last_over_time(asic_exporter_targets{kind="target",job=%q,instance=%q}[1h]))` $labels.job
                $labels.instance | query -}} the {{ . | first | value }} miners that it watches. {{- else }}its
                miners.{{ end }}
                """,
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
            """
                {{ $labels.instance }} starts polls {{ $value | humanizeDuration }} late, more than half of its
                interval.
                """,
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
        Alert(
            "AsicExporterInternalErrors",
            "ticket",
            "1m",
            "increase(asic_exporter_internal_errors_total[1h]) > 0",
            "The exporter makes mistakes.",
            """
                {{ $labels.instance }} made {{ $value | humanize }} mistakes of its own in an hour: some readings are
                missing. Its log has a line for each.
                """,
            subject="exporter",
        ),
        Alert(
            "AsicExporterImplausible",
            "info",
            "30m",
            """
                sum by (job, instance, family, field) (increase(asic_exporter_implausible_total[1h])) > 10
                  unless on (job, instance, family, field)
                sum by (job, instance, family, field) (increase(asic_exporter_implausible_total[1d] offset 1d)) > 0
                  and on (job, instance) asic_exporter_targets{kind="target"} offset 1d
                """,
            "The exporter leaves out readings that cannot be true.",
            """
                {{ $labels.instance }} left out {{ $labels.field }} of {{ $labels.family }} miners {{ $value |
                humanize }} times in an hour, and not once a day before.
                """,
            subject="exporter",
        ),
        Alert(
            "AsicExporterUnknownFields",
            "info",
            "5m",
            """
                sum by (job, instance, family, section) (increase(asic_exporter_unknown_fields_total[2h])) > 0
                  unless on (job, instance, family, section)
                sum by (job, instance, family, section) (increase(asic_exporter_unknown_fields_total[1d] offset 1d)) > 0
                  and on (job, instance) asic_exporter_targets{kind="target"} offset 1d
                """,
            "Miners say what no decoder knows.",
            """
                {{ $labels.family }} miners of {{ $labels.instance }} answer {{ $labels.section }} with fields that
                are new since yesterday: new firmware, most likely.
                """,
            subject="exporter",
        ),
        Alert(
            "AsicSeriesDropped",
            "ticket",
            "10m",
            "increase(asic_series_dropped_total[30m]) > 0",
            "A miner has more series than its limit.",
            """
                {{ $labels.miner }} lost {{ $value | humanize }} series in half an hour to the limit of its
                configuration: some of its readings are missing.
                """,
        ),
    ],
)
