"""A login by name and password that gives a token: one exact POST for a family, and nothing else is ever posted.

The token is kept in memory alone; where one is configured, nobody logs in. One login is in flight at a time; one that
was refused is not tried again for ten minutes, so that nobody's account is locked; a token that is no longer taken is
renewed once.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from typing import Final

import orjson

from exporter.config import Credential
from exporter.errors import DecodeError, Denied, Unsupported, WrongSpeaker
from exporter.secret import Secret

LOGINS: Final = {"braiins": "/api/v1/auth/login"}  # by the family whose credentials they take
REFUSED: Final = 600.0  # seconds until a login that was refused is tried again
EXPIRED: Final = frozenset(("HTTP 401", "UNAUTHENTICATED"))  # how a token is refused

_TOKEN = re.compile(r"[!-~]{1,1024}", re.ASCII)

Get = Callable[[Secret | None], Awaitable[bytes]]
Post = Callable[[str, bytes], Awaitable[bytes]]
Form = Callable[[str, str], bytes]


def form(username: str, password: str) -> bytes:
    """What is posted to log in."""
    return orjson.dumps({"username": username, "password": password})


class Session:
    """What one miner's login has come to."""

    def __init__(self, path: str, login: Credential, form: Form = form) -> None:
        self.path, self.form = path, form
        self.username, self.password = login.username or "root", login.password
        self.token = login.token if login.token is not None and _TOKEN.fullmatch(login.token.reveal()) else None
        self.refusal: DecodeError | None = None
        self.refused_until = float("-inf")
        self.lock = asyncio.Lock()

    async def get(self, get: Get, post: Post) -> bytes:
        """What `get` gives with a token. Raises an ExporterError."""
        old = self.token
        token = old or await self.renew(None, post)
        try:
            return await get(token)
        except Denied as error:
            if old is None or self.password is None or str(error) not in EXPIRED:
                raise
        return await get(await self.renew(old, post))

    async def renew(self, old: Secret | None, post: Post) -> Secret | None:
        """A token in place of the `old` one; None where the miner knows no login. Raises an ExporterError."""
        async with self.lock:
            if self.token is old and time.monotonic() >= self.refused_until:
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
        body = self.form(self.username, self.password.reveal())
        try:
            self.token = _token(await post(self.path, body))
        except DecodeError as error:
            self.refusal, self.refused_until = error, time.monotonic() + REFUSED


def _token(said: bytes) -> Secret:
    """The token in the answer to a login. Raises WrongSpeaker, without a word of what was said."""
    try:
        document = orjson.loads(said)
    except orjson.JSONDecodeError:
        document = None
    token = document.get("token") if isinstance(document, dict) else None
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise WrongSpeaker("no token in the answer to the login")
    return Secret(token)
