"""One read-only question to a cgminer API: connect, write one line, read until the answer is whole, close.

The request goes out in one write, because the miner reads once; the sending side is never closed first, because some
firmware then drops the answer; and the answer is whole at its NUL, at the end of its JSON, or at the end of the stream,
because some firmware sends no NUL and some never closes.

An ask costs little more than its system calls: it waits twice, for the connection and for its end, and the usual
answer, one chunk with its NUL, is passed on as it came.
"""

from __future__ import annotations

import asyncio
import errno
import os
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from exporter.errors import AskError, Empty, Exhausted, Refused, Reset, TimedOut, TooLong, Unreachable
from exporter.questions import Request
from exporter.transport.names import literal, resolve

ROOM: Final = 32 << 20  # bytes that the unfinished answers of this process hold before the long ones are given up
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z)', re.DOTALL)
_ERRORS: Final[dict[int | None, type[AskError]]] = {
    errno.ECONNREFUSED: Refused,
    errno.ECONNRESET: Reset,
    errno.ECONNABORTED: Reset,
    errno.EPIPE: Reset,
    errno.ETIMEDOUT: TimedOut,
    errno.EMFILE: Exhausted,
    errno.ENFILE: Exhausted,
    errno.ENOBUFS: Exhausted,
    errno.ENOMEM: Exhausted,
    errno.EADDRNOTAVAIL: Exhausted,
}


def asker(host: str, port: int, *, limit: int) -> Callable[[Request], Awaitable[bytes]]:
    """`ask` for one miner: a function from a request to its answer."""
    return partial(ask, host, port, limit=limit)


async def ask(host: str, port: int, request: Request, *, limit: int) -> bytes:
    """The miner's answer, as it came. Raises an AskError; the caller's deadline covers all of it.

    `limit` is the largest answer in bytes. Not even a cancelled ask leaves its connection open."""
    if not isinstance(request, Request):
        raise TypeError("only a Request can be asked")
    loop = asyncio.get_running_loop()
    address = host if literal(host) else await resolve(host)
    answer = _Answer(request.wire, limit, loop.create_future())
    _unfinished.asks += 1
    try:
        await loop.create_connection(lambda: answer, address, port)
        try:
            return await answer.ended
        finally:
            if not answer.gone:  # whoever asked has lost patience
                answer.closed = loop.create_future()
                answer.transport.abort()  # never lingers
                await answer.closed
    except OSError as error:
        raise _ERRORS.get(error.errno, Unreachable)(os.strerror(error.errno) if error.errno else str(error)) from None
    finally:
        _unfinished.asks -= 1
        _unfinished.held -= len(answer.buffer)


class _Unfinished:
    """What this process is being told right now: by how many, and how many bytes of it are kept."""

    asks = held = 0


_unfinished: Final = _Unfinished()


class _Answer(asyncio.Protocol):
    """Writes the question, collects bytes until the answer is whole, too long, or broken off, and hangs up.

    `ended` is done when the connection is gone: the answer, or the AskError."""

    transport: asyncio.Transport

    def __init__(self, wire: bytes, limit: int, ended: asyncio.Future[bytes]) -> None:
        self.wire, self.limit, self.ended = wire, limit, ended
        self.closed: asyncio.Future[None] | None = None
        self.buffer = bytearray()
        self.result: bytes | AskError | None = None
        self.gone = self.quoted = False
        self.scanned = self.depth = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self.transport.write(self.wire)

    def data_received(self, data: bytes) -> None:
        if self.result is not None:
            return
        if data[-1] == 0 and not self.buffer:
            self.result = data
        else:
            self.collect(data)
        if self.result is not None:
            self.transport.abort()

    def collect(self, data: bytes) -> None:
        """Takes one of several chunks."""
        self.buffer += data
        _unfinished.held += len(data)
        length = len(self.buffer)
        if b"\0" in data or (data.rstrip()[-1:] == b"}" and self.balanced()):
            self.result = bytes(self.buffer)
        elif length > self.limit:
            self.result = TooLong(f"more than {self.limit} bytes")
        elif _unfinished.held > ROOM and length > ROOM // _unfinished.asks:
            # Those below their even share go on, so that together they never hold more than twice the room.
            self.result = Exhausted(f"all unfinished answers together are more than {ROOM} bytes")

    def balanced(self) -> bool:
        """Whether the object that the answer began with is closed. Each byte is looked at once, however it drips.

        For a part that ends with a brace: strings become one quote, and only one that goes on stands at the end."""
        if self.buffer[:1] != b"{":
            return False
        part = self.buffer[self.scanned :]
        bare = _STRING.sub(b'"', b'"' + part if self.quoted else part)
        self.scanned, self.quoted = len(self.buffer), bare.endswith(b'"')
        self.depth += bare.count(b"{") + bare.count(b"[") - bare.count(b"}") - bare.count(b"]")
        return self.depth <= 0 and not self.quoted

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone = True
        if self.closed is not None and not self.closed.done():
            self.closed.set_result(None)
        if self.ended.done():
            return
        result = self.result
        if result is None and exc is not None:
            result = Reset(getattr(exc, "strerror", None) or str(exc))
        elif result is None:
            result = bytes(self.buffer) or Empty("closed without an answer")
        if isinstance(result, bytes):
            self.ended.set_result(result)
        else:
            self.ended.set_exception(result)
            self.ended.exception()  # seen, also where nobody waits any more
