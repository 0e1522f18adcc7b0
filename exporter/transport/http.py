"""A page of a miner's web server: GET or POST, read up to a limit, without redirects, proxies or cookies.

A connection is closed as soon as its answer is whole: small servers drop connections that they promised to keep. A
miner has one connection at a time. If a connection breaks, the request is sent once more on a new connection.

A digest challenge is kept for the miner's next page, so that only the first page is asked twice. A token comes from one
POST (see `login.py`). All other POSTs are on a closed list: pages read by POST, and lines of the API at one path.
"""

from __future__ import annotations

import time
from typing import Final

import httpcore
import httpx

from exporter.config import Credential
from exporter.config.secret import Secret
from exporter.core.errors import Denied, Reset, Unsupported, WrongSpeaker
from exporter.questions import JSON, Digest, Login, Page, Request
from exporter.questions.pages import WEB_PORT
from exporter.questions.readonly import POST
from exporter.transport.http11 import Transport
from exporter.transport.login import EXPIRED, REFUSED, LoginSession
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
_DIGEST: Final = Digest("")
# Errors about a challenge that cannot be answered: its algorithm is unknown or missing.
_UNANSWERABLE: Final = (LookupError, ValueError, NotImplementedError, httpx.ProtocolError)


class Web:
    """The web server of one miner."""

    def __init__(
        self,
        host: str,
        credential: Credential | None,
        login: Login | Digest = _DIGEST,
        *,
        limit: int,
        pages_port: int | None = None,
    ) -> None:
        """Make the client; nothing is sent. `limit` is the largest page in bytes, `pages_port` replaces port 80."""
        self.host, self.limit, self.pages_port = host, limit, pages_port
        self.session = LoginSession(login, credential) if credential and isinstance(login, Login) else None
        self.login, self.credential = login, credential
        self.refused_until = float("-inf")
        self.digest = self._digest()

    def _digest(self) -> httpx.DigestAuth | None:
        """Return the digest authentication, which remembers the last challenge; None without a password for it."""
        if self.session is not None or self.credential is None or self.credential.password is None:
            return None
        return httpx.DigestAuth(self.credential.username or self.login.user, self.credential.password.reveal())

    async def get(self, request: Request) -> bytes:
        """Return the page. Raises an ExporterError; the caller's deadline covers all of it."""
        if not isinstance(request, Request) or not isinstance(page := request.question, Page):
            raise TypeError("only a Request of a page can be asked from a web server")
        body = page.body
        base = await self._base(page.port)
        url = base + page.target
        session = self.session
        if session is None:
            return await self._by_digest(url, body)

        async def get(token: Secret | None) -> bytes:
            return (await self._send(url, session.headers(token) if token else {}, body))[0]

        return await session.get(get, lambda path, form: self._send(base + path, {}, form, session.login.kind))

    async def post(self, request: Request) -> bytes:
        """Return the answer to a posted line of the API. Raises an ExporterError; the caller's deadline covers it."""
        if not isinstance(request, Request) or not request.posted:
            raise TypeError("only a Request that is posted can be posted")
        port, path = POST
        return (await self._send(await self._base(port) + path, {}, request.wire))[0]

    async def _base(self, port: int) -> str:
        """Return the base URL of the miner's server at that port, with the host's address. Raises DnsFailed."""
        if port == WEB_PORT and self.pages_port is not None:
            port = self.pages_port
        address = self.host if literal(self.host) else await resolve(self.host)
        return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"

    async def _by_digest(self, url: str, body: bytes | None) -> bytes:
        """Return the page, with a digest login if configured. After a refused login, no page is asked for REFUSED s."""
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
        """Return the page, and the values of its Set-Cookie headers. The method is GET without a body, else POST.

        If the connection breaks, the request is sent once more."""
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
        """Return the answer; after a digest challenge, return the answer to the same request with the login."""
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
    """Return the request with the headers of `shown`, which has those of the login."""
    return httpcore.Request(
        request.method, request.url, headers=shown.headers.raw, content=request.stream, extensions=request.extensions
    )


def _judge(status: int) -> None:
    """Raise the ExporterError that a status other than 200 means."""
    if status == httpx.codes.OK:
        return
    if status in _REFUSED:
        raise Denied(f"HTTP {status}")
    if status in _UNKNOWN or httpx.codes.is_redirect(status):
        raise Unsupported(f"HTTP {status}")
    raise WrongSpeaker(f"HTTP {status}")
