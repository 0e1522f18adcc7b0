"""Login sessions: the token or session that one miner gave for a name and a password, and when to ask for another.

The token is kept only in memory. If a token is configured, nothing is posted. A miner has one login at a time.
    refused login       the next login comes after ten minutes, so that no account is locked
    refused token       the token is renewed once; after a second refusal the page is denied
    many failures       at most 20 logins in ten minutes, for a miner that refuses each token or breaks off each login
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

import orjson

from exporter.config import Credential
from exporter.config.secret import Secret
from exporter.core.errors import DecodeError, Denied, Unsupported, WrongSpeaker
from exporter.questions import Login

REFUSED: Final = 600.0  # seconds until a login that was refused is tried again
OFTEN: Final = 20  # most logins within REFUSED seconds
EXPIRED: Final = frozenset(("HTTP 401", "UNAUTHENTICATED"))  # how HTTP and gRPC refuse a token

_TOKEN: Final = re.compile(r"[!-~]{1,1024}", re.ASCII)
# A name and a value without quotes, commas, semicolons and backslashes: unquoting can take seconds.
_COOKIE: Final = re.compile(r'\s{0,4}([^\s=;]{1,64})=("?)([!#-+\--:<-\[\]-~]{1,1024})\2\s{0,4}(?:;|\Z)', re.ASCII)

Get = Callable[[Secret | None], Awaitable[bytes]]
Post = Callable[[str, bytes], Awaitable[tuple[bytes, list[str]]]]


class LoginSession:
    """The login of a miner: its token, its last refusal, and its latest attempts."""

    def __init__(self, login: Login, credential: Credential) -> None:
        self.login, token = login, credential.token
        self.username, self.password = credential.username or login.user, credential.password
        self.token = token if token is not None and _TOKEN.fullmatch(token.reveal()) else None
        self.refusal: DecodeError | None = None
        self.refused_until = float("-inf")
        self.logins: deque[float] = deque(maxlen=OFTEN)  # the monotonic times at which the latest logins began
        self.lock = asyncio.Lock()

    async def get(self, get: Get, post: Post) -> bytes:
        """Return the page that `get` reads with a token; a refused token is renewed once. Raises an ExporterError."""
        old = self.token
        token = old or await self.renew(None, post)
        try:
            return self.judged(await get(token))
        except Denied as error:
            if old is None or self.password is None or str(error) not in EXPIRED:
                raise
        return self.judged(await get(await self.renew(old, post)))

    def judged(self, page: bytes) -> bytes:
        """Return the page. Raises Denied if the page itself refuses the token."""
        if self.login.stale is not None and self.login.stale.search(page):
            raise Denied("HTTP 401")
        return page

    async def renew(self, old: Secret | None, post: Post) -> Secret | None:
        """Return a token newer than `old`; None if the miner knows no login. Raises an ExporterError."""
        async with self.lock:
            now = time.monotonic()
            if self.token is old and now >= self.refused_until:
                if len(self.logins) == OFTEN and now < self.logins[0] + REFUSED:
                    raise Denied("too many logins")
                self.logins.append(now)
                await self.log_in(post)
            if self.token is old or self.token is None:
                if isinstance(self.refusal, Unsupported):
                    return None
                raise Denied("the login was refused")
            return self.token

    async def log_in(self, post: Post) -> None:
        """Post the login, and keep its token or its refusal. Raises an AskError if no answer comes."""
        if self.password is None:
            return
        self.token, self.refusal = None, None
        body = self.login.body(self.username, self.password.reveal())
        try:
            answer, cookies = await post(self.login.path, body)
            self.token = _cookie(cookies, self.login.cookie) if self.login.cookie else _token(answer, self.login.token)
        except DecodeError as error:
            self.refusal, self.refused_until = error, time.monotonic() + REFUSED

    def headers(self, token: Secret) -> dict[str, str]:
        """Return the header that carries the token."""
        return {self.login.header: self.login.prefix + token.reveal()}


def _token(answer: bytes, places: tuple[str | int, ...]) -> Secret:
    """Find the token in the answer to a login. Raises WrongSpeaker, whose message repeats no word of the answer."""
    try:
        found = orjson.loads(answer)
    except orjson.JSONDecodeError:
        found = None
    for place in places:
        if isinstance(place, int):
            found = found[place] if isinstance(found, list) and place < len(found) else None
        else:
            found = found.get(place) if isinstance(found, dict) else None
    if not isinstance(found, str) or not _TOKEN.fullmatch(found):
        raise WrongSpeaker("no token in the answer to the login")
    return Secret(found)


def _cookie(cookies: list[str], name: str) -> Secret:
    """Find the value of a cookie. Raises WrongSpeaker, whose message repeats no word of the answer."""
    for each in cookies:
        if (found := _COOKIE.match(each)) and found[1] == name:
            return Secret(found[3])
    raise WrongSpeaker("no session in the answer to the login")
