"""Those who ask: the exporter's pipeline, bare asyncio clients, and the floor in C, each doing the very same polls."""

from __future__ import annotations

import asyncio
import json
import math
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from bench.fleet import Fleet, Place, build, write
from bench.kinds import ANSWER_BYTES, SERIES, SPEC, Ask
from exporter.daemon.loop import new as new_loop
from exporter.polling.poll import poll
from exporter.polling.target import Target
from exporter.transport.surfaces import Surfaces

AT_ONCE: Final = 50
UVLOOP: Final = new_loop is not asyncio.new_event_loop
PATIENCE: Final = 300.0  # seconds for some polls; something hangs where they take longer


@dataclass(frozen=True, slots=True)
class Cost:
    """What some polls took, in seconds: `cpu` is the asking process's own, user and system."""

    polls: int
    cpu: float
    wall: float

    @property
    def each(self) -> float:
        """CPU seconds of one poll."""
        return self.cpu / self.polls


async def drive(work: Callable[[int], Awaitable[object]], polls: int, at_once: int) -> Cost:
    """Does `work` for 0, 1, 2, … until `polls` are done, `at_once` at a time: each task takes every so many-th of them.

    So with a number of miners that `at_once` divides, no miner is polled by two tasks."""

    async def one(first: int) -> None:
        for n in range(first, polls, at_once):
            await work(n)

    wall, cpu = time.perf_counter(), time.process_time()
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        for first in range(at_once):
            group.create_task(one(first))
    return Cost(polls, time.process_time() - cpu, time.perf_counter() - wall)


class Ours:
    """The pipeline: ask, parse, decode, judge and render, at full speed over targets that are kept."""

    def __init__(self, places: Sequence[Place], loop: Callable[[], asyncio.AbstractEventLoop] | None = None) -> None:
        self.runner = asyncio.Runner(loop_factory=loop)
        self.pairs: list[tuple[Target, Ask]] = []
        surfaces = Surfaces(limit=ANSWER_BYTES)
        for n, place in enumerate(places):
            target = Target(SPEC.at(place.host, place.port, f"miner-{n:05}"))
            self.pairs.append((target, surfaces.asker(target.spec)))
        self.requests: list[bytes] = []  # of a poll, once the miners are known
        self.failed = 0

    @property
    def targets(self) -> list[Target]:
        return [target for target, _ in self.pairs]

    async def _poll(self, n: int) -> None:
        target, ask = self.pairs[n % len(self.pairs)]
        outcome = await poll(target, ask, SERIES)
        self.failed += outcome.error is not None

    def settle(self, *, at_once: int = 5 * AT_ONCE) -> None:
        """Polls every target until it is known: the first polls ask more than those that follow."""
        self.polls(2 * len(self.pairs), at_once=at_once)
        target, ask = self.pairs[0]
        outcome = self.runner.run(poll(target, ask, SERIES))
        self.requests = [request.wire for request in outcome.session.requests]

    def polls(self, polls: int, *, at_once: int = AT_ONCE) -> Cost:
        """Polls the targets in turn, none twice at once. Raises RuntimeError where one of them did not answer."""
        cost = self.runner.run(drive(self._poll, polls, math.gcd(at_once, len(self.pairs))))
        if self.failed:
            raise RuntimeError(f"{self.failed} of the polls failed, such as: {self.pairs[0][0].error}")
        return cost

    def close(self) -> None:
        self.runner.close()


class Floor:
    """The C program that asks and discards."""

    def __init__(self, fleet: Fleet, places: Sequence[Place], requests: Sequence[bytes]) -> None:
        self.program = build("floor", fleet.folder)
        self.targets = write(fleet.folder / "floor-targets", places)
        self.requests = fleet.folder / "floor-requests"
        self.requests.write_bytes(b"".join(requests))
        self.bytes = 0.0  # of a poll's answers

    def polls(self, polls: int, *, at_once: int = AT_ONCE) -> Cost:
        command: list[str | Path] = [self.program, self.targets, self.requests, str(at_once), str(polls)]
        said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        self.bytes = said["bytes"] / said["polls"]
        return Cost(said["polls"], said["cpu"], said["wall"])


class Discards(asyncio.Protocol):
    """Asks, and drops what comes until the miner hangs up."""

    def __init__(self, request: bytes, ended: asyncio.Future[None]) -> None:
        self.request, self.ended = request, ended

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(self.request)  # uvloop's are none by inheritance

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self.ended.set_result(None)


async def by_protocol(place: Place, request: bytes) -> None:
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    await loop.create_connection(lambda: Discards(request, ended), place.host, place.port)
    await ended


async def by_streams(place: Place, request: bytes) -> None:
    reader, writer = await asyncio.open_connection(place.host, place.port)
    writer.write(request)
    while await reader.read(65536):
        pass
    writer.close()


class Bare:
    """A client that does nothing but ask and discard, on one of the event loops."""

    def __init__(
        self,
        places: Sequence[Place],
        requests: Sequence[bytes],
        ask: Callable[[Place, bytes], Awaitable[None]],
        loop: Callable[[], asyncio.AbstractEventLoop] | None,
    ) -> None:
        self.places, self.requests, self.ask, self.loop = places, requests, ask, loop

    async def _poll(self, n: int) -> None:
        for request in self.requests:
            await self.ask(self.places[n % len(self.places)], request)

    def polls(self, polls: int, *, at_once: int = AT_ONCE) -> Cost:
        with asyncio.Runner(loop_factory=self.loop) as runner:
            return runner.run(drive(self._poll, polls, at_once))


def bare(places: Sequence[Place], requests: Sequence[bytes]) -> Iterator[tuple[str, Bare]]:
    """The bare clients by name."""
    if UVLOOP:
        yield "uvloop, Protocol, discards", Bare(places, requests, by_protocol, new_loop)
        yield "uvloop, streams, discards", Bare(places, requests, by_streams, new_loop)
    yield "asyncio, Protocol, discards", Bare(places, requests, by_protocol, None)
    yield "asyncio, streams, discards", Bare(places, requests, by_streams, None)
