"""Methods of a miner called by gRPC: from the closed list, with an empty message, and the answer given on as JSON.

It needs the package grpcio, which is imported where there are credentials to use it; without it nothing is called. The
channel is in the clear, as these miners have it. It is let go of after whatever went wrong, and a second after the last
call: a miner is not kept connected between two polls, and a channel takes 50 KB.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any, Final

import orjson

from exporter.config import Credential
from exporter.config.secret import Secret
from exporter.core.errors import (
    AskError,
    DecodeError,
    Denied,
    Empty,
    Refused,
    Reset,
    TimedOut,
    TooLong,
    Unreachable,
    Unsupported,
)
from exporter.questions.grammar import Request
from exporter.transport.braiins_messages import LOGIN, document
from exporter.transport.login import EXPIRED, Login, LoginSession
from exporter.transport.names import literal, resolve
from exporter.transport.room import Share

CREDENTIALS: Final = "braiins"  # the family whose credentials open the methods
EXTRA: Final = "the package grpcio is not installed: pip install 'asic-exporter[grpc]'"
OPEN: Final = frozenset(("braiins.bos.ApiVersionService/GetApiVersion",))  # answered without a login
IDLE: Final = 1.0  # seconds after the last call until the channel is closed
CONNECTING: Final = 2.0  # seconds that a connection has to begin; one that does not stays open as long, whoever left it
UNREAD: Final = 5.0  # seconds until one that reads nothing is reset: what waits to be read keeps a connection open

_STATUS: Final[Mapping[str, type[AskError | DecodeError]]] = {
    "UNIMPLEMENTED": Unsupported,
    "NOT_FOUND": Unsupported,
    "INVALID_ARGUMENT": Unsupported,
    "PERMISSION_DENIED": Denied,
    "DEADLINE_EXCEEDED": TimedOut,
}
# What the library says where it came to no connection, or to no answer.
_WORDS: Final[Mapping[str, type[AskError]]] = {
    "Connection refused": Refused,
    "route to host": Unreachable,
    "unreachable": Unreachable,
    "timed out": TimedOut,
    "larger than max": TooLong,
}


@cache
def missing() -> str:
    """Why nothing can be called; "" where it can. Imports the package, which takes a tenth of a second."""
    try:
        _library()
    except ImportError:
        return EXTRA
    return ""


@cache
def _library() -> Any:
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # it would write to the log's stream by itself
    return import_module("grpc.aio")


class Rpc:
    """The methods of one miner."""

    def __init__(self, host: str, login: Credential, *, limit: int) -> None:
        """`limit` is the largest answer in bytes."""
        self.host, self.limit = host, limit
        self.session = LoginSession(Login(path=LOGIN, form=form), login)
        self.channel: Any = None
        self.place = ""
        self.idle: asyncio.TimerHandle | None = None

    async def ask(self, request: Request) -> bytes:
        """What the method answers. Raises an ExporterError; the caller's deadline covers all of it."""
        if not isinstance(request, Request) or not (method := request.questions[0].call):
            raise TypeError("only the call of a Request can be made")
        if self.idle is not None:
            self.idle.cancel()
        await self.open(request.questions[0].port)
        try:
            with Share() as share:  # the library does not tell what it holds before: at most the limit
                if method in OPEN:
                    raw = await self._call(method)
                else:
                    raw = await self.session.get(lambda token: self._call(method, token), self._log_in)
                share.take(len(raw))
                return orjson.dumps(document(method, raw))
        except BaseException:
            self.close()
            raise
        finally:
            self.rest()

    async def open(self, port: int) -> None:
        """Makes the channel to where the miner is now."""
        address = self.host if literal(self.host) else await resolve(self.host)
        place = f"ipv6:[{address}]:{port}" if ":" in address else f"ipv4:{address}:{port}"
        if self.channel is None or place != self.place:
            self.place = place
            self.channel = _library().insecure_channel(place, options=self._options())

    def close(self) -> None:
        """Lets go of the channel, which is closed with it."""
        self.channel = None

    def rest(self) -> None:
        """Closes the channel in a while, unless there is another call."""
        if self.idle is not None:
            self.idle.cancel()
        self.idle = None if self.channel is None else asyncio.get_running_loop().call_later(IDLE, self.close)

    def _options(self) -> list[tuple[str, int]]:
        return [
            ("grpc.max_receive_message_length", self.limit),
            ("grpc.compression_enabled_algorithms_bitset", 1),  # none: what is unpacked has no limit
            ("grpc.enable_http_proxy", 0),
            ("grpc.enable_retries", 0),
            ("grpc.min_reconnect_backoff_ms", int(CONNECTING * 1000)),
            ("grpc.keepalive_time_ms", int(UNREAD * 100_000)),  # never comes, but the next goes with it
            ("grpc.keepalive_timeout_ms", int(UNREAD * 1000)),
            ("grpc.use_local_subchannel_pool", 1),  # else a channel waits for what another one met
        ]

    async def _log_in(self, path: str, body: bytes) -> tuple[bytes, list[str]]:
        return orjson.dumps(document(path, await self._call(path, None, body))), []

    async def _call(self, method: str, token: Secret | None = None, body: bytes = b"") -> bytes:
        library = _library()
        if self.channel is None:
            raise Reset("the connection broke")
        metadata = () if token is None else (("authorization", token.reveal()),)
        try:
            answer = await self.channel.unary_unary(f"/{method}")(body, metadata=metadata)
        except library.AioRpcError as error:
            raise _reason(error.code().name, str(error.details())) from None
        if not isinstance(answer, bytes):
            raise Empty("it ended well, without a message")
        return answer


def form(username: str, password: str) -> bytes:
    """The message of a login: the name is its field 1, the password its field 2."""
    return b"".join(
        bytes([number << 3 | 2]) + _length(text) + text
        for number, text in ((1, username.encode()), (2, password.encode()))
    )


def _length(text: bytes) -> bytes:
    size, said = len(text), bytearray()
    while size > 0x7F:
        said.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([*said, size])


def _reason(status: str, details: str) -> AskError | DecodeError:
    """What the end of a call means. The miner's own words are not repeated."""
    if status in EXPIRED:
        return Denied(status)
    if (known := _STATUS.get(status)) is not None:
        return known(status)
    for words, error in _WORDS.items():
        if words in details:
            return error(words)
    return Reset(f"gRPC: {status}")
