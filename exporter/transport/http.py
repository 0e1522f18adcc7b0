"""One page of a miner's web server: GET, read up to a limit, no redirect followed, no proxy, no cookie kept.

A connection is closed when its answer is there: these servers are small, they drop connections that they seem to keep,
and a miner has one connection at a time. Such a drop is made up for once, on a new connection. What a digest login has
learnt is kept for the miner's next page, so that a login costs one refusal, not one a page. A family that wants a token
gets it by its one POST (see `login.py`); some pages are read by POST, which are a closed list with what is posted to
each, and some firmware takes the lines of its API at one path.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Mapping
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final

import httpx

from exporter.allowed import POST, POSTED
from exporter.config import Credential
from exporter.errors import AskError, Denied, Refused, Reset, TooLong, Unsupported, WrongSpeaker
from exporter.questions import Request
from exporter.secret import Secret
from exporter.transport.login import EXPIRED, JSON, LOGINS, REFUSED, Session
from exporter.transport.names import literal, resolve
from exporter.transport.system import of_system

_HEADERS: Final = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "asic-exporter"}
_UNKNOWN: Final = frozenset({400, 404, 405, 406, 410, 501})
_REFUSED: Final = frozenset({401, 403, 407, 423, 429})


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
        auth = None
        self.session = None
        self.refused_until = float("-inf")
        if login is not None and family in LOGINS:
            self.session = Session(LOGINS[family], login)
        elif login is not None and login.password is not None:
            auth = httpx.DigestAuth(login.username or "root", login.password.reveal())
        self.client = httpx.AsyncClient(
            transport=self.transport,
            auth=auth,
            headers=_HEADERS,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # none is taken
            trust_env=False,
            follow_redirects=False,
            timeout=None,  # noqa: S113 - the deadline of a poll is around all of it
        )

    async def get(self, request: Request) -> bytes:
        """What stands at the page's path. Raises an ExporterError; the caller's deadline covers all of it."""
        if not isinstance(request, Request) or (page := request.page) is None:
            raise TypeError("only the page of a Request can be got")
        query, body = POSTED[page.path] if page.posted else ("", None)
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
            if self.client.auth is not None and str(error) in EXPIRED:
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
            extensions = {} if body is None else {"trace": _InOnePiece()}
            async with self.client.stream(method, url, headers=headers, content=body, extensions=extensions) as answer:
                _judge(answer)
                content = bytearray()
                async for chunk in answer.aiter_raw():
                    content += chunk
                    if len(content) > self.limit:
                        raise TooLong(f"more than {self.limit} bytes")
                return bytes(content), answer.headers.get_list("set-cookie")
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


class _InOnePiece:
    """Holds a request back until its body is there too: small servers read once, and what came by then is all. It is
    told of each step of a request by the HTTP client."""

    def __init__(self) -> None:
        self.socket: socket.socket | None = None

    async def __call__(self, step: str, about: Mapping[str, Any]) -> None:
        if step == "connection.connect_tcp.complete":
            self.socket = about["return_value"].get_extra_info("socket")
            self.hold(1)
        elif step == "http11.send_request_body.complete":
            self.hold(0)

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
