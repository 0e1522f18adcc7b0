"""/metrics: all fragments joined and streamed in slices, so that neither size nor slow readers hurt anybody else."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Iterator
from typing import Final

from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.openmetrics import exposition as openmetrics_exposition

from exporter import exposition
from exporter.web import MAX_REQUESTS, SCHEDULE, TELEMETRY

TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS: Final = "application/openmetrics-text; version=1.0.0; charset=utf-8"
PATIENCE: Final = 60.0  # seconds that a reader may take for the page

_SHARD = re.compile(r"(\d{1,4})/([1-9]\d{0,3})", re.ASCII)
_running = web.AppKey("metrics_running", set[asyncio.Task[object]])


def setup(app: web.Application, path: str) -> None:
    """Serves the page at `path`."""
    app[_running] = set()
    app.router.add_get(path, metrics)


async def metrics(request: web.Request) -> web.StreamResponse:
    """The page, in the format and the encoding that the reader prefers; `name[]` restricts it to those families,
    `shard=i/n` to one of n parts."""
    running, task = request.app[_running], asyncio.current_task()
    if len(running) >= request.app[MAX_REQUESTS] or task is None:
        return web.Response(status=503, headers={"Retry-After": "1"}, text="too many requests at once\n")
    match = _SHARD.fullmatch(request.query.get("shard", "1/1"))
    shard, shards = (int(match[1]), int(match[2])) if match else (1, 0)
    if shard > shards:
        return web.Response(status=400, text="shard is i/n: one of n parts, counted from 1\n")
    running.add(task)
    try:
        return await stream(request, shard % shards, shards)
    finally:
        running.discard(task)


async def stream(request: web.Request, shard: int, shards: int) -> web.StreamResponse:
    openmetrics = prefers_openmetrics(request.headers.get("Accept", ""))
    gzip = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    response = web.StreamResponse()
    response.headers["Content-Type"] = OPENMETRICS if openmetrics else TEXT
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept, Accept-Encoding"
    if gzip:
        response.headers["Content-Encoding"] = "gzip"
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    packer = zlib.compressobj(1, wbits=31) if gzip else None
    try:
        async with asyncio.timeout(PATIENCE):
            for part in page(request, shard, shards, openmetrics=openmetrics):
                await response.write(packer.compress(part) if packer else part)
                await asyncio.sleep(0)  # a write returns at once while the reader keeps up
            if packer:
                await response.write(packer.flush())
            await response.write_eof()
    except (TimeoutError, ConnectionError):  # the reader went away, or hardly reads: not worth a word
        if request.transport is not None:
            request.transport.abort()
    return response


def page(request: web.Request, shard: int, shards: int, *, openmetrics: bool) -> Iterator[bytes]:
    """The targets of a shard (from 0) as they are now, and with the first shard the exporter about itself.

    Which shard a target is in follows from its name, so that others that come and go do not move it."""
    names = frozenset(request.query.getall("name[]", []))
    targets = request.app[SCHEDULE].targets.values()
    mine = [t.fragments for t in targets if shards == 1 or zlib.crc32(t.spec.name.encode()) % shards == shard]
    yield from exposition.page(mine, openmetrics=openmetrics, names=names)
    if shard == 1 % shards:
        registry = request.app[TELEMETRY].registry
        own = registry.restricted_registry(list(names)) if names else registry
        own_page: bytes = (openmetrics_exposition.generate_latest if openmetrics else generate_latest)(own)
        yield own_page
    elif openmetrics:
        yield b"# EOF\n"


def _preferences(header: str) -> dict[str, float]:
    """Each alternative of an Accept header, lower-case and without parameters, with its weight."""
    weights: dict[str, float] = {}
    for item in header[:4096].split(","):
        name, *parameters = [piece.strip().lower() for piece in item.split(";")]
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = min(1.0, max(0.0, float(parameter[2:])))
                except ValueError:
                    weight = 0.0
        if name:
            weights[name] = max(weights.get(name, 0.0), weight)
    return weights


def prefers_openmetrics(accept: str) -> bool:
    """Whether the reader asks for OpenMetrics by name, and no less than for plain text."""
    weights = _preferences(accept)
    wanted = weights.get("application/openmetrics-text", 0.0)
    return wanted > 0 and wanted >= weights.get("text/plain", 0.0)


def accepts_gzip(encodings: str) -> bool:
    """Whether the reader takes gzip."""
    return _preferences(encodings).get("gzip", 0.0) > 0
