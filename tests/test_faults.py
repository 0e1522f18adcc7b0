"""What is called a fault, of what, and how grave it is."""

from __future__ import annotations

import pytest
from recorded import RECORDINGS, Recording, exposition, outside_of_time, settle

from exporter.decode import antminer_faults
from exporter.decode.faults import CRITICAL, INFO, WARNING, coded, recent


@pytest.mark.parametrize(
    ("code", "component", "severity"),
    [
        ("J0:1", "board:1", WARNING),
        ("J2:2", "board:3", CRITICAL),
        ("J1:5", "board:2", CRITICAL),
        ("J:8", "board", CRITICAL),
        ("R:1", "miner", WARNING),
        ("R1:1", "board:2", WARNING),
        ("L:2", "miner", WARNING),
        ("F:1", "fan", CRITICAL),
        ("F3:1", "fan:4", CRITICAL),
        ("P:2", "environment", CRITICAL),
        ("N:4", "pool", CRITICAL),
        ("V:1", "psu:0", CRITICAL),
        ("V:2", "psu:0", WARNING),
        ("M:1", "control_board", WARNING),
        ("T:2", "miner", WARNING),
        ("X1:999", "miner", WARNING),
        ("", "miner", WARNING),
    ],
)
def test_a_code_of_a_stock_antminer_says_what_it_is_about(code: str, component: str, severity: str) -> None:
    assert antminer_faults.about(code) == (component, severity)


@pytest.mark.parametrize(
    ("raw", "code"),
    [("J1:2", "J1:2"), (3, "3"), ("0x0", ""), (0, ""), ("", ""), (None, ""), ("fan lost", ""), ("x" * 60, ""),
     ('a"b', ""), ("NOPIC_PROTECTION", "NOPIC_PROTECTION")],
)  # fmt: skip
def test_a_code_is_a_word_and_no_sentence(raw: object, code: str) -> None:
    assert coded(raw) == code


def test_what_was_an_hour_ago_is_no_fault_any_more() -> None:
    assert recent(1000.0, 1000.0) == recent(1000.0, 4599.0) == recent(4599.0, 1000.0) == 1
    assert recent(1000.0, 4600.0) is recent(4600.0, 1000.0) is recent(None, 5.0) is None


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda r: f"{r.family}-{r.name}")
async def test_how_grave_a_fault_is_is_one_of_three_words(recording: Recording) -> None:
    with outside_of_time():
        of, _ = await settle(recording)
    for line in exposition(of).splitlines():
        if line.startswith("asic_fault{") and 'severity="' in line:
            assert line.partition('severity="')[2].partition('"')[0] in (INFO, WARNING, CRITICAL)
