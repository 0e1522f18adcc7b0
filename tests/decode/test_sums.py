"""Sums over boards: of a list that may lack a board there is none."""

from __future__ import annotations

import pytest

from exporter.core.values import count
from exporter.decode.common.sums import total, whole
from exporter.parse.answers import Answers
from exporter.parse.rows import Reading, Row
from tests.harness.recorded import NOW


def summed(boards: object, answers: Answers | None = None) -> object:
    """The sum of what the boards have, of a list that is complete."""
    reading = Reading(answers or Answers(), NOW)
    row = Row(reading.trace, {"boards": boards})
    value = total(*[count(board["ok"]) for board in whole(reading, row, "boards")])
    return None if value is None else value.value


def test_a_complete_list_is_summed() -> None:
    assert summed([{"ok": 817}, {"ok": "183"}]) == 1000
    assert summed([{"ok": 0}]) == 0


@pytest.mark.parametrize("boards", [[], [None, {"ok": 1}], [{"ok": 1}, None], [{"ok": 1}, {}], {"ok": 1}, "817", None])
def test_without_a_board_or_its_value_there_is_no_sum(boards: object) -> None:
    assert summed(boards) is None


def test_a_list_that_was_cut_has_no_sum() -> None:
    cut = Answers()
    cut.repairs["truncated"] += 1
    assert summed([{"ok": 817}], cut) is None
