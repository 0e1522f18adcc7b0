"""Pages for people and machines that look after the exporter: the fleet at a glance, its health, its configuration."""

from __future__ import annotations

import asyncio
import html
import re
import time
from collections import Counter
from collections.abc import Iterator
from operator import itemgetter
from typing import Any, Final

import orjson
import yaml
from aiohttp import web
from aiohttp.typedefs import Handler

from exporter import __version__
from exporter.config import Config
from exporter.polling.target import Target
from exporter.render.overview import glance
from exporter.web import BASE, CONFIG, METRICS_PATH, READY, SCHEDULE, TELEMETRY, table
from exporter.web.stream import stream
from exporter.web.trouble import MARKS, SHORT, WORKING, mark, missing, part, trouble

ROWS: Final = 500
ALGORITHMS: Final = 8  # whose hashrates are summed up at the top
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
HTML: Final = "text/html; charset=utf-8"

_NUMBER: Final = re.compile(r"(\d{1,18})", re.ASCII)


def setup(app: web.Application) -> None:
    """Serves the pages, and counts what fails in any of them as a mistake of the exporter's own."""
    app.middlewares.append(counted)
    app.router.add_get("/", status)
    app.router.add_get("/targets", targets)
    app.router.add_get("/config", config)
    app.router.add_get("/-/healthy", healthy)
    app.router.add_get("/-/ready", ready)


@web.middleware
async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts the handler's failures, which aiohttp logs."""
    try:
        return await handler(request)
    except (web.HTTPException, ConnectionError):
        raise
    except Exception:
        request.app[TELEMETRY].bugs.inc()
        raise


async def healthy(_: web.Request) -> web.Response:
    return web.Response(text="asic-exporter is Healthy.\n")


async def ready(request: web.Request) -> web.Response:
    """200 once every target was polled or had the time for it, and until the end begins."""
    if request.app[READY]["ending"] or not request.app[SCHEDULE].all_polled():
        return web.Response(status=503, text="asic-exporter is not ready.\n")
    return web.Response(text="asic-exporter is Ready.\n")


async def config(request: web.Request) -> web.Response:
    """The configuration in force, secrets masked."""
    text = await asyncio.to_thread(written, request.app[CONFIG])  # a second for ten thousand targets
    return web.Response(text=text, content_type="text/plain", headers=HEADERS)


def written(config: Config) -> str:
    """The configuration as YAML."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return str(yaml.dump(config.masked(), Dumper=dumper, sort_keys=False, allow_unicode=True))


async def targets(request: web.Request) -> web.StreamResponse:
    """The status page as JSON."""
    return await stream(request, listed(request), {**HEADERS, "Content-Type": "application/json; charset=utf-8"})


def listed(request: web.Request) -> Iterator[bytes]:
    """The rows of all targets as JSON, in pieces."""
    before = b'{"targets": ['
    for target in [*request.app[SCHEDULE].targets.values()]:
        yield before + orjson.dumps(row(target))
        before = b", "
    yield b"]}" if before == b", " else before + b"]}"


def row(target: Target) -> dict[str, Any]:
    """A target as the status page and /targets show it; what is not known is not there."""
    up = {None: "new", True: "up", False: "down"}[target.up]
    seen = glance(target.fragments, target.info)
    known: dict[str, Any] = {
        "miner": target.spec.name,
        "address": f"{target.spec.host}:{target.spec.port}",
        "group": target.spec.group,
        "labels": dict(target.spec.labels),
        "up": up,
        "state": seen.pop("state", up),
        **seen,
        "last_success": target.last_success,
        "last_error": target.error,
    }
    known["boards_missing"] = missing(known) or None
    return {key: value for key, value in known.items() if value not in (None, "")}


async def status(request: web.Request) -> web.StreamResponse:
    """The fleet, those in trouble first; `sort` names a column (with a minus: the other way round), `find` a part of
    what stands in a row."""
    sort, find = request.query.get("sort", ""), request.query.get("find", "").strip()[:64]
    return await stream(request, written_out(request.app, sort, find), {**HEADERS, "Content-Type": HTML})


def written_out(app: web.Application, sort: str, find: str) -> Iterator[bytes]:
    """The page in pieces, each of which takes little time to make; most are empty while the rows are looked through."""
    fleet, best, found = Fleet(), list[Ordered](), 0  # never many more than are shown
    for target in [*app[SCHEDULE].targets.values()]:
        r = row(target)
        fleet.add(r)
        if not find or find.lower() in said(r):
            best.append((order(r, sort.removeprefix("-")), r))
            found += 1
        if len(best) >= 2 * ROWS:
            best = sorted(best, key=itemgetter(0), reverse=sort.startswith("-"))[:ROWS]
        yield b""
    best = sorted(best, key=itemgetter(0), reverse=sort.startswith("-"))[:ROWS]
    base = html.escape(app[BASE])
    yield f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>asic-exporter</title>
<meta name="viewport" content="width=device-width"><style>{table.STYLE}</style></head><body>
<h1>asic-exporter {__version__}</h1>
<p>{html.escape(fleet.words())} · <a href="{base}{html.escape(app[METRICS_PATH])}">metrics</a> ·
<a href="{base}/targets">targets</a> · <a href="{base}/config">config</a></p>
<form><input name="find" value="{html.escape(find)}" placeholder="find" aria-label="find"></form>
<table><thead><tr>{"".join(table.heading(name, sort, find) for name in table.COLUMNS)}</tr></thead><tbody>""".encode()
    now = time.time()
    for _, r in best:
        yield table.tr(r, mark(r), trouble(r), now).encode()
    yield b"" if best else b"<tr><td colspan=%d>nothing to show</td></tr>" % len(table.COLUMNS)
    more = f"<p>{found - ROWS:,} more; narrow the search, or read /targets.</p>" if found > ROWS else ""
    yield f"</tbody></table>{more}</body></html>".encode()


