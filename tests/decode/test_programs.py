"""What firmware calls itself: the program and its version, whichever key or value of version has them."""

from __future__ import annotations

import pytest

from exporter.core.tracing import Trace
from exporter.decode.common import programs
from exporter.parse.rows import Row


def row(said: dict[str, object]) -> Row:
    return Row(Trace(), said)


@pytest.mark.parametrize(
    ("said", "program", "version"),
    [
        ({"Miner": "bfgminer 5.5.0-unknown", "CGMiner": "5.5.0-unknown", "API": "3.3"}, "bfgminer", "5.5.0"),
        ({"CGMiner": "4.11.1", "API": "3.7"}, "CGMiner", "4.11.1"),
        ({"API": "3.1", "sgminer": "5.6.1"}, "sgminer", "5.6.1"),
        ({"Miner": "1.3.0.8", "CGMiner": "2.3.3"}, "CGMiner", "2.3.3"),
        ({"Firmware": "Nonce", "Nonce API": 2, "Model": "Antminer S21+", "CGMiner": "4.13.7"}, "Nonce", "4.13.7"),
        ({"Firmware": "Nonce", "Model": "Antminer S21+"}, "Nonce", ""),
        ({"Type": "Antminer S9", "API": "3.1", "Model": "S9"}, "", ""),
        ({}, "", ""),
    ],
)
def test_the_program_is_told_from_what_else_version_says(said: dict[str, object], program: str, version: str) -> None:
    assert programs.of(row(said)) == (program, version)


@pytest.mark.parametrize(
    ("said", "kind", "descriptions", "found"),
    [
        ({"BCFMiner": "2.4.2 Test2", "Miner": "FCB V2.2"}, "Antminer S19JPROWP", [], ("FDMiner", "2.4.2 Test2")),
        ({"BMMiner": "1.0.0"}, "Antminer S19", ["BCFMiner 2.4.2 Test2"], ("FDMiner", "2.4.2 Test2")),
        ({"BMMiner": "1.0.0"}, "Antminer S19 (HashMaster 1.4.0)", [], ("HashMaster", "1.4.0")),
        ({"BMMiner": "1.0.0", "Firmware": "BitFuFu 2.1.0"}, "Antminer S19", [], ("BitFuFu", "2.1.0")),
        ({"BMMiner": "1.0.0", "Firmware": "BitFuFu"}, "Antminer S19", ["cgminer 1.0.0"], ("BitFuFu", "")),
        ({"BMMiner": "1.0.0", "Firmware": "20260101"}, "Antminer S19", ["cgminer 1.0.0"], ("", "")),
        ({"BMMiner": "1.0.0", "Miner": "49.0.1.3"}, "Antminer S19", ["cgminer 1.0.0", "jansson2"], ("", "")),
        ({"BMMiner": "2.0.0 rwglr"}, "Antminer S9 Pro (v5.1) ", ["bmminer 1.0.0"], ("", "")),
        ({"BMMiner": "1.0.0"}, "Antminer S19j Pro (88)", ["shed 3"], ("", "")),
    ],
)
def test_a_firmware_that_nobody_knows_is_told_from_its_makers(
    said: dict[str, object], kind: str, descriptions: list[str], found: tuple[str, str]
) -> None:
    assert programs.stranger(row(said), row({"Type": kind}), descriptions) == found
