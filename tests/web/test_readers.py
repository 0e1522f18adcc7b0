"""Readers of the page that are too slow or too many: they are dropped or sent away, and cost nobody else anything."""

from __future__ import annotations

import asyncio
import errno
import socket
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
from aiohttp import web

from exporter.commands.listening import Options
from exporter.core.catalogue import CATALOGUE
from exporter.polling.target import Target
from exporter.render.exposition import SLICE, pack
from exporter.web import stream
from exporter.web.readers import most_stalled
from exporter.web.stream import STREAMS, slices
from tests.harness.served import Served, serving
from tests.harness.support import descriptors, nothing_left, target, until

LINE = b'asic_up{miner="x"} 1\n'


def big(count: int, lines: int = 400) -> list[Target]:
    """Targets whose pages are of `lines` lines each."""
    many = [target(f"m{n}") for n in range(count)]
    for of in many:
        of.fragments = pack([LINE * lines] + [b""] * (len(CATALOGUE) - 1))
    return many


def client(port: int, said: bytes = b"") -> socket.socket:
    """A connection on which `said` was said, and of which nothing is read."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect(("127.0.0.1", port))
    reader.sendall(said)
    return reader


def asking(path: str = "/metrics", headers: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode()


@contextmanager
def traced() -> Iterator[Callable[[], int]]:
    """Gives a function that says how many bytes Python's objects take."""
    tracemalloc.start()
    try:
        yield lambda: tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def running(served: Served) -> int:
    return len(served.app[STREAMS])


async def test_readers_that_never_read_cost_little_while_everything_is_polled_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("exporter.web.readers.STALL", 0.2)
    with traced() as taken:
        many = big(6000)
        page = taken()
        assert page > 48 << 20
        async with nothing_left(), serving(many) as served:
            held = [client(served.port, asking()) for _ in range(20)]
            try:
                await until(lambda: running(served) == 20, "all are being served")
                streams = served.app[STREAMS]
                await until(lambda: all(each.stalled() > 0.4 for each in streams.values()), "they stall")
                for of in many:
                    of.fragments = (bytes(bytearray(of.fragments[0])), *of.fragments[1:])
                assert taken() - page < 32 << 20, "neither a copy of the page for each, nor what was replaced"
                assert (await served.get("/metrics"))[0] == 200
                assert running(served) == 20
            finally:
                for reader in held:
                    reader.close()
            await until(lambda: running(served) == 0, "they went")


async def test_readers_that_never_read_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PATIENCE", 0.5)
    async with nothing_left(), serving(big(2000)) as served:
        files = descriptors()
        readers = [client(served.port, asking()) for _ in range(20)]
        try:
            await until(lambda: running(served) == 20, "all are being served")
            assert (await served.get("/-/healthy"))[0] == 200
            await until(lambda: running(served) == 0, "all were dropped")
            await until(lambda: descriptors() <= files + 22, "our ends of all are left, and one kept alive")
        finally:
            for reader in readers:
                reader.close()


async def test_a_reader_that_stalled_gets_the_rest_as_it_is_by_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporter.web.readers.STALL", 0.1)
    many = big(2000)
    async with serving(many) as served:
        reader = client(served.port, asking(headers="Connection: close\r\n"))
        await until(lambda: running(served) == 1, "it is being served")
        await asyncio.sleep(0.5)  # it stalls
        for of in many:
            of.fragments = (of.fragments[0].replace(b"} 1", b"} 2"), *of.fragments[1:])
        reader.settimeout(20)
        with reader:
            text = await asyncio.to_thread(lambda: b"".join(iter(lambda: reader.recv(1 << 12), b"")))
    assert text.endswith(b"\r\n0\r\n\r\n")
    assert text.count(b"# TYPE asic_up ") == 1
    old, new = text.count(b"} 1\n"), text.count(b"} 2\n")
    assert old > 0
    assert new > 0
    assert old + new >= 2000 * 400 - 2 * len(text) // SLICE, "none is missing but those that a chunk's edge cut in two"
    assert text.rindex(b"} 1\n", 0, text.index(b"# HELP asic_exporter")) < text.index(b"} 2\n")


