"""The servers of simulated miners: one connection at a time, as on a real miner, and faults."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import cast

from exporter.simulator.dialect import REQUEST_BYTES
from exporter.simulator.faults import FAULTS, REFUSES, Peer
from exporter.simulator.miners import Miner, answer
from exporter.simulator.sockets import bind, bound_sockets, make_room

_BACKLOG = 100
_PATIENCE = 10.0
"""Seconds for which a silent client may hold up other clients."""
_STALL = 10.0
_LINE_WAIT = 5.0


@asynccontextmanager
async def serving(miners: Sequence[Miner]) -> AsyncIterator[list[Miner]]:
    """Listen for the miners inside the context, and close everything at the exit. Yield the miners that listen.

    If the system does not have their addresses, `host` and `port` change to ports of 127.0.0.1. A miner whose port is
    fixed is then left out. Raises OSError if no miner is left.
    """
    make_room(len(miners))
    stations = [Station(miner, bound) for miner, bound in bound_sockets(miners)]
    try:
        for station in stations:
            await station.open()
        yield [station.miner for station in stations]
    finally:
        for station in stations:
            station.close()
        await asyncio.gather(*(task for station in stations for task in station.tasks), return_exceptions=True)
        # The loop ends aborted connections in its next rounds.
        await asyncio.sleep(0)
        await asyncio.sleep(0)


class Station:
    """A miner's listening socket, and the connections that wait for their turn."""

    def __init__(self, miner: Miner, bound: socket.socket) -> None:
        self.miner, self.bound = miner, bound
        self.queue: deque[Connection] = deque()
        self.tasks: set[asyncio.Task[None]] = set()
        self.server: asyncio.Server | None = None
        self.reopening: asyncio.TimerHandle | None = None

    async def open(self) -> None:
        """Listen; a miner with the fault `refuses` only keeps its address."""
        if self.miner.fault != REFUSES:
            loop = asyncio.get_running_loop()
            self.server = await loop.create_server(self.connection, sock=self.bound, backlog=_BACKLOG)

    def connection(self) -> asyncio.Protocol:
        """Return the protocol for a new client."""
        fault = FAULTS[self.miner.fault] if self.miner.fault else None
        if fault is None:
            return Connection(self)
        miner = self.miner

        async def misbehave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = cast("asyncio.Task[None]", asyncio.current_task())
            self.tasks.add(task)
            peer = Peer(reader, writer, miner.dialect, lambda request: answer(miner, request), miner.clock)
            try:
                with suppress(OSError):
                    await fault(peer)
            except asyncio.CancelledError:
                writer.transport.abort()
            finally:
                self.tasks.discard(task)
                writer.close()

        return asyncio.StreamReaderProtocol(asyncio.StreamReader(), misbehave)

    def stall(self) -> None:
        """Drop all connections, and refuse new ones for a while, as after a request that stops the server."""
        address = self.bound.getsockname()
        self.close()
        self.reopening = asyncio.get_running_loop().call_later(_STALL, self._reopen, address)

    def _reopen(self, address: tuple[str, int]) -> None:
        self.reopening = None
        with suppress(OSError):
            self.bound = bind(*address)
            task = asyncio.ensure_future(self.open())
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    def close(self) -> None:
        """End everything at once."""
        if self.reopening:
            self.reopening.cancel()
        if self.server:
            self.server.close()
        self.bound.close()
        for connection in list(self.queue):
            connection.transport.abort()
        for task in self.tasks:
            task.cancel()


class Connection(asyncio.Protocol):
    """A client's connection, which waits for its turn, reads one request, answers, and closes."""

    transport: asyncio.Transport

    def __init__(self, station: Station) -> None:
        self.station, self.heard, self.ended = station, b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.deadline = asyncio.get_running_loop().call_later(_PATIENCE, self.transport.abort)
        self.station.queue.append(self)

    def data_received(self, data: bytes) -> None:
        self.heard = (self.heard + data)[:REQUEST_BYTES]
        self.go_on()

    def eof_received(self) -> bool:
        """Treat the end of the stream as the end of the request's line, too."""
        self.ended = True
        self.go_on()
        return True

    def go_on(self) -> None:
        """Answer the request when it is this client's turn."""
        if self.station.queue[0] is not self or self.transport.is_closing():
            return
        dialect = self.station.miner.dialect
        if self.heard and dialect.falls_over(self.heard):
            self.station.stall()
        elif self.heard and (self.ended or dialect.whole(self.heard)):
            self.transport.write(answer(self.station.miner, self.heard))
            self.transport.close()
        elif self.ended:
            self.transport.close()
        elif self.heard:
            self.deadline.cancel()
            self.deadline = asyncio.get_running_loop().call_later(_LINE_WAIT, self.transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self.deadline.cancel()
        queue = self.station.queue
        first = queue[0] is self
        queue.remove(self)
        if first and queue:
            queue[0].go_on()
