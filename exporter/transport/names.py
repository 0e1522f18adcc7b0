"""Host names to addresses, so that a name server that hangs harms neither other names nor the end of the process.

Each lookup has a thread of its own, at most one for a name, and a daemon: nobody waits for it at the end. A name's last
address is used while it is looked up anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from exporter.errors import DnsFailed

FRESH: Final = 60.0  # seconds for which an address is used without asking again
AT_ONCE: Final = 64  # lookups under way: beyond that a new name fails, and an old one keeps its address


@dataclass(slots=True)
class _Name:
    address: str = ""
    at: float = float("-inf")  # monotonic time of the answer
    lookup: asyncio.Future[str] | None = None


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
    """What is known of each host name, and the lookups under way."""

    def __init__(self) -> None:
        self.known: dict[str, _Name] = {}
        self.lookups = 0

    async def resolve(self, host: str) -> str:
        """The address of `host`; an address is its own. Raises DnsFailed."""
        if literal(host):
            return host
        name = self.known.setdefault(host, _Name())
        pending = name.lookup is not None and not name.lookup.done()
        if time.monotonic() - name.at > FRESH and not pending and self.lookups < AT_ONCE:
            name.lookup = self.look_up(host, name)
        if name.address:
            return name.address
        if name.lookup is None or (name.lookup.done() and self.lookups >= AT_ONCE):
            raise DnsFailed("too many lookups under way")
        return await asyncio.shield(name.lookup)

    def look_up(self, host: str, name: _Name) -> asyncio.Future[str]:
        loop = asyncio.get_running_loop()
        found: asyncio.Future[str] = loop.create_future()
        self.lookups += 1

        def tell(address: str, error: str) -> None:
            self.lookups -= 1
            if address:
                name.address, name.at = address, time.monotonic()
                found.set_result(address)
            else:
                found.set_exception(DnsFailed(error))
                found.exception()  # seen, also where nobody waits any more

        def ask() -> None:
            address = error = ""
            try:
                address = str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])
            except (OSError, UnicodeError) as problem:
                error = str(problem)
            with contextlib.suppress(RuntimeError):  # the loop is gone, and with it whoever asked
                loop.call_soon_threadsafe(tell, address, error)

        threading.Thread(target=ask, name="look up", daemon=True).start()
        return found


resolve: Final = Names().resolve
