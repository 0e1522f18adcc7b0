"""Miners that are another than they were: what is asked where, how often, and how long it may take."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from exporter import decode
from exporter.core.errors import Denied, Empty, ExporterError, Refused, Reset, TooLong, Unsupported, WrongSpeaker
from exporter.decode.axeos.web import ASIC, INFO
from exporter.decode.goldshell.mcb import POOLS
from exporter.polling import intervals
from exporter.polling.outcome import Outcome
from exporter.polling.poll import poll
from exporter.polling.probes import ALL_PROBES, ONE_PROBE
from exporter.polling.target import Target
from exporter.questions import Page, Request
from exporter.simulator import Miner, answer
from tests.harness.fake import INTERVAL, miner
from tests.harness.recorded import RECORDINGS
from tests.harness.support import SERIES, samples, target

pytestmark = pytest.mark.virtual_time

BITAXE = b'{"ASICModel":"BM1370","hashRate":1200.5,"temp":55,"version":"v2.14.0","ssid":"home"}'


@dataclass
class Address:
    """What listens at an address: the API of a miner, pages, or nothing; ports that are `silent` never answer."""

    api: Miner | None = None
    pages: Mapping[str, bytes | ExporterError] = field(default_factory=dict)
    posted: Miner | None = None  # whose API answers by POST
    instead: bytes = b""  # what another program says on the API's port
    silent: set[int] = field(default_factory=set)
    hanging: str = ""  # the name of a page that never comes
    target: Target = field(default_factory=lambda: target(interval=INTERVAL))
    heard: list[str] = field(default_factory=list)

    async def ask(self, request: Request) -> bytes:
        await asyncio.sleep(0.01)
        question = request.question
        self.heard.append(("POST " if request.posted else "") + "+".join(each.name for each in request.questions))
        if question.port in self.silent or question.name == self.hanging:
            await asyncio.Event().wait()
        if isinstance(question, Page) and self.pages:
            if question.name not in self.pages:
                raise Unsupported("HTTP 404")
            there = self.pages[question.name]
            if isinstance(there, ExporterError):
                raise there
            return there
        if self.instead and not question.off_api_port:
            return self.instead
        api = self.posted if request.posted else self.api
        said = None if question.off_api_port or api is None else answer(api, request.wire)
        if said is None:
            raise Refused("nothing listens")
        return said

    async def poll(self, after: float = INTERVAL) -> Outcome:
        await asyncio.sleep(after)
        self.heard = []
        outcome = await poll(self.target, self.ask, SERIES)
        assert outcome.bugs == []
        return outcome


async def test_a_miner_that_lost_its_api_is_found_by_its_page_after_a_while() -> None:
    at = Address(miner("antminer", "s9"))
    assert (await at.poll()).family == "antminer"
    at.api, at.pages = None, {INFO.name: BITAXE}
    lost = [await at.poll() for _ in range(2)]
    assert [outcome.family for outcome in lost] == ["antminer"] * 2
    assert not at.target.up
    assert (await at.poll(intervals.SUSPECT)).family == "axeos"
    assert at.target.up


async def test_a_miner_that_restarts_is_not_taken_for_another() -> None:
    """Its web server is up minutes before its API."""
    at = Address(miner("antminer", "s9"))
    await at.poll()
    api, at.api, at.pages = at.api, None, {INFO.name: BITAXE}
    for _ in range(8):
        assert (await at.poll()).family == "antminer"
        assert len(at.heard) == 1
    at.api = api
    assert (await at.poll()).family == "antminer"


async def test_the_pages_of_a_miner_whose_api_is_gone_are_asked_once_an_hour() -> None:
    at = Address(miner("antminer", "s9"))
    await at.poll()
    at.api, at.pages = None, {"something_else": b"{}"}
    asked: Counter[str] = Counter()
    for _ in range(100):
        await at.poll()
        asked.update(at.heard)
    pages = [question for question in decode.fingerprints() if isinstance(question, Page) and not question.locked]
    refused = {page.name for page in pages if page.port == at.target.spec.port}
    assert refused
    assert asked.keys().isdisjoint(refused)
    assert {asked[page.name] for page in pages if page.name not in refused} == {1}


@pytest.mark.parametrize("pages", [{}, {"something_else": b"{}"}])
async def test_a_miner_with_a_page_that_gets_other_firmware_is_found_by_its_api(pages: dict[str, bytes]) -> None:
    at = Address(pages={INFO.name: BITAXE})
    await at.poll()
    at.api, at.pages = miner("antminer", "s9"), pages
    outcomes = [await at.poll() for _ in range(12)]
    assert outcomes[-1].family == "antminer"
    assert at.target.up


async def test_a_miner_that_is_off_stays_what_it_was_and_is_greeted_once_a_minute() -> None:
    at = Address(miner("antminer", "s9"))
    await at.poll()
    at.api = None
    asked: Counter[str] = Counter()
    for _ in range(40):  # ten minutes
        outcome = await at.poll(15)
        assert outcome.family == "antminer"
        assert isinstance(outcome.error, Refused)
        assert len(at.heard) <= 1 + len(decode.fingerprints())
        asked.update(at.heard)
    first = next(question for question in decode.fingerprints() if question.port == 80 and not question.locked)
    assert 3 <= asked.pop(first.name) <= 6
    at.api = miner("antminer", "s9")
    assert (await at.poll()).family == "antminer"
    assert at.target.up
    before = len(at.heard)
    for _ in range(20):
        await at.poll()
        assert at.heard.count("version") <= 1
        assert len(at.heard) <= before


@pytest.mark.parametrize(
    "instead", [WrongSpeaker("HTTP 502"), Unsupported("HTTP 404"), Denied("HTTP 403"), b"<html>", b"{", b"{}"]
)
@pytest.mark.parametrize("polls", [1, 6, 30])
async def test_a_web_server_that_is_there_before_its_pages_loses_no_miner(
    instead: bytes | ExporterError, polls: int
) -> None:
    at = Address(pages={INFO.name: BITAXE})
    await at.poll()
    at.pages = {INFO.name: instead}
    asked: Counter[str] = Counter()
    for _ in range(polls):
        assert (await at.poll()).family == "axeos"
        assert not at.target.up
        asked.update(at.heard)
    others = [
        question.name for question in decode.fingerprints() if isinstance(question, Page) and question is not INFO
    ]
    assert {asked[name] for name in others} <= {0, 1}
    at.pages = {INFO.name: BITAXE}
    assert (await at.poll()).error is None
    assert at.target.up


@pytest.mark.parametrize("instead", [WrongSpeaker("HTTP 502"), Unsupported("HTTP 404"), b"<html>", b"{}"])
async def test_a_miner_whose_pages_fail_keeps_its_family(instead: bytes | ExporterError) -> None:
    of = next(each for each in RECORDINGS if each.family == "obelisk")
    at = Address(pages=dict(of.answers))
    assert (await at.poll()).error is None
    at.pages = dict.fromkeys(of.answers, instead)
    for _ in range(6):
        assert (await at.poll()).family == "obelisk"
    assert not at.target.up
    at.pages = dict(of.answers)
    assert (await at.poll()).error is None


async def test_a_page_that_came_too_late_once_is_asked_for_again_after_a_while() -> None:
    of = next(each for each in RECORDINGS if each.family == "goldshell_mcb")
    at = Address(pages=dict(of.answers))
    assert (await at.poll()).whole
    at.hanging = POOLS.name
    assert not (await at.poll()).whole
    assert POOLS.name not in (await at.poll()).session.failed, "it costs each poll all of its time"
    assert at.target.up
    at.hanging = ""
    assert POOLS.name in (await at.poll(intervals.SLOW)).session.fresh


async def test_a_page_that_is_not_there_yet_is_asked_for_again_after_a_while() -> None:
    at = Address(pages={INFO.name: WrongSpeaker("HTTP 503")})
    assert not (await at.poll()).family
    at.pages = {INFO.name: BITAXE}
    assert (await at.poll(intervals.SLOW + intervals.PROBE)).family == "axeos"


@pytest.mark.parametrize("instead", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-dropbear\r\n", b"{}", b"{"])
async def test_a_stranger_with_another_program_on_the_apis_port_is_greeted_once_an_hour(instead: bytes) -> None:
    at = Address(instead=instead, pages={"something_else": b"{}"})
    asked: Counter[str] = Counter()
    for _ in range(100):
        assert not (await at.poll()).family
        asked.update(at.heard)
    pages = [question.name for question in decode.fingerprints() if isinstance(question, Page) and not question.locked]
    assert {asked[name] for name in pages} == {1}
    at.instead, at.api = b"", miner("antminer", "s9")
    assert (await at.poll()).family == "antminer"


@pytest.mark.parametrize(
    ("greeting", "said", "locked"),
    [
        ("obelisk_info", b'{"vendor":"Obelisk","model":"SC1"}', "obelisk_dashboard"),
        ("innosilicon_hello", b'{"success":false,"token":"invalid"}', "innosilicon_summary"),
    ],
)
async def test_a_miner_that_names_itself_and_denies_the_rest_is_down(greeting: str, said: bytes, locked: str) -> None:
    at = Address(pages={greeting: said, locked: Denied("HTTP 401")})
    asked: Counter[str] = Counter()
    for _ in range(60):
        outcome = await at.poll()
        assert isinstance(outcome.error, Denied)
        assert not at.target.up
        asked.update(at.heard)
    assert asked[locked] == 3  # every ten minutes
    assert asked["system_info"] <= 3


async def test_an_hour_after_it_was_found_by_its_page_the_api_is_tried_again() -> None:
    at = Address(pages={INFO.name: BITAXE})
    assert (await at.poll()).family == "axeos"
    tried = 0
    for _ in range(240):  # two hours
        assert (await at.poll()).family == "axeos"
        assert at.target.up
        others = [wire for wire in at.heard if wire not in (INFO.name, ASIC.name)]
        assert others in ([], ["version"])
        tried += len(others)
    assert tried in (1, 2)
    at.api = miner("cgminer", "usb")
    outcomes = [await at.poll() for _ in range(125)]
    assert outcomes[-1].family == "cgminer"
    assert all(outcome.error is None for outcome in outcomes)


async def test_an_api_that_is_silent_costs_a_miner_with_a_page_no_reading() -> None:
    at = Address(pages={INFO.name: BITAXE})
    await at.poll()
    at.silent = {0}
    for _ in range(125):
        outcome = await at.poll()
        assert at.target.up
        assert outcome.duration <= ONE_PROBE * at.target.spec.timeout + 1
    assert outcome.family == "axeos"


@pytest.mark.parametrize("silent", [{4433}, {80}, {80, 4433}])
async def test_silent_ports_take_a_part_of_a_polls_time_and_are_left_alone(silent: set[int]) -> None:
    at = Address(silent=silent)
    timeout = at.target.spec.timeout
    polls = [await at.poll() for _ in range(3)]
    assert all(isinstance(outcome.error, Refused) for outcome in polls)
    assert all(ONE_PROBE * timeout <= outcome.duration <= ALL_PROBES * timeout + 1 for outcome in polls[:2])
    assert polls[2].duration < 1, "twice is enough"
    at.silent = {4433} & silent
    at.pages = {INFO.name: BITAXE}
    outcome = await at.poll(intervals.SILENT_PORT + intervals.PROBE)
    assert outcome.family == "axeos"
    assert at.target.up


async def test_a_web_server_that_was_slow_once_is_asked_again_at_the_next_poll() -> None:
    at = Address(pages={INFO.name: BITAXE}, silent={80})
    assert not (await at.poll()).family
    at.silent = set()
    assert (await at.poll()).family == "axeos"
    assert at.target.up


@pytest.mark.parametrize("error", [Reset("the connection broke"), Empty("nothing"), TooLong("a page without end")])
async def test_a_page_on_which_a_web_server_hangs_up_hides_no_other(error: ExporterError) -> None:
    of = next(each for each in RECORDINGS if each.family == "multminer")
    at = Address(pages={**of.answers, INFO.name: error, "vnish_info": error})
    assert (await at.poll()).family == "multminer"
    assert at.target.up


async def test_luxos_whose_port_is_closed_is_asked_the_same_by_post() -> None:
    at, plain = Address(posted=miner("luxos")), Address(miner("luxos"))
    plain.target = target(interval=INTERVAL, timeout=25.0)
    at.target = target(interval=INTERVAL, timeout=25.0)
    for _ in range(3):
        outcome, usual = await at.poll(), await plain.poll()
    assert outcome.family == usual.family == "luxos"
    assert at.heard == [f"POST {asked}" for asked in plain.heard]
    assert samples(at.target)["asic_power_watts"].keys() == samples(plain.target)["asic_power_watts"].keys()
    at.api, at.posted = at.posted, None
    outcomes = [await at.poll() for _ in range(15)]
    assert outcomes[-1].error is None
    assert at.heard == plain.heard


@pytest.mark.parametrize("other", ["cgminer", "antminer", "dcentos"])
async def test_what_answers_there_and_is_not_luxos_is_left_alone(other: str) -> None:
    at = Address(posted=miner(other))
    for _ in range(5):
        outcome = await at.poll()
        assert isinstance(outcome.error, Refused)
        assert [asked for asked in at.heard if asked.startswith("POST")] in ([], ["POST version"])
        assert at.heard[0] == "version"


async def test_a_family_that_is_told_is_not_looked_for() -> None:
    at = Address(miner("antminer", "s9"), target=target(interval=INTERVAL, family="antminer"))
    await at.poll()
    at.api, at.pages = None, {INFO.name: BITAXE}
    for _ in range(10):
        outcome = await at.poll()
        assert isinstance(outcome.error, Refused)
        assert len(at.heard) == 1
