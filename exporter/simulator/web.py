"""A miner's web server: pages of JSON by GET, one a connection, and nothing else but what a login wants; a few are read
by POST."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from exporter.simulator.moment import Moment
from exporter.simulator.rows import dump

_REQUEST_LINE = re.compile(rb"([A-Z]{3,7}) (\S+) HTTP/1\.[01]\r\n")
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d{1,4})\r\n")
_END = b"\r\n\r\n"
_PHRASES = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed"}

Page = Callable[[Moment], object]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was read."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    """by name in small letters"""
    body: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """What is answered before it is bytes: a status, a document, and headers beside the usual ones."""

    status: int
    document: object = ""
    headers: tuple[str, ...] = ()


class Lock(Protocol):
    """A login, which stands before the pages."""

    @property
    def family(self) -> str:
        """Under which name the configuration has its credentials."""

    def answer(self, moment: Moment, asked: Asked) -> Told | None:
        """What it says in the page's place; None for who may see the page."""


@dataclass(frozen=True)
class Web:
    """How a firmware speaks that has pages alone."""

    description: str
    pages: Mapping[str, Page]
    """by path"""
    conditions: frozenset[str] = frozenset()
    fee: float = 0.0
    port: int = 80
    lock: Lock | None = None
    open: frozenset[str] = field(default_factory=frozenset)
    """pages that no lock stands before"""
    posted: Mapping[str, str] = field(default_factory=dict)
    """pages that are read by POST: by path, the query that reads"""
    moves: bool = False

    @property
    def login(self) -> str:
        """Under which family's name the configuration has its credentials; "" where nobody has to log in."""
        return self.lock.family if self.lock else ""

    def whole(self, heard: bytes) -> bool:
        """Whether that is all of a request; a line that is none is answered at once."""
        head, end, body = heard.partition(_END)
        if not end:
            return b"\n" in heard and not _REQUEST_LINE.match(heard)
        length = _LENGTH.search(head + b"\r\n")
        return len(body) >= (int(length[1]) if length else 0)

    def falls_over(self, request: bytes) -> bool:
        """Nothing stops it."""
        del request
        return False

    def respond(self, moment: Moment, request: bytes) -> bytes:
        """The page, or why there is none."""
        return _written(self._told(moment, request))

    def altered(self, answer: bytes, change: Callable[[bytes], bytes]) -> bytes:
        """The page with its words changed; the end of the connection is its end."""
        head, end, body = answer.partition(_END)
        return head + end + change(body)

    def _told(self, moment: Moment, request: bytes) -> Told:
        asked = _read(request)
        if asked is None:
            return Told(400, "Bad Request")
        if self.lock and asked.path not in self.open and (told := self.lock.answer(moment, asked)):
            return told
        if asked.path not in self.pages:
            return Told(404, "Not Found")
        query = self.posted.get(asked.path)
        if asked.method != ("GET" if query is None else "POST"):
            return Told(405, "Method Not Allowed")
        if query not in {None, asked.query}:
            return Told(400, "Bad Request")
        return Told(200, self.pages[asked.path](moment))


def _read(request: bytes) -> Asked | None:
    head, end, body = request.partition(_END)
    line = _REQUEST_LINE.match(head + b"\r\n")
    if line is None or not end:
        return None
    pairs = (text.partition(":") for text in head.decode("latin-1").split("\r\n")[1:])
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    path, _, query = line[2].decode("latin-1").partition("?")
    return Asked(line[1].decode(), path, query, headers, body)


def _written(told: Told) -> bytes:
    """Without a length: these servers hang up when they have said what there is."""
    document = isinstance(told.document, str)
    body = str(told.document) if document else dump(told.document)
    head = [f"HTTP/1.1 {told.status} {_PHRASES[told.status]}", *told.headers, "Connection: close"]
    head.append(f"Content-Type: {'text/plain' if document else 'application/json'}")
    return ("\r\n".join([*head, "", ""]) + body).encode()
