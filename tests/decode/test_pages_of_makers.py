"""What the pages of single makers say in words of their own: spans of time, pools in use, and data between quotes."""

from __future__ import annotations

import re
from dataclasses import replace

import orjson
import pytest

from exporter.decode.blackminer.cgi import unfolded
from exporter.decode.blackminer.volcminer import flat, plain, seconds
from exporter.decode.common.pool_in_use import active, in_use, state
from exporter.decode.jasminer import active as gives_work
from exporter.decode.jasminer import up
from exporter.parse.jsontext import parse
from exporter.polling.poll import poll
from tests.decode.test_other_makers import recorded, shown
from tests.harness.recorded import LIMIT, exposition, outside_of_time, with_login


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("1d 3h 42m 7s", 99_727),
        ("12m 5s", 725),
        ("3h", 10_800),
        ("2d4s", 172_804),
        ("7411", 7411),
        (42, 42),
        ("", None),
        ("d h m s", None),
        ("1d 3h 42m 7s and more", None),
        ("-1s", None),
        (None, None),
    ],
)
def test_the_uptime_of_a_volcminer(span: object, expected: int | None) -> None:
    assert seconds(span) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("15,612.40", "15612.40"),
        ("1,204,881", "1204881"),
        (" 5,640 ", "5640"),
        ("15612.40", "15612.40"),
        ("farm.1,234", "farm.1,234"),
        ("60,55", "60,55"),
        ("1,2345", "1,2345"),
        (5, 5),
        ([{"a": "1,000"}], [{"a": "1000"}]),
    ],
)
def test_commas_are_left_out_between_thousands_alone(said: object, expected: object) -> None:
    assert plain(said) == expected


@pytest.mark.parametrize("document", [{}, {"data": None}, {"data": "text"}, {"code": "401"}])
def test_a_page_without_data_is_left_as_it_is(document: dict[str, object]) -> None:
    assert flat(document) == document
    assert unfolded(document) == document


def test_pools_of_a_volcminer_that_are_no_object_are_no_pools() -> None:
    assert flat({"data": {"pools": "none", "ghs5s": "1,000.5"}}) == {"data": {"pools": "none", "ghs5s": "1000.5"}}


def test_the_program_s_answer_in_place_of_a_rate() -> None:
    rate = "STATUS=S,Code=11|SUMMARY,Elapsed=5,MHS 5s=4869.1373|"
    page = {"summary": {"elapsed": "5,MHS 5s=4869.1373|", "ghs5s": rate}}
    assert unfolded(page)["program"] == [{"Elapsed": "5", "MHS 5s": "4869.1373"}]
    assert "program" not in unfolded({"summary": {"ghs5s": "4869.1373"}})
    assert "program" not in unfolded({"summary": {"ghs5s": "STATUS=S," + "|" * 2000}})


async def test_the_page_of_a_volcminer_tells_no_hashrate_without_the_model() -> None:
    d1 = recorded("blackminer_cgi", "volcminer-d1-by-its-page")
    rate, hashing = "asic_hashrate_hashes_per_second{", 'state="mining"} 1'
    assert rate in await shown(d1)
    page = await shown(replace(d1, answers={"miner_status": d1.answers["miner_status"]}))
    assert rate not in page
    assert hashing in page
    without = d1.answers["miner_status"].replace(b'"fan1"', b'"other"')
    assert rate in await shown(replace(d1, answers={**d1.answers, "miner_status": without}))


@pytest.mark.parametrize(
    ("family", "name", "answer", "field", "series"),
    [
        ("fluminer", "t3", "fluminer_overview", rb'"macAddress": "[^"]+"', 'mac="'),
        ("goldshell_mcb", "lt-without-pools", "mcb_setting", rb'"manual": \w+', "asic_profile_info{"),
    ],
)
async def test_no_other_field_replaces_one_that_is_unreadable(
    family: str, name: str, answer: str, field: bytes, series: str
) -> None:
    miner = recorded(family, name)
    raw = re.sub(field, lambda found: found[0].partition(b":")[0] + b": null", miner.answers[answer])
    assert series in await shown(miner)
    assert series not in await shown(replace(miner, answers={**miner.answers, answer: raw}))


