"""Readers of the page that are too slow or too many: they are dropped or sent away, and cost nobody else anything."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

import pytest
from aiohttp import web
from served import Served, serving
from support import descriptors, nothing_left, target, until

from exporter.target import Target
from exporter.web import metrics


def unread(served: Served, path: str = "/metrics") -> socket.socket:
    """A reader that asks and never reads."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect(("127.0.0.1", served.port))
    reader.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return reader


def resident() -> int:
    """The process's memory in bytes."""
    with open("/proc/self/statm") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * 4096


def running(served: Served) -> int:
    return len(served.app[metrics._running])


async def test_readers_that_never_read_are_dropped_and_cost_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "PATIENCE", 0.5)
    many = [target(f"m{n}") for n in range(2000)]
    for of in many:
        of.fragments = (b'asic_up{miner="x"} 1\n' * 400, *of.fragments[1:])  # 16 MB in all
    async with nothing_left(), serving(many) as served:
        before, files = resident(), descriptors()
        readers = [unread(served) for _ in range(20)]
        try:
            await until(lambda: running(served) == 20, "all are being served")
            assert (await served.get("/-/healthy"))[0] == 200
            assert resident() - before < 64 * 1024 * 1024, "not a copy of the page for each"
            await until(lambda: running(served) == 0, "all were dropped")
            await until(lambda: descriptors() <= files + 22, "our ends of all are left, and one kept alive")
        finally:
            for reader in readers:
                reader.close()


@pytest.mark.parametrize("end", ["write", "write_eof"])
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_a_reader_that_stops_is_dropped_wherever_it_stops(
    end: str, encoding: str, miners: list[Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(metrics, "PATIENCE", 0.1)
    monkeypatch.setattr(web.StreamResponse, end, never)
    async with serving(miners[:1]) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        try:
            writer.write(f"GET /metrics HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {encoding}\r\n\r\n".encode())
            async with asyncio.timeout(10):
                with suppress(ConnectionResetError):  # an end is as good
                    await reader.read()
            await until(lambda: running(served) == 0, "nobody is being served")
        finally:
            writer.close()


async def test_too_many_at_once_are_told_to_come_back(miners: list[Target], monkeypatch: pytest.MonkeyPatch) -> None:
    go = asyncio.Event()
    real = metrics.stream

    async def slow(request: web.Request, shard: int, shards: int) -> web.StreamResponse:
        await go.wait()
        return await real(request, shard, shards)

    monkeypatch.setattr(metrics, "stream", slow)
    async with serving(miners[:1], max_requests=3) as served:
        first = [asyncio.create_task(served.get("/metrics")) for _ in range(3)]
        await until(lambda: running(served) == 3, "three are being served")
        async with served.session.get("/metrics") as response:
            assert response.status == 503
            assert response.headers["Retry-After"] == "1"
        assert (await served.get("/-/healthy"))[0] == 200, "only the page of metrics has the limit"
        go.set()
        assert [status for status, _ in await asyncio.gather(*first)] == [200] * 3
        assert (await served.get("/metrics"))[0] == 200
