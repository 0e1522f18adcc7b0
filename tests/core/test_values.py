"""Converters of raw values: what each takes, and that nothing else ever comes through."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.core import values

NUMBERS: tuple[Callable[[Any], Any], ...] = (
    values.number,
    values.count,
    values.positive,
    values.shares,
    values.ratio,
    values.quantity,
    values.celsius,
    values.age,
)
NEVER = [
    None,
    True,
    False,
    "",
    " ",
    "-",
    "--",
    "nan",
    "NaN",
    "inf",
    "-Infinity",
    float("nan"),
    float("inf"),
    float("-inf"),
    10**400,
    "9" * 400,
    "1e999",
    "0x10",
    "1_000",
    "١٢٣",
    "１２",
    "12 34",
    "5\x00",
    "\ud800",
    "N/A",
    [],
    [1],
    {},
    {"a": 1},
    b"5",
    complex(1),
]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("converter", NUMBERS)
@pytest.mark.parametrize("raw", NEVER, ids=lambda raw: repr(raw)[:20])
def test_a_value_that_is_no_number_becomes_none(converter: Callable[[object], object], raw: object) -> None:
    assert converter(raw) is None


@given(json_values)
def test_every_door_gives_a_finite_number_or_nothing(raw: object) -> None:
    for converter in NUMBERS:
        value = converter(raw)
        assert value is None or (type(value) in (int, float) and math.isfinite(value))
    assert all(math.isfinite(value) for value in values.numbers(raw))
    assert all(value is None or -40 < value < 200 for value in values.celsius_list(raw))
    assert values.flag(raw) in (True, False, None)


@pytest.mark.parametrize(
    ("raw", "scale", "expected"),
    [
        (5, 1, 5),
        (5.5, 1, 5.5),
        ("5", 1, 5),
        ("  5.0000", 1, 5.0),
        ("-3.5e2", 1, -350.0),
        (".5", 1, 0.5),
        ("13712.44", 1e9, 13712.44e9),
        (2**53, 1, 2**53),
        (2**53 + 1, 1, float(2**53)),
        (0, 1e6, 0),
    ],
)
def test_number(raw: object, scale: float, expected: float) -> None:
    assert values.number(raw, scale) == expected
    assert type(values.number(raw, scale)) in (int, float)


def test_a_number_beyond_what_a_float_counts_exactly_is_a_float() -> None:
    assert type(values.number(2**53)) is int
    assert type(values.number(2**53 + 2)) is float
    assert values.number(1.8e308) is None
    assert values.number(1e300, 1e300) is None


def test_what_counts_is_not_negative_and_what_cannot_be_zero_is_not_zero() -> None:
    assert [values.count(raw) for raw in (-1, "-1", -0.5, 0, "0", 7)] == [None, None, None, 0, 0, 7]
    assert [values.positive(raw) for raw in (-1, 0, "0.00", 0.0, "0.5")] == [None, None, None, None, 0.5]


def test_a_padded_difficulty_is_no_share_count() -> None:
    assert [values.shares(raw) for raw in ("  5.0000", "156.0000", "566", 566, 5.0)] == [None, None, 566, 566, 5.0]


def test_ratio() -> None:
    assert [values.ratio(raw) for raw in (72, "72", "72%", 100, 0)] == [0.72, 0.72, 0.72, 1.0, 0]


@pytest.mark.parametrize(
    ("raw", "unit", "expected"),
    [
        ("65.5K", "", 65_500),
        ("524K", "", 524_000),
        ("258M", "", 258e6),
        ("32k", "", 32_000),
        ("1.5P", "", 1.5e15),
        ("21632.89GH/s", "H/s", 21632.89e9),
        ("6809.5 GH/s", "H/s", 6809.5e9),
        ("2199.02 G", "", 2199.02e9),
        ("18,500.5", "", 18500.5),
        ("1,234,567", "", 1234567),
        ("967.50 (AB)", "", 967.5),
        (" 69.2461", "", 69.2461),
        (21, "", 21),
        ("0", "", 0),
        ("18,50", "", None),
        ("1,2345", "", None),
        ("5 apples", "", None),
        ("5GH/s", "", None),
        ("5J", "H/s", None),
        ("58.94W", "", None),
        ("58.94W", "W", 58.94),
        ("1.2.3", "", None),
        ("G", "", None),
    ],
)
def test_quantity(raw: object, unit: str, expected: float | None) -> None:
    assert values.quantity(raw, unit) == (expected if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("73-45-64-65", [73, 45, 64, 65]),
        ("2--1-20-22", [2, -1, 20, 22]),
        ("-8--11-10-12", [-8, -11, 10, 12]),
        ("40.5-41.25", [40.5, 41.25]),
        ("25-61", [25, 61]),
        ("68", [68]),
        (68, [68]),
        ("0-0-0-0", [0, 0, 0, 0]),
        ("1, 2,3", [1, 2, 3]),
        ("-", []),
        ("", []),
        ("73-x-64", []),
        ("73--", []),
        ("1-" * 3000, []),
        ("75C-76C", []),
    ],
)
def test_dash_lists(raw: object, expected: list[float]) -> None:
    assert values.numbers(raw) == expected


def test_temperatures_know_their_placeholders() -> None:
    absent = (0, "0", 0.0, -273, -273.0, -83, -64, -40, 200, 6553.5, "0.00")
    assert [values.celsius(raw) for raw in absent] == [None] * len(absent)
    assert [values.celsius(raw) for raw in (-5, 1, 61.5, "88", 199)] == [-5, 1, 61.5, 88, 199]


@pytest.mark.parametrize("raw", ["61 °C", "61°C", "61 ℃", "61℃", "61 C", "61.0C", " 61  °C "])
def test_a_temperature_may_have_its_unit(raw: str) -> None:
    assert values.celsius(raw) == 61


@pytest.mark.parametrize(
    "raw",
    ["61 °F", "61F", "61 ℉", "61 K", "61°", "°C", " C", "0 °C", "-273 °C", "250°C", "61 / 74 °C", "61 °C F", "61CC"],
)
def test_another_unit_and_a_placeholder_with_its_unit_are_no_temperature(raw: str) -> None:
    assert values.celsius(raw) is None


def test_a_zero_in_a_list_of_sensors_is_a_temperature_only_in_the_cold() -> None:
    assert values.celsius_list("39-60-0-58") == [39, 60, None, 58]
    assert values.celsius_list("3-0-21-18") == [3, 0, 21, 18]
    assert values.celsius_list("0-0-0-0") == []
    assert values.celsius_list("-273-61") == [None, 61]


def test_age_flag() -> None:
    ages = ("0:00:05", "27:27:20", "00:57:33", "0", "5", "1:2", 5, "Tue Jul  8", "-1:00:00")
    assert [values.age(raw) for raw in ages] == [5, 98840, 3453, None, None, None, None, None, None]
    assert [values.flag(raw) for raw in (True, "Y", "true", "Yes", 1, "1", 1.0, "1.00")] == [True] * 8
    assert [values.flag(raw) for raw in (False, "N", "false", " no ", 0, "0", 0.0, -1, -1.0, "-1")] == [False] * 10
    neither: tuple[object, ...] = (2, 0.5, "on", None, [], "")
    assert [values.flag(raw) for raw in neither] == [None] * 6


@given(st.text() | st.integers() | json_values)
def test_text_is_printable_and_bounded(raw: object) -> None:
    label = values.text(raw)
    assert len(label) <= values.LABEL_LENGTH
    assert label == label.strip()
    assert label.isprintable() or not set(label) & set("\n\r\t\0\x1b\u202e\u200b\ufeff")
    label.encode()


def test_text() -> None:
    assert values.text("Antminer S9\nV1.4") == "Antminer S9 V1.4"
    assert values.text("a\x00b\x1b[31m") == "a b [31m"
    assert values.text("\u202eevil") == "evil"
    assert values.text("x" * 1000) == "x" * 128
    assert values.text(7) == "7"
    nothing: tuple[object, ...] = (None, True, 7.5, [], {}, 10**50, "\ud800")
    assert [values.text(raw) for raw in nothing] == [""] * 7


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("stratum+tcp://pool-a.example:3333", "pool-a.example:3333"),
        ("stratum+tcp://Pool-A.Example:3333/#xnsub", "pool-a.example:3333"),
        ("stratum+tcp://user:password@pool-a.example:3333", "pool-a.example:3333"),
        ("stratum+tcp://user:p@ss@pool-a.example:3333?x=y", "pool-a.example:3333"),
        ("stratum2+tcp://pool-b.example/9abcSECRETKEY", "pool-b.example"),
        ("pool-a.example", "pool-a.example"),
        ("stratum+tcp://[2001:db8::1]:3333", "[2001:db8::1]:3333"),
        ("stratum+tcp://192.0.2.5:03333", "192.0.2.5:3333"),
        ("stratum+tcp://wallet:12/34@pool-a.example:3333", "pool-a.example:3333"),
        ("stratum+tcp://wallet:12#4?@pool-a.example:3333/x", "pool-a.example:3333"),
        ("stratum+tcp://wallet/rig@pool-a.example:3333", "pool-a.example:3333"),
        ("wallet:1 @pool-a.example:3333", "pool-a.example:3333"),
        ("wallet:12 pool-a.example:3333", ""),
        ("wallet:1://2@pool-a.example:3333", "pool-a.example:3333"),
        ("stratum+tcp://stratum+tcp://pool-a.example:3333", "pool-a.example:3333"),
        ("stratum+tcp://pool-a.example:3333/?to=http://b.example", "pool-a.example:3333"),
        ("stratum+tcp://pool-a.example:3333/#a@b", ""),
        ("stratum+tcp://wallet:12/34@pool-a", ""),
        ("stratum+tcp://wallet@pool-a.example", "pool-a.example"),
        ("stratum+tcp://pool-a.example:99999", ""),
        ("stratum+tcp://pool-a.example:0", ""),
        ("stratum+tcp://pool-a.example:33x", ""),
        ("stratum+tcp://p\ufffdol.example:3333", ""),
        ("", ""),
        ("://", ""),
        ("a" * 3000, ""),
        (None, ""),
        (3333, ""),
    ],
)
def test_of_a_pool_address_only_host_and_port_are_shown(url: object, expected: str) -> None:
    assert values.host_port(url) == expected


SEPARATORS = st.text(st.sampled_from("/?#@:\\\t \r\n[]%,;|&=\"'.-\u00a0\u2028") | st.characters(), max_size=6)


@given(
    st.sampled_from(["", "stratum+tcp://", "stratum2+ssl://", "stratum+tcp://stratum+tcp://", "://"]),
    st.tuples(SEPARATORS, SEPARATORS, SEPARATORS, SEPARATORS),
    st.sampled_from(["", "/", "?a=b", "/#xnsub", "/path/x"]),
)
def test_a_login_in_a_pool_address_is_never_shown(scheme: str, parts: tuple[str, str, str, str], after: str) -> None:
    """Whatever separators it has: what is shown is the host behind it, or nothing."""
    login = "{}wallet{}:{}hunter2{}".format(*parts)
    shown = values.host_port(f"{scheme}{login}@pool.example:3333{after}")
    assert shown == "pool.example:3333"
    assert "hunter2" not in values.text(f"{scheme or 'tcp://'}{login}@pool.example:3333")
