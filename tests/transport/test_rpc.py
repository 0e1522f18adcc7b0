"""Methods called at a real local gRPC server: what comes, what is refused, what a login costs, what is never called."""

from __future__ import annotations

import ast
import asyncio
import json
import logging
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from exporter import decode
from exporter.config import Credential
from exporter.config.secret import Secret
from exporter.core.errors import (
    Denied,
    Empty,
    Exhausted,
    ExporterError,
    Refused,
    Reset,
    TimedOut,
    TooLong,
    Unsupported,
    WrongShape,
)
from exporter.decode.braiins.grpc import DETAILS, FAMILY, STATS, VERSION
from exporter.decode.braiins.grpc import LOGIN as SESSION
from exporter.decode.cgminer import SUMMARY
from exporter.polling.poll import poll
from exporter.polling.target import Target
from exporter.questions import REGISTRY, Call, Request, request
from exporter.questions.readonly import CALLS
from exporter.transport import login, room, rpc
from exporter.transport.braiins_messages import ANSWERS, TABLE
from exporter.transport.rpc import Rpc
from exporter.transport.surfaces import Surfaces
from tests.harness.pages import listening_at
from tests.harness.protowriter import write
from tests.harness.recorded import RECORDINGS, exposition
from tests.harness.support import descriptors, free_port, nothing_left, target, until

grpc: Any = pytest.importorskip("grpc", reason="grpcio is not installed")
pytestmark = pytest.mark.both_loops

PASSWORD = "pass-canary-11"
ACCOUNT = Credential("root", Secret(PASSWORD))
LIMIT = 1 << 16
RECORDING = next(each for each in RECORDINGS if each.family == "braiins_grpc")
decode.families()
WIRES = {
    question.method: write(json.loads(RECORDING.answers[question.name]), ANSWERS[question.method], TABLE)
    for question in REGISTRY
    if isinstance(question, Call) and question.name in RECORDING.answers
}
LOGIN = SESSION.path
Answer = Callable[[], Awaitable[bytes]]


class Miner:
    """Every method there is, behind a login whose tokens it may forget; `asked` is each method called."""

    def __init__(self, *, password: str = PASSWORD) -> None:
        self.password = password
        self.asked: list[str] = []
        self.logins = 0
        self.token = ""
        self.peers: set[str] = set()
        self.rules: dict[str, bytes | Answer | str] = {}  # an answer, what makes one, or a status

    def service(self, details: Any) -> Any:
        """The handler of a method."""
        name = details.method.strip("/")

        async def answer(asked: bytes, context: Any) -> bytes:
            self.asked.append(name)
            self.peers.add(context.peer())
            rule = self.rules.get(name, WIRES.get(name, "UNIMPLEMENTED"))
            if name == LOGIN and name not in self.rules:
                rule = self.log_in(asked)
            elif name != LOGIN:
                assert asked == b""
            if name not in (VERSION.method, LOGIN):
                sent = dict(context.invocation_metadata()).get("authorization")
                if not self.token or sent != self.token:
                    rule = "UNAUTHENTICATED"
            if isinstance(rule, str):
                await context.abort(grpc.StatusCode[rule], f"{PASSWORD} is what it says")
            return rule if isinstance(rule, bytes) else await cast("Answer", rule)()

        return grpc.unary_unary_rpc_method_handler(answer)

    def log_in(self, asked: bytes) -> bytes | str:
        self.logins += 1
        form = write({"username": "root", "password": self.password}, "Form", {"Form": FORM})
        if asked != form:
            return "UNAUTHENTICATED"
        self.token = f"token-canary-{self.logins}"
        return write({"token": self.token, "timeout_s": 3600}, "Session", TABLE)


FORM = {1: ("username", "text"), 2: ("password", "text")}


class Handler(grpc.GenericRpcHandler):  # type: ignore[misc]
    def __init__(self, miner: Miner) -> None:
        self.miner = miner

    def service(self, handler_call_details: Any) -> Any:
        return self.miner.service(handler_call_details)


@asynccontextmanager
async def at(port: int) -> AsyncIterator[None]:
    """With every method at that port."""
    with ExitStack() as stack:
        for question in REGISTRY:
            if isinstance(question, Call):
                stack.enter_context(listening_at(question, port))
        yield


@asynccontextmanager
async def serving(miner: Miner, **options: Any) -> AsyncIterator[int]:
    """The miner's server; its port."""
    server = grpc.aio.server(handlers=[Handler(miner)], **options)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with at(port):
            yield port
    finally:
        await server.stop(0)


