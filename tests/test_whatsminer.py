"""Whatsminer's error codes and units, where the recorded miners do not show them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from mutation import Series, series
from recorded import Recording

from exporter.decode.faults import INFO, WARNING
from exporter.decode.whatsminer_codes import CASES, CODES, KINDS, about

ROW: dict[str, Any] = {"MHS 1m": 140_000_000, "MHS av": 120_000_000, "Factory GHS": 166_000}


@pytest.mark.parametrize(
    ("code", "component"),
    [
        (110, "fan:in"),
        (131, "fan:out"),
        (205, "psu:0"),
        (301, "board:1"),
        (329, "control_board"),
        (380, "environment"),
        (532, "board:2"),
        (600, "environment"),
        (722, "board:2"),
        (2022, "pool"),
        (2340, "miner"),
        (5072, "board:2"),
        (5213, "board:1"),
        (561042, "board:1"),
        (8410, "firmware"),
        (100001, "firmware"),
        (9999, "miner"),
        (77777, "miner"),
        (12, "miner"),
    ],
)
def test_what_a_code_is_about(code: int, component: str) -> None:
    assert about(code)[0] == component


def test_components_and_severities_are_few() -> None:
    listed = [*KINDS.values(), *CASES.values(), *CODES.values()]
    assert {severity for _, severity in listed} == {INFO, WARNING, "critical"}
    words = {component.partition(":")[0] for component, _ in listed}
    assert words == {"board", "control_board", "environment", "fan", "firmware", "miner", "pool", "psu"}


def read(summary: dict[str, Any] | None, *boards: dict[str, Any], **others: dict[str, Any]) -> Series:
    """What is read where these rows are answered; the others are what stands under Msg."""
    answers = {name: orjson.dumps({"STATUS": "S", "Code": 131, "Msg": row}) for name, row in others.items()}
    if summary is not None:
        answers["summary"] = orjson.dumps({"STATUS": "S", "Code": 131, "Msg": summary})
    if boards:
        rows = [{"Slot": slot, **row} for slot, row in enumerate(boards)]
        answers["edevs"] = orjson.dumps({"STATUS": [{"STATUS": "S"}], "DEVS": rows})
    return series(Recording("rig", "whatsminer", answers), answers)


def rate(found: Series, board: int) -> float | None:
    value = found.get(f'asic_board_hashrate_hashes_per_second{{miner="rig",board="{board}"}}')
    return None if value is None else float(value)


@pytest.mark.parametrize(
    ("summary", "said", "nominal", "expected"),
    [
        (ROW, 46.5, None, 46.5e12),  # the summary tells that these are TH/s
        (ROW, 46_500_000.0, None, 46.5e12),
        (ROW, 0.0, None, 0.0),
        (None, 46.5, 55_400, 46.5e12),  # and so does what a board should reach
        (None, 46_500_000.0, 55_400, 46.5e12),
        ({"MHS 1m": 0, "MHS av": 5}, 21.5, 55_400, 21.5e12),
        (None, 46.5, None, None),  # it cannot be told
    ],
)
def test_the_unit_of_boards(
    summary: dict[str, Any] | None, said: float, nominal: int | None, expected: float | None
) -> None:
    row = {"MHS 1m": said, "Effective Chips": 215} | ({} if nominal is None else {"Factory GHS": nominal})
    found = read(summary, row, row, row)
    assert rate(found, 1) == (None if expected is None else pytest.approx(expected))


def states(found: Series) -> list[str]:
    return [
        line.partition('state="')[2].partition('"')[0]
        for line, value in found.items()
        if "_state" in line and value == "1"
    ]


@pytest.mark.parametrize(
    ("row", "done", "off", "errors", "expected"),
    [
        (ROW, 1, "false", [], ["mining"]),
        (ROW, 0, "false", [], ["starting"]),
        (ROW, 1, "true", [], ["mining"]),  # that it was off is older than that it hashes
        ({"MHS 1m": 0}, 1, "true", ["329"], ["sleeping"]),
        ({"MHS 1m": 0}, 1, "false", ["350"], ["faulted"]),
        ({"MHS 1m": 0}, 1, "false", ["2021"], []),
        ({}, 1, "true", [], ["sleeping"]),
    ],
)
def test_the_state(row: dict[str, Any], done: int, off: str, errors: list[str], expected: list[str]) -> None:
    board = {"MHS 1m": 0, "Upfreq Complete": done}
    said = {"error_code": [{code: "2025-07-08 11:28:11"} for code in errors]}
    assert states(read(row, board, status={"btmineroff": off}, get_error_code=said)) == expected
    assert states(read(row, board, status={"mineroff": off}, get_error_code=said)) == expected