class Fleet:
    """The sums over all miners: how many there are of each kind, and what they hash, by algorithm."""

    def __init__(self) -> None:
        self.counts, self.rates = Counter[str](), Counter[str]()

    def add(self, row: dict[str, Any]) -> None:
        self.counts["all"] += 1
        self.counts[row["up"]] += 1
        self.counts["at rest"] += row["up"] == "up" and row["state"] not in WORKING
        self.counts["short of boards"] += "boards_missing" in row
        self.counts["hot"] += "hot" in row
        self.counts["on an unexpected pool"] += "unexpected_pool" in row
        if "hashrate" in row:
            self.rates[row.get("algorithm", "of unknown algorithm")] += row["hashrate"]

    def words(self) -> str:
        """The counts, and each algorithm's hashrate by itself: they cannot be added up."""
        counts = self.counts
        said = [f"{counts['up']:,} of {counts['all']:,} miners up", f"{counts['down']:,} down"]
        kinds = ("at rest", "short of boards", "hot", "on an unexpected pool")
        said += [f"{counts[kind]:,} {kind}" for kind in kinds if counts[kind]]
        rates = [f"{table.hashrate(rate)} {name}" for name, rate in self.rates.most_common(ALGORITHMS) if rate]
        dark = [] if counts["up"] or not counts["all"] else ["0 H/s"]
        return " · ".join([", ".join(said), *rates, *dark])


def said(row: dict[str, Any]) -> str:
    """All that stands in a row, in lower case."""
    return " ".join(map(str, {**row, "labels": [*row["labels"].values()]}.values())).lower()


Ordered = tuple[tuple[Any, ...], dict[str, Any]]


def order(row: dict[str, Any], column: str) -> tuple[Any, ...]:
    """Numbers by size, greatest first; words as people count; what is not known last. By default trouble first, the
    gravest of it, and of those alike the one that falls furthest short of its nominal hashrate."""
    if column == "last read":
        return (-row.get("last_success", 0),)
    if column not in table.COLUMNS:
        return MARKS[mark(row)], min(part(row), SHORT), natural(row["miner"])
    if column == "place":
        value: Any = ", ".join(row["labels"].values()) or None
    else:
        value = trouble(row) or None if column == "trouble" else row.get(column.replace(" ", "_"))
    return (value is None, -value if isinstance(value, int | float) else 0, natural(str(value)), natural(row["miner"]))


def natural(words: str) -> list[tuple[int, str]]:
    """The text in pieces, so that 9 comes before 10 and 10.0.0.9 before 10.0.0.10."""
    return [(int(piece), "") if n % 2 else (-1, piece) for n, piece in enumerate(_NUMBER.split(words))]
