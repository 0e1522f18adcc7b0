"""A miner's web server: JSON pages, one per connection, read by GET, or by POST if the firmware requires POST."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Protocol

from exporter.simulator.dialect import Dialect
from exporter.simulator.moment import Moment
from exporter.simulator.rows import dump

_REQUEST_LINE = re.compile(rb"([A-Z]{3,7}) (\S+) HTTP/1\.[01]\r\n")
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d{1,4})\r\n")
_END = b"\r\n\r\n"
_PHRASES = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed"}

Page = Callable[[Moment], object]


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request, parsed."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    """Header fields, by name in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response before it is written: a text or a JSON document, and additional headers."""

    status: int
    document: object = ""
    headers: tuple[str, ...] = ()


class Login(Protocol):
    """A login in front of the pages."""

    @property
    def family(self) -> str:
        """The name of the login in a target's `credentials`."""

    def check(self, moment: Moment, request: Request) -> Response | None:
        """Return the response in place of the page; None if the request may see the page."""


@dataclass(frozen=True)
class Web(Dialect):
    """A firmware that has only web pages."""

    pages: Mapping[str, Page]
    """Functions from a moment to the page's document, by path."""
    _: KW_ONLY
    port: int = 80
    lock: Login | None = None
    open: frozenset[str] = frozenset()
    """Paths of pages that need no login."""
    posted: Mapping[str, str] = field(default_factory=dict)
    """Queries of the pages that are read by POST, by path."""

    @property
    def login(self) -> str:
        """The name of the login's credentials; empty if there is no login."""
        return self.lock.family if self.lock else ""

    def whole(self, heard: bytes) -> bool:
        """Return whether the request is complete; a first line that is no HTTP is answered at once."""
        head, end, body = heard.partition(_END)
        if not end:
            return b"\n" in heard and not _REQUEST_LINE.match(heard)
        length = _LENGTH.search(head + b"\r\n")
        return len(body) >= (int(length[1]) if length else 0)

    def respond(self, moment: Moment, request: bytes) -> bytes:
        """Return the page, or the HTTP error in its place."""
        return _written(self._response(moment, request))

    def altered(self, answer: bytes, change: Callable[[bytes], bytes]) -> bytes:
        """Return the answer with its body changed by `change`. The body ends with the connection, without a length."""
        head, end, body = answer.partition(_END)
        return head + end + change(body)

    def _response(self, moment: Moment, raw: bytes) -> Response:
        request = _parsed(raw)
        if request is None:
            return Response(400, "Bad Request")
        if self.lock and request.path not in self.open and (refusal := self.lock.check(moment, request)):
            return refusal
        if request.path not in self.pages:
            return Response(404, "Not Found")
        query = self.posted.get(request.path)
        if request.method != ("GET" if query is None else "POST"):
            return Response(405, "Method Not Allowed")
        if query not in {None, request.query}:
            return Response(400, "Bad Request")
        return Response(200, self.pages[request.path](moment))


def _parsed(raw: bytes) -> Request | None:
    head, end, body = raw.partition(_END)
    line = _REQUEST_LINE.match(head + b"\r\n")
    if line is None or not end:
        return None
    pairs = (text.partition(":") for text in head.decode("latin-1").split("\r\n")[1:])
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    path, _, query = line[2].decode("latin-1").partition("?")
    return Request(line[1].decode(), path, query, headers, body)


def _written(response: Response) -> bytes:
    """Write the response without a length, as these servers do: the body ends with the connection."""
    text = isinstance(response.document, str)
    body = str(response.document) if text else dump(response.document)
    head = [f"HTTP/1.1 {response.status} {_PHRASES[response.status]}", *response.headers, "Connection: close"]
    head.append(f"Content-Type: {'text/plain' if text else 'application/json'}")
    return ("\r\n".join([*head, "", ""]) + body).encode()
