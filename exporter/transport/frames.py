"""Read-only questions and answers in frames: four bytes of length, little-endian, then JSON, on a port of their own.

The length of an answer comes from the miner, so the length is checked before so many bytes are read. Each question has
a connection of its own, because frames are asked at most once a poll.
"""

from __future__ import annotations

import asyncio
from typing import Final

from exporter.core.errors import Empty, Reset, TooLong
from exporter.questions import Frame, Request
from exporter.transport.names import literal, resolve
from exporter.transport.room import Counted
from exporter.transport.system import of_system

HEAD: Final = 4  # bytes of length before the JSON


async def ask(host: str, request: Request, *, limit: int) -> bytes:
    """Return the JSON of the miner's answer, unchanged. Raises an AskError; the caller's deadline covers all of it.

    `limit` is the largest answer in bytes. The connection is closed even when the ask is cancelled."""
    if not isinstance(request, Request) or not isinstance(request.question, Frame):
        raise TypeError("only a Request of frames can be asked in a frame")
    address = host if literal(host) else await resolve(host)
    try:
        reader, writer = await asyncio.open_connection(address, request.question.port)
        try:
            writer.write(request.wire)
            return await _answer(reader, limit)
        finally:
            writer.transport.abort()
    except OSError as error:
        if isinstance(error, ConnectionError) and not error.errno:  # raised by the event loop itself
            raise Reset("the connection broke") from None
        raise of_system(error) from None


async def _answer(reader: asyncio.StreamReader, limit: int) -> bytes:
    """Read the first frame, and return its JSON, without the length."""
    try:
        length = int.from_bytes(await reader.readexactly(HEAD), "little")
        if length > limit:
            raise TooLong(f"a frame of {length} bytes, more than {limit}")
    except asyncio.IncompleteReadError as cut:
        if not cut.partial:
            raise Empty("closed without an answer") from None
        raise Reset("closed in the middle of a frame") from None
    if length == 0:
        raise Empty("an empty frame")
    frame = bytearray()
    with Counted() as counted:
        while len(frame) < length:
            part = await reader.read(length - len(frame))
            if not part:
                raise Reset("closed in the middle of a frame")
            frame += part
            counted.take(len(part))
    return bytes(frame)
