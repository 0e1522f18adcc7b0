"""Logins: how a family's web server or gRPC service is logged in to, declared beside the family's questions.

Credentials are configured by the name of a family (`credentials: {braiins: ...}`), which `family` repeats here.
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
    user: str = "root"  # where no name is configured

    path: ClassVar[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A POST of name and password that gives a token or a session.

    Raises ValueError for a path where nothing may be posted."""

    family: str
    path: str  # where the login is posted; over gRPC the whole name of the method
    user: str = "root"  # where no name is configured
    names: tuple[str, str] = ("username", "password")
    beside: tuple[tuple[str, str], ...] = ()  # what is posted beside name and password
    kind: str = JSON  # the content type of what is posted: JSON, FORM or MESSAGE
    token: tuple[str | int, ...] = ("token",)  # keys and indices that lead to the token in the answer
    cookie: str = ""  # the name of the cookie that is the token, where the answer has none
    header: str = "Authorization"  # the header that shows the token
    prefix: str = ""  # what the header has before the token
    stale: re.Pattern[bytes] | None = None  # found in a page that refuses the token with a status of 200

    def __post_init__(self) -> None:
        if self.path not in LOGINS:
            raise ValueError(
                f"{self.path!r}: no login is posted there; if its only effect is a session, add it to LOGINS in "
                "questions/readonly.py, with the firmware's name"
            )

    def body(self, username: str, password: str) -> bytes:
        """Make what is posted."""
        if self.kind == MESSAGE:
            return _field(1, username) + _field(2, password)
        fields = dict(zip(self.names, (username, password), strict=True)) | dict(self.beside)
        return orjson.dumps(fields) if self.kind == JSON else urlencode(fields).encode()


def _field(number: int, text: str) -> bytes:
    """Encode a text field of a protobuf message: its number, its length, and UTF-8."""
    value = text.encode()
    size, length = len(value), bytearray()
    while size > 0x7F:
        length.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([number << 3 | 2, *length, size]) + value
