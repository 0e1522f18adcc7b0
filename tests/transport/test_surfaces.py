"""Which surface of a miner is read: the best that credentials open and that answers, and the API where none does."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exporter import decode
from exporter.commands import query, serve
from exporter.commands.flags import load
from exporter.config import Credential
from exporter.config.secret import Secret
from exporter.core.errors import Denied, ExporterError, Refused, Reset, TimedOut, Unsupported, WrongSpeaker
from exporter.decode.braiins.grpc import FAMILY as GRPC
from exporter.decode.braiins.rest import FAMILY as REST
from exporter.polling.outcome import Outcome
from exporter.polling.poll import poll
from exporter.questions import Call, Page, Question, Request
from exporter.transport import rpc
from tests.harness.recorded import LIMIT, RECORDINGS, Recording, exposition, outside_of_time, with_login

ACCOUNT = Credential("root", Secret("pass-canary-12"))
INTERVAL = 30.0
HOUR = 3600.0
Rule = Callable[[Question], ExporterError | None]


def fixture(family: str, name: str) -> Recording:
    return next(each for each in RECORDINGS if (each.family, each.name) == (family, name))


API = fixture("braiins", "boser-s19j")
PAGES = fixture("braiins_rest", "s21-26.04")
CALLS = fixture("braiins_grpc", "s19j-pro-24.03")


class Rig:
    """A miner with several surfaces, of which some fail; it is polled while time passes."""

    def __init__(self, *surfaces: Recording, login: bool = True, **more: Any) -> None:
        self.recording = Recording("rig", "", {k: v for each in surfaces for k, v in each.answers.items()})
        self.rule: Rule = lambda _: None
        self.asked: list[str] = []
        self.of = with_login()
        self.of.spec = replace(self.of.spec, credentials={"braiins": ACCOUNT} if login else {}, **more)

    async def ask(self, request: Request) -> bytes:
        question = request.questions[0]
        self.asked.append("+".join(each.name for each in request.questions))
        if (error := self.rule(question)) is not None:
            raise error
        return await self.recording.ask(request)

    async def poll(self, times: int = 1) -> Outcome:
        """Polls it, half a minute apart; `asked` is what the last poll asked."""
        with outside_of_time() as clock:
            clock.passed = self.passed
            clock.runs = True
            for _ in range(times):
                self.asked.clear()
                outcome = await poll(self.of, self.ask, LIMIT)
                assert outcome.bugs == []
                clock.passed += INTERVAL
            self.passed = clock.passed
        return outcome

    passed = 1.0

    @property
    def family(self) -> str:
        return self.of.learnt.family.name if self.of.learnt.family else ""


def no(where: str, error: ExporterError) -> Rule:
    """Whatever is asked there fails: `page`, `call`, `api`, or one question by its name."""

    def fails(question: Question) -> ExporterError | None:
        kind = "page" if isinstance(question, Page) else "call" if isinstance(question, Call) else "api"
        return error if where in (kind, question.name) else None

    return fails


@pytest.mark.parametrize(
    ("surfaces", "family"),
    [
        ((API,), "braiins"),
        ((API, PAGES), "braiins_rest"),
        ((API, CALLS), "braiins_grpc"),
        ((API, CALLS, PAGES), "braiins_rest"),
        ((PAGES, CALLS), "braiins_rest"),
        ((CALLS,), "braiins_grpc"),
    ],
)
async def test_the_pages_go_before_the_calls_and_both_before_the_api(
    surfaces: tuple[Recording, ...], family: str
) -> None:
    rig = Rig(*surfaces)
    outcome = await rig.poll()
    assert rig.of.up
    assert rig.family == outcome.family == family
    first = exposition(rig.of)
    assert first.count('asic_miner_info{miner="rig",family="braiins"') == 1
    for _ in range(3):
        await rig.poll()
        expected = {"braiins_rest": REST, "braiins_grpc": GRPC}.get(family)
        if expected is not None:
            assert rig.asked == [question.name for question in expected.fast], "it is remembered"
        assert rig.family == family
    whole = dict(line.rsplit(" ", 1) for line in exposition(rig.of).splitlines() if line[0] != "#")
    assert not [line for line in first.splitlines() if line[0] != "#" and line.rsplit(" ", 1)[0] not in whole]


@pytest.mark.parametrize("surfaces", [(API, PAGES, CALLS)])
async def test_without_credentials_the_api_serves_as_ever(surfaces: tuple[Recording, ...]) -> None:
    rig = Rig(*surfaces, login=False)
    await rig.poll()
    assert rig.family == "braiins"
    before = list(rig.asked)
    alone = Rig(API, login=False)
    await alone.poll()
    assert before == alone.asked
    await rig.poll(200)
    assert rig.family == "braiins"


@pytest.mark.parametrize(
    ("more", "family"), [({"http": False}, "braiins_grpc"), ({"grpc": False}, "braiins_rest"),
                         ({"http": False, "grpc": False}, "braiins"), ({"family": "braiins"}, "braiins_rest")],
)  # fmt: skip
async def test_a_surface_that_is_off_is_not_asked(more: dict[str, Any], family: str) -> None:
    rig = Rig(API, PAGES, CALLS, **more)
    await rig.poll(3)
    assert rig.family == family
    assert rig.of.up


async def test_without_the_package_it_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("grpc", reason="grpcio is not installed")
    monkeypatch.setattr(rpc, "missing", lambda: rpc.EXTRA)
    rig = Rig(API, CALLS)
    outcome = await rig.poll()
    assert rig.family == "braiins"
    assert not [name for name in rig.asked if name.startswith("grpc_")]
    assert f"# braiins_grpc was not read: {rpc.EXTRA}" in list(query.report(rig.of, outcome))


@pytest.mark.parametrize(
    "error", [Refused(), Reset(), TimedOut(), Unsupported("HTTP 404"), Denied("HTTP 401"), WrongSpeaker()]
)
async def test_what_fails_costs_a_try_an_hour(error: ExporterError) -> None:
    rig = Rig(API, PAGES)
    rig.rule = no("page", error)
    tries = Counter[str]()
    for _ in range(int(3 * HOUR / INTERVAL)):
        await rig.poll()
        assert rig.of.up
        assert rig.family == "braiins"
        tries.update(rig.asked)
    assert tries["api_version"] == 3
    assert tries["miner_details"] == 0
    rig.rule = lambda _: None
    await rig.poll(int(HOUR / INTERVAL) + 1)
    assert rig.family == "braiins_rest"


async def test_a_refused_login_is_tried_on_one_surface() -> None:
    rig = Rig(API, PAGES, CALLS)
    rig.rule = lambda question: (
        Denied("the login was refused") if question.login and isinstance(question, Page) else None
    )
    await rig.poll()
    assert rig.family == "braiins"
    assert "miner_details" in rig.asked
    assert not [name for name in rig.asked if name.startswith("grpc_")]


async def test_a_surface_that_hangs_leaves_time_for_the_api() -> None:
    pytest.importorskip("grpc", reason="grpcio is not installed")
    rig = Rig(API, CALLS, timeout=0.6)

    async def ask(request: Request) -> bytes:
        if isinstance(request.question, Call):
            await asyncio.sleep(30)
        return await Rig.ask(rig, request)

    outcome = await poll(rig.of, ask, LIMIT)
    assert outcome.error is None
    assert rig.of.up
    assert rig.family == "braiins"


@pytest.mark.parametrize(
    ("error", "after"), [(Refused(), 300), (TimedOut(), 300), (Denied("HTTP 401"), HOUR), (Unsupported(), HOUR)]
)
async def test_a_better_surface_that_is_gone_gives_way_to_the_api(error: ExporterError, after: float) -> None:
    rig = Rig(API, PAGES)
    await rig.poll(3)
    assert rig.family == "braiins_rest"
    rig.rule = no("page", error)
    await rig.poll()
    assert not rig.of.up
    await rig.poll()
    assert (rig.family, rig.of.up) == ("braiins", True)
    rig.rule = lambda _: None
    await rig.poll(int(after / INTERVAL) - 2)
    assert rig.family == "braiins"
    await rig.poll(4)
    assert rig.family == "braiins_rest"


@pytest.mark.parametrize("surfaces", [PAGES, CALLS])
async def test_a_surface_that_denies_everything_is_left_for_ten_minutes(surfaces: Recording) -> None:
    rig = Rig(surfaces, login=surfaces is CALLS)
    greeting = REST.fingerprint if surfaces is PAGES else GRPC.fingerprint
    stats = "miner_stats" if surfaces is PAGES else "grpc_miner_stats"
    rig.rule = lambda question: Denied("HTTP 401") if question.login and question is not greeting else None
    asked = Counter[str]()
    for _ in range(int(2 * HOUR / INTERVAL)):
        outcome = await rig.poll()
        assert not rig.of.up
        assert isinstance(outcome.error, Denied)
        asked.update(rig.asked)
    assert 10 <= asked["version"] <= 13
    assert 10 <= asked[stats] <= 13
    rig.rule = lambda _: None
    await rig.poll(int(600 / INTERVAL) + 2)
    assert rig.of.up


@pytest.mark.parametrize("more", [{}, {"http": False}])
async def test_the_firmwares_own_version_is_asked_once_an_hour_of_a_web_server(more: dict[str, Any]) -> None:
    rig = Rig(API, login=False, **more)
    asked = Counter[str]()
    for _ in range(int(2 * HOUR / INTERVAL)):
        await rig.poll()
        asked.update(rig.asked)
    assert asked["bos"] == (0 if more else 2)
    assert ('hostname="rig-e5"' in exposition(rig.of)) is (not more)
    assert ("24.09-plus" in exposition(rig.of)) is (not more)


@pytest.mark.parametrize("error", [Refused(), Unsupported("HTTP 404")])
async def test_a_web_server_that_is_not_there_is_no_failure(error: ExporterError) -> None:
    rig = Rig(API, login=False)
    rig.rule = no("page", error)
    asked = Counter[str]()
    for _ in range(int(2 * HOUR / INTERVAL)):
        outcome = await rig.poll()
        assert outcome.whole
        asked.update(rig.asked)
    assert asked["bos"] == 2
    assert 'section="bos"' not in exposition(rig.of)


@pytest.mark.parametrize(
    ("why", "login"),
    [(rpc.EXTRA, "braiins"), (rpc.EXTRA, "antminer"), ("", "braiins")],
    ids=["braiins", "other", "there"],
)
def test_why_nothing_is_called_is_said_once(
    why: str, login: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(rpc, "missing", lambda: why)
    group = {"name": "a", "targets": ["192.0.2.1", "192.0.2.2"], "credentials": {login: "shed"}}
    file = tmp_path / "config.yaml"
    file.write_text(json.dumps({"groups": [group], "credentials": {"shed": {"username": "root", "password": "x"}}}))
    serve.tell_of_grpc(load(file))
    assert caplog.text.count("BraiinsOS is not asked by gRPC") == (why != "" and login == "braiins")


async def test_a_number_that_has_run_over_gives_way_to_the_text() -> None:
    said = json.loads(CALLS.answers["grpc_miner_stats"])
    said["miner_stats"] |= {"best_share": 7, "best_share_str": "36893488147"}
    rig = Rig(CALLS, Recording("", "", {"grpc_miner_stats": json.dumps(said).encode()}))
    await rig.poll()
    assert 'asic_best_share_difficulty{miner="rig"} 36893488147\n' in exposition(rig.of)


@pytest.mark.parametrize("family", [f for f in decode.families() if f.better], ids=lambda family: family.name)
def test_a_better_surface_is_shown_as_the_family_it_replaces(family: decode.Family) -> None:
    for name in family.better:
        better = decode.by_name(name)
        assert better.shown == family.name
        assert better.fingerprint is not None
        assert better.fast[0].login is not None
        assert better.fast[0].login.family == family.name