def client(credential: Credential = ACCOUNT, limit: int = LIMIT) -> Rpc:
    return Rpc("127.0.0.1", credential, SESSION, limit=limit)


async def test_one_login_gives_a_token_for_all_methods(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    miner, of = Miner(), client()
    async with serving(miner):
        assert json.loads(await of.ask(request(VERSION))) == {"major": 1, "minor": 0, "patch": 0}
        assert miner.logins == 0, "the version is for anybody"
        for question in (DETAILS, STATS, DETAILS):
            assert json.loads(await of.ask(request(question))) == json.loads(RECORDING.answers[question.name])
    assert miner.asked == [VERSION.method, LOGIN, DETAILS.method, STATS.method, DETAILS.method]
    assert len(miner.peers) == 1, "all of it on one connection"
    assert "canary" not in caplog.text + repr(vars(of)) + repr(vars(of.session))


async def test_an_answer_takes_of_the_room_of_all_surfaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "ROOM", 1)
    async with serving(Miner()):
        with pytest.raises(Exhausted):
            await client().ask(request(STATS))
    assert (room.unfinished.answers, room.unfinished.bytes) == (0, 0)


async def test_an_expired_token_is_renewed_once() -> None:
    miner, of = Miner(), client()
    async with serving(miner):
        await of.ask(request(DETAILS))
        miner.token = "forgotten"
        await of.ask(request(DETAILS))
        assert miner.logins == 2
        miner.token = "forgotten"
        miner.rules[LOGIN] = write({"token": "useless"}, "Session", TABLE)
        with pytest.raises(Denied, match="UNAUTHENTICATED"):
            await of.ask(request(DETAILS))
    assert miner.asked[-3:] == [DETAILS.method, LOGIN, DETAILS.method]


@pytest.mark.parametrize("rule", ["", "PERMISSION_DENIED", "INVALID_ARGUMENT", b"", b"\x0a\x01\x20", b"\xff" * 40])
async def test_a_refused_login_is_left_alone_for_ten_minutes(rule: str | bytes) -> None:
    miner, of = Miner(password="another"), client()
    if rule:
        miner.rules[LOGIN] = rule
    async with serving(miner):
        for _ in range(3):
            with pytest.raises(Denied) as caught:
                await of.ask(request(DETAILS))
            assert "canary" not in repr(caught.value) + repr(caught.value.__cause__)
        assert miner.asked.count(LOGIN) == 1
        of.session.refused_until -= login.REFUSED
        miner.rules.clear()
        miner.password = PASSWORD
        await of.ask(request(DETAILS))
    assert miner.asked.count(LOGIN) == 2


async def test_a_token_that_is_configured_is_sent_and_never_renewed() -> None:
    miner, of = Miner(), client(Credential(None, None, Secret("token-canary-0")))
    async with serving(miner):
        miner.token = "token-canary-0"
        await of.ask(request(DETAILS))
        miner.token = "forgotten"
        with pytest.raises(Denied, match="UNAUTHENTICATED"):
            await of.ask(request(DETAILS))
    assert miner.asked == [DETAILS.method, DETAILS.method]


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ("UNIMPLEMENTED", Unsupported),
        ("NOT_FOUND", Unsupported),
        ("PERMISSION_DENIED", Denied),
        ("INTERNAL", Reset),
        ("UNAVAILABLE", Reset),
        ("RESOURCE_EXHAUSTED", Reset),
        ("CANCELLED", Reset),
        ("FAILED_PRECONDITION", Reset),
        (b"\xff" * 20, WrongShape),
        (b"HTTP/1.1 200 OK\r\n\r\n", WrongShape),
        (struct.pack("<q", 0) * 3, WrongShape),
        (b"\x0a\x03abc" * (LIMIT // 4), TooLong),
    ],
)
async def test_every_other_grpc_status_is_a_typed_error(rule: str | bytes, error: type[ExporterError]) -> None:
    miner, of = Miner(), client()
    miner.rules[STATS.method] = rule
    async with serving(miner):
        await of.ask(request(DETAILS))
        with pytest.raises(error) as caught:
            await of.ask(request(STATS))
        assert "canary" not in str(caught.value), "the miner's own words are not repeated"
        await of.ask(request(DETAILS))
    assert miner.logins == 1


async def test_a_compressed_message_is_refused() -> None:
    miner, of = Miner(), client()
    miner.rules[VERSION.method] = b"\x32\x80\x80\x7d" + b"a" * (125 << 14)
    async with serving(miner, compression=grpc.Compression.Gzip):
        with pytest.raises((Reset, Unsupported, TooLong)):
            await of.ask(request(VERSION))


