"""One page of a miner's web server: GET, read up to a limit, no redirect followed, no proxy, no cookie kept.

A connection is closed when its answer is there: these servers are small, they drop connections that they seem to keep,
and a miner has one connection at a time. Such a drop is made up for once, on a new connection. Pages go through the
HTTP client's transport alone: what stands above it looks at the address of a redirect and at every cookie, and reads
all that comes with a challenge, however long and however packed. What a digest login has learnt is kept for the miner's
next page, so that a login costs one refusal, not one a page. A family that wants a token gets it by its one POST (see
`login.py`); some pages are read by POST, which are a closed list with what is posted to each, and some firmware takes
the lines of its API at one path.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from functools import cache, partial
from typing import Any, Final

import httpcore
import httpx

from exporter.allowed import POST, POSTED, QUERIES
from exporter.config import Credential
from exporter.errors import AskError, Denied, Refused, Reset, TooLong, Unsupported, WrongSpeaker
from exporter.questions import Request
from exporter.secret import Secret
from exporter.transport.login import EXPIRED, JSON, LOGINS, REFUSED, Session
from exporter.transport.names import literal, resolve
from exporter.transport.room import Share
from exporter.transport.streams import Streams
from exporter.transport.system import of_system

HEAD: Final = 1 << 16  # bytes until the end of the headers, after which no more are read of them
CRUMBS: Final = 4096  # pieces of a page that may be of any size: each costs as much as a kilobyte, however small

BLANKS: Final = 1024  # spaces and tabs in a row: the HTTP client takes the square of their number to read past them

_BLANKS: Final = re.compile(rb"[ \t]{%d}" % BLANKS)
_END: Final = re.compile(rb"\n\r?\n")
_HEADERS: Final = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "Connection": "keep-alive",
    "User-Agent": "asic-exporter",
}
_STREAMS: Final = Streams()
_UNKNOWN: Final = frozenset({400, 404, 405, 406, 410, 501})
_REFUSED: Final = frozenset({401, 403, 407, 423, 429})
# What a challenge leads to that no answer can be made to: of another algorithm, or none at all.
_UNANSWERABLE: Final = (LookupError, ValueError, NotImplementedError, httpx.ProtocolError)


@cache
def _trusting() -> ssl.SSLContext:
    """Miners sign their own certificates. It is made once, because that takes 40 ms."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class Web:
    """The web server of one miner."""

    def __init__(self, host: str, login: Credential | None, *, limit: int, family: str = "") -> None:
        """`limit` is the largest page in bytes, `family` the one that the login is for."""
        self.host, self.limit = host, limit
        self.transport = httpx.AsyncHTTPTransport(
            verify=_trusting(), limits=httpx.Limits(max_connections=1, max_keepalive_connections=0), retries=0
        )
        self.transport._pool = httpcore.AsyncConnectionPool(
            max_connections=1, max_keepalive_connections=0, retries=0, network_backend=_STREAMS
        )
        self.login = None
        self.session = None
        self.refused_until = float("-inf")
        if login is not None and family in LOGINS:
            self.session = Session(LOGINS[family], login)
        elif login is not None and login.password is not None:
            self.login = login
        self.digest = self._digest()

    def _digest(self) -> httpx.DigestAuth | None:
        """What answers challenges where there is a login for them; it remembers the last one."""
        if self.login is None or self.login.password is None:
            return None
        return httpx.DigestAuth(self.login.username or "root", self.login.password.reveal())

    async def get(self, request: Request) -> bytes:
        """What stands at the page's path. Raises an ExporterError; the caller's deadline covers all of it."""
        if not isinstance(request, Request) or (page := request.page) is None:
            raise TypeError("only the page of a Request can be got")
        query, body = POSTED[page.path] if page.posted else (QUERIES.get(page.path, ""), None)
        base = await self._base(page.port)
        url = base + page.path + query
        session = self.session
        if session is None:
            return await self._by_digest(url, body)

        async def get(token: Secret | None) -> bytes:
            return (await self._send(url, session.shown(token) if token else {}, body))[0]

        return await session.get(get, lambda path, said: self._send(base + path, {}, said, session.login.kind))

    async def post(self, request: Request) -> bytes:
        """The answer to a line of the API that is posted. Raises an ExporterError; the deadline is the caller's."""
        if not isinstance(request, Request) or not request.posted:
            raise TypeError("only a Request that is posted can be posted")
        port, path = POST
        return (await self._send(await self._base(port) + path, {}, request.wire))[0]

    async def _base(self, port: int) -> str:
        """The address of its server at that port."""
        address = self.host if literal(self.host) else await resolve(self.host)
        return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"

    async def _by_digest(self, url: str, body: bytes | None) -> bytes:
        """The page, with the login where there is one. One that was refused is left alone for ten minutes."""
        if time.monotonic() < self.refused_until:
            raise Denied("the login was refused")
        try:
            return (await self._send(url, {}, body))[0]
        except Denied as error:
            if self.digest is not None and str(error) in EXPIRED:
                self.refused_until = time.monotonic() + REFUSED
            raise

    async def _send(
        self, url: str, headers: dict[str, str], body: bytes | None, kind: str = JSON
    ) -> tuple[bytes, list[str]]:
        """What it answers, and the cookies that it would set; a connection that broke is made up for once. Without a
        body it is got."""
        if body:
            headers = {**headers, "Content-Type": kind}
        try:
            return await self._once(url, headers, body)
        except Reset:
            return await self._once(url, headers, body)

    async def _once(self, url: str, headers: dict[str, str], body: bytes | None) -> tuple[bytes, list[str]]:
        method = "GET" if body is None else "POST"
        try:
            extensions = {"trace": _Course(posted=body is not None)}
            request = httpx.Request(method, url, headers=_HEADERS | headers, content=body, extensions=extensions)
            async with aclosing(await self._answer(request)) as answer:
                _judge(answer)
                return await self._content(answer), answer.headers.get_list("set-cookie")
        except httpx.RemoteProtocolError as error:
            if "disconnected" in str(error) or "closed" in str(error):
                raise Reset("the connection broke") from None
            raise WrongSpeaker("not a web server") from None
        except httpx.HTTPError as error:
            raise _reason(error) from None
        except asyncio.CancelledError:
            # One that is cancelled between connecting and asking is left open, and the next would wait for it for ever.
            await self.transport.aclose()
            raise

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        """What it answers, when it is told the login too, where it asks for one. Nothing is read of its page yet."""
        if self.digest is None:
            return await self.transport.handle_async_request(request)
        flow = self.digest.auth_flow(request)
        answer = await self.transport.handle_async_request(next(flow))
        answer.request = request
        try:
            request = flow.send(answer)
        except StopIteration:
            return answer
        except _UNANSWERABLE:
            await answer.aclose()
            self.digest = self._digest()
            raise Denied("HTTP 401") from None
        await answer.aclose()
        return await self.transport.handle_async_request(request)

    async def _content(self, answer: httpx.Response) -> bytes:
        """The page. Raises TooLong or Exhausted."""
        content, pieces = bytearray(), 0
        with Share() as share:
            async for chunk in answer.aiter_raw():
                content += chunk
                pieces += 1
                if len(content) > self.limit:
                    raise TooLong(f"more than {self.limit} bytes")
                if pieces > CRUMBS + len(content) // 16:
                    raise TooLong(f"more than {CRUMBS} pieces, of a few bytes each")
                share.take(len(chunk))
        return bytes(content)


