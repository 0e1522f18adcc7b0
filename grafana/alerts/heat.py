"""Temperatures: of chips, boards, supplies and the air, against the limits of each miner."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Alert, Group
from grafana.records.places import WIDE, around, named

CHIPS: Final = "miner:asic_chip_temperature_celsius:max"
BOARDS: Final = 'max without (location, sensor) (asic_board_temperature_celsius{location=~"pcb|pic|inlet|outlet"})'
HOTTEST: Final = "The hottest chip of {{ $labels.miner }} is at {{ $value }} °C"
BOARD: Final = "Board {{ $labels.board }} of {{ $labels.miner }} is at {{ $value }} °C"


def limit(names: str) -> str:
    """Return a template that says a limit, if the firmware names one of the names."""
    return (
        f'{{{{- range printf `max by (job, instance, miner) (asic_temperature_limit_celsius{{limit=~"{names}",job=%q,'
        "instance=%q,miner=%q})` $labels.job $labels.instance $labels.miner | query -}} ; its firmware's limit is "
        "{{ .Value }} °C{{ end }}."
    )


def hot(kind: str) -> str:
    """Return a query for the places of that kind of which half of the miners are too hot; a miner is in its nearest."""
    inner = "".join(f',{label}=""' for label in WIDE[WIDE.index(kind) + 1 :])
    margin = f'miner:asic_temperature_celsius:margin{{{kind}!=""{inner}}}'
    place = named(*around(kind), kind)
    return f"""
                label_replace(
                  (count by ({place}) ({margin} < 0) >= 3)
                    and on ({place})
                  (count by ({place}) ({margin} < 0) / on ({place}) count by ({place}) ({margin}) >= 0.5),
                  "place", "{kind} $1", "{kind}", "(.+)"
                )"""


GROUP: Final = Group(
    "asic-heat",
    "30s",
    [
        Alert(
            "AsicChipTooHot",
            "ticket",
            "10m",
            f"""
                ({CHIPS} > on (job, instance, miner) group_left () miner:asic_temperature_limit_celsius:chip)
                  or on (job, instance, miner)
                (
                  {CHIPS}
                    > on (job, instance, miner) group_left ()
                  (max without (limit) (asic_temperature_limit_celsius{{limit="shutdown"}}) - 3)
                )
                """,
            "Chips of a miner are too hot.",
            HOTTEST + limit("chip_hot|shutdown"),
            note="Firmware that shuts down at a limit is about to, three degrees below.",
        ),
        Alert(
            "AsicChipOverheated",
            "page",
            "2m",
            f"""
                {CHIPS} >= on (job, instance, miner) group_left ()
                (
                  max without (limit) (asic_temperature_limit_celsius{{limit="chip_dangerous"}})
                    or on (job, instance, miner)
                  max without (limit) (asic_temperature_limit_celsius{{limit="dangerous"}} > 105)
                    or on (job, instance, miner)
                  (max without (source) (miner:asic_temperature_limit_celsius:chip{{source="model"}}) + 10)
                    or on (job, instance, miner)
                  (0 * {CHIPS} + 105)
                )
                """,
            "Chips of a miner are about to be damaged.",
            HOTTEST + limit("chip_dangerous|dangerous"),
            note="The firmware's dangerous limit of chips, or what its model bears, or 105 °C.",
        ),
        Alert(
            "AsicBoardTooHot",
            "ticket",
            "10m",
            f"""
                {BOARDS} > on (job, instance, miner) group_left () miner:asic_temperature_limit_celsius:board
                """,
            "A hashboard is too hot.",
            BOARD + limit("hot"),
        ),
        Alert(
            "AsicBoardOverheated",
            "page",
            "3m",
            """
                miner:asic_board_temperature_celsius:max >= on (job, instance, miner) group_left ()
                (
                  max by (job, instance, miner) (asic_temperature_limit_celsius{limit="dangerous"})
                    or on (job, instance, miner)
                  (0 * max by (job, instance, miner) (miner:asic_board_temperature_celsius:max) + 95)
                )
                """,
            "A hashboard is about to be damaged.",
            (
                '{{ range printf `topk(1, asic_board_temperature_celsius{location=~"pcb|pic|inlet|outlet",job=%q,'
                "instance=%q,miner=%q})` $labels.job $labels.instance $labels.miner | query -}} Board "
                "{{ .Labels.board }} {{- end }} of {{ $labels.miner }} is at {{ $value }} °C" + limit("dangerous")
            ),
        ),
        Alert(
            "AsicPlaceHot",
            "page",
            "5m",
            "\n                  or".join(hot(kind) for kind in WIDE),
            "Half of the miners of a rack or another place are too hot.",
            """
                {{ $value }} miners of {{ $labels.place }} are hotter than their own limits, which is half of them or
                more. Its air? Its water?
                """,
            subject="power",
        ),
        Alert(
            "AsicInletHot",
            "ticket",
            "30m",
            """
                (
                  max without (sensor) (asic_temperature_celsius{location=~"ambient|inlet"} > 40)
                    unless on (job, instance, miner) asic_miner_info{cooling=~"hydro|immersion"}
                )
                  or on (job, instance, miner)
                (
                  (
                    max without (sensor) (asic_temperature_celsius{location="water_inlet"})
                      or on (job, instance, miner)
                    max without (board, sensor) (asic_board_temperature_celsius{location="water_inlet"})
                  )
                    > on (job, instance, miner) group_left ()
                  (
                    max without (limit) (asic_temperature_limit_celsius{limit="water_inlet_dangerous"})
                      or on (job, instance, miner)
                    (0 * asic_up + 50)
                  )
                )
                """,
            "What cools a miner is hot already.",
            """
                {{ $labels.miner }} gets {{ if eq $labels.location `water_inlet` }}water{{ else }}air{{ end }} of {{
                $value }} °C.
                """,
            note="An inlet sensor on a board is warmed by the board: it says nothing about the air.",
        ),
        Alert(
            "AsicVoltageRegulatorHot",
            "ticket",
            "10m",
            """
                max without (board, sensor, location) (
                  asic_temperature_celsius{location="vr"} > 90
                    or
                  asic_board_temperature_celsius{location="vr"} > 90
                )
                """,
            "A voltage regulator is too hot.",
            "The voltage regulator of {{ $labels.miner }} is at {{ $value }} °C.",
        ),
        Alert(
            "AsicControlBoardHot",
            "ticket",
            "10m",
            'max without (sensor) (asic_temperature_celsius{location="control_board"}) > 80',
            "A control board is too hot.",
            "The control board of {{ $labels.miner }} is at {{ $value }} °C.",
        ),
    ],
)
