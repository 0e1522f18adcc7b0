"""A bound on the connections of clients, so that they never use up the file descriptors of the polls.

When the bound is reached, new connections are still accepted, and the oldest idle connections are closed. So a client
that holds many silent connections cannot lock other clients out.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Container
from functools import partial
from typing import Any, Final, cast

from aiohttp import web

QUEUED: Final = 1 << 18  # bytes of send buffer for each connection; the kernel's default is megabytes


class AnonymousRequest(web.Request):
    """A request whose responses, errors included, hide the server software and forbid guesses at the content type."""

    async def _prepare_hook(self, resp: web.StreamResponse) -> None:
        await super()._prepare_hook(resp)
        resp.headers.pop("Server", None)
        resp.headers.setdefault("X-Content-Type-Options", "nosniff")


class Site(web.BaseSite):
    """A listening address or socket.

    `most` bounds the connections of all sites of the runner together; connections in `served` stay open."""

    def __init__(self, runner: web.AppRunner, most: int, served: Container[web.RequestHandler], **where: Any) -> None:
        super().__init__(runner)
        self.most, self.served, self.where = most, served, where

    @property
    def name(self) -> str:
        return " ".join(map(str, self.where.values()))

    async def start(self) -> None:
        await super().start()
        runner = cast(web.AppRunner, self._runner)
        cast(web.Server, runner.server).request_factory = partial(runner.app._make_request, _cls=AnonymousRequest)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self.admit, backlog=self._backlog, **self.where)
        for listening in self._server.sockets:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, QUEUED)

    def admit(self) -> web.RequestHandler:
        """Return the protocol for a connection that was just accepted, and make room for it."""
        server = cast(web.Server, self._runner.server)  # the runner has a server while sites listen
        asyncio.get_running_loop().call_soon(self.trim, server)
        return server()

    def trim(self, server: web.Server) -> None:
        """Close the oldest idle connections beyond the bound; the newest connection is not counted yet."""
        open_ = server.connections
        if (surplus := len(open_) + 1 - self.most) > 0:
            for connection in [each for each in open_ if each not in self.served][:surplus]:
                connection.force_close()
