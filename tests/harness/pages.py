"""A page at another port than its own, and a server that wants a digest login."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from exporter import decode
from exporter.config import Credential
from exporter.config.secret import Secret
from exporter.questions import Call, Page

LIMIT = 4096
LOGIN = Credential("root", Secret("pass-canary-7"))
MINER = b'{"ASICModel":"BM1370","hashRate":1200.5,"temp":55,"version":"v2.14.0","ssid":"home"}'


def greetings() -> list[Page]:
    """The pages by which a miner without the API is known."""
    return [question for question in decode.fingerprints() if isinstance(question, Page)]


@contextmanager
def listening_at(page: Page | Call, port: int) -> Iterator[None]:
    """The page as if it was at another port: ports below 1024 are not for tests."""
    before = page.port
    object.__setattr__(page, "port", port)
    try:
        yield
    finally:
        object.__setattr__(page, "port", before)


class Digest:
    """A server that wants a digest login, as the Antminer has it, and counts what it is asked."""

    realm, nonce = "antMiner Configuration", "dcd98b7102dd2f0e"

    def __init__(self, pages: dict[str, bytes] | None = None) -> None:
        self.pages = pages
        self.seen: list[str] = []

    async def handle(self, asked: web.BaseRequest) -> web.Response:
        said = asked.headers.get("Authorization", "")
        self.seen.append(said)
        fields = dict(re.findall(r'(\w+)="?([^",]+)"?', said))

        def md5(text: str) -> str:
            return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

        login = md5(f"root:{self.realm}:pass-canary-7")
        count = f"{fields.get('nc')}:{fields.get('cnonce')}:auth"
        if fields.get("response") == md5(f"{login}:{self.nonce}:{count}:{md5(f'GET:{asked.path}')}"):
            return web.Response(body=MINER if self.pages is None else self.pages[asked.path])
        challenge = f'Digest realm="{self.realm}", nonce="{self.nonce}", qop="auth"'
        return web.Response(status=401, headers={"WWW-Authenticate": challenge})
