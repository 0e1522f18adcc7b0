"""Faults on the wire: each is a coroutine that serves one connection."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections.abc import Awaitable, Callable
from itertools import cycle

from exporter.simulator.dialect import REQUEST_BYTES, Dialect

REFUSES = "refuses"
"""The only fault without a connection: the miner does not listen."""
_TEXTS = re.compile(rb'"(\w*(?:User|URL|Type|Model|user|url|hostname|account|login))":"[^"]*"')
_NUMBERS = re.compile(rb'(":)(-?\d[-+.eE\d]*)')
# Hostile names of workers, pools and models: quotes, raw control characters, half a surrogate pair, great length.
_HOSTILE = (
    b'a\\"} 1\\n# EOF\\n',
    b"line\nbreak\ttab\\u0000",
    b"\\ud83d\\ud83d alone",
    b"x" * 65536,
    b"\xff\xfe\\\\",
    b'"',
    b"{{user}}",
)
_LIES = (b'"12"', b"null", b"[7]", b"true", b'"nan"', b"-1e308", b'{"a":1}', b"12345678901234567890123")


class Peer:
    """A client of a misbehaving miner: its request, and ways to answer it."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        dialect: Dialect,
        answer: Callable[[bytes], bytes],
        clock: Callable[[], float],
    ) -> None:
        self.reader, self.writer, self.clock = reader, writer, clock
        self._dialect, self._answer = dialect, answer

    async def asked(self, change: Callable[[bytes], bytes] | None = None) -> bytes:
        """Wait for the request, and return the right answer, with its text changed by `change` if given."""
        heard = b""
        while not heard or not self._dialect.whole(heard):
            if not (more := await self.reader.read(REQUEST_BYTES)):
                break
            heard += more
        answer = self._answer(heard)
        return self._dialect.altered(answer, change) if change else answer

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """End the connection with a TCP reset."""
        # Closing with a linger of zero seconds is a reset.
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


async def silent(peer: Peer) -> None:
    """Accept and never answer, until the client leaves."""
    while await peer.reader.read(4095):
        pass


async def drips(peer: Peer) -> None:
    """Send a byte every 0.2 s."""
    for byte in await peer.asked():
        await peer.say(bytes([byte]))
        await asyncio.sleep(0.2)


async def resets(peer: Peer) -> None:
    """Send half an answer, then a reset."""
    answer = await peer.asked()
    await peer.say(answer[: len(answer) // 2])
    await asyncio.sleep(0.05)
    peer.reset()


async def endless(peer: Peer) -> None:
    """Send an answer that never ends."""
    await peer.asked()
    await peer.say(b'{"STATUS":[')
    while True:
        await peer.say(b"0," * 8192)


async def garbage(peer: Peer) -> None:
    await peer.asked()
    await peer.say(b"\x16\x03\x01\x00 not json at all }{ \xf0\x28\x8c\x28")


async def web_page(peer: Peer) -> None:
    await peer.asked()
    await peer.say(
        b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>Bad Request</html>"
    )


async def ssh_banner(peer: Peer) -> None:
    await peer.say(b"SSH-2.0-dropbear_2020.81\r\n")
    await silent(peer)


async def empty(peer: Peer) -> None:
    """Close without an answer, as for a client that the miner does not allow."""
    await peer.asked()


async def truncated(peer: Peer) -> None:
    answer = await peer.asked()
    await peer.say(answer[: len(answer) * 2 // 3])


async def slow(peer: Peer) -> None:
    """Send the right answer after 2 s."""
    answer = await peer.asked()
    await asyncio.sleep(2)
    await peer.say(answer)


async def flapping(peer: Peer) -> None:
    """Answer in one minute, reset in the next."""
    answer = await peer.asked()
    if peer.clock() // 60 % 2:
        peer.reset()
    else:
        await peer.say(answer)


async def hostile(peer: Peer) -> None:
    """Send an answer in which every name is an attack."""
    names = cycle(_HOSTILE)

    def rename(answer: bytes) -> bytes:
        return _TEXTS.sub(lambda match: b'"%s":"%s"' % (match[1], next(names)), answer)

    await peer.say(await peer.asked(rename))


async def lying(peer: Peer) -> None:
    """Send an answer with every third number replaced by another value."""
    lies = cycle(tuple(each for lie in _LIES for each in (None, None, lie)))

    def lie(match: re.Match[bytes]) -> bytes:
        other = next(lies)
        return match[0] if other is None else match[1] + other

    await peer.say(await peer.asked(lambda answer: _NUMBERS.sub(lie, answer)))


Fault = Callable[[Peer], Awaitable[None]]
_SERVED: tuple[Fault, ...] = (
    silent, drips, resets, endless, garbage, web_page, ssh_banner, empty, truncated, slow, flapping, hostile, lying,
)  # fmt: skip
FAULTS: dict[str, Fault | None] = {REFUSES: None, **{fault.__name__: fault for fault in _SERVED}}
