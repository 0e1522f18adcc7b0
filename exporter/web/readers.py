"""The readers of streams: for how long a reader has taken nothing, and how its connection is reset."""

from __future__ import annotations

import asyncio
import socket
import struct
import termios
from collections.abc import Iterable
from contextlib import suppress
from fcntl import ioctl
from operator import itemgetter
from typing import Final

STALL: Final = 1.0  # seconds for which a reader takes nothing, and after which nothing is kept for it
LOOK: Final = 0.25  # seconds between two looks at what it has taken
PAUSE: Final = 0.01  # seconds for which one who reads may seem to take nothing

_RESET: Final = struct.pack("ii", 1, 0)  # on, and no seconds for what is queued


class Reader:
    """A client that is being served. While a write waits for it, the bytes that it has still to take are measured again
    and again."""

    def __init__(self, transport: asyncio.WriteTransport, task: asyncio.Task[object]) -> None:
        self.transport, self.task = transport, task
        self.loop = asyncio.get_running_loop()
        self.left = -1  # bytes of it that wait, here and in the kernel
        self.since = self.loop.time()  # when it was last seen to take any, or to have none to take
        self.timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> None:
        self.left = -1
        self.look()

    def __exit__(self, *_: object) -> None:
        self.since = self.loop.time()
        if self.timer:
            self.timer.cancel()
        self.timer = None

    def look(self) -> None:
        self.measure()
        self.timer = self.loop.call_later(LOOK, self.look)

    def measure(self) -> None:
        left = self.transport.get_write_buffer_size() + _queued(self.transport)
        if left != self.left:
            self.left, self.since = left, self.loop.time()

    def stalled(self) -> float:
        """Seconds for which the reader has taken nothing of what waits for it."""
        if not self.timer:
            return 0.0
        self.measure()
        return self.loop.time() - self.since

    def drop(self) -> None:
        """Resets the connection: a plain end would wait behind what is queued, and the kernel keep that for minutes."""
        if (connection := self.transport.get_extra_info("socket")) is not None:
            with suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.transport.abort()


def most_stalled(readers: Iterable[Reader]) -> Reader | None:
    """Finds the reader that has taken nothing for longest, if that is longer than PAUSE.

    A reader that came in place of another has stalled for a moment only, so that PAUSE is short."""
    stalled, worst = max(((reader.stalled(), reader) for reader in readers), key=itemgetter(0), default=(0.0, None))
    return worst if stalled > PAUSE else None


def _queued(transport: asyncio.WriteTransport) -> int:
    """Bytes that the kernel still holds for the reader, where it tells; they lessen while it reads at all."""
    connection = transport.get_extra_info("socket")
    with suppress(OSError, ValueError, AttributeError):
        return int.from_bytes(ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4)), "little")
    return 0