async def test_a_miner_that_hangs_is_left_with_the_deadline() -> None:
    miner, of = Miner(), client()

    async def hang() -> bytes:
        await asyncio.sleep(30)
        return b""

    miner.rules[STATS.method] = hang
    async with serving(miner):
        await of.ask(request(DETAILS))
        tasks = len(asyncio.all_tasks())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await of.ask(request(STATS))
        await until(lambda: len(asyncio.all_tasks()) <= tasks, "nothing waits any more")
        assert of.channel is None
        await of.ask(request(DETAILS))


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0" * 500, b"SSH-2.0-x\r\n", None])
async def test_what_speaks_something_else_is_no_answer(said: bytes | None) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            if said is None:
                await reader.read(10_000)
                await asyncio.sleep(0.3)
            writer.write(said or b"")
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server, at(server.sockets[0].getsockname()[1]):
        with pytest.raises(Reset) as caught:
            async with asyncio.timeout(5):
                await client().ask(request(VERSION))
        assert caught.value.reason == "reset"


async def test_where_nothing_listens_it_is_refused_at_once_and_each_time() -> None:
    of = client()
    async with at(free_port()):
        for _ in range(3):
            with pytest.raises(Refused):
                async with asyncio.timeout(1):
                    await of.ask(request(VERSION))


async def test_the_connection_is_closed_when_the_poll_is_over() -> None:
    miner, of = Miner(), client()
    async with serving(miner):
        async with nothing_left():
            before = descriptors()
            await of.ask(request(DETAILS))
            assert descriptors() > before
            await of.ask(request(DETAILS))
            await until(lambda: descriptors() <= before, "it closes itself", 5)
            await of.ask(request(DETAILS))
            of.close()
        async with nothing_left():
            surfaces = Surfaces(limit=LIMIT)
            spec = braiins().spec
            await surfaces.ask(spec, request(VERSION))
            surfaces.forget(spec)
    assert len(miner.peers) == 3


def braiins(**more: Any) -> Target:
    of = target(port=free_port())
    settings: dict[str, Any] = {"credentials": {"braiins": ACCOUNT}, "http": False}
    of.spec = replace(of.spec, **settings | more)
    return of


async def polled(of: Target, times: int = 1) -> Any:
    surfaces = Surfaces(limit=LIMIT)
    for _ in range(times):
        outcome = await poll(of, surfaces.asker(of.spec), 10_000)
        assert outcome.bugs == []
    return outcome


async def test_a_whole_poll(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    miner, of = Miner(), braiins()
    async with serving(miner):
        outcome = await polled(of, 3)
    assert of.up
    assert outcome.family == "braiins_grpc"
    assert miner.logins == 1
    page = exposition(of)
    assert 'firmware_version="2024-03-21-0-bb77aa66-24.03-plus"' in page
    assert 'family="braiins"' in page
    shown = page + caplog.text + repr(of) + repr(outcome)
    assert "pass-canary" not in shown
    assert "token-canary" not in shown
    assert set(miner.asked) == CALLS | {LOGIN}
    assert miner.asked.count(STATS.method) == 3
    assert miner.asked.count(VERSION.method) == 1


@pytest.mark.parametrize("more", [{"credentials": {}}, {"credentials": {"antminer": ACCOUNT}}, {"grpc": False}])
async def test_without_credentials_or_where_it_is_off_nothing_is_called(more: dict[str, Any]) -> None:
    miner, of = Miner(), braiins(**more)
    async with serving(miner):
        outcome = await polled(of)
    assert not of.up
    assert isinstance(outcome.error, Refused)
    assert miner.asked == []


async def test_without_the_package_nothing_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    miner, of = Miner(), braiins()
    monkeypatch.setattr(rpc, "missing", lambda: rpc.EXTRA)
    async with serving(miner):
        assert isinstance((await polled(of)).error, Refused)
    assert miner.asked == []


def http2(kind: int, flags: int, stream: int, body: bytes) -> bytes:
    """One frame of HTTP/2."""
    return struct.pack(">I", len(body))[1:] + struct.pack(">BBI", kind, flags, stream) + body


def header(name: bytes, value: bytes) -> bytes:
    return bytes([0, len(name)]) + name + bytes([len(value)]) + value


SETTINGS = http2(4, 0, 0, b"") + http2(4, 1, 0, b"")
ENDED_WELL = header(b":status", b"200") + header(b"content-type", b"application/grpc") + header(b"grpc-status", b"0")


async def test_a_call_that_ends_well_without_a_message_is_empty() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10_000)
        writer.write(SETTINGS)
        await asyncio.sleep(0.05)
        writer.write(http2(1, 5, 1, ENDED_WELL))
        with suppress(ConnectionError):
            await reader.read()
        writer.close()
        over.set()

    over = asyncio.Event()
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server, at(server.sockets[0].getsockname()[1]):
        with pytest.raises(Empty):
            async with asyncio.timeout(5):
                await client().ask(request(VERSION))
        await asyncio.wait_for(over.wait(), 5)