async def test_a_reader_in_time_sees_each_target_whole() -> None:
    """What polls replace while the page is being read is not on it."""
    many = big(2000)
    async with serving(many) as served:
        reader = client(served.port, asking(headers="Connection: close\r\n"))
        await until(lambda: running(served) == 1, "it is being served")
        await asyncio.sleep(0.1)
        for of in many:
            of.fragments = (of.fragments[0].replace(b"} 1", b"} 2"), *of.fragments[1:])
        reader.settimeout(20)
        with reader:
            text = await asyncio.to_thread(lambda: b"".join(iter(lambda: reader.recv(1 << 12), b"")))
    assert b'asic_up{miner="x"} 2' not in text


async def test_a_stream_is_over_when_nothing_of_it_is_left_in_the_process() -> None:
    """Whoever waits for the streams may then end the process, and no reader misses the last of its page."""
    async with serving(big(100), room=4096) as served:
        _, page = await served.get("/metrics")
        with client(served.port, asking()) as reader:
            reader.setblocking(False)
            loop, left = asyncio.get_running_loop(), len(page)
            await until(lambda: running(served) == 1, "it is being served")
            (protocol,) = served.app[STREAMS]
            assert (transport := protocol.transport)
            while left > 15 << 10:  # which is more than the kernel holds, and less than asks for a pause
                left -= len(await loop.sock_recv(reader, 4096))
            await asyncio.sleep(0.2)
            assert running(served) or not transport.get_write_buffer_size()
            while running(served):
                await loop.sock_recv(reader, 4096)


