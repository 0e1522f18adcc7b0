"""Addresses and ranges: who owns which, against a plain set of addresses."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.config import Config, addresses, load, parse
from exporter.config.addresses import Single, Span
from tests.harness.places import CONFIG


def ranges() -> Config:
    return load(CONFIG / "ranges.good.yml", families=frozenset(), reserved=frozenset())


def test_ranges_share_their_addresses() -> None:
    first, second = ranges().ranges
    wanted = [f"10.0.0.{last}" for last in (1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12)] + ["10.0.1.0", "10.0.1.1", "10.0.2.7"]
    assert (first.group, list(first), len(first)) == ("first", wanted, len(wanted))
    six = ["2001:db8::", "2001:db8::1", "2001:db8::2", "2001:db8::3"]
    assert list(second) == ["10.0.0.13", *six]


def test_expected_ranges_are_targets() -> None:
    config = ranges()
    third = [target for target in config.targets if target.group == "third"]
    assert [target.host for target in third] == [f"10.0.0.{last}" for last in range(15, 21)] + ["10.0.3.1", "10.0.4.1"]
    assert [target.name for target in config.targets if target.group != "third"] == ["10.0.0.3", "10.0.0.14:4029"]


def test_membership_and_targets_of_a_range() -> None:
    _, second = ranges().ranges
    assert "10.0.0.13" in second
    assert "2001:DB8:0::3" in second
    for other in ("10.0.0.1", "10.0.0.14", "10.0.0.15", "2001:db8::4", "miner7", "", None, 5, "fe80::1%eth0"):
        assert other not in second
    target = second.target("2001:DB8:0::3")
    assert (target.host, target.port, target.name, target.group) == (
        "2001:db8::3",
        4030,
        "[2001:db8::3]:4030",
        "second",
    )
    with pytest.raises(KeyError):
        second.target("10.0.0.1")


def test_range_is_not_written_out() -> None:
    span = addresses.parse("10.16.0.0/12")
    assert span == Span((range(addresses.number("10.16.0.1") or 0, addresses.number("10.31.255.255") or 0),))


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("10.0.0.0/30", ["10.0.0.1", "10.0.0.2"]),
        ("10.0.0.0/31", ["10.0.0.0", "10.0.0.1"]),
        ("10.0.0.9/32", ["10.0.0.9"]),
        ("10.0.0.254-255", ["10.0.0.254", "10.0.0.255"]),
        ("10-11.0.0.7", ["10.0.0.7", "11.0.0.7"]),
        ("10.0.1-2.3-4", ["10.0.1.3", "10.0.1.4", "10.0.2.3", "10.0.2.4"]),
        ("2001:db8::/127", ["2001:db8::", "2001:db8::1"]),
    ],
)
def test_ranges_as_written(text: str, hosts: list[str]) -> None:
    span = addresses.parse(text)
    assert isinstance(span, Span)
    assert [addresses.spell(value) for run in span.runs for value in run] == hosts


@pytest.mark.parametrize(
    ("text", "single"),
    [
        ("10.0.0.1", Single("10.0.0.1")),
        ("10.0.0.1:1", Single("10.0.0.1", 1)),
        ("2001:DB8:0:0::1", Single("2001:db8::1")),
        ("[::1]:65535", Single("::1", 65535)),
        ("::ffff:10.0.0.1", Single("10.0.0.1")),
        ("miner-7.row_a.example.net:80", Single("miner-7.row_a.example.net", 80)),
        ("10-0-0-7", None),
        ("7miner", Single("7miner")),
        ("example.net.", Single("example.net.")),
        ("[miner7]:80", Single("miner7", 80)),
        ("-a", None),
        ("a..b", None),
        ("1.2.3", None),
        ("2130706433", None),
        ("10.0.0.1-10.0.0.9", None),
        ("münster", None),
        ("a" * 64, None),
        ("10.0.0.\u0661", None),
    ],
)
def test_singles_as_written(text: str, single: Single | None) -> None:
    if single is None:
        with pytest.raises(ValueError, match="is not an address"):
            addresses.parse(text)
    else:
        assert addresses.parse(text) == single


@given(st.text())
def test_any_text_is_an_address_or_a_value_error(text: str) -> None:
    try:
        place = addresses.parse(text)
    except ValueError:
        return
    assert isinstance(place, Span) or place.host


@given(st.integers(0, 2**128 - 1) | st.integers(0, 2**32 - 1).map(lambda value: (0xFFFF << 32) + value))
def test_integers_of_addresses_return(value: int) -> None:
    assert addresses.number(addresses.spell(value)) == value


runs = st.tuples(st.integers(0, 40), st.integers(1, 15)).map(lambda pair: range(pair[0], sum(pair)))


@given(st.lists(st.tuples(runs, st.integers(-1, 4)), max_size=12))
def test_share_gives_each_address_to_the_lowest_owner(claims: list[tuple[range, int]]) -> None:
    owners: dict[int, int] = {}
    for run, owner in claims:
        for value in run:
            owners[value] = min(owner, owners.get(value, owner))
    shares = addresses.share(claims)
    assert {value: owner for owner, spans in shares.items() for run in spans for value in run} == owners
    for spans in shares.values():
        assert all(left.stop < right.start for left, right in pairwise(spans))


def test_names_made_of_what_miners_report() -> None:
    """Until a miner reports what its pattern asks for, and in the configuration's own messages, it is its address."""
    config = parse(
        b"""
groups:
  - name: a
    target_name: "{hostname}"
    targets:
      [10.0.0.1, 10.0.1.0/30, {host: 10.0.0.2, name: "rig {mac}"}, {host: 10.0.0.3, name: plain}, {host: 10.0.0.4}]
  - name: b
    targets: [10.0.0.5]
""",
        Path("x.yml"),
        families=frozenset(),
        reserved=frozenset(),
    )
    assert [(each.name, each.pattern) for each in config.targets] == [
        ("10.0.0.1", "{hostname}"),
        ("10.0.0.2", "rig {mac}"),
        ("plain", ""),
        ("10.0.0.4", "{hostname}"),
        ("10.0.0.5", ""),
    ]
    assert config.ranges[0].target("10.0.1.1").pattern == "{hostname}"
