"""What goes out to a miner's web server byte for byte, and answers in every cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import web

from exporter import decode
from exporter.core.errors import Reset, WrongSpeaker
from exporter.decode.axeos.web import INFO
from exporter.decode.braiins.api import SYSTEM
from exporter.questions import request
from exporter.transport.http import Web
from tests.harness.pages import LIMIT, LOGIN, MINER, Digest, listening_at
from tests.harness.support import nothing_left

pytestmark = pytest.mark.both_loops

COMMON = (
    b"Accept: application/json\r\nAccept-Encoding: identity\r\nConnection: keep-alive\r\nUser-Agent: asic-exporter\r\n"
)
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(MINER), MINER)


@asynccontextmanager
async def saying(*parts: bytes, stay: bool = False) -> AsyncIterator[list[bytes]]:
    """Says the parts with a pause between; what each connection heard at its first read."""
    heard: list[bytes] = []

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(65536))
        with suppress(ConnectionError):
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0.0005)
            if stay:
                await reader.read()
        writer.close()

    decode.families()
    async with nothing_left(), await asyncio.start_server(say, "127.0.0.1", 0) as server:
        with listening_at(INFO, port := server.sockets[0].getsockname()[1]), listening_at(SYSTEM, port):
            yield heard


async def test_a_request_is_one_write_of_these_bytes() -> None:
    of = Web("127.0.0.1", None, limit=LIMIT)
    async with saying(WHOLE, stay=True) as heard:
        for page in (INFO, SYSTEM):
            assert await of.get(request(page)) == MINER
        host = b"Host: 127.0.0.1:%d\r\n" % INFO.port
    body = b'{"query":"{bos{hostname info{version{full}}}}"}'
    said = b"Content-Length: %d\r\nContent-Type: application/json\r\n\r\n%s" % (len(body), body)
    assert heard == [
        b"GET /api/system/info HTTP/1.1\r\n" + host + COMMON + b"\r\n",
        b"POST /graphql HTTP/1.1\r\n" + host + COMMON + said,
    ]


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\n%s\r\n%x\r\n%s\r\n0\r\nAfter: it\r\n\r\n"


@pytest.mark.parametrize("size", [1, 2, 7, 1 << 16])
@pytest.mark.parametrize(
    "said", [WHOLE, CHUNKED % (MINER[:5], len(MINER) - 5, MINER[5:]), b"HTTP/1.0 200 OK\n\n" + MINER]
)
async def test_an_answer_in_any_cut_is_the_page(said: bytes, size: int) -> None:
    """Behind interim answers, too; the end of the connection ends the last one alone."""
    said = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: a\r\n\r\n" + said
    parts = [said[at : at + size] for at in range(0, len(said), size)]
    async with saying(*parts, stay=b"HTTP/1.0" not in said) as heard:
        assert await Web("127.0.0.1", None, limit=LIMIT).get(request(INFO)) == MINER
    assert len(heard) == 1


@pytest.mark.parametrize("said", [b"\0\0\0\0", b"\x16\x03\x01", b" HTTP/1.1 200 OK\r\n"])
async def test_what_speaks_no_http_is_told_from_its_first_byte(said: bytes) -> None:
    async with saying(said, stay=True):
        with pytest.raises(WrongSpeaker):
            async with asyncio.timeout(5):
                await Web("127.0.0.1", None, limit=LIMIT).get(request(INFO))


@pytest.mark.parametrize("cut", [0, 1, 20, len(WHOLE) - len(MINER), len(WHOLE) - 1])
async def test_an_answer_that_breaks_off_anywhere_is_asked_for_once_more(cut: int) -> None:
    async with saying(WHOLE[:cut]) as heard:
        with pytest.raises(Reset):
            await Web("127.0.0.1", None, limit=LIMIT).get(request(INFO))
    assert len(heard) == 2


async def test_a_login_is_told_at_an_address_of_ipv6() -> None:
    server = Digest()
    decode.families()
    async with nothing_left():
        runner = web.ServerRunner(web.Server(server.handle))
        await runner.setup()
        try:
            site = web.TCPSite(runner, "::1", 0)
            await site.start()
            with listening_at(INFO, runner.addresses[0][1]):
                assert await Web("::1", LOGIN, limit=LIMIT).get(request(INFO)) == MINER
        finally:
            await runner.cleanup()
    assert len(server.seen) == 2
