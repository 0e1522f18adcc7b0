"""gRPC methods of a miner: only methods of the closed list are called, and the answers are turned into JSON.

The package grpcio is imported only if credentials are configured; without the package nothing is called. Channels are
in plain text, as these miners serve them. A channel is closed after every error, and a second after the last call. A
channel takes 50 KB, and miners need not stay connected between two polls.
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
from exporter.questions import Call, Login, Request
from exporter.transport.braiins_messages import document
from exporter.transport.login import EXPIRED, LoginSession
from exporter.transport.names import literal, resolve
from exporter.transport.room import Counted

EXTRA: Final = "the package grpcio is not installed: pip install 'asic-exporter[grpc]'"
IDLE: Final = 1.0  # seconds after the last call until the channel is closed
CONNECTING: Final = 2.0  # seconds that a connection has to begin; after a failure its socket stays open as long
UNREAD: Final = 5.0  # seconds until a connection with unread data is reset; unread data would keep it open

_STATUS: Final[Mapping[str, type[AskError | DecodeError]]] = {
    "UNIMPLEMENTED": Unsupported,
    "NOT_FOUND": Unsupported,
    "INVALID_ARGUMENT": Unsupported,
    "PERMISSION_DENIED": Denied,
    "DEADLINE_EXCEEDED": TimedOut,
}
# Words of the library's messages about a connection that failed, or an answer that did not come.
_WORDS: Final[Mapping[str, type[AskError]]] = {
    "Connection refused": Refused,
    "route to host": Unreachable,
    "unreachable": Unreachable,
    "timed out": TimedOut,
    "larger than max": TooLong,
}


@cache
def missing() -> str:
    """Return why nothing can be called; "" if calls work. Imports the package, which takes a tenth of a second."""
    try:
        _library()
    except ImportError:
        return EXTRA
    return ""


@cache
def _library() -> Any:
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # the library would write to the log's stream by itself
    return import_module("grpc.aio")


class Rpc:
    """The methods of one miner."""

    def __init__(self, host: str, credential: Credential, login: Login, *, limit: int) -> None:
        """`limit` is the largest answer in bytes."""
        self.host, self.limit = host, limit
        self.session = LoginSession(login, credential)
        self.channel: Any = None
        self.place = ""
        self.idle: asyncio.TimerHandle | None = None

    async def ask(self, request: Request) -> bytes:
        """Return the method's answer as JSON. Raises an ExporterError; the caller's deadline covers all of it."""
        if not isinstance(request, Request) or not isinstance(call := request.question, Call):
            raise TypeError("only the call of a Request can be made")
        if self.idle is not None:
            self.idle.cancel()
        await self.open(call.port)
        try:
            with Counted() as counted:  # counted at the end: until then the library holds at most the limit
                if call.anonymous:
                    raw = await self._call(call.method)
                else:
                    raw = await self.session.get(lambda token: self._call(call.method, token), self._log_in)
                counted.take(len(raw))
                return orjson.dumps(document(call.method, raw))
        except BaseException:
            self.close()
            raise
        finally:
            self.rest()

    async def open(self, port: int) -> None:
        """Make the channel to the miner's current address."""
        address = self.host if literal(self.host) else await resolve(self.host)
        place = f"ipv6:[{address}]:{port}" if ":" in address else f"ipv4:{address}:{port}"
        if self.channel is None or place != self.place:
            self.place = place
            self.channel = _library().insecure_channel(place, options=self._options())

    def close(self) -> None:
        """Drop the channel; the library closes its connection."""
        self.channel = None

    def rest(self) -> None:
        """Close the channel after IDLE seconds, unless there is another call."""
        if self.idle is not None:
            self.idle.cancel()
        self.idle = None if self.channel is None else asyncio.get_running_loop().call_later(IDLE, self.close)

    def _options(self) -> list[tuple[str, int]]:
        return [
            ("grpc.max_receive_message_length", self.limit),
            ("grpc.compression_enabled_algorithms_bitset", 1),  # compression is off: unpacked data has no limit
            ("grpc.enable_http_proxy", 0),
            ("grpc.enable_retries", 0),
            ("grpc.min_reconnect_backoff_ms", int(CONNECTING * 1000)),
            ("grpc.keepalive_time_ms", int(UNREAD * 100_000)),  # never due, but needed for the timeout below
            ("grpc.keepalive_timeout_ms", int(UNREAD * 1000)),
            ("grpc.use_local_subchannel_pool", 1),  # without it a channel waits for the errors of another
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
            raise Empty("the call ended without a message")
        return answer


def _reason(status: str, details: str) -> AskError | DecodeError:
    """Return the error for the status of a failed call; the message repeats no text of the miner."""
    if status in EXPIRED:
        return Denied(status)
    if (known := _STATUS.get(status)) is not None:
        return known(status)
    for words, error in _WORDS.items():
        if words in details:
            return error(words)
    return Reset(f"gRPC: {status}")
