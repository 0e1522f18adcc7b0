"""Where temperatures are: those of boards under their board, or under none where the firmware says all together."""

from __future__ import annotations

import re

import pytest

from exporter import decode
from exporter.core.vocabulary import Board, BoardSensor, Part
from exporter.decode import ebang
from exporter.parse.answers import Answers
from exporter.parse.rows import Reading
from tests.harness.places import FIXTURES
from tests.harness.recorded import EXPECTED, NOW


def test_a_sensor_that_is_not_on_a_board_is_nowhere_called_one() -> None:
    pages = [path.read_text() for path in FIXTURES.glob(f"*/*/{EXPECTED}")]
    found = {
        place for page in pages for place in re.findall(r'^asic_temperature_celsius{.*location="(\w+)"', page, re.M)
    }
    assert len(found) > 3
    assert not found & {"chip", "board", "pcb", "pic", "hashboard"}


def left(*said: Part) -> list[Part]:
    """The parts of which any value is left."""
    sections = (("", lambda _: iter(said)),)
    family = decode.Family(name="any", rank=0, recognise=lambda _: "", sections=sections, fast=())
    parts = decode.decode(family, Reading(Answers(), NOW)).parts.values()
    names = ("board_temperature_celsius", "chip_temperature_max_celsius", "chip_temperature_min_celsius")
    return [part for part in parts if any(getattr(part, name, None) is not None for name in names)]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ([Board("", chip_temperature_max_celsius=90)], 1),
        ([Board("", chip_temperature_max_celsius=90), Board("0"), Board("1")], 1),
        ([Board("", chip_temperature_max_celsius=90), Board("0", chip_temperature_max_celsius=90)], 1),
        ([Board("", chip_temperature_max_celsius=90), Board("0", chip_temperature_min_celsius=60)], 2),
        ([BoardSensor("", "pcb", "max", 70), BoardSensor("0", "pcb", "0", 70)], 1),
        ([BoardSensor("", "pcb", "max", 70), BoardSensor("0", "chip", "0", 80)], 2),
    ],
)
def test_what_is_said_of_all_boards_is_left_where_no_board_says_it(said: list[Part], kept: int) -> None:
    assert len(left(*said)) == kept


@pytest.mark.parametrize(
    ("said", "degrees"),
    [
        ("61,56|57,52", [61, 56, 57, 52]),
        (61, [61]),
        ("61,x", []),
        (f"{'1,' * 127}99", []),  # cut, its last number would be another
    ],
)
def test_the_temperatures_of_an_ebang_are_all_or_none(said: object, degrees: list[int]) -> None:
    assert ebang.sensors(said) == degrees
