"""Readings against what the operator expects: one verdict for what was read, none for what was not."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.config import Expect
from exporter.config.patterns import LONGEST, compiled, fits
from exporter.config.planned import times_off
from exporter.config.yamltree import Mark, Scalar
from exporter.core.errors import Refused
from exporter.core.vocabulary import (
    ActivePoolExpected,
    Board,
    BoardsExpected,
    Expected,
    Fan,
    FansExpected,
    HashrateNominal,
    MinerInfo,
    Part,
    Pool,
    PoolExpected,
    PoolInfo,
    Value,
)
from exporter.polling.expectations import expected_values, verdicts
from exporter.polling.poll import poll
from exporter.polling.target import Target
from exporter.questions import Request
from exporter.render.exposition import fragment
from exporter.render.overview import glance
from tests.harness.recorded import LIMIT, RECORDINGS, exposition, outside_of_time, with_login
from tests.harness.support import target

Pattern = re.Pattern[str]


# What an operator may well write, and what only looks as if it were slow.
BOUNDED = (
    *(r".*", r".*x.*", r"pool-a\.example:3333", r"[a-z0-9-]+\.pool\.example:\d+", r"(?i)antminer s19.*"),
    *(r"(?:[a-z0-9-]+\.)*pool\.example:\d{1,5}", r"\d{1,3}(\.\d{1,3}){3}:\d+", r"wallet(\..*)?", r"(foo|bar)+"),
    *(r".*\.(eu|us)-.*\.pool\..*", r"[^.]+\.[^.]+\.[^.]+\.[^.]+", r"(?!bad).*", r"a*+b", r"(?:[a-z]++\.)*+x"),
    *(r"(?P<x>a|b)?c(?(x)d|e)", r"((a{60}){60}){60}", r"(?i:[a-z]+)\.(?i:[a-z]+)X", r"a{0,255}b{0,255}c"),
    *(r"(?:(?:a|b)c?d)*e", r"(?i)[a-z]+\.k+", r"\w+-\w+-\w+-\w+", r"(?=.*x).*y", r"(?<!a)b+$", r"[\d.]*\D"),
)
UNBOUNDED = (
    *(
        "(a+)+b",
        "(a*)*b",
        "(aa|aa)*c",
        "(ab|a.)*c",
        "(a|ab|b)*c",
        ".*.*.*.*x",
        "(.*a){20}",
        r"(\w+\s?)*$",
        "((){1000}){1000}",
    ),
    *("((){1000}){1000}", "(?:(?:(?:){1000}){1000}){1000}", "(a?){50}a{50}", "(x+x+)+y", "(?:a+b?)*c", "(?i)(ab|AB)*c"),
    *("(a|aa)+$", "(?=(a+)+b)x", "(?>(a+)+b)", ".*a.*b.*c", "(a{1,50}){1,50}b", r"(\b){1000}", "(.+)+", r"(\d+\.?)+x"),
    *("(?:[a-z]+[0-9]*)*!", "((a+)b?)+c", "(?i:a+A+)+b", "(?:\u017f+s)*(?i:\u017f+S)*!", "(?i)(\u212a+k*)+!"),
)
WORST = [
    unit * (260 // len(unit)) for unit in ("a", "ab", "aA", "abc", "a.", "1", "a1", "-", ".", "x", "acd", "a-", "1.")
]
WORST += [text[:-1] + "!" for text in WORST]


def pattern(text: str | None) -> Pattern | None:
    return None if text is None else re.compile(text)


def expect(*pools: tuple[str | None, str | None]) -> Expect:
    return Expect(pools=tuple((pattern(host), pattern(user)) for host, user in pools))


def judged(expected: Expect, parts: list[Part], users: dict[str, str] | None = None) -> dict[tuple[str, ...], Value]:
    found: dict[tuple[str, ...], Value] = {}
    for part in verdicts(expected, iter(parts), users or {}):
        if isinstance(part, PoolExpected):
            found["pool", part.pool, part.check] = part.pool_expected
        elif isinstance(part, ActivePoolExpected):
            found["active", part.check] = part.active_pool_expected
        elif isinstance(part, Expected):
            found["miner", part.property] = part.expected
    return {verdict: value for verdict, value in found.items() if value is not None}


OURS = r"pool-a\.example:3333"
PARTS: list[Part] = [
    PoolInfo("0", "pool-a.example:3333", "user"),
    Pool("0", up=1, active=1),
    PoolInfo("1", "thief.example:3333", "user"),
    Pool("1", up=1, active=0),
    PoolInfo("2", "fee.example:3333", "devfee"),
    Pool("2", up=1, active=1),
    PoolInfo("3", "", "user"),
    Pool("3", active=1),
]


def test_what_is_expected_is_shown_as_such() -> None:
    parts = list(expected_values(Expect(boards=3, fans=4, hashrate=1.1e14)))
    assert parts == [HashrateNominal("config", 1.1e14), BoardsExpected("config", 3), FansExpected("config", 4)]


def test_nothing_expected_is_nothing_judged() -> None:
    assert judged(Expect(), [*PARTS, MinerInfo(model="S9"), Board("1", up=0), Fan("1", 0)]) == {}


def test_nothing_read_is_nothing_judged() -> None:
    everything = Expect(
        pools=((pattern(OURS), None),),
        model=pattern("S9"),
        firmware_version=pattern("1"),
        mac="02:00:00:00:00:01",
        boards=3,
        fans=4,
        hashrate=1.0,
    )
    assert judged(everything, []) == {}
    assert judged(everything, [MinerInfo(), Board("1"), Fan("1", duty_ratio=0.5), PoolInfo("0")]) == {}


@pytest.mark.parametrize(
    ("expected", "info", "verdict"),
    [
        (Expect(model=pattern("Antminer S19.*")), MinerInfo(model="Antminer S19 Pro"), 1),
        (Expect(model=pattern("Antminer S19")), MinerInfo(model="Antminer S19 Pro"), 0),
        (Expect(firmware_version=pattern(r"2025\..*")), MinerInfo(firmware_version="2025.5.7"), 1),
        (Expect(firmware_version=pattern(r"2025\..*")), MinerInfo(firmware_version="2024.2"), 0),
        (Expect(mac="02:a1:b2:c3:d4:e5"), MinerInfo(mac="02:a1:b2:c3:d4:e5"), 1),
        (Expect(mac="02:a1:b2:c3:d4:e5"), MinerInfo(mac="02:a1:b2:c3:d4:ff"), 0),
    ],
)
def test_identity_is_judged_as_expected(expected: Expect, info: MinerInfo, verdict: int) -> None:
    assert list(judged(expected, [info]).values()) == [verdict]


def test_boards_count_that_work_and_fans_that_turn() -> None:
    boards: list[Part] = [Board("1", up=1), Board("2", up=0), Board("3", up=1), Board("4", chips=0)]
    fans: list[Part] = [Fan("1", 4000), Fan("2", 0), Fan("3", 4000), Fan("4")]
    assert [judged(Expect(boards=n), boards)["miner", "boards"] for n in (2, 3)] == [1, 0]
    assert [judged(Expect(fans=n), fans)["miner", "fans"] for n in (2, 3)] == [1, 0]


def test_a_hijacked_entry_is_found_before_it_gets_work() -> None:
    assert judged(expect((OURS, None)), PARTS) == {
        ("pool", "0", "host"): 1,
        ("pool", "1", "host"): 0,
        ("active", "host"): 1,
    }


def test_work_for_a_thief_is_found_even_beside_work_for_us() -> None:
    both = [*PARTS[:3], Pool("1", up=1, active=1)]
    assert judged(expect((OURS, None)), both)["active", "host"] == 0
    only = [PARTS[0], Pool("0", active=0), PARTS[2], Pool("1", active=1)]
    assert judged(expect((OURS, None)), only)["active", "host"] == 0


def test_a_host_matches_as_a_whole() -> None:
    near: list[Part] = [PoolInfo("0", "pool-a.example:3333.thief.example", "user"), Pool("0", active=1)]
    assert judged(expect((OURS, None)), near)["active", "host"] == 0


def test_a_user_belongs_to_its_host() -> None:
    wanted = expect((OURS, r"acct\..*"), (r"pool-b\..*", r"other\..*"))
    parts = PARTS[:2]
    assert judged(wanted, parts, {"0": "acct.rig7"})["pool", "0", "user"] == 1
    assert judged(wanted, parts, {"0": "other.rig7"}) == {
        ("pool", "0", "host"): 1,
        ("pool", "0", "user"): 0,
        ("active", "host"): 1,
        ("active", "user"): 0,
    }


def test_a_user_that_was_not_said_or_is_masked_is_not_judged() -> None:
    for users in ({}, {"0": ""}, {"0": "****"}):
        assert ("pool", "0", "user") not in judged(expect((OURS, "acct")), PARTS[:2], users)


def test_a_pattern_without_a_host_judges_every_host() -> None:
    assert judged(expect((None, "acct")), PARTS[:2], {"0": "acct"}) == {
        ("pool", "0", "host"): 1,
        ("pool", "0", "user"): 1,
        ("active", "host"): 1,
        ("active", "user"): 1,
    }


async def polled(name: str, expected: Expect) -> str:
    recording = next(recording for recording in RECORDINGS if recording.name == name)
    of = Target(replace(with_login().spec, expect=expected))
    with outside_of_time():
        outcome = await poll(of, recording.ask, LIMIT)
    assert outcome.error is None
    return exposition(of)


async def test_a_poll_judges_what_it_read() -> None:
    text = await polled(
        "s19-pro", Expect(pools=((pattern(OURS), pattern("acct.*")),), boards=3, fans=4, hashrate=1.1e14)
    )
    for line in (
        'asic_pool_expected{miner="rig",pool="0",check="host"} 1',
        'asic_pool_expected{miner="rig",pool="0",check="user"} 1',
        'asic_pool_expected{miner="rig",pool="1",check="host"} 0',
        'asic_active_pool_expected{miner="rig",check="user"} 1',
        'asic_expected{miner="rig",property="boards"} 1',
        'asic_expected{miner="rig",property="fans"} 1',
        'asic_boards_expected{miner="rig",source="config"} 3',
        'asic_hashrate_nominal_hashes_per_second{miner="rig",source="config"} 110000000000000.0',
    ):
        assert line in text
    assert text.count("\nasic_boards_expected{") == text.count("\nasic_hashrate_nominal_hashes_per_second{") == 1
    assert "acct" not in text  # a worker's name is compared, and not shown


async def test_a_masked_worker_is_not_judged_in_a_poll() -> None:
    text = await polled("flat-join", expect((OURS, "acct.*")))
    assert 'check="host"} 1' in text
    assert 'check="user"' not in text


async def pools_of(url: str, user: str = "thief.devfee", priority: int = 0) -> str:
    """The page of a miner whose one pool is the given one."""
    row = {"POOL": 0, "URL": url, "Status": "Alive", "Priority": priority, "User": user, "Stratum Active": True}
    good = {"STATUS": [{"STATUS": "S"}], "id": 1}
    answers = {
        "version": {**good, "VERSION": [{"BMMiner": "1.0.0", "Type": "Antminer S19"}]},
        "pools": {**good, "POOLS": [row]},
    }

    async def ask(request: Request) -> bytes:
        command = json.loads(request.wire)["command"]
        return json.dumps(answers.get(command, {"STATUS": [{"STATUS": "E", "Code": 14}]})).encode()

    of = Target(replace(with_login().spec, expect=expect((r"good\.example:3333", None))))
    await poll(of, ask, LIMIT)
    return exposition(of)


@pytest.mark.parametrize("url", ["stratum+tcp://evil.example:3333", "évil.example", "good.example:0", "\u202e", "//"])
async def test_no_address_and_no_worker_name_hides_a_hijack(url: str) -> None:
    assert 'asic_active_pool_expected{miner="rig",check="host"} 0' in await pools_of(url)


async def test_the_makers_own_entry_is_no_hijack() -> None:
    for page in (await pools_of("DevFee"), await pools_of("stratum+tcp://fee.example:1", priority=998)):
        assert 'kind="devfee"' in page
        assert "asic_active_pool_expected{" not in page


@pytest.mark.parametrize("written", UNBOUNDED)
def test_a_pattern_whose_work_has_no_bound_is_refused(written: str) -> None:
    """Each of these would stand still on a worker name of a few dozen letters."""
    with pytest.raises(ValueError, match=r"repeats|too many ways"):
        compiled(written)


@pytest.mark.parametrize("written", BOUNDED)
def test_an_accepted_pattern_is_quick_on_the_worst_texts(written: str) -> None:
    """A generous bound: one without end would never come to it."""
    pattern, began = compiled(written), time.thread_time()
    for said in WORST:
        assert fits(pattern, said) == bool(re.fullmatch(written, said))
    assert time.thread_time() - began < 1.0


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\w", r"\d", r"\.", "(?i:a)", "A", r"\b", "(?=a)", "(?!b)"])
TIMES = st.sampled_from(["", "*", "+", "?", "{2}", "{1,3}", "{0,40}", "*?", "*+", "{3,}"])


def _grouped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    parts = st.lists(st.tuples(inner, TIMES).map("".join), min_size=1, max_size=3).map("".join)
    branches = st.lists(parts, min_size=1, max_size=3).map("|".join)
    return st.tuples(st.sampled_from(["(", "(?:", "(?>", "(?i:"]), branches).map(lambda pair: f"{pair[0]}{pair[1]})")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.recursive(ATOMS, _grouped, max_leaves=8), TIMES).map("".join), max_size=4).map("".join))
def test_any_pattern_is_refused_or_quick(written: str) -> None:
    try:
        pattern = compiled(written)
    except ValueError:
        return
    began = time.thread_time()
    for said in WORST:
        fits(pattern, said)
    assert time.thread_time() - began < 3.0


def test_a_text_beyond_all_that_can_be_expected_is_not_matched() -> None:
    assert fits(compiled("a*"), "a" * LONGEST)
    assert not fits(compiled("a*"), "a" * (LONGEST + 1))
    assert _verdict(compiled(".*"), "a" * (LONGEST + 1)) == 0


def _verdict(pattern: Pattern, host: str) -> Value:
    parts: list[Part] = [PoolInfo("0", host, "user")]
    return judged(Expect(pools=((pattern, None),)), parts)["pool", "0", "host"]


@pytest.mark.parametrize(("times", "shown"), [("00:00-24:00", b"1"), (None, b"")])
async def test_a_silent_miner_shows_whether_it_is_planned_to_be_off(times: str | None, shown: bytes) -> None:
    off = times_off(Scalar(times, "text", Mark(1, 1))) if times else None
    of = target(expect=Expect(planned_off=off))

    async def refuse(_: Request) -> bytes:
        raise Refused("refused")

    for _ in range(2):
        assert fragment(of.fragments, "asic_off_expected").encode().rstrip()[-1:] == shown
        assert ("planned_off" in glance(of.fragments)) is bool(shown)
        await poll(of, refuse, 100)
    assert of.up is False


@pytest.mark.parametrize(("time_of_day", "off"), [("16:59", 0), ("17:00", 1), ("20:59", 1), ("21:00", 0)])
def test_planned_times_are_local(time_of_day: str, off: int, monkeypatch: pytest.MonkeyPatch) -> None:
    of = target(expect=Expect(planned_off=times_off(Scalar("mon 17:00-21:00", "text", Mark(1, 1)))))
    monday = time.strptime(f"2026-01-05 {time_of_day}", "%Y-%m-%d %H:%M")
    monkeypatch.setattr(time, "localtime", lambda: monday)
    assert of.given()["off_expected"] == off
