"""Logins to the web servers and gRPC services of miners, declared beside the questions of a family.

A login's `family` is the name under which its credentials are configured (`credentials: {braiins: ...}`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Final
from urllib.parse import urlencode

import orjson

from exporter.questions.readonly import LOGINS

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
MESSAGE: Final = "application/grpc"


@dataclass(frozen=True, slots=True)
class Digest:
    """HTTP digest authentication: the server's challenge is answered, and nothing is posted."""

    family: str
    user: str = "root"  # the default user name

    path: ClassVar[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A POST of name and password that gives a token or a session.

    Raises ValueError for a path outside of LOGINS."""

    family: str
    path: str  # the path that takes the POST; for gRPC the full name of the method
    user: str = "root"  # the default user name
    names: tuple[str, str] = ("username", "password")  # the keys of name and password in the POST, "" for no name
    beside: tuple[tuple[str, str], ...] = ()  # further keys and values in the POST
    kind: str = JSON  # the content type of the POST: JSON, FORM or MESSAGE
    token: tuple[str | int, ...] = ("token",)  # keys and indices that lead to the token in the answer
    cookie: str = ""  # the name of the cookie that holds the token; "" for a token in the answer
    header: str = "Authorization"  # the request header that carries the token
    prefix: str = ""  # the text before the token in that header
    stale: re.Pattern[bytes] | None = None  # matches a page that refuses the token, despite a status of 200

    def __post_init__(self) -> None:
        if self.path not in LOGINS:
            raise ValueError(
                f"{self.path!r}: no login is posted there; if its only effect is a session, add it to LOGINS in "
                "questions/readonly.py, with the firmware's name"
            )

    def body(self, username: str, password: str) -> bytes:
        """Return the body of the POST."""
        if self.kind == MESSAGE:
            return _field(1, username) + _field(2, password)
        given = zip(self.names, (username, password), strict=True)
        fields = {key: value for key, value in given if key} | dict(self.beside)
        return orjson.dumps(fields) if self.kind == JSON else urlencode(fields).encode()


def _field(number: int, text: str) -> bytes:
    """Encode a text field of a protobuf message: its number, its length, and UTF-8."""
    value = text.encode()
    size, length = len(value), bytearray()
    while size > 0x7F:
        length.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([number << 3 | 2, *length, size]) + value
