"""/metrics: the fragments of all targets, or of one shard, and the exporter's own telemetry.

The page refers to each target's fragments as they were when the scrape began, without a copy. A stalled reader would
keep replaced fragments alive, so these are released. When the reader goes on, the rest of its page has new fragments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics_exposition

from exporter.polling.target import Target
from exporter.render import exposition
from exporter.render.exposition import Fragments
from exporter.web import SCHEDULE, TELEMETRY
from exporter.web.negotiation import prefers_openmetrics
from exporter.web.shards import Shards
from exporter.web.stream import stream

TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS: Final = "application/openmetrics-text; version=1.0.0; charset=utf-8"

_SHARD = re.compile(r"(\d{1,4})/([1-9]\d{0,3})", re.ASCII)
_shards = web.AppKey("shards", Shards)


def setup(app: web.Application, path: str) -> None:
    """Serve the page at `path`."""
    app[_shards] = Shards()
    app.router.add_get(path, metrics)


async def metrics(request: web.Request) -> web.StreamResponse:
    """Answer with the page in the format and encoding that the reader prefers; 400 for a wrong shard.

    `name[]` restricts the page to these metric families. `shard=i/n` restricts the page to part i of n, counted from 1;
    part 1 has the exporter's own telemetry."""
    match = _SHARD.fullmatch(request.query.get("shard", "1/1"))
    shard, shards = (int(match[1]), int(match[2])) if match else (1, 0)
    if not 0 < shard <= shards:
        return web.Response(status=400, text="shard is i/n: one of n parts, counted from 1\n")
    request.app[SCHEDULE].notice_stop()
    openmetrics = prefers_openmetrics(request.headers.get("Accept", ""))
    targets = await request.app[_shards].part([*request.app[SCHEDULE].targets.values()], shard % shards, shards)
    registry = request.app[TELEMETRY].registry if shard % shards == 1 % shards else None
    view: list[Fragments] = []
    parts = page(targets, view, frozenset(request.query.getall("name[]", [])), registry, openmetrics=openmetrics)
    headers = {"Content-Type": OPENMETRICS if openmetrics else TEXT, "Cache-Control": "no-store"}
    return await stream(request, parts, headers, stalled=view.clear)


def page(
    targets: Sequence[Target],
    view: list[Fragments],
    names: Set[str],
    registry: CollectorRegistry | None,
    *,
    openmetrics: bool,
) -> Iterator[bytes]:
    """Yield the page in parts: the targets' fragments, then the registry.

    `view` holds the fragments meanwhile. After a caller clears `view` between two parts, the rest of the page has the
    fragments of that moment."""
    view += [target.fragments for target in targets]
    for part in exposition.page(view, openmetrics=openmetrics, names=names):
        yield part
        if not view:
            view += [target.fragments for target in targets]
    if registry:
        own = registry.restricted_registry([*names]) if names else registry
        generate = openmetrics_exposition.generate_latest if openmetrics else generate_latest
        own_page: bytes = generate(own)
        yield own_page
    elif openmetrics:
        yield b"# EOF\n"