@pytest.mark.parametrize("end", ["write", "write_eof"])
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_a_reader_that_stops_is_dropped_wherever_it_stops(
    end: str, encoding: str, miners: list[Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(stream, "PATIENCE", 0.1)
    monkeypatch.setattr(web.StreamResponse, end, never)
    async with serving(miners[:1]) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        try:
            writer.write(asking(headers=f"Accept-Encoding: {encoding}\r\n"))
            async with asyncio.timeout(10):
                with suppress(ConnectionResetError):  # an end is as good
                    await reader.read()
            await until(lambda: running(served) == 0, "nobody is being served")
        finally:
            writer.close()


async def test_a_reader_that_hardly_reads_is_dropped_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LONGEST", 0.5)
    async with serving(big(2000)) as served:
        with client(served.port, asking()) as reader:
            reader.setblocking(False)
            await until(lambda: running(served) == 1, "it is being served")
            loop = asyncio.get_running_loop()
            with suppress(ConnectionResetError):
                while running(served):
                    await loop.sock_recv(reader, 8192)
                    await asyncio.sleep(0.02)
            assert running(served) == 0


async def test_too_many_at_once_are_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporter.web.readers.PAUSE", 60.0)  # as if all of them read
    monkeypatch.setattr(stream, "WAIT", 0.1)
    async with serving(big(2000), max_requests=3) as served:
        readers = [client(served.port, asking()) for _ in range(3)]
        await until(lambda: running(served) == 3, "three are being served")
        async with served.session.get("/metrics") as response:
            assert response.status == 503
            assert response.headers["Retry-After"] == "1"
        assert (await served.get("/-/healthy"))[0] == 200, "only what is streamed has the limit"
        for reader in readers:
            reader.close()
        await until(lambda: running(served) == 0, "they went")
        assert (await served.get("/metrics"))[0] == 200


async def test_a_newcomer_takes_the_place_of_the_reader_that_has_stalled_for_longest() -> None:
    """Whoever holds all places and reads nothing keeps nobody out, and each who is dropped is told by a reset."""
    async with nothing_left(), serving(big(2000), max_requests=3) as served:
        with ExitStack() as stack:
            early, later = (stack.enter_context(client(served.port, asking())) for _ in range(2))
            await until(lambda: running(served) == 2, "two are being served")
            slow = stack.enter_context(client(served.port, asking()))
            slow.setblocking(False)
            await until(lambda: running(served) == 3, "all places are taken")
            reading = asyncio.create_task(sip(slow))
            *stalled, sipping = served.app[STREAMS].values()
            await until(lambda: all(each.stalled() > 0.5 for each in stalled), "the kernel takes nothing more for two")
            await until(lambda: sipping.timer is not None, "the third takes its time")
            stalled[0].since -= 1  # for longest
            for _ in range(3):
                assert (await served.get("/metrics"))[0] == 200
            dropped = []
            for _ in range(20):
                await asyncio.sleep(0.02)
                dropped.append(most_stalled([sipping, stalled[1]]))
            assert sipping not in dropped, "who reads, however slowly, keeps its place"
            assert stalled[1] in dropped
            assert not reading.done()
            assert [error(each) for each in (early, later, slow)] == [errno.ECONNRESET, 0, 0]
            assert running(served) == 2
            reading.cancel()


async def test_who_comes_again_and_again_for_those_dropped_keeps_nobody_out() -> None:
    """Each who is dropped takes the place of another at once, and nobody stalls for long."""
    async with serving(big(500), max_requests=4) as served:

        async def hold() -> None:
            while True:
                with client(served.port, asking()) as reader:
                    reader.setblocking(False)
                    await asyncio.sleep(0)
                    while not error(reader):  # noqa: ASYNC110 - nothing tells of it
                        await asyncio.sleep(0.01)

        holders = [asyncio.create_task(hold()) for _ in range(6)]
        await until(lambda: running(served) == 4, "all places are taken")
        for _ in range(8):
            assert (await served.get("/metrics"))[0] == 200
        for holder in holders:
            holder.cancel()
        await asyncio.gather(*holders, return_exceptions=True)


def test_whoever_waits_for_a_place_gets_one_in_time() -> None:
    """Also where all other connections hold a place or wait for one, and come again when they are dropped."""
    flags = Options()
    assert 1.3 * (flags.max_connections - flags.max_requests) * stream.PACE < stream.WAIT


async def sip(reader: socket.socket) -> None:
    """Reads, but hardly."""
    loop = asyncio.get_running_loop()
    while await loop.sock_recv(reader, 4096):  # noqa: ASYNC110 - time is what it waits for
        await asyncio.sleep(0.02)


def error(connection: socket.socket) -> int:
    """What the kernel says about the connection."""
    return connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


def ended(connection: socket.socket) -> bool:
    """Whether the other end has closed it."""
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


async def test_idle_connections_make_room_for_those_that_come() -> None:
    async with nothing_left(), serving(big(2000), most=16) as served:
        with ExitStack() as stack:
            reader = stack.enter_context(client(served.port, asking()))
            await until(lambda: running(served) == 1, "one is being served, the first that came")
            idle = [stack.enter_context(client(served.port, said)) for said in [b"", b"GET /metr"] * 50]
            early, late = idle[:-15], idle[-15:]
            await until(lambda: all(map(ended, early)), "those who waited longest were sent away")
            assert not any(map(ended, late))
            assert (await served.get("/-/healthy"))[0] == 200
            assert [ended(each) for each in late] == [True] + [False] * 14, "one more has come"
            assert running(served) == 1
            assert not ended(reader)


@pytest.mark.parametrize("plain", [False, True])
def test_any_gzip_unpacks_to_the_parts(plain: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where ISA-L is not built."""
    if plain:
        monkeypatch.setattr(stream, "compressobj", zlib.compressobj)
    parts = [b"%d\n" % n * 300 for n in range(2000)]
    assert zlib.decompress(b"".join(slices(parts, gzip=True)), wbits=31) == b"".join(parts)


def test_slices_are_the_parts_in_their_order() -> None:
    parts = [bytes([65 + n % 26]) * (n * 997 % 90_000) for n in range(200)]
    assert b"".join(slices(parts, gzip=False)) == b"".join(parts)
    biggest = max(len(each) for each in slices(parts, gzip=False))
    assert biggest < SLICE + 90_000
