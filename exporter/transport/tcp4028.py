"""A read-only question to a cgminer API: connect, write one line, read until the answer is whole, close.

The request goes out in one write, because the miner reads once. The sending side is never closed first, because some
firmware then drops the answer. The answer is whole at its NUL, at the end of its JSON, or at the end of the stream.
Some firmware sends no NUL, and some keeps the connection open.

Budget: 42 µs an ask, 40 µs of them in system calls. A task waits once, for the end of its ask. The usual answer, one
chunk with its NUL, is passed on unchanged. Connections begin and end in batches, between the work on the answers,
because system calls are cheapest one after the other.
"""

from __future__ import annotations

import asyncio
import errno
import re
import socket
from typing import Final

from exporter.core.errors import Empty, TooLong
from exporter.questions import Line, Request
from exporter.transport.names import literal, resolve
from exporter.transport.readiness import done, watch
from exporter.transport.room import refusal, unfinished
from exporter.transport.system import of_system

_room: Final = memoryview(bytearray(1 << 16))  # the buffer of all reads; the bytes are copied at once
_UNDER_WAY: Final = (0, errno.EINPROGRESS)
unanswered: Final[set[tuple[str, int]]] = set()  # (host, port) of miners that took a question and sent no byte in time
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z)', re.DOTALL)


async def ask(host: str, port: int, request: Request, *, limit: int) -> bytes:
    """Return the miner's answer, unchanged. Raises an AskError; the caller's deadline covers all of it.

    `limit` is the largest answer in bytes."""
    if not isinstance(request, Request) or not isinstance(request.question, Line):
        raise TypeError("only a Request of lines can be asked on the API's port")
    loop = asyncio.get_running_loop()
    address = host if literal(host) else await resolve(host)
    answer = Answer(request.wire, (address, port), limit, loop)
    try:
        return await answer.whole()
    except asyncio.CancelledError:
        if answer.asked and not answer.buffer:
            unanswered.add((host, port))
        raise


class Answer:
    """An ask: connect, write the question, and collect bytes until the answer is whole, too long, or broken off.

    `ended` then has the answer, an AskError, or the OSError of the system."""

    connection: socket.SocketType

    def __init__(self, wire: bytes, place: tuple[str, int], limit: int, loop: asyncio.AbstractEventLoop) -> None:
        self.wire, self.place, self.limit, self.loop = wire, place, limit, loop
        self.ended: asyncio.Future[bytes] = loop.create_future()
        self.number = -1  # file descriptor of the connection; -1 while there is none
        self.asked = self.quoted = False
        self.buffer = bytearray()
        self.scanned = self.depth = 0

    async def whole(self) -> bytes:
        """Ask, and return the answer. Raises an ExporterError. A cancelled ask closes its connection, too."""
        self.loop.call_soon(self.begin)
        unfinished.answers += 1
        try:
            return await self.ended
        except OSError as error:
            raise of_system(error) from None
        finally:
            self.hang_up()
            unfinished.answers -= 1
            unfinished.bytes -= len(self.buffer)

    def begin(self) -> None:
        """Open the connection, unless the ask was cancelled before."""
        if self.ended.done():
            return
        try:
            self.connection = socket.SocketType(socket.AF_INET6 if ":" in self.place[0] else socket.AF_INET)
            self.number = self.connection.fileno()
            self.connection.setblocking(False)
            problem = self.connection.connect_ex(self.place)
            if problem in _UNDER_WAY:
                watch(self.loop).add(self.number, self.ready)
            else:
                self.end(OSError(problem, "not connected"))
        except Exception as error:  # any mistake ends this answer alone
            self.end(error)

    def ready(self, readable: bool) -> None:
        """Write the question once, then read until no data is left: epoll reports each change once."""
        try:
            if not self.asked and not self.ended.done():
                self.connection.sendall(self.wire)  # in one write: a new connection has room for it
                self.asked = True
            while readable and not self.ended.done():
                self.take(bytes(_room[: self.connection.recv_into(_room)]))
        except BlockingIOError:
            pass
        except Exception as error:  # any mistake ends this answer alone
            self.end(error)

    def take(self, data: bytes) -> None:
        """Take the next bytes; b"" is the end of the stream."""
        if not data:
            self.end(bytes(self.buffer) or Empty("closed without an answer"))
        elif data[-1] == 0 and not self.buffer:
            self.end(data)
        else:
            self.collect(data)

    def end(self, result: bytes | Exception) -> None:
        """Close the connection at once, before the waiting task runs, and pass on the result."""
        self.hang_up()
        if isinstance(result, bytes):
            self.ended.set_result(result)
        else:
            self.ended.set_exception(result)
            self.ended.exception()  # marked as seen, for an ask that was cancelled

    def hang_up(self) -> None:
        """Close the connection, once."""
        if self.number >= 0:
            done(self.loop, self.number)
            self.connection.close()
            self.number = -1

    def collect(self, data: bytes) -> None:
        """Take a chunk of an answer that comes in several, or without a NUL."""
        self.buffer += data
        unfinished.bytes += len(data)
        length = len(self.buffer)
        if b"\0" in data or (data.rstrip()[-1:] == b"}" and self.balanced()):
            self.end(bytes(self.buffer))
        elif length > self.limit:
            self.end(TooLong(f"more than {self.limit} bytes"))
        elif refused := refusal(length):
            self.end(refused)

    def balanced(self) -> bool:
        """Tell whether the JSON object of the answer is closed, after a chunk that ends with a brace.

        Only the bytes since the last call are looked at. Each string is replaced by one quote; a quote at the end is a
        string that goes on in the next chunk."""
        if self.buffer[:1] != b"{":
            return False
        part = self.buffer[self.scanned :]
        bare = _STRING.sub(b'"', b'"' + part if self.quoted else part)
        self.scanned, self.quoted = len(self.buffer), bare.endswith(b'"')
        self.depth += bare.count(b"{") + bare.count(b"[") - bare.count(b"}") - bare.count(b"]")
        return self.depth <= 0 and not self.quoted
