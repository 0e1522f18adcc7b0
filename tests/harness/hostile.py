"""Whatever may sit on a miner's port: one coroutine for each way to misbehave, and a server that behaves so.

Sockets are used directly, so that one `hear` is one recv, and an end is a FIN or a reset as the behaviour says.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from exporter.simulator import Miner, answer, fleet

MINER: Miner = fleet(1, families=["cgminer"])[0]


@dataclass(slots=True)
class Peer:
    """One connection: what it heard, and ways to answer."""

    socket: socket.socket
    heard: list[bytes]

    async def hear(self) -> bytes:
        """What one recv brings; b"" where the client ended its side."""
        data = await asyncio.get_running_loop().sock_recv(self.socket, 65536)
        self.heard.append(data)
        return data

    async def asked(self) -> bytes:
        """The right answer to what is heard, with its NUL."""
        return answer(MINER, await self.hear())

    async def say(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.socket, data)

    def reset(self) -> None:
        # Lingering for no time at all makes closing a reset.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    async def stay(self) -> None:
        """Stays until the client leaves."""
        while await self.hear():
            pass


Behaviour = Callable[[Peer], Awaitable[None]]


@dataclass(slots=True)
class Place:
    """Where a server listens, and what each of its connections heard, recv by recv."""

    host: str
    port: int
    heard: list[list[bytes]] = field(default_factory=list)


@asynccontextmanager
async def serving(behaviour: Behaviour, host: str = "127.0.0.1") -> AsyncIterator[Place]:
    """A server on loopback that treats every connection to `behaviour` while inside."""
    loop = asyncio.get_running_loop()
    listening = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=256)
    listening.setblocking(False)
    place = Place(host, listening.getsockname()[1])
    tasks: set[asyncio.Task[None]] = set()

    async def connection(client: socket.socket) -> None:
        peer = Peer(client, [])
        place.heard.append(peer.heard)
        with client, suppress(OSError):
            await behaviour(peer)

    async def accept() -> None:
        while True:
            client, _ = await loop.sock_accept(listening)
            client.setblocking(False)
            task = asyncio.create_task(connection(client))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    accepting = asyncio.create_task(accept())
    try:
        yield place
    finally:
        for task in (accepting, *tasks):
            task.cancel()
        await asyncio.gather(accepting, *tasks, return_exceptions=True)
        listening.close()


async def good(peer: Peer) -> None:
    await peer.say(await peer.asked())


async def silent(peer: Peer) -> None:
    """Accepts and never answers."""
    await peer.stay()


async def drip(peer: Peer) -> None:
    """A byte every 0.2 s."""
    for byte in await peer.asked():
        await peer.say(bytes([byte]))
        await asyncio.sleep(0.2)


async def endless(peer: Peer) -> None:
    """64 KiB chunks of an answer that never ends."""
    await peer.asked()
    await peer.say(b'{"STATUS":[')
    while True:
        await peer.say(b"0," * 32768)


async def slicer(peer: Peer) -> None:
    """A good answer in segments of one byte."""
    peer.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in await peer.asked():
        await peer.say(bytes([byte]))
        await asyncio.sleep(0)


def limit_data(count: int) -> Behaviour:
    """The first `count` bytes of a good answer, then the end."""

    async def limited(peer: Peer) -> None:
        await peer.say((await peer.asked())[:count])

    return limited


async def reset_before(peer: Peer) -> None:
    peer.reset()


async def reset_during(peer: Peer) -> None:
    reply = await peer.asked()
    await peer.say(reply[: len(reply) // 2])
    await asyncio.sleep(0.05)
    peer.reset()


async def reset_after(peer: Peer) -> None:
    """The whole answer, and then a reset where others say goodbye."""
    await peer.say(await peer.asked())
    await asyncio.sleep(0.05)
    peer.reset()


async def fin_at_once(peer: Peer) -> None:
    """Ends its side without a byte, as firmware does with addresses that its API does not allow."""
    peer.socket.shutdown(socket.SHUT_WR)
    await peer.stay()


async def nul_stays_open(peer: Peer) -> None:
    await peer.say(await peer.asked())
    await peer.stay()


async def no_nul_stays_open(peer: Peer) -> None:
    await peer.say((await peer.asked()).rstrip(b"\0"))
    await peer.stay()


async def no_nul(peer: Peer) -> None:
    """The end of the stream alone ends the answer."""
    await peer.say((await peer.asked()).rstrip(b"\0"))


async def garbage_after_nul(peer: Peer) -> None:
    await peer.say(await peer.asked() + b'\xff}{"STATUS":[' * 9)
    await peer.stay()


def speaks(words: bytes, *, first: bool = False) -> Behaviour:
    """Another protocol: `words`, `first` before anything was heard."""

    async def speaker(peer: Peer) -> None:
        if not first:
            await peer.hear()
        await peer.say(words)
        if first:
            await peer.stay()

    return speaker


http_page = speaks(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html><title>Login</title></html>")
ssh_banner = speaks(b"SSH-2.0-dropbear_2020.81\r\n", first=True)
tls_hello = speaks(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(1, 64)))
text_garbage = speaks(b"?Redo from start }{ \xf0\x28\x8c\x28")


async def hangs_up_on_joins(peer: Peer) -> None:
    """Firmware that knows no joined commands and has no words for it."""
    command = json.loads(await peer.hear())["command"]
    if "+" not in command:
        await peer.say(answer(MINER, b'{"command":"%s"}' % command.encode()))


def refuses(code: int, message: str) -> Behaviour:
    """STATUS E to every question."""
    return speaks(b'{"STATUS":[{"STATUS":"E","When":1,"Code":%d,"Msg":"%s"}],"id":1}\0' % (code, message.encode()))


denied = refuses(45, "Access denied to 'stats' command")
unknown = refuses(14, "Invalid command")
