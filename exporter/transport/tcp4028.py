"""One read-only question to a cgminer API: connect, write one line, read until the answer is whole, close.

The request goes out in one write, because the miner reads once; the sending side is never closed first, because some
firmware then drops the answer; and the answer is whole at its NUL, at the end of its JSON, or at the end of the stream,
because some firmware sends no NUL and some never closes.
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
from exporter.transport.names import resolve

_MARK = re.compile(rb'["{}\[\]]|\\.', re.DOTALL)
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
    answer = _Answer(loop.create_future(), loop.create_future(), limit)
    try:
        transport, _ = await loop.create_connection(lambda: answer, await resolve(host), port)
        try:
            transport.write(request.wire)
            return await answer.whole
        finally:
            transport.abort()  # never lingers
            await answer.closed
    except OSError as error:
        raise _ERRORS.get(error.errno, Unreachable)(os.strerror(error.errno) if error.errno else str(error)) from None


class _Answer(asyncio.Protocol):
    """Collects bytes until the answer is whole, too long, or broken off."""

    def __init__(self, whole: asyncio.Future[bytes], closed: asyncio.Future[None], limit: int) -> None:
        self.whole, self.closed, self.limit = whole, closed, limit
        self.buffer = bytearray()
        self.scanned = self.depth = 0
        self.quoted = False

    def data_received(self, data: bytes) -> None:
        if self.whole.done():
            return
        self.buffer += data
        if b"\0" in data or (data.rstrip()[-1:] == b"}" and self.balanced()):
            self.whole.set_result(bytes(self.buffer))
        elif len(self.buffer) > self.limit:
            self.whole.set_exception(TooLong(f"more than {self.limit} bytes"))

    def balanced(self) -> bool:
        """Whether the object that the answer began with is closed. Each byte is looked at once, however it drips."""
        if self.buffer[:1] != b"{":
            return False
        for match in _MARK.finditer(self.buffer, self.scanned):
            mark = match[0]
            if mark == b'"':
                self.quoted = not self.quoted
            elif not self.quoted and mark in b"{[":
                self.depth += 1
            elif not self.quoted and mark in b"}]":
                self.depth -= 1
                if self.depth == 0:
                    return True
        self.scanned = len(self.buffer)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.whole.done():
            if exc is not None:
                self.whole.set_exception(Reset(getattr(exc, "strerror", None) or str(exc)))
            elif self.buffer:
                self.whole.set_result(bytes(self.buffer))
            else:
                self.whole.set_exception(Empty("closed without an answer"))
        if self.whole.done() and not self.whole.cancelled():
            self.whole.exception()  # seen, also where nobody waits any more
        if not self.closed.done():
            self.closed.set_result(None)
