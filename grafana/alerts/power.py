"""Power supplies, the power drawn, and the small means of a controller."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group

POWER: Final = Group(
    "asic-power",
    "30s",
    [
        Alert(
            "AsicSupplySag",
            "page",
            "3m",
            """
                (
                  count by (job, instance) (
                    count by (job, instance, miner) (
                      (asic_psu_input_volts < 0.92 * (asic_psu_input_volts offset 1h > 90))
                        or
                      (asic_psu_input_volts < 0.92 * (asic_psu_input_volts offset 1d > 90))
                    )
                  )
                    > on (job, instance)
                  0.2 * count by (job, instance) (count by (job, instance, miner) (asic_psu_input_volts > 60))
                ) >= 3
                """,
            "The mains voltage of a site has fallen.",
            """
                {{ $value }} of the {{ printf `count(count by (miner) (asic_psu_input_volts{job=%q,instance=%q} >
                60))` $labels.job $labels.instance | query | first | value }} miners of {{ $labels.instance }} that
                say their input have lost 8 % of it: the lowest has {{ printf
                `min(asic_psu_input_volts{job=%q,instance=%q} > 60)` $labels.job $labels.instance | query | first |
                value }} V.
                """,
            subject="power",
            note="""
                Against an hour ago, and against the same hour of yesterday. Supplies of 5 and 12 V are no mains;
                below 60 V nothing of a mains supply still works.
                """,
        ),
        Alert(
            "AsicPsuHot",
            "ticket",
            "10m",
            """
                max without (psu) (asic_psu_temperature_celsius > 80)
                  or on (job, instance, miner)
                max without (sensor, location) (asic_temperature_celsius{location="psu"} > 80)
                """,
            "A power supply is too hot.",
            "The power supply of {{ $labels.miner }} is at {{ $value }} °C.",
        ),
        Alert(
            "AsicPsuOutputLow",
            "ticket",
            "15m",
            "asic_psu_output_volts / asic_psu_output_target_volts < 0.95",
            "A power supply gives less than it is set to.",
            """
                Supply {{ $labels.psu }} of {{ $labels.miner }} gives {{ $value | humanizePercentage }} of the {{-
                range printf `asic_psu_output_target_volts{job=%q,instance=%q,miner=%q,psu=%q}` $labels.job
                $labels.instance $labels.miner $labels.psu | query }} {{ .Value }} V{{ end }} that it is set to.
                """,
            working=True,
            but_in="starting|tuning",
        ),
        Alert(
            "AsicPsuEfficiencyPoor",
            "ticket",
            "1h",
            "asic_psu_efficiency_ratio < 0.88",
            "A power supply turns much of its input into heat.",
            """
                Supply {{ $labels.psu }} of {{ $labels.miner }} gives {{ $value | humanizePercentage }} of its input
                power on.
                """,
            working=True,
            but_in="starting|tuning",
        ),
        Alert(
            "AsicPowerOverLimit",
            "ticket",
            "30m",
            """
                max without (source) (asic_power_watts{source!="estimated"}) / asic_power_limit_watts > 1.1
                """,
            "A miner draws more than its limit.",
            """
                {{ $labels.miner }} draws {{ $value | humanizePercentage }} of its limit {{- range printf
                `asic_power_limit_watts{job=%q,instance=%q,miner=%q}` $labels.job $labels.instance $labels.miner |
                query }} of {{ .Value }} W{{ end }}.
                """,
            working=True,
            but_in="starting|tuning",
            note="Firmware that estimates its power computes that from the limit: an estimate proves nothing.",
        ),
        Alert(
            "AsicWifiWeak",
            "info",
            "30m",
            "avg_over_time(asic_wifi_signal_dbm[10m]) < -80",
            "A miner's Wi-Fi is weak.",
            "{{ $labels.miner }} receives its Wi-Fi with {{ $value }} dBm: below -80 it may be lost.",
        ),
        Alert(
            "AsicMemoryLow",
            "info",
            "30m",
            """
                max_over_time(asic_memory_free_bytes[10m]) < 30000
                  unless on (job, instance, miner) asic_memory_total_bytes
                """,
            "A miner's controller runs out of memory.",
            "{{ $labels.miner }} has {{ $value | humanize1024 }}B of memory left: it may restart.",
            note="Of controllers that say no total: a Linux fills what is free with what it may read again.",
        ),
        Alert(
            "AsicStorageLow",
            "info",
            "1h",
            "asic_storage_free_bytes / asic_storage_total_bytes < 0.05",
            "A miner's storage is nearly full.",
            "{{ $labels.miner }} has {{ $value | humanizePercentage }} of its storage left.",
        ),
    ],
)
PAST: Final = Group(
    "asic-power-past",
    "5m",
    [
        Alert(
            "AsicPsuInputLow",
            "ticket",
            "10m",
            """
                (asic_psu_input_volts < 0.9 * quantile_over_time(0.5, asic_psu_input_volts[7d:6h]))
                  or
                (asic_psu_input_volts > 135 < 190)
                  or
                (asic_psu_input_volts > 9 < 11.4)
                  or
                (asic_psu_input_volts > 3.5 < 4.75)
                """,
            "The input voltage of a power supply is low.",
            """
                Supply {{ $labels.psu }} of {{ $labels.miner }} gets {{ $value }} V {{- range printf
                `quantile_over_time(0.5, asic_psu_input_volts{job=%q,instance=%q,miner=%q,psu=%q}[7d:6h])` $labels.job
                $labels.instance $labels.miner $labels.psu | query }}; the middle of its week is {{ .Value }} V{{ end
                }}.
                """,
            note="""
                A tenth below the middle of its own week; or what no mains of 200 V and more, no supply of 12 V and
                none of 5 V should fall to. Mains of 100 to 127 V are known by their past alone.
                """,
        ),
    ],
)
