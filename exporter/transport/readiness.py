"""Which connections can be written to or read from: one epoll for all of them, itself watched by the event loop.

A connection then costs its own system calls and little else, whichever event loop it is. Where there is no epoll, the
event loop watches each connection itself. Budget: 2 µs a connection beside its system calls.

Invariant: nothing is open here while nobody is waiting.
"""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable
from typing import Final

Ready = Callable[[bool], None]  # told whether there may be something to read; takes all there is
AT_ONCE: Final = 256  # connections looked after before everyone else has a turn


class Edges:
    """By epoll, which tells each change once, so that there is one thing to say to it about each connection."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.waiting: dict[int, Ready] = {}
        self.epoll = select.epoll()
        loop.add_reader(self.epoll.fileno(), self.look)

    def add(self, number: int, ready: Ready) -> None:
        self.waiting[number] = ready
        self.epoll.register(number, _EDGES)

    def remove(self, number: int) -> None:
        """For a connection that is closed right after, of which the kernel then knows itself."""
        self.waiting.pop(number, None)

    def look(self) -> None:
        for number, events in self.epoll.poll(0, AT_ONCE):
            if ready := self.waiting.get(number):
                ready(events != _WRITABLE)

    def close(self) -> None:
        self.loop.remove_reader(self.epoll.fileno())
        self.epoll.close()


class Levels:
    """By what every event loop on a POSIX system has."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.waiting: set[int] = set()

    def add(self, number: int, ready: Ready) -> None:
        self.waiting.add(number)
        self.loop.add_reader(number, ready, True)
        self.loop.add_writer(number, self.writable, number, ready)

    def remove(self, number: int) -> None:
        self.waiting.discard(number)
        self.loop.remove_reader(number)
        self.loop.remove_writer(number)

    def writable(self, number: int, ready: Ready) -> None:
        """Told once: it is written to, and from then on only read from."""
        self.loop.remove_writer(number)
        ready(False)

    def close(self) -> None:
        pass


Watch = Edges | Levels
KIND: type[Watch] = Levels
if hasattr(select, "epoll"):
    KIND = Edges
    _WRITABLE: Final = select.EPOLLOUT
    _EDGES: Final = select.EPOLLIN | _WRITABLE | select.EPOLLET
_watches: Final[dict[asyncio.AbstractEventLoop, Watch]] = {}


def watch(loop: asyncio.AbstractEventLoop) -> Watch:
    """The loop's own; `done` with it whoever took it."""
    if (known := _watches.get(loop)) is None:
        known = _watches[loop] = KIND(loop)
    return known


def done(loop: asyncio.AbstractEventLoop, number: int) -> None:
    """The connection is no longer waited for, and about to be closed."""
    if (known := _watches.get(loop)) is not None:
        known.remove(number)
        if not known.waiting:
            del _watches[loop]
            known.close()
