"""The status page, /targets, /config and the health checks."""

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

MAX_ROWS: Final = 500  # most rows of the table
ALGORITHMS: Final = 8  # most algorithms whose total hashrate is shown at the top of the page
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
    """Serve the pages; a failure in any of them counts as an internal error."""
    app.middlewares.append(counted)
    app.router.add_get("/", status)
    app.router.add_get("/targets", targets)
    app.router.add_get("/config", config)
    app.router.add_get("/-/healthy", healthy)
    app.router.add_get("/-/ready", ready)


@web.middleware
async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count the failures of a handler as internal errors; aiohttp logs them."""
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
    """Answer 200 from the first completed round of polls until shutdown begins, else 503."""
    if request.app[READY]["ending"] or not request.app[SCHEDULE].all_polled():
        return web.Response(status=503, text="asic-exporter is not ready.\n")
    return web.Response(text="asic-exporter is Ready.\n")


async def config(request: web.Request) -> web.Response:
    """Answer with the configuration in force, secrets masked."""
    text = await asyncio.to_thread(as_yaml, request.app[CONFIG])  # takes a second for ten thousand targets
    return web.Response(text=text, content_type="text/plain", headers=HEADERS)


def as_yaml(config: Config) -> str:
    """Return the configuration as YAML, secrets masked."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return str(yaml.dump(config.masked(), Dumper=dumper, sort_keys=False, allow_unicode=True))


async def targets(request: web.Request) -> web.StreamResponse:
    """Answer with the rows of the status page as JSON."""
    return await stream(request, as_json(request), {**HEADERS, "Content-Type": "application/json; charset=utf-8"})


def as_json(request: web.Request) -> Iterator[bytes]:
    """Yield the rows of all targets as one JSON document, in pieces."""
    before = b'{"targets": ['
    for target in [*request.app[SCHEDULE].targets.values()]:
        yield before + orjson.dumps(row(target))
        before = b", "
    yield b"]}" if before == b", " else before + b"]}"


def row(target: Target) -> dict[str, Any]:
    """Return the row of a target for the status page and /targets; unknown values are left out."""
    up = {None: "new", True: "up", False: "down"}[target.up]
    seen = glance(target.fragments, target.info)
    known: dict[str, Any] = {
        "miner": target.name,
        "address": f"{target.spec.host}:{target.spec.port}",
        "group": target.spec.group,
        "labels": dict(target.spec.labels),
        "up": up,
        "state": seen.pop("state", up),
        **seen,
        "last_success": target.last_success,
        "last_error": target.error,
        "twins": " ".join(target.twins),
    }
    known["boards_missing"] = missing(known) or None
    return {key: value for key, value in known.items() if value not in (None, "")}


async def status(request: web.Request) -> web.StreamResponse:
    """Answer with the status page, miners in trouble first.

    `sort` names a column, with a minus for the reverse order; only rows that contain the text `find` are shown."""
    sort, find = request.query.get("sort", ""), request.query.get("find", "").strip()[:64]
    return await stream(request, written_out(request.app, sort, find), {**HEADERS, "Content-Type": HTML})


def written_out(app: web.Application, sort: str, find: str) -> Iterator[bytes]:
    """Yield the page in pieces that each take little time; while rows are searched, the pieces are empty."""
    fleet, best, found = Fleet(), list[Ordered](), 0  # `best` holds at most twice as many rows as are shown
    for target in [*app[SCHEDULE].targets.values()]:
        r = row(target)
        fleet.add(r)
        if not find or find.lower() in searchable(r):
            best.append((order(r, sort.removeprefix("-")), r))
            found += 1
        if len(best) >= 2 * MAX_ROWS:
            best = sorted(best, key=itemgetter(0), reverse=sort.startswith("-"))[:MAX_ROWS]
        yield b""
    best = sorted(best, key=itemgetter(0), reverse=sort.startswith("-"))[:MAX_ROWS]
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
    more = f"<p>{found - MAX_ROWS:,} more; narrow the search, or read /targets.</p>" if found > MAX_ROWS else ""
    yield f"</tbody></table>{more}</body></html>".encode()


class Fleet:
    """The sums over all miners: counts by condition, hashrates by algorithm."""

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
        """Return the counts, and a hashrate for each algorithm, as one line of text."""
        counts = self.counts
        words = [f"{counts['up']:,} of {counts['all']:,} miners up", f"{counts['down']:,} down"]
        kinds = ("at rest", "short of boards", "hot", "on an unexpected pool")
        words += [f"{counts[kind]:,} {kind}" for kind in kinds if counts[kind]]
        rates = [f"{table.hashrate(rate)} {name}" for name, rate in self.rates.most_common(ALGORITHMS) if rate]
        dark = [] if counts["up"] or not counts["all"] else ["0 H/s"]
        return " · ".join([", ".join(words), *rates, *dark])


def searchable(row: dict[str, Any]) -> str:
    """Return all values of a row as one text in lower case."""
    return " ".join(map(str, {**row, "labels": [*row["labels"].values()]}.values())).lower()


Ordered = tuple[tuple[Any, ...], dict[str, Any]]


def order(row: dict[str, Any], column: str) -> tuple[Any, ...]:
    """Return the sort key of a row for a column.

    Numbers are sorted by size, greatest first; texts in natural order; unknown values last. Without a known column the
    gravest trouble comes first, then the miner that is furthest below its nominal hashrate."""
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
    """Split a text into words and numbers, so that 10.0.0.9 sorts before 10.0.0.10."""
    return [(int(piece), "") if n % 2 else (-1, piece) for n, piece in enumerate(_NUMBER.split(words))]
