"""The transport against whatever may listen on a miner's port: the right bytes or the right error, and nothing left."""

from __future__ import annotations

import asyncio
import errno
import itertools
import json
import socket
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.core.errors import AskError, DnsFailed, Empty, Exhausted, Refused, Reset, TooLong, Unreachable
from exporter.decode.cgminer import DEVS, STATS, SUMMARY, VERSION
from exporter.questions import Request, request
from exporter.simulator import answer
from exporter.transport import readiness, room, tcp4028
from exporter.transport.room import unfinished
from exporter.transport.tcp4028 import unanswered
from tests.harness import hostile
from tests.harness.hostile import Behaviour, serving
from tests.harness.support import descriptors, free_port, nothing_left, polled, target

pytestmark = pytest.mark.both_loops

SUMMARY_ASKED = request(SUMMARY)
LIMIT = 1 << 18
SHORT = 0.4  # seconds that one may wait for what never comes
WAIT = 20.0

ANSWERS = ("good", "slicer", "reset_after", "nul_stays_open", "no_nul_stays_open", "no_nul", "garbage_after_nul")
ERRORS: dict[str, tuple[type[BaseException], str]] = {
    "silent": (TimeoutError, "timeout"),
    "drip": (TimeoutError, "timeout"),
    "endless": (TooLong, "too_long"),
    "reset_before": (Reset, "reset"),
    "reset_during": (Reset, "reset"),
    "fin_at_once": (Empty, "empty"),
}
WORDS = {  # an answer to the transport; the poll makes of it what it is
    "http_page": "wrong_speaker",
    "tls_hello": "wrong_speaker",
    "text_garbage": "not_json",
    "denied": "denied",
    "unknown": "unsupported",
}


async def ask(place: hostile.Place, seconds: float = WAIT, request: Request = SUMMARY_ASKED) -> bytes:
    async with asyncio.timeout(seconds):
        return await tcp4028.ask(place.host, place.port, request, limit=LIMIT)


def behaviour(name: str) -> Behaviour:
    found: Behaviour = getattr(hostile, name)
    return found