@pytest.mark.parametrize("flood", [b"", http2(6, 0, 0, b"12345678") * 1000, http2(4, 0, 0, b"\0\4\0\0\1\0") * 1000])
async def test_a_grpc_server_that_never_speaks_or_never_reads_is_left_soon(
    flood: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rpc, "CONNECTING", 0.5)
    monkeypatch.setattr(rpc, "UNREAD", 0.5)
    there: set[asyncio.Task[Any] | None] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there.add(asyncio.current_task())
        with suppress(ConnectionError):
            if not flood:
                await reader.read()
            writer.write(SETTINGS)
            while flood:
                writer.write(flood)
                await writer.drain()
        writer.transport.abort()
        there.discard(asyncio.current_task())

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server, at(server.sockets[0].getsockname()[1]):
        for _ in range(2):
            with pytest.raises((TimedOut, Reset, TimeoutError)):
                async with asyncio.timeout(0.3):
                    await client().ask(request(VERSION))
        await until(lambda: not there, "the connections are closed", 5)
        await asyncio.sleep(0.02)


async def test_a_poll_that_ends_in_the_middle_costs_that_poll_alone() -> None:
    miner, of = Miner(), braiins(timeout=0.3)

    async def hang() -> bytes:
        await asyncio.sleep(30)
        return b""

    async with serving(miner):
        surfaces = Surfaces(limit=LIMIT)
        assert (await poll(of, surfaces.asker(of.spec), 10_000)).error is None
        for method in CALLS:
            miner.rules[method] = hang
        outcome = await poll(of, surfaces.asker(of.spec), 10_000)
        assert isinstance(outcome.error, TimedOut)
        assert outcome.bugs == []
        miner.rules.clear()
        assert (await poll(of, surfaces.asker(of.spec), 10_000)).error is None
    assert miner.logins == 1


@pytest.mark.parametrize("token", ["a b", "a\n", "\u00e9", "", "x" * 2000])
async def test_what_can_be_no_token_is_not_sent(token: str) -> None:
    miner, of = Miner(), client(Credential(None, None, Secret(token)))
    async with serving(miner):
        with pytest.raises(Denied, match="the login was refused"):
            await of.ask(request(DETAILS))
    assert miner.asked == []


async def test_a_method_that_a_version_lacks_costs_itself_alone() -> None:
    miner, of = Miner(), braiins()
    tuner = next(method for method in CALLS if "GetTunerState" in method)
    miner.rules[tuner] = "UNIMPLEMENTED"
    async with serving(miner):
        await polled(of, 3)
    assert of.up
    assert "asic_tuner_state" not in exposition(of)
    assert miner.asked.count(tuner) == 1


async def test_nothing_but_a_request_is_called() -> None:
    for thing in (request(SUMMARY), "x", DETAILS, "braiins.bos.v1.ActionsService/Reboot"):
        with pytest.raises(TypeError):
            await client().ask(cast("Request", thing))


def test_what_is_sent_is_empty_but_for_the_login() -> None:
    """In the whole module there is one call, of a declared method with nothing, or of the login with its form."""
    tree = ast.parse(Path(rpc.__file__).read_text())
    calls = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert sorted(call for call in calls if call.startswith("self._call(")) == [
        "self._call(call.method)",
        "self._call(call.method, token)",
        "self._call(path, None, body)",
    ]
    assert [call for call in calls if "unary_unary(" in call and "body" in call] == [
        "self.channel.unary_unary(f'/{method}')(body, metadata=metadata)"
    ]
    assert SESSION.body("root", "x" * 200) == write({"username": "root", "password": "x" * 200}, "F", {"F": FORM})
    assert LOGIN not in CALLS


def test_every_question_of_the_family_needs_its_credentials() -> None:
    for question in (*FAMILY.fast, *FAMILY.slow):
        assert question.locked
        assert question.login is SESSION
    assert SESSION.family == "braiins"
