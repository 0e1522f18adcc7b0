"""Connections for the HTTP client by the event loop's own streams: its own way there takes as long as all the rest.

A connection lasts for one page. The caller's deadline covers all of it, so that the client's own limits are left out.
"""

from __future__ import annotations

import asyncio
from typing import Any

from httpcore import AsyncNetworkBackend, AsyncNetworkStream, ConnectError, ReadError, WriteError


class Stream(AsyncNetworkStream):
    """One open connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def read(self, max_bytes: int, *_: object, **__: object) -> bytes:
        """Reads the bytes that came; nothing at the end. Raises ReadError."""
        try:
            return await self.reader.read(max_bytes)
        except OSError as error:
            raise ReadError(str(error)) from error

    async def write(self, buffer: bytes, *_: object, **__: object) -> None:
        """Hands over a request, which is small. Raises WriteError where the connection has ended already."""
        if self.writer.transport.is_closing():  # one event loop ignores what comes then, the other is confused by it
            raise WriteError("closed before the request")
        self.writer.write(buffer)

    async def aclose(self) -> None:
        """Ends the connection at once."""
        self.writer.transport.abort()

    def get_extra_info(self, info: str) -> Any:
        """The socket, where that is asked for."""
        return self.writer.get_extra_info(info)


class Streams(AsyncNetworkBackend):
    """Makes the connections."""

    async def connect_tcp(self, host: str, port: int, *_: object, **__: object) -> AsyncNetworkStream:
        """A connection to an address. Raises ConnectError."""
        try:
            return Stream(*await asyncio.open_connection(host, port))
        except OSError as error:
            raise ConnectError(str(error)) from error
