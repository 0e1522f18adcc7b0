"""The logins of miners' web servers: digest authentication, and a token or session for a name and a password."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import parse_qsl

from exporter.simulator.moment import Moment
from exporter.simulator.web import Request, Response

_FIELD = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
_TOKEN_SECONDS = 3600


class Key(NamedTuple):
    """A name and a password."""

    username: str
    password: str


KEY = Key("root", "simulated")
"""The key to every simulated login. The key is no secret: it opens only simulated miners."""


@dataclass(frozen=True, slots=True)
class Digest:
    """Digest authentication with MD5, as lighttpd has it."""

    family: str
    realm: str

    def check(self, moment: Moment, request: Request) -> Response | None:
        """Return None for a request with the right password, else the challenge."""
        nonce = _hash("nonce", moment.life.serial)
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        fields = {name: quoted or plain for name, quoted, plain in _FIELD.findall(text)}
        uri = fields.get("uri", "")
        if kind.lower() == "digest" and fields.get("nonce") == nonce and uri.partition("?")[0] == request.path:
            secret = _hash(KEY.username, self.realm, KEY.password)
            counted = (nonce, fields.get("nc", ""), fields.get("cnonce", ""), fields.get("qop", ""))
            proof = _hash(secret, *counted, _hash(request.method, uri))
            if fields.get("response") == proof and fields.get("username") == KEY.username:
                return None
        challenge = f'WWW-Authenticate: Digest realm="{self.realm}", nonce="{nonce}", qop="auth"'
        return Response(401, "Unauthorized", (challenge,))


@dataclass(frozen=True, slots=True)
class Token:
    """A token or session for an hour, given for a POST of the name and the password."""

    family: str
    path: str
    cookie: str = ""
    """Name of the cookie that holds the token; empty if the answer's JSON holds the token."""
    word: str = "password"
    """Name of the password's field in the login."""
    named: bool = True
    """Tell whether the login has a name beside the password."""
    answer: str = "token"
    """Name of the token's field in the answer."""
    prefix: str = ""
    """Text before the token in the header."""

    def check(self, moment: Moment, request: Request) -> Response | None:
        """Return the token for a login, a refusal for a request without a token, None for a request with a token."""
        token = _hash(moment.life.serial, str(moment.now // _TOKEN_SECONDS))
        if (request.method, request.path) == ("POST", self.path):
            if _key(request.body, self.word, None if self.named else KEY.username) != KEY:
                return Response(401, {"message": "invalid username or password"})
            if self.cookie:
                return Response(200, "", (f"Set-Cookie: {self.cookie}={token}; Path=/; HttpOnly",))
            return Response(200, {self.answer: token, "timeout_s": _TOKEN_SECONDS - moment.now % _TOKEN_SECONDS})
        header, shown = ("cookie", f"{self.cookie}={token}") if self.cookie else ("authorization", self.prefix + token)
        return None if request.headers.get(header) == shown else Response(401, {"message": "missing token"})


def _key(body: bytes, word: str, username: str | None) -> tuple[object, object] | None:
    """Return the name and the password of a login, JSON or a form; `username` where the login has no name."""
    try:
        fields = json.loads(body)
    except ValueError:
        fields = dict(parse_qsl(body.decode("latin-1")))
    try:
        return (fields["username"], fields[word]) if username is None else (username, fields[word])
    except (LookupError, TypeError):
        return None


def _hash(*parts: str) -> str:
    return hashlib.md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()
