"""A login by name and password that gives a token or a session: one exact POST for a family.

The token is kept in memory alone; where one is configured, nobody logs in. One login is in flight at a time; one that
was refused is not tried again for ten minutes, so that nobody's account is locked; a token that is no longer taken is
renewed once, and a miner that takes none for long, or breaks off each login, is logged in to twice a minute at most.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import orjson

from exporter.config import Credential
from exporter.config.secret import Secret
from exporter.core.errors import DecodeError, Denied, Unsupported, WrongSpeaker

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """How a family is logged in to: what is posted, where in the answer the token stands, and how it is shown."""

    path: str
    user: str = "root"  # where none is configured
    names: tuple[str, str] = ("username", "password")
    beside: tuple[tuple[str, str], ...] = ()  # what is posted with them
    kind: str = JSON
    token: tuple[str | int, ...] = ("token",)
    cookie: str = ""  # the name of the cookie that is the token, where none stands in the answer
    header: str = "Authorization"
    prefix: str = ""
    stale: re.Pattern[bytes] | None = None  # how a page tells that the token is not taken, where it does not by 401
    form: Callable[[str, str], bytes] | None = None  # makes what is posted where it is of another kind

    def body(self, username: str, password: str) -> bytes:
        """What is posted."""
        if self.form is not None:
            return self.form(username, password)
        said = dict(zip(self.names, (username, password), strict=True)) | dict(self.beside)
        return orjson.dumps(said) if self.kind == JSON else urlencode(said).encode()


LOGINS: Final = {  # by the family whose credentials they take
    "braiins": Login(path="/api/v1/auth/login"),
    "auradine": Login(
        path="/token",
        user="admin",
        names=("user", "password"),
        beside=(("command", "token"),),
        token=("Token", 0, "Token"),
        header="Token",
        stale=re.compile(rb'"Msg"\s*:\s*"[^"]{0,80}\b(?:token|session|expired|unauthorized)\b', re.IGNORECASE),
    ),
    "innosilicon": Login(
        path="/api/auth",
        user="admin",
        kind=FORM,
        token=("jwt",),
        prefix="Bearer ",
        stale=re.compile(rb'"token"\s*:\s*"'),
    ),
    "ebang": Login(
        path="/user/login",
        user="admin",
        names=("username", "word"),
        beside=(("yuyan", "1"), ("login", "Login"), ("get_password", "")),
        kind=FORM,
        cookie="-http-session-",
        header="Cookie",
        prefix="-http-session-=",
        stale=re.compile(rb"\A\s{0,16}<"),  # the page to log in at, in place of any other
    ),
    "obelisk": Login(path="/api/login", user="admin", cookie="sessionid", header="Cookie", prefix="sessionid="),
}
REFUSED: Final = 600.0  # seconds until a login that was refused is tried again
OFTEN: Final = 20  # logins in that time, after which nothing is posted
EXPIRED: Final = frozenset(("HTTP 401", "UNAUTHENTICATED"))  # how a token is refused

_TOKEN = re.compile(r"[!-~]{1,1024}", re.ASCII)
# A name and a value without quotes, commas, semicolons and backslashes: to unquote the others can take seconds.
_COOKIE = re.compile(r'\s{0,4}([^\s=;]{1,64})=("?)([!#-+\--:<-\[\]-~]{1,1024})\2\s{0,4}(?:;|\Z)', re.ASCII)

Get = Callable[[Secret | None], Awaitable[bytes]]
Post = Callable[[str, bytes], Awaitable[tuple[bytes, list[str]]]]


class LoginSession:
    """What one miner's login has come to."""

    def __init__(self, login: Login, credential: Credential) -> None:
        self.login, self.path, token = login, login.path, credential.token
        self.username, self.password = credential.username or login.user, credential.password
        self.token = token if token is not None and _TOKEN.fullmatch(token.reveal()) else None
        self.refusal: DecodeError | None = None
        self.refused_until = float("-inf")
        self.logins: deque[float] = deque(maxlen=OFTEN)  # when the last ones began
        self.lock = asyncio.Lock()

    async def get(self, get: Get, post: Post) -> bytes:
        """What `get` gives with a token. Raises an ExporterError."""
        old = self.token
        token = old or await self.renew(None, post)
        try:
            return self.judged(await get(token))
        except Denied as error:
            if old is None or self.password is None or str(error) not in EXPIRED:
                raise
        return self.judged(await get(await self.renew(old, post)))

    def judged(self, said: bytes) -> bytes:
        """The page. Raises Denied where it says that it is not for this token."""
        if self.login.stale is not None and self.login.stale.search(said):
            raise Denied("HTTP 401")
        return said

    async def renew(self, old: Secret | None, post: Post) -> Secret | None:
        """A token in place of the `old` one; None where the miner knows no login. Raises an ExporterError."""
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
        if self.password is None:
            return
        self.token, self.refusal = None, None
        body = self.login.body(self.username, self.password.reveal())
        try:
            answer, cookies = await post(self.path, body)
            self.token = _cookie(cookies, self.login.cookie) if self.login.cookie else _token(answer, self.login.token)
        except DecodeError as error:
            self.refusal, self.refused_until = error, time.monotonic() + REFUSED

    def shown(self, token: Secret) -> dict[str, str]:
        """The header that shows the token."""
        return {self.login.header: self.login.prefix + token.reveal()}


def _token(said: bytes, places: tuple[str | int, ...]) -> Secret:
    """The token in the answer to a login. Raises WrongSpeaker, without a word of what was said."""
    try:
        found = orjson.loads(said)
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
    """The value of the cookie. Raises WrongSpeaker, without a word of what was said."""
    for each in cookies:
        if (found := _COOKIE.match(each)) and found[1] == name:
            return Secret(found[3])
    raise WrongSpeaker("no session in the answer to the login")
