"""Pages of real local web servers, and of mocked ones: what comes, what is refused, and what is never asked."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from typing import Any

import pytest
import respx
from aiohttp import web
from respx.mocks import HTTPCoreMocker

from exporter import decode
from exporter.config import Credential
from exporter.config.secret import Secret
from exporter.core.errors import (
    DecodeError,
    Denied,
    Exhausted,
    ExporterError,
    Refused,
    Reset,
    TooLong,
    Unsupported,
    WrongSpeaker,
)
from exporter.decode.antminer.web import FAMILY
from exporter.decode.auradine.api import FREQUENCY
from exporter.decode.axeos.web import INFO
from exporter.decode.braiins.api import SYSTEM
from exporter.decode.cgminer import SUMMARY, VERSION
from exporter.polling.poll import poll
from exporter.polling.target import Target
from exporter.questions import REGISTRY, Line, Page, Request, posted, request
from exporter.simulator import answer
from exporter.transport import http, room
from exporter.transport.http import Web
from exporter.transport.login import REFUSED
from exporter.transport.surfaces import Surfaces
from tests.harness import requests
from tests.harness.fake import miner
from tests.harness.pages import LIMIT, LOGIN, MINER, Digest, greetings, listening_at
from tests.harness.recorded import RECORDINGS
from tests.harness.support import free_port, nothing_left, samples, target

pytestmark = pytest.mark.both_loops
HTTPCoreMocker.add_targets("exporter.transport.http11.Transport")

DIGEST = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="r", nonce="n"\r\n\r\n'
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[None]:
    """A web server at the address of the page."""
    server = web.Server(handler)  # type: ignore[arg-type]
    runner = web.ServerRunner(server)
    await runner.setup()
    port = free_port()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    try:
        with listening_at(INFO, port):
            yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def speaking(*answers: bytes) -> AsyncIterator[list[bytes]]:
    """Says these bytes to one connection after the other, the last to all that follow; what it heard."""
    heard: list[bytes] = []

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answers[min(len(heard), len(answers)) - 1])
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0)
    async with server:
        with listening_at(INFO, server.sockets[0].getsockname()[1]):
            yield heard


async def get(login: Credential | None = None) -> bytes:
    decode.families()
    return await Web("127.0.0.1", login, limit=LIMIT).get(request(INFO))


async def test_a_connection_that_ends_before_the_request_is_no_mistake_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ended(socket.SocketType):
        def sendall(self, *said: Any) -> None:
            self.shutdown(socket.SHUT_RDWR)
            super().sendall(*said)

    monkeypatch.setattr(socket, "SocketType", Ended)
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        listening_at(INFO, server.getsockname()[1]),
        pytest.raises(Reset),
    ):
        await get()


async def test_a_page_comes_as_it_is() -> None:
    seen: list[web.BaseRequest] = []

    async def handler(asked: web.BaseRequest) -> web.Response:
        seen.append(asked)
        return web.Response(body=MINER, headers={"Set-Cookie": "a=b"})

    async with nothing_left(), serving(handler):
        decode.families()
        of = Web("127.0.0.1", None, limit=LIMIT)
        for _ in range(2):
            assert await of.get(request(INFO)) == MINER
    assert [(r.method, r.path_qs, r.headers["Accept-Encoding"]) for r in seen] == [("GET", INFO.path, "identity")] * 2
    assert "Authorization" not in seen[0].headers
    assert "Cookie" not in seen[1].headers


async def test_pages_of_port_80_can_be_tried_on_another_one() -> None:
    asked: list[str] = []

    async def handler(each: web.BaseRequest) -> web.Response:
        asked.append(f"{each.headers['Host']}{each.path}")
        return web.Response(body=MINER)

    async with nothing_left(), serving(handler):
        port, spec = INFO.port, target(host="127.0.0.1", port=free_port()).spec
        surfaces = Surfaces(limit=LIMIT, pages_port=port)
        with listening_at(INFO, 80):
            assert await surfaces.ask(spec, request(INFO)) == MINER
        with listening_at(FREQUENCY, free_port()), pytest.raises(Refused):
            await surfaces.ask(spec, request(FREQUENCY))
    assert asked == [f"127.0.0.1:{port}{INFO.path}"]


async def test_a_page_that_answers_documents_is_asked_by_its_own() -> None:
    seen: list[tuple[str, str, str, bytes]] = []

    async def handler(asked: web.BaseRequest) -> web.Response:
        seen.append((asked.method, asked.path_qs, asked.content_type, await asked.read()))
        return web.Response(body=b'{"data":null}')

    async with nothing_left(), serving(handler):
        decode.families()
        with listening_at(SYSTEM, INFO.port):
            assert await Web("127.0.0.1", None, limit=LIMIT).get(request(SYSTEM)) == b'{"data":null}'
    body = b'{"query":"{bos{hostname info{version{full}}}}"}'
    assert seen == [("POST", "/graphql", "application/json", body)]


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, Unsupported), (405, Unsupported), (400, Unsupported), (401, Denied), (403, Denied), (429, Denied),
     (500, WrongSpeaker), (204, WrongSpeaker), (301, Unsupported), (307, Unsupported)],
)  # fmt: skip
async def test_any_other_status_is_a_typed_error_and_no_redirect_is_followed(
    status: int, error: type[ExporterError]
) -> None:
    paths = []

    async def handler(asked: web.BaseRequest) -> web.Response:
        paths.append(asked.path)
        return web.Response(status=status, headers={"Location": "/cgi-bin/reboot.cgi"})

    async with nothing_left(), serving(handler):
        with pytest.raises(error, match=str(status)):
            await get(LOGIN)
    assert paths == [INFO.path]


async def test_a_page_without_end_is_too_long() -> None:
    async def handler(asked: web.BaseRequest) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(asked)
        with suppress(ConnectionError):
            while True:
                await answer.write(b"x" * 1000)
        return answer

    async with nothing_left(), serving(handler):
        with pytest.raises(TooLong):
            await get()


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"", Reset),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", Reset),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", WrongSpeaker),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}", WrongSpeaker),
        (b"\0\0\0\0\r\n\r\n", WrongSpeaker),
    ],
)
async def test_what_is_no_page_is_a_typed_error(said: bytes, error: type[ExporterError]) -> None:
    async with nothing_left(), speaking(said) as heard:
        with pytest.raises(error):
            await get()
    assert len(heard) == (2 if error is Reset else 1), "a broken connection is made up for once"


@pytest.mark.parametrize(
    "place", [b"mailto:x", b"http://xn--a/", b"http://[zz]/", b"foo:a//b", b"\xff", b"//" + b"a" * 60_000]
)
async def test_the_address_of_a_redirect_is_not_looked_at(place: bytes) -> None:
    async with nothing_left(), speaking(b"HTTP/1.1 302 Found\r\nLocation: " + place + b"\r\n\r\n"):
        with pytest.raises(Unsupported, match="302"):
            await get()


@pytest.mark.parametrize(
    ("head", "more"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
        (b"", b"HTTP/1.1 103 Hints\r\na: b\r\nSet-Cookie: a=b\r\n\r\n" * 100),
        (b"HTTP/1.1 200 OK\r\na: ", b"b" * 4096),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 1000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 100),
        (DIGEST, b"x" * 4096),
        (DIGEST.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n"), b"x" * 4096),
    ],
)
async def test_nothing_without_end_is_read_for_long(head: bytes, more: bytes) -> None:
    """Not what comes before the headers, nor a page in crumbs, nor what comes with a challenge."""
    heard = 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal heard
        await reader.readuntil(b"\r\n\r\n")
        heard += 1
        writer.write(head)
        with suppress(ConnectionError):
            while True:
                writer.write(more)
                await writer.drain()
        writer.close()

    decode.families()
    async with nothing_left(), await asyncio.start_server(flood, "127.0.0.1", 0) as server:
        with listening_at(INFO, server.sockets[0].getsockname()[1]):
            began = time.process_time()
            with pytest.raises((TooLong, Denied, WrongSpeaker)):
                async with asyncio.timeout(3):
                    await Web("127.0.0.1", LOGIN, limit=1 << 18).get(request(INFO))
            assert time.process_time() - began < 1.5
    assert heard == (2 if head.startswith(DIGEST[:-2]) else 1)


@pytest.mark.parametrize("pause", [False, True])
@pytest.mark.parametrize(
    "head",
    [
        b"200 OK\r\n",
        b"200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n",
        b"200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;",
        b"100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n",
    ],
)
async def test_blanks_without_end_take_no_time(head: bytes, pause: bool) -> None:
    """In headers and in trailers, however they are cut."""

    async def blank(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        with suppress(ConnectionError):
            writer.write(b"HTTP/1.1 " + head + b"a:")
            for _ in range(70):
                writer.write(b" \t" * 450)
                await writer.drain()
                if pause:
                    await asyncio.sleep(0.001)
            writer.write(b"\x0b\r\n\r\n")
        writer.close()

    decode.families()
    async with nothing_left(), await asyncio.start_server(blank, "127.0.0.1", 0) as server:
        with listening_at(INFO, server.sockets[0].getsockname()[1]):
            began = time.process_time()
            with pytest.raises(WrongSpeaker):
                await Web("127.0.0.1", None, limit=1 << 18).get(request(INFO))
            assert time.process_time() - began < 1.0


@pytest.mark.parametrize("pause", [False, True])
@pytest.mark.parametrize("told", [True, False])
async def test_blanks_in_a_page_are_as_good_as_any_other_text(told: bool, pause: bool) -> None:
    page = b'{"a":' + b" " * 5000 + b"1}"

    async def blank(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n" + b"Content-Length: %d\r\n" % len(page) * told + b"\r\n")
        if pause:
            await writer.drain()
            await asyncio.sleep(0.05)
        writer.write(page)
        writer.close()

    decode.families()
    async with nothing_left(), await asyncio.start_server(blank, "127.0.0.1", 0) as server:
        with listening_at(INFO, server.sockets[0].getsockname()[1]):
            assert await Web("127.0.0.1", None, limit=1 << 18).get(request(INFO)) == page


async def test_a_page_may_come_byte_by_byte() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for byte in b"HTTP/1.1 200 OK\r\n\r\n" + MINER:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        writer.close()

    decode.families()
    async with nothing_left(), await asyncio.start_server(drip, "127.0.0.1", 0) as server:
        with listening_at(INFO, server.sockets[0].getsockname()[1]):
            assert await get() == MINER


async def test_pages_under_way_share_the_room_of_all_surfaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those above their even share make room for all others."""
    decode.families()
    monkeypatch.setattr(room, "ROOM", 64 << 10)
    go = asyncio.Event()

    async def stops(asked: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": str(40 << 10)})
        await answer.prepare(asked)
        await answer.write(b"x" * (30 << 10))
        await go.wait()
        return answer

    async with serving(stops):
        webs = [Web("127.0.0.1", None, limit=1 << 18) for _ in range(5)]
        asks = [asyncio.create_task(each.get(request(INFO))) for each in webs]
        done, _ = await asyncio.wait(asks, return_when=asyncio.FIRST_COMPLETED)
        assert {type(task.exception()) for task in done} == {Exhausted}
        assert room.unfinished.bytes <= 2 * room.ROOM
        go.set()
        for task in asks:
            task.cancel()
        await asyncio.gather(*asks, return_exceptions=True)
    assert (room.unfinished.answers, room.unfinished.bytes) == (0, 0)


async def test_a_dropped_connection_is_made_up_for_once() -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    async with nothing_left(), speaking(b"", whole) as heard:
        assert await get() == b"{}"
    assert len(heard) == 2


async def test_nothing_listens() -> None:
    async with nothing_left():
        with listening_at(INFO, free_port()), pytest.raises(Refused):
            await get()


async def test_a_login_costs_one_refusal_and_no_more(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    server = Digest()
    async with nothing_left(), serving(server.handle):
        decode.families()
        of = Web("127.0.0.1", LOGIN, limit=LIMIT)
        for _ in range(3):
            assert await of.get(request(INFO)) == MINER
    assert len(server.seen) == 4
    assert "pass-canary-7" not in caplog.text + "".join(server.seen) + repr(vars(of))


async def test_a_wrong_password_is_tried_once() -> None:
    server = Digest()
    async with nothing_left(), serving(server.handle):
        with pytest.raises(Denied):
            await get(Credential("root", Secret("wrong")))
    assert len(server.seen) == 2


@pytest.mark.parametrize(
    "challenge",
    [
        b'Digest realm="r", nonce="n", algorithm=SHA3',
        b'Digest realm="r", nonce="n", algorithm=',
        b'Digest realm="r", nonce="n", qop="auth-int"',
        b'Digest realm="r", nonce="n", qop="x"',
        b'Digest realm="r"',
        b"Digest x",
        b"Digest " + b"," * 60_000,
        b'Digest realm="\xff", nonce="\xe2\x98\x83"',
        b'Digest realm="r", nonce="n"\r\nSet-Cookie: a=\xff\xfe; path=/',
    ],
)
async def test_a_challenge_that_has_no_answer_is_a_refusal_and_is_forgotten(challenge: bytes) -> None:
    said = b"HTTP/1.1 401 No\r\nWWW-Authenticate: " + challenge + b"\r\nContent-Length: 0\r\n\r\n"
    decode.families()
    of = Web("127.0.0.1", LOGIN, limit=LIMIT)
    async with nothing_left(), speaking(said):
        for _ in range(2):
            with pytest.raises(Denied) as caught:
                await of.get(request(INFO))
            assert "canary" not in repr(caught.value)
    server = Digest()
    of.refused_until -= REFUSED
    async with nothing_left(), serving(server.handle):
        assert await of.get(request(INFO)) == MINER
    assert "pass-canary" not in "".join(server.seen) + repr(vars(of))


@asynccontextmanager
async def antminer(password: str, family: str = "antminer") -> AsyncIterator[tuple[Digest, Target, Surfaces]]:
    """A stock Antminer whose API's port is closed, and a target with that password for it."""
    recording = next(each for each in RECORDINGS if each.family == "antminer_web" and "board-lost" in each.name)
    pages = [page for page in (*FAMILY.fast, *FAMILY.slow) if isinstance(page, Page)]
    server = Digest({page.path: recording.answers.get(page.name, b"{}") for page in pages})
    runner = web.ServerRunner(web.Server(server.handle))
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    of = target(port=free_port(), credentials={family: Credential("root", Secret(password))})
    try:
        with ExitStack() as stack:
            for page in {*pages, *greetings()}:
                stack.enter_context(listening_at(page, port))
            yield server, of, Surfaces(limit=1 << 18)
    finally:
        await runner.cleanup()


async def test_a_stock_antminer_with_a_closed_port_is_read_by_its_pages_at_the_cost_of_one_refusal() -> None:
    decode.families()
    async with nothing_left(), antminer("pass-canary-7") as (server, of, surfaces):
        for _ in range(3):
            outcome = await poll(of, surfaces.asker(of.spec), 1000)
            assert outcome.bugs == []
            assert of.up
    assert outcome.family == "antminer_web"
    assert samples(of)["asic_power_watts"] == {("firmware",): 2345}
    with_login = [said for said in server.seen if said]
    assert len(with_login) == 1 + 3 * len(FAMILY.fast)
    assert len({re.findall(r"nc=(\w+)", said)[0] for said in with_login}) == len(with_login), "each count is used once"
    assert "pass-canary" not in "".join(server.seen)


@pytest.mark.parametrize("family", ["antminer", ""])
async def test_a_wrong_password_of_a_stock_antminer_is_sent_once_in_all_its_polls(family: str) -> None:
    decode.families()
    async with nothing_left(), antminer("wrong", family) as (server, of, surfaces):
        for _ in range(5):
            outcome = await poll(of, surfaces.asker(of.spec), 1000)
            assert outcome.bugs == []
            assert not of.up
            of.learnt.unskip([*REGISTRY])  # as if an hour had gone each time
    assert len([said for said in server.seen if said]) == 1


async def test_a_refused_login_is_left_alone_for_ten_minutes_on_every_page_and_then_tried_again() -> None:
    server = Digest()
    async with nothing_left(), serving(server.handle):
        decode.families()
        of = Web("127.0.0.1", Credential("root", Secret("wrong")), limit=LIMIT)
        for _ in range(5):
            with pytest.raises(Denied):
                await of.get(request(INFO))
        assert len(server.seen) == 2
        of.refused_until -= REFUSED
        with pytest.raises(Denied):
            await of.get(request(INFO))
        assert len(server.seen) <= 4


@pytest.mark.parametrize("status", [403, 423, 429])
async def test_a_page_that_is_not_for_us_is_no_refused_login(status: int) -> None:
    asked: list[str] = []

    async def handler(each: web.BaseRequest) -> web.Response:
        asked.append(each.path)
        return web.Response(status=status)

    async with nothing_left(), serving(handler):
        decode.families()
        of = Web("127.0.0.1", LOGIN, limit=LIMIT)
        for _ in range(2):
            with pytest.raises(Denied, match=str(status)):
                await of.get(request(INFO))
    assert len(asked) == 2


async def test_without_a_login_each_page_is_asked_by_itself() -> None:
    server = Digest()
    async with nothing_left(), serving(server.handle):
        decode.families()
        of = Web("127.0.0.1", None, limit=LIMIT)
        for _ in range(2):
            with pytest.raises(Denied):
                await of.get(request(INFO))
    assert len(server.seen) == 2


async def test_a_poll_that_is_cancelled_leaves_no_connection() -> None:
    over = asyncio.Event()

    async def handler(_: web.BaseRequest) -> web.Response:
        await over.wait()
        return web.Response()

    async with nothing_left(), serving(handler):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await get()
        over.set()


@pytest.mark.parametrize("other", [b"GET / HTTP/1.1", INFO, None, "http://127.0.0.1/"])
async def test_nothing_but_the_page_of_a_request_is_got(other: Any) -> None:
    with respx.mock, pytest.raises(TypeError):
        await Web("127.0.0.1", None, limit=LIMIT).get(other)
    with respx.mock, pytest.raises(TypeError):
        await Web("127.0.0.1", None, limit=LIMIT).get(request(SUMMARY))


async def test_the_path_is_the_questions_and_nothing_else() -> None:
    decode.families()
    with respx.mock(assert_all_called=True) as miner:
        miner.get(f"http://192.0.2.7:80{INFO.path}").respond(content=MINER)
        assert await Web("192.0.2.7", None, limit=LIMIT).get(request(INFO)) == MINER
        miner.get(f"http://[2001:db8::7]:80{INFO.path}").respond(content=MINER)
        assert await Web("2001:db8::7", None, limit=LIMIT).get(request(INFO)) == MINER


async def test_a_miner_that_has_only_a_web_server_is_found_by_its_page() -> None:
    asked: list[str] = []

    async def handler(each: web.BaseRequest) -> web.Response:
        asked.append(each.path)
        return web.Response(body=MINER)

    async with nothing_left(), serving(handler):
        of = target(port=free_port())
        surfaces = Surfaces(limit=LIMIT)
        for _ in range(3):
            outcome = await poll(of, surfaces.asker(of.spec), 1000)
            assert outcome.bugs == []
    assert samples(of)["asic_hashrate_hashes_per_second"] == {(): 1200.5e9}
    assert outcome.family == "axeos"
    assert asked == [INFO.path] * 3


async def test_luxos_whose_port_is_closed_is_read_by_its_web_server(monkeypatch: pytest.MonkeyPatch) -> None:
    lux, asked = miner("luxos"), list[tuple[str, str, str, bytes]]()

    async def handler(each: web.BaseRequest) -> web.Response:
        body = await each.read()
        asked.append((each.method, each.path_qs, each.content_type, body))
        if (each.method, each.path, each.content_type) != ("POST", "/api", "application/json"):
            return web.Response(status=404)
        return web.Response(body=answer(lux, body))

    async with nothing_left():
        runner = web.ServerRunner(web.Server(handler))
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        monkeypatch.setattr(http, "POST", (port, "/api"))
        try:
            with ExitStack() as stack:
                for page in greetings():
                    stack.enter_context(listening_at(page, free_port()))
                of = target(port=free_port(), timeout=25.0)
                surfaces = Surfaces(limit=1 << 18)
                for _ in range(2):
                    outcome = await poll(of, surfaces.asker(of.spec), 1000)
                    assert outcome.bugs == []
                    assert of.up
        finally:
            await runner.cleanup()
    assert outcome.family == "luxos"
    assert {(method, path, kind) for method, path, kind, _ in asked} == {("POST", "/api", "application/json")}
    allowed = {
        question.command for each in requests.posted() for question in each.questions if isinstance(question, Line)
    }
    assert {word for *_, body in asked for word in json.loads(body)["command"].split("+")} <= allowed


async def test_what_is_posted_comes_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for a server that reads once."""
    lux, whole = miner("luxos"), list[bytes]()

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        whole.append(await reader.read(65536))
        said = answer(lux, whole[-1].partition(b"\r\n\r\n")[2]) or b""
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(said), said))
        writer.close()

    decode.families()
    async with nothing_left(), await asyncio.start_server(say, "127.0.0.1", 0) as server:
        monkeypatch.setattr(http, "POST", (server.sockets[0].getsockname()[1], "/api"))
        of = Web("127.0.0.1", None, limit=1 << 18)
        for _ in range(5):
            assert b"LUXminer" in await of.post(posted(VERSION))
    assert all(each.endswith(b'\r\n\r\n{"command":"version"}\n') for each in whole)


@pytest.mark.parametrize("other", [b'{"command":"quit"}', SUMMARY, request(SUMMARY), request(INFO), None])
async def test_only_requests_for_posting_can_be_posted(other: Any) -> None:
    with respx.mock, pytest.raises(TypeError):
        await Web("127.0.0.1", None, limit=LIMIT).post(other)


async def test_nobody_knocks_at_the_web_server_of_a_silent_address() -> None:
    async def ask(asked: Request) -> bytes:
        assert not isinstance(asked.question, Page)
        raise TimeoutError

    of = target()
    await poll(of, ask, 1000)
    assert of.up is False


async def test_a_web_server_that_refuses_is_left_alone() -> None:
    asked: list[Request] = []

    async def ask(each: Request) -> bytes:
        asked.append(each)
        if not isinstance(each.question, Page):
            raise Refused("nothing listens")
        raise Unsupported("HTTP 404")

    of = target()
    for _ in range(3):
        outcome = await poll(of, ask, 1000)
        assert not of.up
        assert not isinstance(outcome.error, DecodeError)
        assert of.error.startswith("refused")
    pages = [each for each in asked if isinstance(each.question, Page)]
    tried = [page for page in greetings() if not page.locked and page.port != of.spec.port]
    assert len(pages) == len(set(pages)) == len(tried)


@pytest.mark.parametrize("said", [b"{}", b'{"success":false,"error":"no such page"}', b'{"a":[1,2]}'])
async def test_a_web_server_with_the_same_words_for_any_page_is_no_miner(said: bytes) -> None:
    async def ask(each: Request) -> bytes:
        if not isinstance(each.question, Page):
            raise Refused("nothing listens")
        return said

    of = target()
    outcome = await poll(of, ask, 1000)
    assert not of.up
    assert isinstance(outcome.error, Refused)
    assert outcome.session.answers.rows == {}


@pytest.mark.parametrize("greeted", [b"<!DOCTYPE html><html></html>", b"HTTP/1.1 200 OK", b"[1,2]"])
async def test_where_something_else_listens_the_pages_are_tried_beyond_one_for_people(greeted: bytes) -> None:
    async def ask(each: Request) -> bytes:
        if not isinstance(each.question, Page):
            return b"HTTP/1.1 400 Bad Request\r\n\r\n"
        return MINER if each.question is INFO else greeted

    of = target()
    outcome = await poll(of, ask, 1000)
    assert outcome.family == "axeos"
    assert of.up
