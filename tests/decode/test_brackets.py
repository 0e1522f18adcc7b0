"""Bracket text: what keys and values may hold, what a cut leaves, and what a module's fields come to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.core.values import mac
from exporter.decode.avalon.brackets import Fields, fields, listed, value, word
from exporter.decode.avalon.errors import codes
from exporter.decode.avalon.readings import (
    board_rate,
    boards,
    chip_celsius,
    chip_range,
    chip_volts,
    condition,
    dna,
    firmware,
    model,
    supply,
    working,
)
from tests.harness.steps import grows_linearly

BLOCKS = "'HB0':{PVT_T0[ 61  62] MW0[1 2]} 'HB1':{PVT_T0[ 71  72] PVT_V1[300 301]}"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("Ver[1-2] Temp[30]", {"Ver": "1-2", "Temp": "30"}),
        ("Elapsed[5]BOOTBY[1] LW[2]", {"Elapsed": "5", "BOOTBY": "1", "LW": "2"}),
        ("ADJ[1] Nonce Mask[25]", {"ADJ": "1", "Nonce Mask": "25"}),
        ("S[Work: In Work, Board: 3 ]  T[ 4]", {"S": "Work: In Work, Board: 3 ", "T": " 4"}),
        ("'STATS':{Ver[Q-1] SSID[] DNA[2]}", {"Ver": "Q-1", "SSID": "", "DNA": "2"}),
        ("SSID[my [home] net] RSSI[-51]", {"SSID": "my [home] net", "RSSI": "-51"}),
        ("HW[1] HW[2]", {"HW": "2"}),
        ("Temp[30] TMax[7", {"Temp": "30"}),
        ("a[b[c[d]]] e[1]", {"b": "c[d]", "e": "1"}),
        ("[1] []", {}),
        ("", {}),
        (None, {}),
        (5, {}),
    ],
)
def test_fields(said: object, read: Fields) -> None:
    assert fields(said) == read


def test_the_blocks_of_boards_are_numbered_by_the_board() -> None:
    found = fields("TMax[72]", BLOCKS)
    assert {name: found[name] for name in ("PVT_T0", "PVT_T1", "PVT_V1")} == {
        "PVT_T0": " 61  62",
        "PVT_T1": " 71  72",
        "PVT_V1": "300 301",
    }
    assert fields("", BLOCKS) == {}, "without the module they say nothing of now"


def test_values() -> None:
    of = fields("FanR[72%] PVT[ 63  - 65] Core[ A1 ]")
    assert (value(of, "FanR"), value(of, "PVT", 2), value(of, "PVT", 3), value(of, "none")) == (72, 65, None, None)
    assert listed(of, "PVT") == [63, None, 65]
    assert (word(of, "Core"), word(of, "none")) == ("A1", "")


@given(st.text(alphabet="ab1 [](){}'%:-", max_size=300) | st.text(max_size=100))
def test_no_bracket_text_raises(said: str) -> None:
    of = fields(said, said)
    for name in of:
        listed(of, name)
    assert all(len(name) <= 32 for name in of)


@pytest.mark.parametrize(
    ("piece", "end"), [("a", ""), ("a[", ""), ("[", ""), ("a[b]", ""), ("a [" * 6, "]"), ("]", "")]
)
def test_it_takes_no_longer_than_the_text_is_long(piece: str, end: str) -> None:
    """Twice the text takes twice the steps; in C no steps are seen: there the suite's limit for one test counts."""

    def read(size: int) -> None:
        fields(piece * size + end * size)

    grows_linearly(read, 1000)
    read(190_000 // len(piece + end))


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("0 1210 1310 240 3144 1315 3430", [13.1, 240, 3144, 3430, 3430]),
        ("0 1210 1310 170 2227 1315", [13.1, 170, 2227, None, 2227]),
        ("0 0 0 3 2780 91 330", [27.8, 3, None, None, 91]),
        ("0 0 27600 4 0 3740 130", [27.6, 4, None, 130, 130]),
        ("0 1200 0 0 0 1390 11", [0, 0, 0, 11, 11]),
        ("0 0 0 0 0 0", [None] * 5),
        ("0 0 x 3", [None] * 5),
        ("", [None] * 5),
    ],
)
def test_the_supply_of_each_generation(said: str, found: list[float | None]) -> None:
    assert supply(fields(f"PS[{said}]")) == found


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("SYSTEMSTATU[Work: In Work, Hash Board: 3 ] SoftOFF[0]", "mining"),
        ("SYSTEMSTATU[Work: In Init, Hash Board: 1] SoftOFF[0]", "starting"),
        ("SYSTEMSTATU[Work: In Idle, Hash Board: 1] SoftOFF[4]", "sleeping"),
        ("SYSTEMSTATU[Work: In Idle, Hash Board: 1] SoftOFF[0]", "idle"),
        ("SoftOFF[5] GHSspd[0.00]", "sleeping"),
        ("SoftOFF[0] GHSspd[0.00]", ""),
    ],
)
def test_the_state_is_what_the_module_says(said: str, state: str) -> None:
    assert condition(fields(said)) == state


