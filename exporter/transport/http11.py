"""One request of HTTP/1.1 and its answer, over the same connections as the questions to port 4028.

The request goes out in one write, because small servers read once. h11 writes the request and reads the answer, within
bounds that are kept here. The page of any status but 200 is left unread.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from typing import Final

import h11
import httpcore

from exporter.core.errors import Reset, TooLong, WrongSpeaker
from exporter.transport.room import refusal, unfinished
from exporter.transport.tcp4028 import Answer

HEAD: Final = 1 << 16  # bytes until the end of the headers, interim answers among them, after which no more are read
MAX_CHUNKS: Final = 4096  # pieces of a page that may be of any size: each costs as much as a kilobyte, however small
BLANKS: Final = 1024  # spaces and tabs in a row: h11 takes the square of their number to read past them

_BLANKS: Final = re.compile(rb"[ \t]{%d}" % BLANKS)
_END: Final = re.compile(rb"\n\r?\n")


class Transport:
    """Asks each request on a connection of its own, and keeps nothing between requests."""

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """The answer. Raises an ExporterError. `limit` among the extensions is the largest page in bytes."""
        try:
            page = _Page(request, asyncio.get_running_loop())
            content = await page.whole()
        except h11.ProtocolError:
            raise WrongSpeaker("not a web server") from None
        return httpcore.Response(page.status, headers=page.headers, content=content)


class _Page(Answer):
    """Collects the headers, and the page that follows a status of 200."""

    def __init__(self, request: httpcore.Request, loop: asyncio.AbstractEventLoop) -> None:
        self.http = h11.Connection(h11.CLIENT)
        super().__init__(
            _wire(self.http, request),
            (request.url.host.decode(), request.url.port or 80),
            request.extensions["limit"],
            loop,
        )
        self.status, self.headers = 0, list[tuple[bytes, bytes]]()  # when the headers are whole
        self.head = bytearray()  # what came of the headers
        self.heard = 0  # bytes of it, and of interim answers
        self.tail: bytes | None = None  # where headers may follow the page: the last of what came of both
        self.pieces = 0

    def take(self, data: bytes) -> None:
        """Takes the next bytes; none at the end of the stream. What it raises ends the answer."""
        try:
            if self.status:
                self.hear(data)
            elif data:
                self.collect_head(data)
            else:
                raise Reset("the connection broke")
        except h11.RemoteProtocolError:
            if not data:
                raise Reset("the connection broke") from None
            raise

    def collect_head(self, data: bytes) -> None:
        """Takes bytes of the headers. h11 gets headers as a whole, so that each byte is looked at once."""
        searched = max(len(self.head) - 2, 0)
        self.head += data
        self.heard += len(data)
        while end := _END.search(self.head, searched):
            head, searched = bytes(self.head[: end.end()]), 0
            del self.head[: end.end()]
            if _BLANKS.search(head):
                raise WrongSpeaker(f"{BLANKS} blanks in a row")
            self.http.receive_data(head)
            if isinstance(event := self.http.next_event(), h11.Response):
                self.begin_page(event)
                return
        if self.heard > HEAD:
            raise TooLong(f"more than {HEAD} bytes of headers")
        if self.head[:1] and self.head[0] <= ord(" "):  # no line of a web server begins so
            raise WrongSpeaker("not a web server")

    def begin_page(self, said: h11.Response) -> None:
        """Takes the headers, and what came behind them."""
        self.status, self.headers = said.status_code, list(said.headers)
        if self.status != 200:
            self.end(b"")
            return
        if any(name == b"transfer-encoding" for name, _ in self.headers):
            self.tail = b""
        if self.head:
            self.hear(bytes(self.head))
        else:
            self.collect_page()

    def hear(self, data: bytes) -> None:
        """Takes bytes of the page, or of headers that follow it; none at the end of the stream."""
        if self.tail is not None:  # else no number of blanks harms anybody
            seen = self.tail + data
            if _BLANKS.search(seen):
                raise WrongSpeaker(f"{BLANKS} blanks in a row")
            self.tail = seen[1 - BLANKS :]
        self.http.receive_data(data)
        self.collect_page()

    def collect_page(self) -> None:
        """Takes the pieces of the page that are whole."""
        while isinstance(event := self.http.next_event(), h11.Data):
            self.buffer += event.data
            self.pieces += 1
            unfinished.held += len(event.data)
            length = len(self.buffer)
            if length > self.limit:
                raise TooLong(f"more than {self.limit} bytes")
            if self.pieces > MAX_CHUNKS + length // 16:
                raise TooLong(f"more than {MAX_CHUNKS} pieces, of a few bytes each")
            if refused := refusal(length):
                raise refused
        if isinstance(event, h11.EndOfMessage):
            self.end(bytes(self.buffer))


def _wire(http: h11.Connection, request: httpcore.Request) -> bytes:
    """The request as h11 writes it. Raises h11's LocalProtocolError."""
    asked = h11.Request(method=request.method, target=request.url.target, headers=request.headers)
    assert isinstance(request.stream, Iterable)  # noqa: S101 - a request has its whole body
    wire = http.send(asked) or b""
    if body := b"".join(request.stream):
        wire += http.send(h11.Data(body)) or b""
    http.send(h11.EndOfMessage())
    return wire
