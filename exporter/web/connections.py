"""Where clients come in: no more connections than there may be, so that they never take the descriptors of the polls.

Who comes when all are taken is let in, and the connection that came first and is not being served goes: a client that
holds many and says nothing keeps nobody out.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Container
from functools import partial
from typing import Any, Final, cast

from aiohttp import web

QUEUED: Final = 1 << 18  # bytes for a reader in the kernel: it would take megabytes, made for one who reads nothing


class Request(web.Request):
    """A request whose answer, be it an error, says nothing of the programs that make it, and is taken as what it is."""

    async def _prepare_hook(self, resp: web.StreamResponse) -> None:
        await super()._prepare_hook(resp)
        resp.headers.pop("Server", None)
        resp.headers.setdefault("X-Content-Type-Options", "nosniff")


class Site(web.BaseSite):
    """Listens at an address or on a socket, for at most `most` connections of all sites of the runner together, and
    those that are being served."""

    def __init__(self, runner: web.AppRunner, most: int, served: Container[web.RequestHandler], **where: Any) -> None:
        super().__init__(runner)
        self.most, self.served, self.where = most, served, where

    @property
    def name(self) -> str:
        return " ".join(map(str, self.where.values()))

    async def start(self) -> None:
        await super().start()
        runner = cast(web.AppRunner, self._runner)
        cast(web.Server, runner.server).request_factory = partial(runner.app._make_request, _cls=Request)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self.admit, backlog=self._backlog, **self.where)
        for listening in self._server.sockets:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, QUEUED)

    def admit(self) -> web.RequestHandler:
        """The protocol of a connection that has just been accepted."""
        server = cast(web.Server, self._runner.server)  # there is one as long as sites listen
        asyncio.get_running_loop().call_soon(self.trim, server)
        return server()

    def trim(self, server: web.Server) -> None:
        """Makes room for one that is not counted yet."""
        open_ = server.connections
        if (surplus := len(open_) + 1 - self.most) > 0:
            for connection in [each for each in open_ if each not in self.served][:surplus]:
                connection.force_close()
