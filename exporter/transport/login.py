"""Login sessions: the token that one miner gave for a name and a password, and when to ask for another.

A token is the text that a page wants to see, whether it came in an answer or in a cookie. It stays in memory alone.
A credential has a token or a password: with a token nothing is posted. One login is in flight at a time.

    the miner refuses the login    the next login comes after ten minutes, so that no account is locked
    the miner refuses the token    the token is renewed once, then the page is denied
    each login fails otherwise     at most twenty logins in ten minutes: tokens are refused, or connections break off
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
EXPIRED: Final = frozenset(("HTTP 401", "UNAUTHENTICATED"))  # texts of a Denied by which HTTP and gRPC refuse a token

_TOKEN: Final = re.compile(r"[!-~]{1,1024}", re.ASCII)
# A name and a value without quotes, commas, semicolons and backslashes: unquoting can take seconds.
_COOKIE: Final = re.compile(r'\s{0,4}([^\s=;]{1,64})=("?)([!#-+\--:<-\[\]-~]{1,1024})\2\s{0,4}(?:;|\Z)', re.ASCII)

# Both raise an ExporterError. Get reads the page with a token, or without one. Post takes the path and the body of a
# login, and returns the answer and the values of its Set-Cookie headers.
Get = Callable[[Secret | None], Awaitable[bytes]]
Post = Callable[[str, bytes], Awaitable[tuple[bytes, list[str]]]]


class LoginSession:
    """The login of a miner: its token, its last refusal, and its latest attempts. Times are monotonic."""

    def __init__(self, login: Login, credential: Credential) -> None:
        """Take the form of the login, and a password or a token. A token that no header can hold is dropped."""
        self.login = login
        self.username, self.password = credential.username or login.user, credential.password
        token = credential.token
        self.token = token if token is not None and _TOKEN.fullmatch(token.reveal()) else None
        self.refusal: DecodeError | None = None  # of the last login; None if that gave a token, or was broken off
        self.refused_until = float("-inf")
        self.logins: deque[float] = deque(maxlen=OFTEN)  # when the latest logins began
        self.lock = asyncio.Lock()

    async def get(self, get: Get, post: Post) -> bytes:
        """Return the page that `get` reads with a token. A refused token of an earlier page is renewed once.

        Where the miner knows no login, the page is read without a token. Raises an ExporterError: Denied if the login
        or the token is refused."""
        old = self.token
        token = old or await self.renew(None, post)
        try:
            return self.checked(await get(token))
        except Denied as error:
            if old is None or self.password is None or str(error) not in EXPIRED:
                raise
        return self.checked(await get(await self.renew(old, post)))

    def checked(self, page: bytes) -> bytes:
        """Return the page. Raises Denied for a page that refuses the token in its text, despite a status of 200."""
        if self.login.stale is not None and self.login.stale.search(page):
            raise Denied("HTTP 401")
        return page

    async def renew(self, old: Secret | None, post: Post) -> Secret | None:
        """Return a token in place of the `old` one; None where the miner knows no login. Raises an ExporterError.

        A token that another page has renewed meanwhile needs no login, so tokens are compared by identity."""
        async with self.lock:
            now = time.monotonic()
            if self.token is old and now >= self.refused_until:
                if len(self.logins) == OFTEN and now < self.logins[0] + REFUSED:
                    raise Denied("too many logins")
                self.logins.append(now)
                await self.log_in(post)
            if self.token is not old and self.token is not None:
                return self.token
            if isinstance(self.refusal, Unsupported):
                return None
            raise Denied("the login was refused")

    async def log_in(self, post: Post) -> None:
        """Post the login, and keep its token or its refusal; without a password do nothing. Raises AskError."""
        if self.password is None:
            return
        self.token, self.refusal = None, None
        body = self.login.body(self.username, self.password.reveal())
        try:
            answer, cookies = await post(self.login.path, body)
            if self.login.cookie:
                self.token = _token_of_cookie(cookies, self.login.cookie)
            else:
                self.token = _token_of_answer(answer, self.login.token)
        except DecodeError as error:
            self.refusal, self.refused_until = error, time.monotonic() + REFUSED

    def headers(self, token: Secret) -> dict[str, str]:
        """Return the header that carries the token."""
        return {self.login.header: self.login.prefix + token.reveal()}


def _token_of_answer(answer: bytes, places: tuple[str | int, ...]) -> Secret:
    """Find the token in JSON, by the keys and indices that lead to it. Raises WrongSpeaker.

    The error repeats no word of the answer, which may hold secrets."""
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


def _token_of_cookie(cookies: list[str], name: str) -> Secret:
    """Find the value of the cookie with that name. Raises WrongSpeaker, without a word of the answer."""
    for each in cookies:
        if (found := _COOKIE.match(each)) and found[1] == name:
            return Secret(found[3])
    raise WrongSpeaker("no session in the answer to the login")
