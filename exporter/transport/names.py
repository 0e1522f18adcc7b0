"""Host names to addresses, so that a name server that hangs harms neither other names nor the end of the process.

Each lookup has a thread of its own, at most one for a name, and a daemon: nobody waits for it at the end. A name's last
address is used while it is looked up anew. Lookups wait for each other in a queue. A name that hangs goes on beside the
others as far as there is room for such names; a name that hung last time only ever begins there.
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

FRESH: Final = 60.0  # seconds for which an address is used without asking again
AT_ONCE: Final = 64  # lookups under way
HANGING: Final = 64  # and as many of names that hang: half of all
HANGS: Final = 1.0  # seconds after which a name does


@dataclass(slots=True)
class _Name:
    address: str = ""
    at: float = float("-inf")  # monotonic time of the answer
    lookup: asyncio.Future[str] | None = None
    hangs: bool = False  # since it was last looked up
    apart: bool = False  # whether it is being looked up beside the others


_Lookup = tuple[str, _Name, asyncio.Future[str]]


def literal(host: str) -> bool:
    """Whether `host` is an address. Nearly all are IPv4, and asked about at every connection: those are quick."""
    try:
        socket.inet_pton(socket.AF_INET, host)
    except (OSError, ValueError):
        with contextlib.suppress(ValueError):
            return bool(ip_address(host))
        return False
    return True


class Names:
    """The host names with their addresses, the lookups under way, and the lookups that wait."""

    def __init__(self) -> None:
        self.known: dict[str, _Name] = {}
        self.lookups = self.hanging = 0
        self.waiting: deque[_Lookup] = deque()
        self.waiting_apart: deque[_Lookup] = deque()

    async def resolve(self, host: str) -> str:
        """The address of `host`; an address is its own. Raises DnsFailed."""
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
        """Begins the lookups that there is room for."""
        while self.waiting and self.lookups < AT_ONCE:
            self.lookups += 1
            self.look_up(*self.waiting.popleft())
        while self.waiting_apart and self.hanging < HANGING:
            self.hanging += 1
            host, name, found = self.waiting_apart.popleft()
            name.apart = True
            self.look_up(host, name, found)

    def hang(self, name: _Name) -> None:
        """Makes room for others in the place of a name that hangs, if there is room for it elsewhere."""
        name.hangs = True
        if not name.apart and self.hanging < HANGING:
            name.apart = True
            self.lookups -= 1
            self.hanging += 1
            self.begin()

    def look_up(self, host: str, name: _Name, found: asyncio.Future[str]) -> None:
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
                found.exception()  # seen, also where nobody waits any more
            self.begin()

        def ask() -> None:
            address = error = ""
            try:
                address = str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])
            except (OSError, UnicodeError) as problem:
                error = str(problem)
            with contextlib.suppress(RuntimeError):  # the loop is gone, and with it whoever asked
                loop.call_soon_threadsafe(tell, address, error)

        try:
            threading.Thread(target=ask, name="look up", daemon=True).start()
        except RuntimeError as problem:  # the system has no thread left: the name is looked up again at its next poll
            loop.call_soon(tell, "", str(problem))


resolve: Final = Names().resolve
