"""Answers of any size to readers of any speed: in slices that neither hold up the loop nor pile up in memory.

A slice is what TURN seconds of work come to, and at most about SLICE bytes; one is made in a turn of the loop, however
many readers there are. It is compressed on the loop as well: ISA-L takes 0.3 ms for a megabyte of the page, which is
not worth a thread. Nothing more is made for a reader before it has taken what it was sent.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from aiohttp import web

from exporter.render.exposition import SLICE
from exporter.web import MAX_REQUESTS, readers
from exporter.web.negotiation import accepts_gzip
from exporter.web.readers import Reader, most_stalled

try:
    from isal.isal_zlib import compressobj
except ImportError:  # it is not built for every platform
    from zlib import compressobj  # type: ignore[assignment]

TURN: Final = 0.002  # seconds
PATIENCE: Final = 30.0  # seconds for which a reader may take nothing
LONGEST: Final = 120.0  # seconds that a reader may take for all of it
WAIT: Final = 3.0  # seconds for which one reader too many waits for a place
PACE: Final = 0.01  # seconds between two readers that are dropped for others: all connections have their turn in WAIT
GRACE: Final = 7.0  # seconds for the readers at the end of the process

STREAMS: Final = web.AppKey("streams", dict[web.RequestHandler, Reader])
_turn: Final = web.AppKey("turn", asyncio.Lock)
_entry: Final = web.AppKey("entry", asyncio.Lock)


def setup(app: web.Application) -> None:
    """Makes the application stream, and end in order."""
    app[STREAMS], app[_turn], app[_entry] = {}, asyncio.Lock(), asyncio.Lock()
    app.on_shutdown.append(end)


async def stream(
    request: web.Request, parts: Iterable[bytes], headers: Mapping[str, str], stalled: Callable[[], None] | None = None
) -> web.StreamResponse:
    """Answers with `parts`, made as the reader takes them, gzipped if it likes.

    One reader too many takes the place of the one that has taken nothing for longest, or gets 503 where all read.
    `stalled` is called when the reader has taken nothing for STALL seconds, always between two parts."""
    streams, task = request.app[STREAMS], asyncio.current_task()
    if task is None or not await make_room(request.app):
        return web.Response(status=503, headers={"Retry-After": "1"}, text="too many requests at once\n")
    response = web.StreamResponse(headers={**headers, "Vary": "Accept, Accept-Encoding"})
    gzip = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    if gzip:
        response.headers["Content-Encoding"] = "gzip"
    await response.prepare(request)
    transport = request.transport
    if request.method == "HEAD" or transport is None:
        return response
    reader = streams[request.protocol] = Reader(transport, task)
    try:
        await _send(reader, response, slices(parts, gzip=gzip), request.app[_turn], stalled)
    except (TimeoutError, ConnectionError):  # the reader went away, or hardly reads: not worth a word
        reader.drop()
    finally:
        streams.pop(request.protocol, None)
    return response


async def make_room(app: web.Application) -> bool:
    """Waits a short time for room for one more reader, and drops a stalled one for it; False where there is none.

    The first come first, and one after the other, because readers that were dropped come again."""
    streams = app[STREAMS]
    try:
        async with asyncio.timeout(WAIT), app[_entry]:
            while len(streams) >= app[MAX_REQUESTS]:
                if (stalled := most_stalled(streams.values())) is not None:
                    del streams[next(protocol for protocol, reader in streams.items() if reader is stalled)]
                    stalled.drop()
                await asyncio.sleep(PACE)
    except TimeoutError:
        return False
    return True


async def _send(
    reader: Reader,
    response: web.StreamResponse,
    made: Iterator[bytes],
    turn: asyncio.Lock,
    stalled: Callable[[], None] | None,
) -> None:
    async def take() -> bytes | None:
        async with turn:
            await asyncio.sleep(0)
            return next(made, None)

    now = asyncio.get_running_loop().time
    latest = now() + LONGEST
    async with asyncio.timeout(PATIENCE) as patience:
        while (data := await take()) is not None:
            patience.reschedule(min(now() + PATIENCE, latest))
            stall = asyncio.get_running_loop().call_later(readers.STALL, stalled) if stalled else None
            try:
                with reader:
                    await response.write(data)  # returns at once while the reader keeps up
            finally:
                if stall:
                    stall.cancel()
        reader.transport.set_write_buffer_limits(high=0)  # it is over when the kernel has the last byte
        with reader:
            await response.write_eof()
        reader.transport.set_write_buffer_limits()


def slices(parts: Iterable[bytes], *, gzip: bool) -> Iterator[bytes]:
    """The parts joined, and compressed where asked; some slices may be empty."""
    packer = compressobj(1, wbits=31) if gzip else None
    batch, size, end = list[bytes](), 0, time.perf_counter() + TURN
    for part in parts:
        data = packer.compress(part) if packer else part
        batch.append(data)
        size += len(data)
        if size >= SLICE or time.perf_counter() >= end:
            yield b"".join(batch)
            batch, size, end = [], 0, time.perf_counter() + TURN
    yield b"".join([*batch, packer.flush()] if packer else batch)


async def end(app: web.Application) -> None:
    """Lets the readers have the rest, and drops those who have not taken it within GRACE seconds."""
    streams = app[STREAMS]
    if streams:
        await asyncio.wait([reader.task for reader in streams.values()], timeout=GRACE)
    for reader in list(streams.values()):
        reader.drop()
