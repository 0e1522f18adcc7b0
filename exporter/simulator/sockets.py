"""The addresses of miners: each miner's own address if the system has it, else a port of 127.0.0.1."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from contextlib import suppress

from exporter.simulator.miners import Miner

_FIRST_PORT, _LAST_PORT = 40280, 65535
_DESCRIPTORS_EACH, _DESCRIPTORS_SPARE = 4, 256


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that has the address but does not listen yet."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setblocking(False)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def bound_sockets(miners: Sequence[Miner]) -> list[tuple[Miner, socket.socket]]:
    """Return a bound socket for each miner that can have one.

    Miners that can move are all on their own addresses, or all on ports of 127.0.0.1. A miner whose port is fixed, such
    as 80, is left out if the user may not have the port. Raises OSError if no miner is left.
    """
    found: dict[int, socket.socket] = {}
    reason: OSError | None = None
    try:
        movable = [miner for miner in miners if miner.dialect.moves]
        found |= {id(miner): bound for miner, bound in zip(movable, _on_addresses(movable), strict=True)}
        for miner in miners:
            if not miner.dialect.moves:
                try:
                    found[id(miner)] = bind(miner.host, miner.port)
                except OSError as error:
                    reason = error
        if reason and not found:
            raise reason
    except OSError:
        for bound in found.values():
            bound.close()
        raise
    return [(miner, found[id(miner)]) for miner in miners if id(miner) in found]


def _on_addresses(miners: Sequence[Miner]) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    try:
        sockets.extend(bind(miner.host, miner.port) for miner in miners)
    except OSError:
        for bound in sockets:
            bound.close()
        return _on_ports(miners)
    return sockets


def _on_ports(miners: Sequence[Miner]) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    port = _FIRST_PORT
    try:
        for miner in miners:
            while True:
                try:
                    sockets.append(bind("127.0.0.1", port))
                    break
                except OSError:
                    # The port is in use. After the last port, no other port can be tried.
                    if port >= _LAST_PORT:
                        raise
                finally:
                    port += 1
            miner.host, miner.port = "127.0.0.1", port - 1
    except OSError:
        for bound in sockets:
            bound.close()
        raise
    return sockets


def make_room(count: int) -> None:
    """Raise the soft limit of open files as far as this many miners and their clients need."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - it exists on POSIX only

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = count * _DESCRIPTORS_EACH + _DESCRIPTORS_SPARE
        if soft != resource.RLIM_INFINITY and soft < wanted:
            ceiling = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            with suppress(ValueError, OSError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (ceiling, hard))
