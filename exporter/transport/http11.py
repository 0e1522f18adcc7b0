"""HTTP/1.1 requests and answers, over the same kind of connection as the questions to port 4028 (`Answer`).

The request goes out in one write, because small servers read once. h11 writes the request and reads the answer, within
the limits of this file. Only a page with a status of 200 is read.
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

HEAD: Final = 1 << 16  # most bytes of headers, those of interim answers included
MAX_CHUNKS: Final = 4096  # most pieces of any size in a page: each costs as much as a kilobyte
BLANKS: Final = 1024  # spaces and tabs in a row that are refused: h11 takes quadratic time to skip them

_BLANKS: Final = re.compile(rb"[ \t]{%d}" % BLANKS)
_END: Final = re.compile(rb"\n\r?\n")


class Transport:
    """A sender of requests, each on a connection of its own; nothing is kept between requests."""

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Return the answer. The extension `limit` is the largest page in bytes. Raises an ExporterError."""
        try:
            page = _Page(request, asyncio.get_running_loop())
            content = await page.whole()
        except h11.ProtocolError:
            raise WrongSpeaker("not a web server") from None
        return httpcore.Response(page.status, headers=page.headers, content=content)


class _Page(Answer):
    """An answer: its headers, and its page if the status is 200."""

    def __init__(self, request: httpcore.Request, loop: asyncio.AbstractEventLoop) -> None:
        self.http = h11.Connection(h11.CLIENT)
        super().__init__(
            _wire(self.http, request),
            (request.url.host.decode(), request.url.port or 80),
            request.extensions["limit"],
            loop,
        )
        self.status, self.headers = 0, list[tuple[bytes, bytes]]()  # known when the headers are whole
        self.head = bytearray()  # bytes of headers that h11 has not got yet
        self.heard = 0  # bytes of headers so far, those of interim answers included
        self.tail: bytes | None = None  # the last bytes of a page in chunks, which headers may follow; else None
        self.pieces = 0  # pieces of the page so far

    def take(self, data: bytes) -> None:
        """Take the next bytes; b"" is the end of the stream. Any exception ends the answer."""
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
        """Take bytes of the headers. h11 gets only whole headers, so that each byte is looked at once."""
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
        if self.head[:1] and self.head[0] <= ord(" "):  # the line of a web server begins otherwise
            raise WrongSpeaker("not a web server")

    def begin_page(self, response: h11.Response) -> None:
        """Take the headers of the answer, and the bytes that came after them."""
        self.status, self.headers = response.status_code, list(response.headers)
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
        """Take bytes of the page, or of headers that follow the page; b"" is the end of the stream."""
        if self.tail is not None:  # blanks do harm only in headers
            seen = self.tail + data
            if _BLANKS.search(seen):
                raise WrongSpeaker(f"{BLANKS} blanks in a row")
            self.tail = seen[1 - BLANKS :]
        self.http.receive_data(data)
        self.collect_page()

    def collect_page(self) -> None:
        """Take the pieces of the page that h11 has read, and end the answer after the last."""
        while isinstance(event := self.http.next_event(), h11.Data):
            self.buffer += event.data
            self.pieces += 1
            unfinished.bytes += len(event.data)
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
    """Return the bytes of the request. Raises h11's LocalProtocolError."""
    asked = h11.Request(method=request.method, target=request.url.target, headers=request.headers)
    assert isinstance(request.stream, Iterable)  # noqa: S101 - the body of a request is bytes
    wire = http.send(asked) or b""
    if body := b"".join(request.stream):
        wire += http.send(h11.Data(body)) or b""
    http.send(h11.EndOfMessage())
    return wire
