"""Fans: still, too few, or slow."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group

LIQUID: Final = 'unless on (job, instance, miner) asic_miner_info{cooling=~"hydro|immersion"}'
STILL: Final = (
    "{{- with printf `(asic_fan_speed_rpm{job=%q,instance=%q,miner=%q} == 0) or on (job, instance, miner, fan) "
    "(asic_fan_up{job=%q,instance=%q,miner=%q} == 0)` $labels.job $labels.instance $labels.miner $labels.job "
    '$labels.instance $labels.miner | query }} Still: {{- range sortByLabel "fan" . }} fan {{ .Labels.fan }}{{ end }}. '
    "{{- else }} It lists nothing {{- with printf `asic_fan_speed_rpm{job=%q,instance=%q,miner=%q}` $labels.job "
    '$labels.instance $labels.miner | query }} but {{- range sortByLabel "fan" . }} fan {{ .Labels.fan }}{{ end }}'
    "{{ end }}.{{ end }}"
)
HEAT: Final = (
    "{{- range printf `miner:asic_chip_temperature_celsius:max{job=%q,instance=%q,miner=%q}` $labels.job "
    "$labels.instance $labels.miner | query }} Its hottest chip is at {{ .Value }} °C.{{ end }}"
)

GROUP: Final = Group(
    "asic-fans",
    "30s",
    [
        Alert(
            "AsicFansFailed",
            "page",
            "3m",
            f"""
                (
                  (miner:asic_fans:turning == 0)
                    or on (job, instance, miner)
                  (miner:asic_fans:turning < asic_fans_required)
                )
                  < miner:asic_fans:turning1d
                  and on (job, instance, miner) asic_hashrate_hashes_per_second > 0
                  unless on (job, instance, miner) (sum by (job, instance, miner) (asic_fan_duty_ratio) == 0)
                  {LIQUID}
                """,
            "A miner hashes without its fans.",
            (
                "{{ $labels.miner }} hashes with {{ $value }} turning fans "
                "{{- range printf `asic_fans_required{job=%q,instance=%q,miner=%q}` $labels.job $labels.instance "
                "$labels.miner | query -}} ; its firmware requires {{ .Value }}{{ end }}." + STILL + HEAT
            ),
            working=True,
            but_in="starting",
            note="Fans that nobody has seen turn within a day have no tachometer, or were told as failed before.",
        ),
        Alert(
            "AsicFanFailed",
            "ticket",
            "5m",
            f"""
                (
                  miner:asic_fans:missing
                    or on (job, instance, miner)
                  count without (fan) (asic_fan_up == 0)
                )
                  {LIQUID}
                """,
            "A fan stands still.",
            (
                "{{ $labels.miner }} runs without {{ $value }} of its {{- range printf "
                "`miner:asic_fans:expected{job=%q,instance=%q,miner=%q}` $labels.job $labels.instance $labels.miner | "
                "query }} {{ .Value }}{{ end }} fans." + STILL + HEAT
            ),
            working=True,
            but_in="starting",
        ),
        Alert(
            "AsicFanSlow",
            "ticket",
            "15m",
            f"""
                (
                  (asic_fan_speed_rpm < asic_fan_speed_min_rpm)
                    or on (job, instance, miner, fan)
                  (asic_fan_speed_rpm < 0.7 * asic_fan_target_rpm)
                    or on (job, instance, miner, fan)
                  (
                    asic_fan_speed_rpm
                      and
                    (
                      asic_fan_speed_rpm / (asic_fan_duty_ratio >= 0.5)
                        < on (job, instance, miner) group_left ()
                      0.6 * max by (job, instance, miner) (asic_fan_speed_rpm / (asic_fan_duty_ratio >= 0.5))
                    )
                  )
                ) > 0
                  {LIQUID}
                """,
            "A fan turns too slowly.",
            """
                Fan {{ $labels.fan }} of {{ $labels.miner }} turns with {{ $value }} rpm {{- range printf
                `asic_fan_duty_ratio{job=%q,instance=%q,miner=%q,fan=%q}` $labels.job $labels.instance $labels.miner
                $labels.fan | query }} at {{ .Value | humanizePercentage }} duty{{ end }} {{- range printf
                `asic_fan_target_rpm{job=%q,instance=%q,miner=%q,fan=%q}` $labels.job $labels.instance $labels.miner
                $labels.fan | query -}} , of {{ .Value }} rpm wanted{{ end }} {{- range printf `max without (fan)
                (asic_fan_speed_rpm{job=%q,instance=%q,miner=%q})` $labels.job $labels.instance $labels.miner | query
                -}} ; its fastest one turns with {{ .Value }} rpm{{ end }}.
                """,
            working=True,
            but_in="starting",
            note="""
                Below the firmware's own minimum, well below the speed it asks for, or far behind the miner's other
                fans at the same duty.
                """,
        ),
    ],
)
