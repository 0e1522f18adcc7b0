"""The logins that miners' web servers have: digest authentication, and a token or session for a name and a password."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import parse_qsl

from exporter.simulator.moment import Moment
from exporter.simulator.web import Asked, Told

_FIELD = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
_TOKEN_SECONDS = 3600


class Key(NamedTuple):
    """Who may come in. It is no secret: what it opens is simulated."""

    username: str
    password: str


KEY = Key("root", "simulated")


@dataclass(frozen=True, slots=True)
class Digest:
    """Digest authentication with MD5, as lighttpd has it."""

    family: str
    realm: str

    def answer(self, moment: Moment, asked: Asked) -> Told | None:
        """Asks for a proof of the password where there is none."""
        nonce = _hash("nonce", moment.life.serial)
        kind, _, text = asked.headers.get("authorization", "").partition(" ")
        said = {name: quoted or plain for name, quoted, plain in _FIELD.findall(text)}
        uri = said.get("uri", "")
        if kind.lower() == "digest" and said.get("nonce") == nonce and uri.partition("?")[0] == asked.path:
            mine = _hash(KEY.username, self.realm, KEY.password)
            proof = (nonce, said.get("nc", ""), said.get("cnonce", ""), said.get("qop", ""))
            right = _hash(mine, *proof, _hash(asked.method, uri))
            if said.get("response") == right and said.get("username") == KEY.username:
                return None
        challenge = f'WWW-Authenticate: Digest realm="{self.realm}", nonce="{nonce}", qop="auth"'
        return Told(401, "Unauthorized", (challenge,))


@dataclass(frozen=True, slots=True)
class Token:
    """A token for an hour, which a POST of the name and the password gives."""

    family: str
    path: str
    cookie: str = ""
    """the name of the cookie that is the token, where none stands in the answer"""
    word: str = "password"
    """what the password is called in the login"""

    def answer(self, moment: Moment, asked: Asked) -> Told | None:
        """The token, or that one is needed."""
        token = _hash(moment.life.serial, str(moment.now // _TOKEN_SECONDS))
        if (asked.method, asked.path) == ("POST", self.path):
            if _named(asked.body, self.word) != KEY:
                return Told(401, {"message": "invalid username or password"})
            if self.cookie:
                return Told(200, "", (f"Set-Cookie: {self.cookie}={token}; Path=/; HttpOnly",))
            return Told(200, {"token": token, "timeout_s": _TOKEN_SECONDS - moment.now % _TOKEN_SECONDS})
        header, shown = ("cookie", f"{self.cookie}={token}") if self.cookie else ("authorization", token)
        return None if asked.headers.get(header) == shown else Told(401, {"message": "missing token"})


def _named(body: bytes, word: str) -> tuple[object, object] | None:
    """The name and the password in a login, which is a document or a form."""
    try:
        said = json.loads(body)
    except ValueError:
        said = dict(parse_qsl(body.decode("latin-1")))
    try:
        return said["username"], said[word]
    except (LookupError, TypeError):
        return None


def _hash(*parts: str) -> str:
    return hashlib.md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()
