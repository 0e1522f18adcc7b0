"""/metrics: all fragments joined and streamed in slices, so that neither size nor slow readers hurt anybody else."""

from __future__ import annotations

import asyncio
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
PATIENCE: Final = 30.0  # seconds that a reader may take for one slice

_running = web.AppKey("metrics_running", set[asyncio.Task[object]])


def setup(app: web.Application, path: str) -> None:
    """Serves the page at `path`."""
    app[_running] = set()
    app.router.add_get(path, metrics)


async def metrics(request: web.Request) -> web.StreamResponse:
    """The page, in the format and the encoding that the reader prefers; `name[]` restricts it to those families."""
    running, task = request.app[_running], asyncio.current_task()
    if len(running) >= request.app[MAX_REQUESTS] or task is None:
        return web.Response(status=503, headers={"Retry-After": "1"}, text="too many requests at once\n")
    running.add(task)
    try:
        return await stream(request)
    finally:
        running.discard(task)


async def stream(request: web.Request) -> web.StreamResponse:
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
    names = frozenset(request.query.getall("name[]", []))
    packer = zlib.compressobj(1, wbits=31) if gzip else None
    try:
        for part in page(request, names, openmetrics=openmetrics):
            data = packer.compress(part) if packer else part
            if data:
                async with asyncio.timeout(PATIENCE):
                    await response.write(data)
            await asyncio.sleep(0)  # a write returns at once while the reader keeps up
        async with asyncio.timeout(PATIENCE):
            if packer:
                await response.write(packer.flush())
            await response.write_eof()
    except (TimeoutError, ConnectionError):  # the reader went away, or never read: not worth a word
        if request.transport is not None:
            request.transport.abort()
    return response


def page(request: web.Request, names: frozenset[str], *, openmetrics: bool) -> Iterator[bytes]:
    """All targets as they are now, then the exporter about itself."""
    targets = [target.fragments for target in request.app[SCHEDULE].targets.values()]
    yield from exposition.page(targets, openmetrics=openmetrics, names=names)
    registry = request.app[TELEMETRY].registry
    own = registry.restricted_registry(list(names)) if names else registry
    own_page: bytes = (openmetrics_exposition.generate_latest if openmetrics else generate_latest)(own)
    yield own_page


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
