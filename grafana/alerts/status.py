"""What miners say they do, and whether they say all that alerts need."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group

GROUP: Final = Group(
    "asic-status",
    "1m",
    [
        Alert(
            "AsicReadingsStale",
            "ticket",
            "5m",
            "time() - asic_last_success_timestamp_seconds > 600 and on (job, instance, miner) asic_up == 1",
            "The readings of a miner are old.",
            "{{ $labels.miner }} counts as up, but was read {{ $value | humanizeDuration }} ago.",
        ),
        Alert(
            "AsicReadingsLost",
            "ticket",
            "30m",
            """
                (
                  label_replace(
                    miner:asic_up:working
                      unless on (job, instance, miner) asic_hashrate_hashes_per_second,
                    "reading", "hashrate", "", ""
                  )
                    or
                  label_replace(
                    miner:asic_board_up:sum offset 1d
                      unless on (job, instance, miner) miner:asic_board_up:sum,
                    "reading", "boards", "", ""
                  )
                    or
                  label_replace(
                    miner:asic_fans:turning offset 1d
                      unless on (job, instance, miner) miner:asic_fans:turning,
                    "reading", "fans", "", ""
                  )
                    or
                  label_replace(
                    miner:asic_chip_temperature_celsius:max offset 1d
                      unless on (job, instance, miner) miner:asic_chip_temperature_celsius:max,
                    "reading", "chip temperature", "", ""
                  )
                    or
                  label_replace(
                    miner:asic_shares_accepted:increase30m offset 1d
                      unless on (job, instance, miner) miner:asic_shares_accepted:increase30m,
                    "reading", "shares", "", ""
                  )
                )
                  and on (job, instance, miner) miner:asic_up:working == 1
                  unless on (job, instance, miner) asic_miner_state{state="starting"} == 1
                """,
            "A miner no longer says what alerts need.",
            "{{ $labels.miner }} reports no {{ $labels.reading }}: alerts about it are blind.",
            note="""
                An absent series fires nothing: this is the alert about those that cannot fire. What had been there a
                day ago is missed for a day.
                """,
        ),
        Alert(
            "AsicSectionFailing",
            "info",
            "30m",
            "asic_section_up == 0 and on (job, instance, miner) asic_up == 1",
            "A part of a miner's answers cannot be read.",
            "{{ $labels.miner }} answers, but not to {{ $labels.section }}.",
        ),
        Alert(
            "AsicRestartLoop",
            "ticket",
            "1m",
            """
                (resets(asic_miner_uptime_seconds[1h]) >= 3 and last_over_time(asic_miner_uptime_seconds[1h]) < 3600)
                  or on (job, instance, miner)
                (resets(asic_device_uptime_seconds[1h]) >= 3 and last_over_time(asic_device_uptime_seconds[1h]) < 3600)
                """,
            "A miner restarts over and over.",
            "{{ $labels.miner }} restarted {{ $value }} times in the last hour.",
        ),
        Alert(
            "AsicStuckStarting",
            "ticket",
            "30m",
            'asic_miner_state{state="starting"} == 1 unless on (job, instance, miner) asic_off_expected == 1',
            "A miner does not get past its start.",
            "{{ $labels.miner }} has been starting for 30 minutes.",
        ),
        Alert(
            "AsicMinerFaulted",
            "page",
            "5m",
            'asic_miner_state{state="faulted"} == 1',
            "A miner stopped itself because of a fault.",
            """
                {{ $labels.miner }} says that it is faulted. {{- range printf
                `asic_fault{severity!="info",job=%q,instance=%q,miner=%q} == 1` $labels.job $labels.instance
                $labels.miner | query | sortByLabel "code" }} It reports {{ .Labels.code }}{{ with .Labels.component
                }}{{ if ne . "miner" }} of {{ . }}{{ end }}{{ end }}. {{- else }} It reports no code.{{ end }}
                """,
        ),
        Alert(
            "AsicMinerIdle",
            "info",
            "1h",
            """
                asic_miner_state{state="idle"} == 1
                  unless on (job, instance, miner) (asic_curtailed == 1 or asic_off_expected == 1)
                """,
            "A miner does nothing.",
            "{{ $labels.miner }} has been idle for an hour without being paused or put to sleep.",
        ),
        Alert(
            "AsicFaultReported",
            "ticket",
            "20m",
            """
                max_over_time(asic_fault{severity!="info"}[10m]) == 1
                  and on (job, instance, miner) asic_up == 1
                  unless on (job, instance, miner)
                (
                  max by (job, instance, miner) (time() - asic_last_fault_timestamp_seconds) > 86400
                    and on (job, instance, miner) asic_miner_info{family=~"whatsminer.*"}
                )
                  unless on (job, instance, miner, code, component)
                (asic_fault offset 1d and on (job, instance, miner) asic_miner_info{family=~"whatsminer.*"})
                """,
            "A miner reports a fault.",
            """
                {{ $labels.miner }} reports {{ $labels.code }}{{ with $labels.component }}{{ if ne . "miner" }} of {{
                . }}{{ end }}{{ end }} {{- with $labels.severity }}, which its firmware calls {{ . }}{{ end }}.
                """,
            labels={"fault_severity": "{{ $labels.severity }}"},
            note="""
                Lists of faults flap, hence the window. How grave the firmware calls a fault is the label
                fault_severity. A Whatsminer lists the latest of each code, weeks later, too: what it listed a day
                ago, or knows to be older, is no news.
                """,
        ),
        Alert(
            "AsicMinerRestartedForHeat",
            "ticket",
            "3m",
            """
                increase(asic_overheats_total[1h]) > 0
                  or on (job, instance, miner)
                (
                  resets(asic_miner_uptime_seconds[1h]) > 0
                    and on (job, instance, miner) min_over_time(miner:asic_temperature_celsius:margin[1h]) < 0
                )
                """,
            "A miner stopped for heat, and started again.",
            """
                {{ $labels.miner }} restarted {{ $value | printf "%.0f" }} times in the last hour, for heat or while
                it was hotter than its limit.
                """,
        ),
        Alert(
            "AsicThrottled",
            "ticket",
            "1h",
            "min_over_time(asic_throttled[10m]) == 1",
            "The firmware slows a miner.",
            "{{ $labels.miner }} has been slowed by its firmware for heat or power for an hour.",
            working=True,
        ),
        Alert(
            "AsicTunerFailed",
            "ticket",
            "30m",
            'asic_tuner_state{state="error"} == 1',
            "The tuner of a miner failed.",
            "The tuner of {{ $labels.miner }} says that it failed: its chips are not at what was asked for.",
            working=True,
        ),
        Alert(
            "AsicLicenseLapsed",
            "ticket",
            "1h",
            'asic_license_state{state=~"limited|expired"} == 1',
            "The licence of a miner's firmware is not whole.",
            "{{ $labels.miner }}: the licence of its firmware is {{ $labels.state }}.",
        ),
    ],
)