class _Course:
    """The course of one request, of which the HTTP client tells each step. One that is `posted` is held back until its
    body is there too: small servers read once, and what came by then is all. Of what comes before the end of the
    headers no more than HEAD is read, and what was read with it: it may be interim answers for ever."""

    def __init__(self, *, posted: bool) -> None:
        self.posted = posted
        self.socket: socket.socket | None = None
        self.head: int | None = None  # bytes of the headers so far, while they come
        self.tail = b""  # what was read last
        self.chunked, self.blank = True, False  # whether headers may follow the page, and blanks stood behind the first

    async def __call__(self, step: str, about: Mapping[str, Any]) -> None:
        if step == "connection.connect_tcp.complete":
            stream = about["return_value"]
            self.head, self.tail, stream.read = 0, b"", partial(self.read, stream.read)
            if self.posted:
                self.socket = stream.get_extra_info("socket")
                self.hold(1)
        elif step == "http11.send_request_body.complete":
            self.hold(0)
        elif step == "http11.receive_response_headers.complete":
            self.head = None
            self.chunked = any(name.lower() == b"transfer-encoding" for name, _ in about["return_value"][3])
            if self.chunked and self.blank:
                raise WrongSpeaker(f"{BLANKS} blanks in a row")

    async def read(self, read: Callable[..., Awaitable[bytes]], *args: Any, **options: Any) -> bytes:
        """The next bytes of the connection, as the client reads them. Raises TooLong or WrongSpeaker."""
        if self.head is not None and self.head > HEAD:
            raise TooLong(f"more than {HEAD} bytes of headers")
        data = await read(*args, **options)
        if self.head is not None:
            self.head += len(data)
        seen = self.tail + data
        # In headers, or in what may follow a page like them; in a page whose length is told they harm nobody.
        if (self.head is not None or self.chunked) and (found := _BLANKS.search(seen)):
            end = None if self.head is None else _END.search(seen, 0, found.start())
            self.blank = end is not None and b"HTTP/1" not in seen[end.end() : found.start()]
            if not self.blank:
                raise WrongSpeaker(f"{BLANKS} blanks in a row")
        self.tail = seen[1 - BLANKS :]
        return data

    def hold(self, back: int) -> None:
        if self.socket is not None and hasattr(socket, "TCP_CORK"):  # Linux has it
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, back)


def _judge(answer: httpx.Response) -> None:
    """Raises what a status other than 200 means."""
    status = answer.status_code
    if status == httpx.codes.OK:
        return
    if status in _REFUSED:
        raise Denied(f"HTTP {status}")
    if status in _UNKNOWN or answer.is_redirect:
        raise Unsupported(f"HTTP {status}")
    raise WrongSpeaker(f"HTTP {status}")


def _reason(error: BaseException) -> AskError:
    """What the system said, however deep it is wrapped."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno:
            return of_system(cause)
        cause = cause.__cause__ or cause.__context__
    return Refused("nothing listens") if isinstance(error, httpx.ConnectError) else Reset("the connection broke")
