"""The web application over targets that are there already, on a real socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

from exporter import config
from exporter.commands.listening import Options, application
from exporter.daemon.schedule import Schedule
from exporter.daemon.telemetry import Telemetry
from exporter.polling.poll import poll
from exporter.polling.target import Target
from exporter.questions import Request
from exporter.simulator import Miner, answer, fleet
from exporter.web.connections import Site
from exporter.web.stream import STREAMS
from tests.harness.support import SERIES, target

NOTHING = b"groups: []\n"
PLAIN = {"Accept-Encoding": "identity"}


@dataclass(slots=True)
class Served:
    session: aiohttp.ClientSession
    port: int
    app: web.Application
    schedule: Schedule

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        """(status, body) of a GET."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.get(path, headers=named) as response:
            return response.status, await response.text()


@asynccontextmanager
async def serving(
    targets: Sequence[Target],
    *,
    max_requests: int = 40,
    yaml: bytes = NOTHING,
    port: int = 0,
    most: int = 256,
    room: int = 0,
) -> AsyncIterator[Served]:
    """Serves the pages of `targets`, which nobody polls. `room`: bytes that the kernel holds for a reader."""
    telemetry = Telemetry()
    schedule = Schedule(telemetry, answer_bytes=1 << 18, series=SERIES, bound=8)
    schedule.targets = {each.spec.name: each for each in targets}
    telemetry.watch(lambda: len(schedule.targets), lambda: 0, schedule.lag)
    read = config.parse(yaml, Path("exporter.yaml"), families=frozenset({"luxos"}), reserved=frozenset())
    app = application(read, Options(max_requests=max_requests), telemetry, schedule)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    try:
        listener = socket.create_server(("127.0.0.1", port))
        await Site(runner, most, app[STREAMS].keys(), sock=listener).start()
        if room:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, room)
        bound = runner.addresses[0][1]
        async with aiohttp.ClientSession(f"http://127.0.0.1:{bound}", headers=PLAIN) as session:
            yield Served(session, bound, app, schedule)
    finally:
        await runner.cleanup()


async def readings(count: int) -> list[Target]:
    """Targets that were each polled once, of a simulated fleet."""

    async def one(miner: Miner) -> Target:
        async def ask(request: Request) -> bytes:
            return answer(miner, request.wire)

        of = target(miner.name, labels=(("rack", "r1"),))
        await poll(of, ask, SERIES)
        return of

    return list(await asyncio.gather(*map(one, fleet(count))))