@pytest.mark.parametrize(
    ("used", "host", "hosts", "expected"),
    [
        ("b:1", "b:1", ("a:1", "b:1"), 1),
        ("b:1", "a:1", ("a:1", "b:1"), 0),
        ("c:1", "a:1", ("a:1", "b:1"), 0),
        ("b:1", "b:1", ("b:1", "b:1"), None),
        ("", "a:1", ("a:1",), None),
        ("b:1", "", ("", "b:1"), None),
        ("b:1", "unparsable", ("unparsable", "b:1"), None),
    ],
)
def test_the_pool_in_use_is_known_by_its_address(
    used: str, host: str, hosts: tuple[str, ...], expected: int | None
) -> None:
    assert in_use(used, host, *hosts) == expected


@pytest.mark.parametrize(
    ("used", "works", "shown_state", "gives"),
    [(1, 1, 1, 1), (1, 0, 0, 0), (1, None, None, None), (0, 1, None, 0), (None, 1, None, None)],
)
def test_only_the_pool_in_use_has_a_state(
    used: int | None, works: int | None, shown_state: int | None, gives: int | None
) -> None:
    assert (state(used, works), active(used, works)) == (shown_state, gives)


@pytest.mark.parametrize(
    ("word", "others", "alive", "gives"),
    [
        ("in use", ("alive",), 1, 1),
        ("In use", (), 1, 1),
        ("Alive", ("in use",), 1, 0),
        ("Dead", ("Alive",), 0, None),
        ("Alive", ("Dead",), 1, None),
        ("InActive", ("NotActive",), None, None),
        (None, (), None, None),
    ],
)
def test_the_words_for_a_pool_of_a_jasminer(
    word: object, others: tuple[object, ...], alive: int | None, gives: int | None
) -> None:
    assert up(word) == alive
    assert gives_work(word, word, *others) == gives


async def test_the_chips_of_a_jasminer() -> None:
    of = with_login(chips=True, login="jasminer")
    with outside_of_time():
        for _ in range(2):
            await poll(of, recorded("jasminer", "x16-q").ask, LIMIT)
    page = exposition(of)
    assert 'asic_chip_temperature_celsius{miner="rig",board="0",chip="0"} 54' in page
    assert 'asic_chip_temperature_celsius{miner="rig",board="0",chip="2"} 51' in page


async def test_a_rate_of_a_jasminer_without_its_unit_is_none() -> None:
    x16 = recorded("jasminer", "x16-q")
    raw = x16.answers["jasminer_status"].replace(b"1962.31 MH/s", b"1962.31")
    page = await shown(replace(x16, answers={**x16.answers, "jasminer_status": raw}))
    assert "asic_hashrate_hashes_per_second" not in page
    assert 'window="average"} 1954080000' in page


async def test_a_millivolt_is_no_volt() -> None:
    t3 = recorded("fluminer", "t3")
    raw = t3.answers["fluminer_summary"].replace(b'"26.41"', b'"26410"')
    assert "asic_board_voltage_volts" in await shown(t3)
    assert "asic_board_voltage_volts" not in await shown(replace(t3, answers={**t3.answers, "fluminer_summary": raw}))


@pytest.mark.parametrize(
    ("family", "name", "page", "alone"),
    [("fluminer", "t3", "fluminer_pools", "b.pool.example:3333"), ("ebang", "e10-pool-dead", "ebang_pools", "b.pool.")],
)
async def test_the_pool_in_use_is_shown_without_the_list_and_never_a_password(
    family: str, name: str, page: str, alone: str
) -> None:
    recording = recorded(family, name)
    of = with_login(login=family)
    with outside_of_time():
        for _ in range(2):
            outcome = await poll(of, recording.ask, LIMIT)
    kept = orjson.dumps(outcome.session.everything().rows).lower()
    assert page in outcome.session.everything().rows
    assert b"pass" not in kept
    assert b"pass" in orjson.dumps(parse(recording.answers[page])[0]).lower()
    without = replace(recording, answers={each: raw for each, raw in recording.answers.items() if each != page})
    assert f'pool="0",host="{alone}' in await shown(without)
