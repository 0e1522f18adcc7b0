"""The readers of streams: a measure of how long a reader has been stalled, and the reset of its connection."""

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

STALL: Final = 1.0  # seconds without progress until the data held for a reader is released
LOOK: Final = 0.25  # seconds between two measurements of a reader's progress
PAUSE: Final = 0.01  # seconds for which an active reader may seem stalled

_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER on, with 0 seconds for queued data


class Reader:
    """A client that is being served. As a context manager around a write, the reader measures its own progress."""

    def __init__(self, transport: asyncio.WriteTransport, task: asyncio.Task[object]) -> None:
        self.transport, self.task = transport, task
        self.loop = asyncio.get_running_loop()
        self.left = -1  # bytes still to be taken, here and in the kernel
        self.since = self.loop.time()  # loop time of the last progress
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
        """Return the seconds since the reader last took any of the waiting data; 0 while no data waits."""
        if not self.timer:
            return 0.0
        self.measure()
        return self.loop.time() - self.since

    def drop(self) -> None:
        """Reset the connection; a plain close would leave the queued data in the kernel for minutes."""
        if (connection := self.transport.get_extra_info("socket")) is not None:
            with suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.transport.abort()


def most_stalled(readers: Iterable[Reader]) -> Reader | None:
    """Return the reader that has been stalled for longest, or None if all made progress within PAUSE seconds."""
    stalled, worst = max(((reader.stalled(), reader) for reader in readers), key=itemgetter(0), default=(0.0, None))
    return worst if stalled > PAUSE else None


def _queued(transport: asyncio.WriteTransport) -> int:
    """Return the bytes that the kernel still holds for the reader; 0 if the platform does not tell."""
    connection = transport.get_extra_info("socket")
    with suppress(OSError, ValueError, AttributeError):
        return int.from_bytes(ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4)), "little")
    return 0
