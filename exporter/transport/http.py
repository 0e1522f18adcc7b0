"""One page of a miner's web server: GET, read up to a limit, no redirect followed, no proxy, no cookie.

A connection is closed when its answer is there: these servers are small, they drop connections that they seem to keep,
and a miner has one connection at a time. Such a drop is made up for once, on a new connection. What a digest login has
learnt is kept for the miner's next page, so that a login costs one refusal, not one a page. A family that wants a token
gets it by its one POST (see `login.py`), which is all that is ever posted.
"""

from __future__ import annotations

import asyncio
import ssl
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import httpx

from exporter.config import Credential
from exporter.errors import AskError, Denied, Refused, Reset, TooLong, Unsupported, WrongSpeaker
from exporter.questions import Request
from exporter.secret import Secret
from exporter.transport.login import LOGINS, Session
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
        if login is not None and login.password is not None and family in LOGINS:
            self.session = Session(LOGINS[family], login.username or "root", login.password)
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
        address = self.host if literal(self.host) else await resolve(self.host)
        place = f"[{address}]" if ":" in address else address
        base = f"http://{place}:{page.port}"
        url = base + page.path
        if self.session is None:
            return await self._send("GET", url)
        return await self.session.get(
            lambda token: self._send("GET", url, token), lambda path, body: self._send("POST", base + path, None, body)
        )

    async def _send(self, method: str, url: str, token: Secret | None = None, body: bytes | None = None) -> bytes:
        """What it answers; a connection that broke is made up for once."""
        headers = {} if body is None else {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = token.reveal()
        try:
            return await self._once(method, url, headers, body)
        except Reset:
            return await self._once(method, url, headers, body)

    async def _once(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> bytes:
        try:
            async with self.client.stream(method, url, headers=headers, content=body) as answer:
                _judge(answer)
                content = bytearray()
                async for chunk in answer.aiter_raw():
                    content += chunk
                    if len(content) > self.limit:
                        raise TooLong(f"more than {self.limit} bytes")
                return bytes(content)
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