@pytest.fixture(params=["epoll", "without epoll"])
def by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the transport learns what is ready."""
    kinds = {"epoll": readiness.Edges, "without epoll": readiness.Levels}
    monkeypatch.setattr(readiness, "KIND", kinds[request.param])
    return str(request.param)


@pytest.mark.usefixtures("by")
@pytest.mark.parametrize("name", ANSWERS)
async def test_a_whole_answer_comes_through(name: str) -> None:
    async with nothing_left(), serving(behaviour(name)) as place:
        raw = await ask(place)
        assert json.loads(raw.partition(b"\0")[0])["SUMMARY"]
        if name != "slicer":  # whose last byte may come after the object was whole
            assert (b"\0" in raw) == (not name.startswith("no_nul"))
        of = target(host=place.host, port=place.port)
        await polled(of)
        assert of.up, of.error


@pytest.mark.usefixtures("by")
@pytest.mark.parametrize("name", ERRORS)
async def test_what_is_no_answer_is_a_typed_error(name: str) -> None:
    error, reason = ERRORS[name]
    async with nothing_left(), serving(behaviour(name)) as place:
        with pytest.raises(error):
            await ask(place, SHORT if error is TimeoutError else WAIT)
        outcome = await polled(
            target(host=place.host, port=place.port, timeout=SHORT if error is TimeoutError else WAIT)
        )
        assert outcome.error is not None
        assert outcome.error.reason == reason


@pytest.mark.parametrize("name", WORDS)
async def test_what_another_speaker_says_is_told_apart(name: str) -> None:
    async with nothing_left(), serving(behaviour(name)) as place:
        assert await ask(place)
        outcome = await polled(target(host=place.host, port=place.port))
        assert outcome.error is not None
        assert outcome.error.reason == WORDS[name]


async def test_a_banner_that_never_ends_costs_no_more_than_the_deadline() -> None:
    async with nothing_left(), serving(hostile.ssh_banner) as place:
        outcome = await polled(target(host=place.host, port=place.port, timeout=SHORT))
        assert outcome.error is not None
        assert outcome.error.reason == "timeout"


async def test_an_answer_cut_anywhere_is_bytes_or_empty() -> None:
    whole = answer(hostile.MINER, SUMMARY_ASKED.wire)
    async with nothing_left():
        for count in range(0, len(whole), 37):
            async with serving(hostile.limit_data(count)) as place:
                try:
                    assert len(await ask(place)) == count
                except Empty:
                    assert count == 0


TEXTS = st.text(alphabet='a"\\\\{}[] \u00e9')
VALUES = st.recursive(
    TEXTS | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=9
)


@given(st.dictionaries(TEXTS, VALUES, min_size=1), st.lists(st.integers(1, 9), min_size=1), st.booleans())
def test_an_object_without_a_nul_is_whole_at_its_last_brace(
    said: dict[str, Any], sizes: list[int], plain: bool
) -> None:
    """However it is cut, and whatever its strings hold."""
    raw = json.dumps(said, ensure_ascii=plain).encode() + b"\n"
    with asyncio.Runner() as runner:
        answer = tcp4028.Answer(b"", ("127.0.0.1", 0), LIMIT, runner.get_loop())
    at = 0
    for size in itertools.cycle(sizes):
        assert not answer.ended.done()
        at += size
        answer.take(raw[at - size : at])
        if at >= len(raw) - 1:
            break
    assert answer.ended.result() == raw[:at]
    unfinished.bytes -= len(answer.buffer)


async def test_the_answers_under_way_have_bounded_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those above their even share make room for all others."""
    monkeypatch.setattr(room, "ROOM", 64 << 10)
    full = asyncio.Event()

    async def lengthy(peer: hostile.Peer) -> None:
        await peer.asked()
        await peer.say(b'{"a":"' + b"a" * (30 << 10))
        await full.wait()
        await peer.say(b"a")
        await peer.stay()

    async with nothing_left(), serving(lengthy) as place, serving(hostile.slicer) as other:
        asks = [asyncio.create_task(ask(place)) for _ in range(5)]
        done, _ = await asyncio.wait(asks, return_when=asyncio.FIRST_COMPLETED)
        assert {type(task.exception()) for task in done} == {Exhausted}
        assert unfinished.bytes <= 2 * room.ROOM
        assert json.loads((await ask(other)).rstrip(b"\0"))["SUMMARY"]
        full.set()
        for task in asks:
            task.cancel()
        await asyncio.gather(*asks, return_exceptions=True)
    assert (unfinished.answers, unfinished.bytes) == (0, 0)


async def test_who_takes_a_question_and_says_nothing_is_noted() -> None:
    async with nothing_left(), serving(hostile.silent) as mute, serving(hostile.drip) as slow:
        for place in (mute, slow):
            with suppress(TimeoutError):
                await ask(place, 0.3)
        assert (mute.host, mute.port) in unanswered
        assert (slow.host, slow.port) not in unanswered
    unanswered.clear()


async def test_joins_that_are_hung_up_on_are_asked_one_by_one() -> None:
    async with nothing_left(), serving(hostile.hangs_up_on_joins) as place:
        of = target(host=place.host, port=place.port)
        await polled(of)
        assert of.up, of.error


async def test_two_hundred_asks_leave_nothing_behind() -> None:
    names = [*ANSWERS, *ERRORS, *WORDS, "ssh_banner"]

    async def one(name: str) -> str:
        async with serving(behaviour(name)) as place:
            try:
                await ask(place, SHORT)
            except (AskError, TimeoutError) as error:
                return type(error).__name__
            return "bytes"

    async with nothing_left():
        ends = {end for _ in range(10) for end in await asyncio.gather(*map(one, names + names[: 20 - len(names)]))}
        assert ends == {"bytes", "TimeoutError", "Reset", "Empty", "TooLong"}


@pytest.mark.parametrize("request_", [SUMMARY_ASKED, request(VERSION, SUMMARY, DEVS, STATS)], ids=["one", "joined"])
async def test_the_request_is_one_write_and_the_sending_side_stays_open(request_: Request) -> None:
    """The miner reads once; and where the client's side ends first, some firmware drops the answer."""
    ends: list[bytes] = []

    async def patient(peer: hostile.Peer) -> None:
        reply = await peer.asked()
        try:
            async with asyncio.timeout(0.2):
                ends.append(await peer.hear())
        except TimeoutError:
            await peer.say(reply)

    async with nothing_left(), serving(patient) as place:
        assert (await ask(place, request=request_))[-1:] == b"\0"
    assert place.heard == [[request_.wire]]
    assert ends == []
    assert request_.wire.count(b"\n") == 1
    assert request_.wire[-1:] == b"\n"


