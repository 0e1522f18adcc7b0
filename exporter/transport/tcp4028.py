"""One read-only question to a cgminer API: connect, write one line, read until the answer is whole, close.

The request goes out in one write, because the miner reads once; the sending side is never closed first, because some
firmware then drops the answer; and the answer is whole at its NUL, at the end of its JSON, or at the end of the stream,
because some firmware sends no NUL and some never closes.

Budget: 42 µs an ask, 40 of them its system calls. It waits once, for its end, and the usual answer, one chunk with its
NUL, is passed on as it came. Connections begin and end together, between all that is done with the answers, because
system calls are cheapest one after the other.
"""

from __future__ import annotations

import asyncio
import errno
import re
import socket
from typing import Final

from exporter.core.errors import Empty, TooLong
from exporter.questions.grammar import Request
from exporter.transport.names import literal, resolve
from exporter.transport.readiness import done, watch
from exporter.transport.room import refusal, unfinished
from exporter.transport.system import of_system

_room: Final = memoryview(bytearray(1 << 16))  # all is read into it, and kept in just as many bytes as it has
_UNDER_WAY: Final = (0, errno.EINPROGRESS)
unanswered: Final[set[tuple[str, int]]] = set()  # who took a question and said nothing until its time was up
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z)', re.DOTALL)


async def ask(host: str, port: int, request: Request, *, limit: int) -> bytes:
    """The miner's answer, as it came. Raises an AskError; the caller's deadline covers all of it.

    `limit` is the largest answer in bytes."""
    if not isinstance(request, Request) or request.questions[0].port:
        raise TypeError("only a Request can be asked, and what has a port of its own elsewhere")
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
    """Connects, writes the question, and collects bytes until the answer is whole, too long, or broken off. Then
    `ended` is done: the answer, an AskError, or what the system says."""

    connection: socket.SocketType

    def __init__(self, wire: bytes, place: tuple[str, int], limit: int, loop: asyncio.AbstractEventLoop) -> None:
        self.wire, self.place, self.limit, self.loop = wire, place, limit, loop
        self.ended: asyncio.Future[bytes] = loop.create_future()
        self.number = -1  # of the connection while it is open
        self.asked = self.quoted = False
        self.buffer = bytearray()
        self.scanned = self.depth = 0

    async def whole(self) -> bytes:
        """Asks, and waits for the end. Raises an ExporterError. Not even a cancelled ask leaves its connection open."""
        self.loop.call_soon(self.begin)
        unfinished.asks += 1
        try:
            return await self.ended
        except OSError as error:
            raise of_system(error) from None
        finally:
            self.hang_up()
            unfinished.asks -= 1
            unfinished.held -= len(self.buffer)

    def begin(self) -> None:
        """Opens the connection, unless nobody waits any more."""
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
        except Exception as error:  # whatever it is, it ends this answer and nothing else
            self.end(error)

    def ready(self, readable: bool) -> None:
        """The connection has changed. What is readable is read until there is no more, for nobody says so again."""
        try:
            if not self.asked and not self.ended.done():
                self.connection.sendall(self.wire)  # at once or not at all: a new connection has room for it
                self.asked = True
            while readable and not self.ended.done():
                self.take(bytes(_room[: self.connection.recv_into(_room)]))
        except BlockingIOError:
            pass
        except Exception as error:  # the same
            self.end(error)

    def take(self, data: bytes) -> None:
        """Takes the next bytes; none at the end of the stream."""
        if not data:
            self.end(bytes(self.buffer) or Empty("closed without an answer"))
        elif data[-1] == 0 and not self.buffer:
            self.end(data)
        else:
            self.collect(data)

    def end(self, result: bytes | Exception) -> None:
        """Hangs up at once, and not when whoever asked has its turn."""
        self.hang_up()
        if isinstance(result, bytes):
            self.ended.set_result(result)
        else:
            self.ended.set_exception(result)
            self.ended.exception()  # seen, also where nobody waits any more

    def hang_up(self) -> None:
        """Closes the connection, once."""
        if self.number >= 0:
            done(self.loop, self.number)
            self.connection.close()
            self.number = -1

    def collect(self, data: bytes) -> None:
        """Takes one of several chunks."""
        self.buffer += data
        unfinished.held += len(data)
        length = len(self.buffer)
        if b"\0" in data or (data.rstrip()[-1:] == b"}" and self.balanced()):
            self.end(bytes(self.buffer))
        elif length > self.limit:
            self.end(TooLong(f"more than {self.limit} bytes"))
        elif refused := refusal(length):
            self.end(refused)

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
