"""Answers of any size to readers of any speed, in slices that keep the event loop free and memory bounded.

A slice is the result of TURN seconds of work, and at most about SLICE bytes. A turn of the event loop makes one slice,
however many readers there are. Slices are compressed on the loop: ISA-L takes 0.3 ms for a megabyte of the page, less
than a thread would cost. The next slice is made when the reader has taken the last slice.
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
except ImportError:  # ISA-L is not built for every platform
    from zlib import compressobj  # type: ignore[assignment]

TURN: Final = 0.002  # seconds of work for one slice
PATIENCE: Final = 30.0  # seconds without progress until a reader is dropped
LONGEST: Final = 120.0  # seconds that a reader may take for a whole answer
WAIT: Final = 3.0  # seconds for which a reader beyond MAX_REQUESTS waits for a place
PACE: Final = 0.01  # seconds between two drops of readers: within WAIT each connection has its turn
GRACE: Final = 7.0  # seconds for running answers at shutdown

STREAMS: Final = web.AppKey("streams", dict[web.RequestHandler, Reader])
_turn: Final = web.AppKey("turn", asyncio.Lock)
_entry: Final = web.AppKey("entry", asyncio.Lock)


def setup(app: web.Application) -> None:
    """Prepare the application for streams, and for their end at shutdown."""
    app[STREAMS], app[_turn], app[_entry] = {}, asyncio.Lock(), asyncio.Lock()
    app.on_shutdown.append(end)


async def stream(
    request: web.Request, parts: Iterable[bytes], headers: Mapping[str, str], stalled: Callable[[], None] | None = None
) -> web.StreamResponse:
    """Answer with `parts`, made as the reader takes them, and compressed if the reader accepts gzip.

    A reader beyond MAX_REQUESTS replaces the reader that has been stalled longest. If all readers make progress, the
    answer is 503. `stalled` is called, always between two parts, after STALL seconds without progress of the reader."""
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
    except (TimeoutError, ConnectionError):  # the reader went away or hardly reads; neither is logged
        reader.drop()
    finally:
        streams.pop(request.protocol, None)
    return response


async def make_room(app: web.Application) -> bool:
    """Wait up to WAIT seconds for a place for a reader, and drop a stalled reader for it; return True on success.

    Places are given in the order of arrival, because dropped readers come again."""
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
    pieces: Iterator[bytes],
    turn: asyncio.Lock,
    stalled: Callable[[], None] | None,
) -> None:
    async def take() -> bytes | None:
        async with turn:
            await asyncio.sleep(0)
            return next(pieces, None)

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
        reader.transport.set_write_buffer_limits(high=0)  # the write ends when the kernel has the last byte
        with reader:
            await response.write_eof()
        reader.transport.set_write_buffer_limits()


def slices(parts: Iterable[bytes], *, gzip: bool) -> Iterator[bytes]:
    """Yield the parts joined into slices, compressed if `gzip` is true; some slices may be empty."""
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
    """Let running answers finish, and after GRACE seconds drop the readers that are left."""
    streams = app[STREAMS]
    if streams:
        await asyncio.wait([reader.task for reader in streams.values()], timeout=GRACE)
    for reader in list(streams.values()):
        reader.drop()
