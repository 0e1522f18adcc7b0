"""Host names to addresses. A name server that hangs delays no other name, and the process can end meanwhile.

Each lookup has a daemon thread, and each name at most one lookup. While a name is looked up anew, its last address is
used. Lookups wait in two queues for places:
    new lookup                   waits for one of AT_ONCE places
    lookup longer than HANGS     moves to one of HANGING places, if any is free
    name that hung last time     waits for one of HANGING places from the beginning
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from exporter.core.errors import DnsFailed

FRESH: Final = 60.0  # seconds until an address is looked up anew
AT_ONCE: Final = 64  # most lookups under way, without those that hang
HANGING: Final = 64  # most lookups under way of names that hang
HANGS: Final = 1.0  # seconds after which a lookup counts as hanging


@dataclass(slots=True)
class _Name:
    """A host name: its address, and its lookup."""

    address: str = ""
    at: float = float("-inf")  # monotonic time of the answer
    lookup: asyncio.Future[str] | None = None
    hangs: bool = False  # the latest lookup took longer than HANGS
    apart: bool = False  # the lookup has one of the HANGING places


_Lookup = tuple[str, _Name, asyncio.Future[str]]


def literal(host: str) -> bool:
    """Tell whether `host` is an address. Called for each connection; IPv4 is tried first, because nearly all are."""
    try:
        socket.inet_pton(socket.AF_INET, host)
    except (OSError, ValueError):
        with contextlib.suppress(ValueError):
            return bool(ip_address(host))
        return False
    return True


class Names:
    """All host names, the numbers of lookups under way, and the queues of lookups that wait."""

    def __init__(self) -> None:
        self.known: dict[str, _Name] = {}
        self.lookups = self.hanging = 0
        self.waiting: deque[_Lookup] = deque()
        self.waiting_apart: deque[_Lookup] = deque()

    async def resolve(self, host: str) -> str:
        """Return the address of `host`, which may be an address itself. Raises DnsFailed."""
        if literal(host):
            return host
        name = self.known.setdefault(host, _Name())
        pending = name.lookup is not None and not name.lookup.done()
        if name.lookup is None or (not pending and time.monotonic() - name.at > FRESH):
            name.lookup = asyncio.get_running_loop().create_future()
            (self.waiting_apart if name.hangs else self.waiting).append((host, name, name.lookup))
            self.begin()
        return name.address or await asyncio.shield(name.lookup)

    def begin(self) -> None:
        """Begin waiting lookups while places are free."""
        while self.waiting and self.lookups < AT_ONCE:
            self.lookups += 1
            self.look_up(*self.waiting.popleft())
        while self.waiting_apart and self.hanging < HANGING:
            self.hanging += 1
            host, name, found = self.waiting_apart.popleft()
            name.apart = True
            self.look_up(host, name, found)

    def hang(self, name: _Name) -> None:
        """Move a lookup that hangs to one of the HANGING places, if any is free, and begin the next lookup."""
        name.hangs = True
        if not name.apart and self.hanging < HANGING:
            name.apart = True
            self.lookups -= 1
            self.hanging += 1
            self.begin()

    def look_up(self, host: str, name: _Name, found: asyncio.Future[str]) -> None:
        """Look up `host` in a thread, and set the future to its address or to DnsFailed."""
        loop = asyncio.get_running_loop()
        name.hangs = False
        timer = loop.call_later(HANGS, self.hang, name)

        def tell(address: str, error: str) -> None:
            timer.cancel()
            self.lookups -= not name.apart
            self.hanging -= name.apart
            name.apart = False
            if address:
                name.address, name.at = address, time.monotonic()
                found.set_result(address)
            else:
                found.set_exception(DnsFailed(error))
                found.exception()  # marked as seen, for asks that were cancelled
            self.begin()

        def ask() -> None:
            address = error = ""
            try:
                address = str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])
            except (OSError, UnicodeError) as problem:
                error = str(problem)
            with contextlib.suppress(RuntimeError):  # the event loop has ended, and all asks with it
                loop.call_soon_threadsafe(tell, address, error)

        try:
            threading.Thread(target=ask, name="look up", daemon=True).start()
        except RuntimeError as problem:  # no thread left: the next poll looks the name up again
            loop.call_soon(tell, "", str(problem))


resolve: Final = Names().resolve
