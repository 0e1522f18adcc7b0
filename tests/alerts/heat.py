"""Scenes of heat and fans."""

from __future__ import annotations

from typing import Final

from tests.harness.scenes import Scene

SCENES: Final = [
    Scene(
        "AsicChipTooHot",
        fault={'asic_board_chip_temperature_max_celsius{board="0"}': ("80", "98")},
        fires=10,
        ends=30,
        text="The hottest chip of sick is at 98 °C. http://192.0.2.1/, rack r1",
        excused=[{'asic_board_chip_temperature_max_celsius{board="0"}': "90"}],
    ),
]