def test_readings_of_an_idle_module_are_left_out() -> None:
    lists = "MGHS[100.50 90.00] MTmax[0 0] PVT_T0[ 70  71] PVT_V0[300 301]"
    asleep = fields(f"SYSTEMSTATU[Work: In Idle, Hash Board: 2] GHSspd[0.00] TMax[0] {lists}")
    assert board_rate(asleep, 0, 2) is None
    assert chip_celsius(asleep, 0) == chip_volts(asleep, 0) == chip_range(asleep, 0, 2)[:2] == [None, None]
    awake = fields(f"SYSTEMSTATU[Work: In Work, Hash Board: 2] GHSspd[190.50] TMax[71] {lists}")
    assert (board_rate(awake, 0, 2), board_rate(awake, 0, 1)) == (100.5e9, 190.5e9)
    assert chip_range(awake, 0, 2) == [70, 71, 70.5]
    assert chip_volts(awake, 0) == [0.3, 0.301]
    assert (working(awake, 2), working(awake, 3)) == (1, None)


def test_chips_that_do_not_answer_are_left_out() -> None:
    of = fields("TMax[80] MGHS[1 1] PVT_T0[ 80  0  -273 60.5]")
    assert chip_celsius(of, 0) == [80, None, None, 60.5]
    assert chip_range(of, 0, 2) == [60.5, 80, 70.25]
    assert boards(of) == 2


def test_a_chip_that_freezes_beside_a_hot_one_does_not_answer() -> None:
    def chips(said: str) -> list[object]:
        of = fields(f"SYSTEMSTATU[Work: In Work] GHSspd[90] PVT_T0[{said}]")
        return [*chip_celsius(of, 0), *chip_range(of, 0, 1)]

    assert chips("66 -26 87 -34 -273 70") == [66, None, 87, None, None, 70, 66, 87, 74.333]
    assert chips("-5 -3 12 -273") == [-5, -3, 12, None, -5, 12, 1.333], "a shed in winter"
    assert chips("41 1 40") == [41, 1, 40, 1, 41, 27.333], "what can be is left as it is said"


def test_errors_are_named_bit_by_bit() -> None:
    of = fields("ECHU[0 528] ECMM[1] PS[8 0] POW_I2C[FAILED]")
    assert codes(of, 2) == (
        ("APIFIFOOverflow", 1, "warning"),
        ("CoreTestFailed", 1, "warning"),
        ("Idle", None, "info"),
        ("PS8", None, "warning"),
        ("POW_I2C", None, "warning"),
    )
    assert codes(fields("ECHU[1048576]"), 1) == (("bit20", 0, "warning"),)
    assert codes(fields("ECHU[-1 x 9999999999]"), 3) == ()


@pytest.mark.parametrize(
    ("said", "name", "version"),
    [
        ("1246-83-21010203_a1b2c3d_4e5f607", "AvalonMiner 1246-83", "21010203_a1b2c3d_4e5f607"),
        ("Q-25010203_a1b2c3d", "Avalon Q", "25010203_a1b2c3d"),
        ("8411805-0a1b2c3", "AvalonMiner 841", "8411805-0a1b2c3"),
        ("something else", "", ""),
    ],
)
def test_the_model_is_in_the_version(said: str, name: str, version: str) -> None:
    of = fields(f"Ver[{said}]")
    assert (model(of), firmware(of)) == (name, version)


def test_identities() -> None:
    assert mac("0242C0000201") == mac("02:42:c0:00:02:01") == "02:42:c0:00:02:01"
    assert mac("02-42-C0-00-02-01") == "02:42:c0:00:02:01"
    assert mac("0242C00002") == mac(None) == ""
    assert (dna("0201000091e27c5a"), dna("0000000000000000"), dna("<DELETED>")) == ("0201000091e27c5a", "", "")
