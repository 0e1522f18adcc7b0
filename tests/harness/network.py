"""Takes the transport's place: hosts that answer, are silent or closed, and a note of when each was asked."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict

from exporter.core.errors import Refused, Unsupported
from exporter.questions import Page, Request
from exporter.simulator import answer
from exporter.transport.tcp4028 import unanswered
from tests.harness.fake import miner

TOOK = 0.05  # seconds that an answer takes


class Network:
    def __init__(self) -> None:
        self.silent: set[str] = set()
        self.mute: set[str] = set()  # they take the question and say nothing
        self.closed: set[str] = set()
        self.polls: dict[str, list[float]] = defaultdict(list)
        self.open: Counter[str] = Counter()
        self.most = 0
        self.miner = miner("antminer", "s9")
        self.said: dict[bytes, bytes] = {}
        self.pages: dict[str, bytes] = {}  # the one page of hosts that have a web server
        self.got: Counter[str] = Counter()  # pages that a host was asked for

    async def ask(self, host: str, port: int, request: Request, *, limit: int) -> bytes:  # noqa: ARG002
        now = asyncio.get_running_loop().time()
        times = self.polls[host]
        if not times or now - times[-1] > 1:
            times.append(now)
        self.open[host] += 1
        assert self.open[host] == 1, "two connections to one miner"
        self.most = max(self.most, self.open.total())
        try:
            await asyncio.sleep(TOOK)
            if host in self.closed:
                raise Refused
            if host in self.silent:
                await asyncio.Event().wait()
            if host in self.mute:
                try:
                    await asyncio.Event().wait()
                finally:
                    unanswered.add((host, port))
            if request.wire not in self.said:
                self.said[request.wire] = answer(self.miner, request.wire)
            return self.said[request.wire]
        finally:
            self.open[host] -= 1

    async def get(self, host: str, request: Request) -> bytes:
        """A page of the host's web server, in the place of that transport."""
        self.got[host] += 1
        await asyncio.sleep(TOOK)
        if host not in self.pages:
            raise Refused
        if not isinstance(request.question, Page) or request.question.name != "system_info":
            raise Unsupported("HTTP 404")
        return self.pages[host]

    async def frame(self, *_: object, **__: object) -> bytes:
        """No host listens for frames, or for lines that are posted."""
        raise Refused
