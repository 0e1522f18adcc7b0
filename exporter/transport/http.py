"""One page of a miner's web server: GET, read up to a limit, no redirect followed, no proxy, no cookie kept.

A connection is closed when its answer is there: these servers are small, they drop connections that they seem to keep,
and a miner has one connection at a time. Such a drop is made up for once, on a new connection. What a digest login has
learnt is kept for the miner's next page, so that a login costs one refusal, not one a page. A family that wants a token
gets it by its one POST (see `login.py`); some pages are read by POST, which are a closed list with what is posted to
each, and some firmware takes the lines of its API at one path.
"""

from __future__ import annotations

import time
from typing import Final

import httpcore
import httpx

from exporter.config import Credential
from exporter.config.secret import Secret
from exporter.core.errors import Denied, Reset, Unsupported, WrongSpeaker
from exporter.questions.grammar import Request
from exporter.questions.readonly import POST, POSTED, QUERIES
from exporter.transport.http11 import Transport
from exporter.transport.login import EXPIRED, JSON, LOGINS, REFUSED, LoginSession
from exporter.transport.names import literal, resolve

_HEADERS: Final = (
    (b"Accept", b"application/json"),
    (b"Accept-Encoding", b"identity"),
    (b"Connection", b"keep-alive"),
    (b"User-Agent", b"asic-exporter"),
)
_TRANSPORT: Final = Transport()
_UNKNOWN: Final = frozenset({400, 404, 405, 406, 410, 501})
_REFUSED: Final = frozenset({401, 403, 407, 423, 429})
# What a challenge leads to that no answer can be made to: of another algorithm, or none at all.
_UNANSWERABLE: Final = (LookupError, ValueError, NotImplementedError, httpx.ProtocolError)


class Web:
    """The web server of one miner."""

    def __init__(self, host: str, login: Credential | None, *, limit: int, family: str = "") -> None:
        """`limit` is the largest page in bytes, `family` the one that the login is for."""
        self.host, self.limit = host, limit
        self.login = None
        self.session = None
        self.refused_until = float("-inf")
        if login is not None and family in LOGINS:
            self.session = LoginSession(LOGINS[family], login)
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
        if body is not None:
            headers = {**headers, "Content-Length": str(len(body))}
        if body:
            headers["Content-Type"] = kind
        _, _, place, path = url.split("/", 3)
        host, _, port = place.rpartition(":")
        request = httpcore.Request(
            "GET" if body is None else "POST",
            httpcore.URL(scheme="http", host=host.strip("[]"), port=int(port), target=f"/{path}"),
            headers=[("Host", place.removesuffix(":80")), *_HEADERS, *headers.items()],
            content=body,
            extensions={"limit": self.limit},
        )
        try:
            answer = await self._answer(url, request)
        except Reset:
            answer = await self._answer(url, request)
        _judge(answer.status)
        cookies = [value.decode("latin-1") for name, value in answer.headers if name.lower() == b"set-cookie"]
        return await answer.aread(), cookies

    async def _answer(self, url: str, request: httpcore.Request) -> httpcore.Response:
        """What it answers, when it is told the login too, where it asks for one."""
        if self.digest is None:
            return await _TRANSPORT.handle_async_request(request)
        shown = httpx.Request(request.method.decode(), url, headers=request.headers)
        flow = self.digest.auth_flow(shown)
        answer = await _TRANSPORT.handle_async_request(_with(request, next(flow)))
        unread = httpx.Response(answer.status, headers=answer.headers, stream=httpx.AsyncByteStream(), request=shown)
        try:
            shown = flow.send(unread)
        except StopIteration:
            return answer
        except _UNANSWERABLE:
            self.digest = self._digest()
            raise Denied("HTTP 401") from None
        return await _TRANSPORT.handle_async_request(_with(request, shown))


def _with(request: httpcore.Request, shown: httpx.Request) -> httpcore.Request:
    """The request with the headers that the login has added."""
    return httpcore.Request(
        request.method, request.url, headers=shown.headers.raw, content=request.stream, extensions=request.extensions
    )


def _judge(status: int) -> None:
    """Raises what a status other than 200 means."""
    if status == httpx.codes.OK:
        return
    if status in _REFUSED:
        raise Denied(f"HTTP {status}")
    if status in _UNKNOWN or httpx.codes.is_redirect(status):
        raise Unsupported(f"HTTP {status}")
    raise WrongSpeaker(f"HTTP {status}")
