"""A page that is given up, at whatever moment, leaves no connection open and the next page in nobody's way."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from exporter import decode
from exporter.decode.axeos.web import INFO
from exporter.questions import request
from exporter.transport.http import Web
from tests.harness.support import nothing_left

pytestmark = pytest.mark.both_loops

MOMENTS = range(0, 60, 2)  # rounds of the event loop until it is given up; a whole page takes some forty


async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n{}")
    writer.close()


@pytest.mark.parametrize("first", [0, 1])
async def test_a_page_that_is_given_up_leaves_nothing_behind(first: int) -> None:
    decode.families()
    server = await asyncio.start_server(say, "127.0.0.1", 0)
    before = INFO.port
    object.__setattr__(INFO, "port", server.sockets[0].getsockname()[1])
    try:
        async with server, nothing_left():
            for rounds in MOMENTS:
                of = Web("127.0.0.1", None, limit=100)
                task = asyncio.ensure_future(of.get(request(INFO)))
                for _ in range(rounds + first):
                    await asyncio.sleep(0)
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
                async with asyncio.timeout(2):
                    assert await of.get(request(INFO)) == b"{}"
    finally:
        object.__setattr__(INFO, "port", before)
