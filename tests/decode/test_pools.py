"""Pools: which words call one dead, and which of several gets the work."""

from __future__ import annotations

import re

import orjson
import pytest

from exporter.decode.common.flags import alive
from exporter.decode.common.poolvalues import at_work, linked, pool_host, pool_up
from exporter.polling.expectations import all_expected
from tests.harness.recorded import RECORDINGS, Recording, exposition, outside_of_time, settle

SUMMARY = b'{"SUMMARY":[{"Elapsed":700,"GHS 5s":2860.5,"Accepted":14}]}'
GOOD = ("Alive", "alive", "ALIVE", "Active", "working", "connected", "Online", True)
BAD = ("Dead", "Deed", "Unreachable", "offline", False)
NEITHER: tuple[object, ...] = (
    "Standby",
    "Connecting",
    "Disabled",
    "Rejecting",
    "Unknown",
    "Initialising",
    "",
    None,
    7,
    [],
    {},
    "Dead?",
)


def test_known_words_say_whether_a_pool_answers_and_others_say_nothing() -> None:
    assert [pool_up(word) for word in GOOD] == [1] * len(GOOD)
    assert [pool_up(word) for word in BAD] == [0] * len(BAD)
    assert [pool_up(word) for word in NEITHER] == [None] * len(NEITHER)


@pytest.mark.parametrize("connected", [True, "true", "Y", 1, 1.0])
def test_no_pool_is_dead_that_is_connected_or_switched_off(connected: object) -> None:
    assert [pool_up(word, connected) for word in BAD] == [None] * len(BAD)
    assert [pool_up(word, connected) for word in GOOD] == [1] * len(GOOD)
    assert [pool_up(word, False, False) for word in BAD] == [None] * len(BAD)
    assert [pool_up(word, False, connected) for word in BAD] == [0] * len(BAD)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("stratum+tcp://Pool.example:3333", "pool.example:3333"),
        ("*", "unparsable"),
        ("out of order", "unparsable"),
        ("\u202e", "unparsable"),
        (5, "unparsable"),
        ("", ""),
        (" ", ""),
        (None, ""),
        ({}, ""),
        ([], ""),
    ],
)
def test_an_odd_address_is_seen_and_no_address_is_none(url: object, host: str) -> None:
    assert pool_host(url) == host


def test_a_device_is_up_by_its_word_and_its_switch() -> None:
    assert [alive(word, "Y") for word in ("Alive", "alive", "Dead", "Sick", "NoStart", "Disabled", "Deed")] == [
        1,
        1,
        *[0] * 5,
    ]
    assert [alive(word) for word in ("Initialising", "Waiting", "Rejecting", "", None)] == [None] * 5
    assert [alive(word, "N") for word in ("Alive", "Initialising")] == [0, 0]


USER, FEE = ("stratum+tcp://pool.example:3333", 0), ("DevFee", 998)
Entry = tuple[tuple[str, int], int | None, bool | None]


@pytest.mark.parametrize(
    ("pools", "expected"),
    [
        ([(USER, None, True), (USER, None, False)], [1, 0]),
        ([(USER, None, True), (USER, None, True), (USER, None, False)], [None, None, 0]),
        ([(USER, 0, True), (USER, 0, False), (USER, 1, True)], [1, 0, 1]),
        ([(USER, None, True), (FEE, None, True)], [1, None]),
        ([(USER, None, False), (FEE, None, True)], [0, 1]),
        ([(USER, None, None), (USER, None, True)], [None, None]),
        ([], []),
    ],
)
def test_of_several_connected_pools_none_is_called_the_one_at_work(
    pools: list[Entry], expected: list[int | None]
) -> None:
    said = [(connected, False, *address, group) for address, group, connected in pools]
    assert at_work(*[each for pool in said for each in pool]) == expected


def test_a_pool_that_is_asked_for_each_work_has_no_connection_to_judge_by() -> None:
    assert [linked(active, gbt) for active, gbt in ((True, False), (False, False), (False, True), (None, True))] == [
        True,
        False,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("pairs", "verdict"),
    [
        ((None, 1, None, 1, 0, 0), 1),
        ((None, 0, None, 0, 0, 1), 0),
        ((None, 1, None, 0), None),
        ((None, 0, 1, 1), 1),
        ((0, 0, 0, 1), None),
    ],
)
def test_where_no_pool_is_known_to_work_all_that_may_have_to_agree(pairs: tuple[object, ...], verdict: object) -> None:
    assert all_expected(*pairs) == verdict


async def page(name: str) -> str:
    recording = next(each for each in RECORDINGS if each.family == "cgminer" and each.name == name)
    with outside_of_time():
        of, _ = await settle(recording)
    return exposition(of)


async def test_a_failback_names_no_pool_as_the_one_at_work() -> None:
    said = await page("failback")
    assert "asic_pool_up{" in said
    assert [line for line in said.splitlines() if line.startswith("asic_pool_active{")] == [
        'asic_pool_active{miner="failback",pool="2"} 0'
    ]


async def test_pools_without_numbers_are_told_apart_by_their_place() -> None:
    rows = [{"URL": f"stratum+tcp://{name}.example:3333", "Status": "Alive", "Accepted": 7} for name in "ab"]
    answers = {"summary": SUMMARY, "pools": orjson.dumps({"POOLS": rows})}
    with outside_of_time():
        of, _ = await settle(Recording("rig", "cgminer", answers))
    page = exposition(of)
    assert 'asic_pool_info{miner="rig",pool="1",host="b.example:3333"} 1' in page
    assert page.count("asic_pool_shares_accepted_total{") == 2


async def test_of_nine_words_two_say_that_a_pool_is_dead() -> None:
    said = (await page("pool-words")).splitlines()
    up = {line.split('pool="')[1][0]: line[-1] for line in said if line.startswith("asic_pool_up{")}
    assert up == {"0": "1", "6": "0", "8": "0"}
    assert not [line for line in said if line.startswith("asic_board_up{")]  # of a device that is initialising


async def test_the_makers_own_pool_of_vnish_is_not_dead_while_it_rests() -> None:
    (known,) = (each for each in RECORDINGS if each.name == "s19jpro-a-board-failed")
    page = known.answers["vnish_summary"]
    fee = re.compile(rb'("pool_type":"DevFee","user":"DevFee","status":)"\w+"')
    assert fee.search(page)
    resting = {**known.answers, "vnish_summary": fee.sub(rb'\1"offline"', page)}
    with outside_of_time():
        of, _ = await settle(Recording(known.name, known.family, resting))
    (line,) = re.findall(r'asic_pool_info\{.*pool="(\w+)".*kind="devfee".*', exposition(of))
    assert f'asic_pool_up{{miner="{known.name}",pool="{line}"' not in exposition(of)
