"""Scenes of the exporter itself: its scrape, its polls, its list of miners, what it cannot read."""

from __future__ import annotations

from typing import Final

from tests.harness.scenes import DAY, Scene

X = 'job="asic-exporter",instance="y"'
POLLED = f'asic_exporter_targets{{{X},kind="target"}}'
LEFT_OUT = f'asic_exporter_implausible_total{{{X},family="avalon",field="asic_power_watts"}}'
UNKNOWN = f'asic_exporter_unknown_fields_total{{{X},family="avalon",section="estats"}}'

SCENES: Final = [
    Scene(
        "AsicExporterDown",
        fault={f"up{{{X}}}": ("1", "0")},
        steady={POLLED: "120"},
        fires=2,
        ends=0,
        text="y has not answered for 2 minutes; nothing is known about the 120 miners that it watches.",
        farm=True,
    ),
    Scene(
        "AsicExporterInternalErrors",
        fault={f"asic_exporter_internal_errors_total{{{X}}}": ("+0", "+1")},
        fires=1,
        ends=90,
        text="y made 60 mistakes of its own in an hour",
        farm=True,
    ),
    Scene(
        "AsicExporterImplausible",
        fault={LEFT_OUT: ("+0", "+1")},
        steady={POLLED: "120"},
        fires=40,
        ends=80,
        text="y left out asic_power_watts of avalon miners 60 times in an hour",
        excused=[{LEFT_OUT: "+1"}, {POLLED: ""}],
        lasts=90,
        before=DAY + 60,
        farm=True,
    ),
    Scene(
        "AsicExporterUnknownFields",
        fault={UNKNOWN: ("+0", "+1")},
        steady={POLLED: "120"},
        fires=5,
        ends=150,
        text="avalon miners of y answer estats with fields that are new since yesterday",
        excused=[{UNKNOWN: "+1"}, {POLLED: ""}],
        before=DAY + 60,
        farm=True,
    ),
    Scene(
        "AsicSeriesDropped",
        fault={"asic_series_dropped_total": ("+0", "+3")},
        fires=10,
        ends=60,
        text="sick lost 90 series in half an hour to the limit of its configuration",
    ),
]
