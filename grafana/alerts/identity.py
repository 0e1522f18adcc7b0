"""What a miner is: as expected, as before, as the others of its group, and there once."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group

KNOWN: Final = "miner:asic_miner_info:known"


def changed(label: str, same: str) -> str:
    """Return a query for miners whose label is another than a day ago, where the labels in `same` are as they were."""
    named = f'{KNOWN}{{{label}!=""}}'
    return f"""
                label_replace(
                  {named}
                    unless on (job, instance, miner, {label}) {named} offset 1d
                    and on ({same}) {named} offset 1d,
                  "property", "{label}", "", ""
                )"""


GROUP: Final = Group(
    "asic-identity",
    "1m",
    [
        Alert(
            "AsicNotAsExpected",
            "ticket",
            "15m",
            "asic_expected == 0",
            "A miner is not what the configuration expects.",
            """
                {{ $labels.miner }} differs in its {{ $labels.property }} {{- range printf
                `asic_miner_info{job=%q,instance=%q,miner=%q}` $labels.job $labels.instance $labels.miner | query -}}
                {{ with index .Labels $labels.property }}: it is {{ . }}, which the configuration does not expect{{
                end }}{{ end }} {{- if eq $labels.property "boards" }} {{- range printf
                `miner:asic_board_up:sum{job=%q,instance=%q,miner=%q}` $labels.job $labels.instance $labels.miner |
                query -}} : {{ .Value }} work {{- end }} {{- range printf
                `asic_boards_expected{source="config",job=%q,instance=%q,miner=%q}` $labels.job $labels.instance
                $labels.miner | query -}} , expected are {{ .Value }}{{ end }}{{ end }} {{- if eq $labels.property
                "fans" }} {{- range printf `miner:asic_fans:turning{job=%q,instance=%q,miner=%q}` $labels.job
                $labels.instance $labels.miner | query -}} : {{ .Value }} turn {{- end }} {{- range printf
                `asic_fans_expected{source="config",job=%q,instance=%q,miner=%q}` $labels.job $labels.instance
                $labels.miner | query -}} , expected are {{ .Value }}{{ end }}{{ end }}.
                """,
        ),
        Alert(
            "AsicMacChanged",
            "ticket",
            "15m",
            f"""{changed("mac", "job, instance, miner")}
                  or on (job, instance, miner){changed("serial", "job, instance, miner, family")}
                """,
            "Another machine answers at the address of a miner.",
            """
                The {{ $labels.property }} of {{ $labels.miner }} is {{ index $labels $labels.property }}{{- range
                printf `miner:asic_miner_info:known{job=%q,instance=%q,miner=%q} offset 1d` $labels.job
                $labels.instance $labels.miner | query -}} ; a day ago it was {{ index .Labels $labels.property }}{{
                end }}.
                """,
            note="Or the same machine with another control board. A serial means something else to other firmware.",
        ),
        Alert(
            "AsicMacTwice",
            "ticket",
            "15m",
            'count by (job, mac) (count by (job, instance, miner, mac) (asic_miner_info{mac!=""})) > 1',
            "One MAC address answers under several names.",
            """
                {{ $labels.mac }} is the MAC address of {{ $value }} miners: {{- range printf
                `asic_miner_info{job=%q,mac=%q}` $labels.job $labels.mac | query | sortByLabel `miner` }} {{
                .Labels.miner }} of {{ .Labels.instance }}{{ end }}. One machine is counted twice, or two have one
                address.
                """,
            subject="inventory",
        ),
        Alert(
            "AsicFirmwareChanged",
            "info",
            "3m",
            'max_over_time(miner:asic_event:occurred{event="firmware"}[10m])',
            "A miner runs another version of its firmware.",
            "The firmware of {{ $labels.miner }} changed from {{ $labels.detail }}.",
        ),
        Alert(
            "AsicFirmwareDrift",
            "info",
            "1h",
            """
                count by (job, config_group, model, firmware_version) (
                  miner:asic_miner_info:known{model!="",firmware_version!=""}
                )
                  < on (job, config_group, model) group_left ()
                0.2 * count by (job, config_group, model) (
                  miner:asic_miner_info:known{model!="",firmware_version!=""}
                )
                """,
            "A few miners of a group run another firmware than the rest.",
            """
                {{ $value }} {{ $labels.model }} {{- with $labels.config_group }} of group {{ . }}{{ end }} run {{
                $labels.firmware_version }} {{- range printf `topk(1, count by (firmware_version)
                (miner:asic_miner_info:known{job=%q,model=%q,config_group=%q}))` $labels.job $labels.model
                $labels.config_group | query -}} ; {{ .Value }} run {{ .Labels.firmware_version }}{{ end }}.
                """,
            subject="inventory",
        ),
    ],
)
