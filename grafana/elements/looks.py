"""Colours that colour-blind eyes tell apart, and the thresholds and value mappings painted with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.models import dashboard as m

# The palette of Okabe and Ito.
SKY, BLUE, GREEN, YELLOW = "#56B4E9", "#0072B2", "#009E73", "#F0E442"
ORANGE, VERMILLION, PURPLE, GREY = "#E69F00", "#D55E00", "#CC79A7", "#8E8E8E"
PALETTE: Final = (SKY, ORANGE, GREEN, PURPLE, YELLOW, BLUE, VERMILLION, GREY)
GOOD, WARN, BAD = SKY, ORANGE, VERMILLION

Steps = Sequence[tuple[float | None, str]]
PLAIN: Final[Steps] = ((None, GOOD),)
NEUTRAL: Final[Steps] = ((None, "text"),)
NONE_IS_GOOD: Final[Steps] = ((None, GOOD), (1, BAD))
SOME_IS_GOOD: Final[Steps] = ((None, BAD), (1, GOOD))
CHIP_STEPS: Final[Steps] = ((None, GOOD), (85, WARN), (95, BAD))
HEAT_STEPS: Final[Steps] = ((None, BLUE), (60, SKY), (75, YELLOW), (85, ORANGE), (95, BAD))
MARGIN_STEPS: Final[Steps] = ((None, BAD), (0, WARN), (5, GOOD))
NOMINAL_STEPS: Final[Steps] = ((None, BAD), (0.85, WARN), (0.95, GOOD))
FAMILIES: Final = {
    "^antminer$": ORANGE,
    "^whatsminer$": GREEN,
    "^braiins$": SKY,
    "^luxos$": PURPLE,
    "^avalon$": YELLOW,
    "^dcentos$": BLUE,
    "^vnish$": VERMILLION,
    "^cgminer$": GREY,
}
GRAVITY: Final = {"1": ("page", VERMILLION), "2": ("ticket", ORANGE), "3": ("info", GREY)}
STATES: Final = {
    "mining": SKY,
    "starting": YELLOW,
    "tuning": GREEN,
    "idle": GREY,
    "paused": GREY,
    "sleeping": GREY,
    "faulted": PURPLE,
    "up": SKY,
    "down": VERMILLION,
}
UP_DOWN: Final = {"1": ("up", GOOD), "0": ("down", BAD)}
REJECT_STEPS: Final[Steps] = ((None, GOOD), (0.02, WARN), (0.05, BAD))
NOT_A_NUMBER: Final = m.SpecialValueMap(
    options=m.DashboardSpecialValueMapOptions(
        match=m.SpecialValueMatch.NA_N, result=m.ValueMappingResult(text="–", color=GREY)
    )
)
UNSAID: Final = m.SpecialValueMap(
    options=m.DashboardSpecialValueMapOptions(
        match=m.SpecialValueMatch.NULL_AND_NAN, result=m.ValueMappingResult(text="–", color=GREY)
    )
)


def thresholds(steps: Steps) -> d.ThresholdsConfig:
    return (
        d.ThresholdsConfig()
        .mode(m.ThresholdsMode.ABSOLUTE)
        .steps([m.Threshold(value=value, color=color) for value, color in steps])
    )


def values(mappings: Mapping[str, tuple[str, str]]) -> list[m.ValueMapping]:
    """Value mappings of {value: (text, colour)}."""
    options = {
        value: m.ValueMappingResult(text=text, color=color, index=index)
        for index, (value, (text, color)) in enumerate(mappings.items())
    }
    return [m.ValueMap(options=options)]


def by_index(part: str) -> dict[str, str]:
    """A colour for each index of a board, fan or pool, whatever the firmware counts from."""
    return {f"^{part} \\D*(\\d+\\.)?\\d*{digit}\\b": PALETTE[digit % len(PALETTE)] for digit in range(10)}
