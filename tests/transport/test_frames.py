"""Questions in frames against real local servers: the whole answer or a typed error, and nothing left open."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import orjson
import pytest

from exporter import decode
from exporter.core.errors import AskError, Empty, Exhausted, ExporterError, Refused, Reset, TooLong
from exporter.decode.axeos.web import INFO
from exporter.decode.cgminer import SUMMARY
from exporter.decode.whatsminer.v3 import EDEVS, ERRORS, FAMILY, MINER, POOLS
from exporter.decode.whatsminer.v3 import SUMMARY as STATUS
from exporter.polling.outcome import Outcome
from exporter.polling.poll import poll
from exporter.polling.target import Target
from exporter.questions import Frame, request
from exporter.transport import frames, room
from tests.harness.recorded import RECORDINGS
from tests.harness.support import asker, free_port, nothing_left, samples, target, until

pytestmark = pytest.mark.both_loops

LIMIT = 4096
SAID = b'{"code":0,"when":1,"msg":{"summary":{"elapsed":5}},"desc":"get.miner.status"}'
FAST, SLOW = FAMILY.fast, FAMILY.slow
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def framed(body: bytes) -> bytes:
    return struct.pack("<I", len(body)) + body


@contextmanager
def listening_at(port: int) -> Iterator[None]:
    """All questions in frames as if they were asked at another port."""
    asked = (*FAST, *SLOW)
    for question in asked:
        object.__setattr__(question, "port", port)
    try:
        yield
    finally:
        for question in asked:
            object.__setattr__(question, "port", 4433)


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[None]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            await handler(reader, writer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        with listening_at(server.sockets[0].getsockname()[1]):
            yield


@asynccontextmanager
async def saying(answer: bytes) -> AsyncIterator[list[bytes]]:
    """Says these bytes to every question; what it heard."""
    heard: list[bytes] = []

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (length,) = struct.unpack("<I", await reader.readexactly(4))
        heard.append(await reader.readexactly(length))
        writer.write(answer)
        await writer.drain()

    async with serving(say):
        yield heard


async def ask(seconds: float = 10.0, limit: int = LIMIT) -> bytes:
    decode.families()
    async with asyncio.timeout(seconds):
        return await frames.ask("127.0.0.1", request(STATUS), limit=limit)


async def test_a_whole_frame_comes_as_it_is() -> None:
    async with nothing_left(), saying(framed(SAID) + b"anything") as heard:
        for _ in range(2):
            assert await ask() == SAID
        assert await frames.ask("127.0.0.1", request(*FAST), limit=LIMIT) == SAID
    assert heard[0] == heard[1] == b'{"cmd":"get.miner.status","param":"summary"}'
    assert heard[2] == b'{"cmd":"get.miner.status","param":"summary+edevs+pools"}'


async def test_a_frame_may_come_byte_by_byte() -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in framed(SAID):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)

    async with nothing_left(), serving(drip):
        assert await ask() == SAID


async def test_a_frame_cut_at_every_byte_is_a_typed_error() -> None:
    whole = framed(SAID)
    async with nothing_left():
        for end in range(len(whole)):
            async with saying(whole[:end]):
                with pytest.raises(Reset if end else Empty):
                    await ask()


@pytest.mark.parametrize("length", [LIMIT + 1, 1 << 16, 1 << 24, (1 << 31) - 1, 1 << 31, (1 << 32) - 1])
async def test_a_length_beyond_the_limit_is_never_read(length: int) -> None:
    sent = 0

    async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(struct.pack("<I", length))
        while True:
            writer.write(b"x" * 4096)
            await writer.drain()
            sent += 4096

    async with nothing_left(), serving(flood):
        with pytest.raises(TooLong):
            await ask()
    assert sent < 1 << 24


async def test_the_longest_frame_that_may_come_does() -> None:
    async with nothing_left(), saying(framed(b"x" * LIMIT)):
        assert await ask() == b"x" * LIMIT


@pytest.mark.parametrize(
    ("said", "error"),
    [(b"\0\0\0\0", Empty), (b"HTTP/1.1 400 Bad Request\r\n\r\n", TooLong), (b"SSH-2.0-x\r\n", TooLong)],
)
async def test_what_is_no_frame_is_a_typed_error(said: bytes, error: type[AskError]) -> None:
    async with nothing_left(), saying(said):
        with pytest.raises(error):
            await ask()


@pytest.mark.parametrize("said", [b"", b"\x10", b"\x10\0\0\0", framed(SAID)[:-1]])
async def test_silence_ends_with_the_deadline(said: bytes) -> None:
    over = asyncio.Event()

    async def wait(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await over.wait()

    async with nothing_left(), serving(wait):
        with pytest.raises(TimeoutError):
            await ask(0.2)
        over.set()


async def test_an_ask_that_is_cancelled_at_any_moment_leaves_nothing() -> None:
    async with nothing_left(), saying(framed(SAID)):
        for turns in range(20):
            asking = asyncio.create_task(ask())
            for _ in range(turns):
                await asyncio.sleep(0)
            asking.cancel()
            with suppress(asyncio.CancelledError):
                assert await asking == SAID


async def test_frames_under_way_share_the_room_of_all_surfaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those above their even share make room for all others."""
    monkeypatch.setattr(room, "ROOM", 64 << 10)

    gone = 0

    async def stops(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal gone
        writer.write(struct.pack("<I", 40 << 10) + b"x" * (30 << 10))
        with suppress(OSError):
            await reader.read()
        gone += 1

    async with serving(stops):
        asks = [asyncio.create_task(ask(limit=1 << 18)) for _ in range(5)]
        done, _ = await asyncio.wait(asks, return_when=asyncio.FIRST_COMPLETED)
        assert {type(task.exception()) for task in done} == {Exhausted}
        assert room.unfinished.bytes <= 2 * room.ROOM
        for task in asks:
            task.cancel()
        await asyncio.gather(*asks, return_exceptions=True)
        await until(lambda: gone == 5, "all have hung up")
        await asyncio.sleep(0)
    assert (room.unfinished.answers, room.unfinished.bytes) == (0, 0)


async def test_a_reset_is_a_typed_error() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(4)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with nothing_left(), serving(reset):
        with pytest.raises(Reset):
            await ask()


async def test_nothing_listens() -> None:
    async with nothing_left():
        with listening_at(free_port()), pytest.raises(Refused):
            await ask()


@pytest.mark.parametrize("other", [b"{}", STATUS, None])
async def test_nothing_but_a_request_in_a_frame_is_asked(other: Any) -> None:
    decode.families()
    for wrong in (other, request(SUMMARY), request(INFO)):
        with pytest.raises(TypeError):
            await frames.ask("127.0.0.1", wrong, limit=LIMIT)


async def test_a_frame_is_its_line_with_the_length_in_front() -> None:
    decode.families()
    status = request(STATUS, POOLS)
    assert str(status) == '{"cmd":"get.miner.status","param":"summary+pools"}'
    assert status.wire == framed(str(status).encode())
    for other in (SUMMARY, MINER, INFO):
        with pytest.raises(ValueError, match="joined"):
            request(STATUS, other)


# A whole miner.

RECORDED = next(recording for recording in RECORDINGS if recording.name == "m60s-behind-a-closed-port")


@asynccontextmanager
async def miner(rules: dict[str, bytes] | None = None) -> AsyncIterator[list[str]]:
    """The recorded miner, with another answer where a rule for the parameter says so; the parameters it was asked."""
    decode.families()
    named = {q.parameter: q for q in SLOW if isinstance(q, Frame)}
    status = await RECORDED.ask(request(*FAST))
    heard: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (length,) = struct.unpack("<I", await reader.readexactly(4))
        parameter = orjson.loads(await reader.readexactly(length))["param"]
        heard.append(parameter)
        said = await RECORDED.ask(request(named[parameter])) if parameter in named else status
        writer.write(framed((rules or {}).get(parameter, said)))
        await writer.drain()

    async with serving(serve):
        yield heard


async def polls(of: Target, times: int = 1) -> Outcome:
    for _ in range(times):
        outcome = await poll(of, asker(of), 1000)
        assert outcome.bugs == []
    return outcome


async def test_a_miner_with_a_closed_port_is_found_by_its_frames() -> None:
    async with nothing_left(), miner() as heard:
        of = target(port=free_port())
        outcome = await polls(of, 3)
    assert outcome.family == "whatsminer_v3"
    seen = samples(of)
    assert seen["asic_hashrate_hashes_per_second"] == {(): 187.413e12}
    assert next(iter(seen["asic_miner_info"]))[-12:].count("whatsminer") == 1
    together = "summary+edevs+pools"
    assert heard[:2] == ["miner", together]
    assert heard.count(together) == 3
    assert sorted(set(heard) - {together}) == ["error-code", "miner", "network", "power", "system"]


@pytest.mark.parametrize("said", [b"", b'{"STATUS":"E","When":1,"Code":14,"Msg":"invalid cmd","Description":""}\0'])
async def test_a_miner_whose_port_tells_nothing_is_found_by_its_frames(said: bytes) -> None:
    async def closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await reader.read(4096)
            writer.write(said)
        writer.close()

    server = await asyncio.start_server(closed, "127.0.0.1", 0)
    async with server, miner():
        of = target(port=server.sockets[0].getsockname()[1])
        outcome = await polls(of, 2)
        assert outcome.family == "whatsminer_v3"
        assert of.up


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b'{"code":-1,"when":1,"msg":"invalid command","desc":"get.miner.status"}', "unsupported"),
        (b'{"code":-2,"when":1,"msg":"invalid param","desc":"get.miner.status"}', "unsupported"),
        (b'{"code":-4,"when":1,"msg":"permission denied","desc":"get.miner.status"}', "denied"),
        (b'{"code":-4,"when":1,"msg":{},"desc":"get.miner.status"}', "denied"),
        (b'{"code":"x","msg":{"summary":{}}}', "wrong_shape"),
        (b'{"msg":{"summary":{}}}', "wrong_shape"),
        (b'{"code":0,"msg":"fine"}', "wrong_shape"),
        (b'{"code":0,"msg":{"salt":"canary"}}', "wrong_shape"),
        (b"<html>", "wrong_speaker"),
        (b"gibberish", "not_json"),
    ],
)
async def test_a_wrong_answer_is_a_typed_error(said: bytes, reason: str) -> None:
    from exporter.parse.answers import Answers, read

    decode.families()
    answers = Answers()
    read(answers, [STATUS], said)
    assert answers.rows == {}
    problem: ExporterError = answers.problems["v3_summary"]
    assert problem.reason == reason
    assert "canary" not in repr(answers)


async def test_where_joins_are_unknown_the_parts_are_asked_one_by_one() -> None:
    refused = b'{"code":-2,"when":1,"msg":"invalid param","desc":"get.miner.status"}'
    async with miner({"summary+edevs+pools": refused}) as heard:
        of = target(port=free_port())
        outcome = await polls(of, 2)
    assert outcome.whole
    assert heard.count("summary+edevs+pools") == 1
    assert [heard.count(part) for part in ("summary", "edevs", "pools")] == [2, 2, 2]
    assert samples(of)["asic_section_up"][("v3_summary",)] == 1


async def test_what_an_answer_tells_beside_the_question_is_not_kept() -> None:
    from exporter.parse.answers import Answers, read

    decode.families()
    for question in (MINER, ERRORS, EDEVS, POOLS):
        answers = Answers()
        read(answers, [question], b'{"code":0,"msg":{"miner":{"type":"M"},"salt":"canary","edevs":[],"pools":[]}}')
        assert question.name in answers.rows
        assert "canary" not in repr(answers)