@pytest.mark.parametrize("other", [b'{"command":"restart"}\n', "summary", SUMMARY, SimpleNamespace(wire=b"quit"), None])
async def test_nothing_but_a_request_is_ever_written(other: Any) -> None:
    async with nothing_left(), serving(hostile.good) as place:
        with pytest.raises(TypeError):
            await tcp4028.ask(place.host, place.port, other, limit=LIMIT)
    assert place.heard == []


async def test_more_asks_at_once_than_one_look_takes() -> None:
    """All of them come through, although all are ready at the same time."""
    count = readiness.AT_ONCE + 50
    asked, go = asyncio.Semaphore(0), asyncio.Event()

    async def together(peer: hostile.Peer) -> None:
        reply = await peer.asked()
        asked.release()
        await go.wait()
        await peer.say(reply)

    async with nothing_left(), serving(together) as place:
        asks = [asyncio.create_task(ask(place)) for _ in range(count)]
        for _ in range(count):
            await asked.acquire()
        go.set()
        assert {raw[-1:] for raw in await asyncio.gather(*asks)} == {b"\0"}


async def test_nothing_is_open_while_nobody_asks() -> None:
    async with serving(hostile.good) as place:
        before = descriptors()
        for _ in range(3):
            await ask(place)
            assert descriptors() <= before + 1, "the other side of the connection alone may still be there"
            assert not readiness._watches


@pytest.mark.usefixtures("by")
async def test_a_question_that_waits_for_the_connection_is_written_then() -> None:
    """A queue of connections that is full: the kernel takes this one when there is room."""
    loop = asyncio.get_running_loop()
    async with nothing_left():
        with socket.create_server(("127.0.0.1", 0), backlog=0) as server, socket.socket() as first:
            server.setblocking(False)
            first.connect(server.getsockname())
            asking = asyncio.create_task(ask(hostile.Place(*server.getsockname())))
            await asyncio.sleep(0.1)
            assert not asking.done()
            for _ in range(2):
                client, _ = await loop.sock_accept(server)
                client.setblocking(False)
                with client:
                    if client.getpeername() != first.getsockname():
                        assert await loop.sock_recv(client, 4096) == SUMMARY_ASKED.wire
                        await loop.sock_sendall(client, b"{}\0")
                        assert await asking == b"{}\0"


@pytest.mark.usefixtures("by")
async def test_refused_and_ipv6() -> None:
    async with nothing_left():
        with pytest.raises(Refused):
            await tcp4028.ask("127.0.0.1", free_port(), SUMMARY_ASKED, limit=LIMIT)
        async with serving(hostile.good, "::1") as place:
            assert json.loads((await ask(place))[:-1])["SUMMARY"]


@pytest.mark.parametrize("host", ["no-such-miner.invalid", "s19-07", "a" * 64 + ".example", "..", "1.2.3.4.5"])
async def test_a_name_without_an_address(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that ends in a digit is one, too."""
    asked: list[str] = []

    def lookup(name: str, *_: object, **__: object) -> list[object]:
        asked.append(name)
        name.encode("idna")
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with pytest.raises(DnsFailed):
        await tcp4028.ask(host, 4028, SUMMARY_ASKED, limit=LIMIT)
    assert asked == [host]


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.EMFILE, Exhausted),
        (errno.ENETUNREACH, Unreachable),
        (errno.EHOSTUNREACH, Unreachable),
        (errno.EPIPE, Reset),
    ],
)
async def test_what_the_system_says_is_told_apart(
    number: int, error: type[AskError], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(socket.SocketType):
        def connect_ex(self, *_: object) -> int:
            return number

    monkeypatch.setattr(socket, "SocketType", Failing)
    with pytest.raises(error):
        await tcp4028.ask("127.0.0.1", 4028, SUMMARY_ASKED, limit=LIMIT)
