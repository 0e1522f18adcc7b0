"""Temperatures and fans."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group

GROUP: Final = Group(
    "asic-heat",
    "30s",
    [
        Alert(
            "AsicChipTooHot",
            "ticket",
            "10m",
            "miner:asic_chip_temperature_celsius:max > 95",
            "Chips of a miner are too hot.",
            "The hottest chip of {{ $labels.miner }} is at {{ $value }} °C.",
            note="Limits differ by model: set these to what the makers of your miners allow.",
        ),
        Alert(
            "AsicChipOverheated",
            "page",
            "2m",
            "miner:asic_chip_temperature_celsius:max > 105",
            "Chips of a miner are about to be damaged.",
            "The hottest chip of {{ $labels.miner }} is at {{ $value }} °C.",
        ),
        Alert(
            "AsicBoardTooHot",
            "ticket",
            "10m",
            'max without (location, sensor) (asic_board_temperature_celsius{location=~"pcb|pic|inlet|outlet"}) > 85',
            "A hashboard is too hot.",
            "Board {{ $labels.board }} of {{ $labels.miner }} is at {{ $value }} °C.",
        ),
        Alert(
            "AsicFanFailed",
            "ticket",
            "5m",
            """
                miner:asic_fans:expected - miner:asic_fans:turning > 0
                  and on (job, instance, miner) miner:asic_up:working == 1
                  unless on (job, instance, miner) asic_miner_state{state="starting"} == 1
                  unless on (job, instance, miner) asic_miner_info{cooling=~"hydro|immersion"}
                """,
            "A fan stands still.",
            (
                "{{ $labels.miner }} runs without {{ $value }} of its {{- range printf "
                "`miner:asic_fans:expected{job=%q,instance=%q,miner=%q}` $labels.job $labels.instance "
                "$labels.miner | "
                "query }} {{ .Value }}{{ end }} fans. {{- with printf "
                "`asic_fan_speed_rpm{job=%q,instance=%q,miner=%q} "
                '== 0` $labels.job $labels.instance $labels.miner | query }} Still: {{- range sortByLabel "fan" . }} '
                "fan {{ .Labels.fan }}{{ end }}. {{- else }} It lists nothing {{- with printf "
                "`asic_fan_speed_rpm{job=%q,instance=%q,miner=%q}` $labels.job $labels.instance "
                "$labels.miner | query "
                '}} but {{- range sortByLabel "fan" . }} fan {{ .Labels.fan }}{{ end }}{{ end }}.{{ end }} {{- range '
                "printf `miner:asic_chip_temperature_celsius:max{job=%q,instance=%q,miner=%q}` $labels.job "
                "$labels.instance $labels.miner | query }} Its hottest chip is at {{ .Value }} °C.{{ end }}"
            ),
        ),
    ],
)
