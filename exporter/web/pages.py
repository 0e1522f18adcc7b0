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
from urllib.parse import quote

import orjson
import yaml
from aiohttp import web

from exporter import __version__
from exporter.config import Config
from exporter.glance import glance
from exporter.target import Target
from exporter.web import BASE, CONFIG, METRICS_PATH, READY, SCHEDULE
from exporter.web.stream import stream

ROWS: Final = 500
TURN: Final = 200  # targets that are looked at in one turn of the loop
WORKING: Final = frozenset({"up", "mining", "tuning", "starting"})
COLUMNS: Final = (
    "miner",
    "address",
    "state",
    "model",
    "family",
    "hashrate",
    "of nominal",
    "temperature",
    "last read",
    "trouble",
)
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
STYLE: Final = """
:root{color-scheme:light dark}
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:84rem;padding:0 1rem}
h1{font-size:1.4rem;margin:0}p{margin:.4rem 0 1rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .7rem;border-bottom:1px solid #8884;white-space:nowrap}
th a{color:inherit}td.n{text-align:right;font-variant-numeric:tabular-nums}td.e{white-space:normal;color:#c33}
div{overflow-x:auto}
.up::before,.down::before,.new::before,.rest::before,.short::before{content:"● ";color:#889}
.up::before{color:#2a8}.short::before{color:#d80}.down::before{color:#c33}
form{margin:0 0 1rem}input{font:inherit;padding:.2rem .5rem}
"""


def setup(app: web.Application) -> None:
    """Serves the pages."""
    app.router.add_get("/", status)
    app.router.add_get("/targets", targets)
    app.router.add_get("/config", config)
    app.router.add_get("/-/healthy", healthy)
    app.router.add_get("/-/ready", ready)


async def healthy(_: web.Request) -> web.Response:
    return web.Response(text="asic-exporter is Healthy.\n")


async def ready(request: web.Request) -> web.Response:
    """200 once every target was polled or had the time for it, and until the end begins."""
    if request.app[READY]["ending"] or not request.app[SCHEDULE].swept():
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
    seen = glance(target.fragments)
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
    return {key: value for key, value in known.items() if value not in (None, "")}


async def status(request: web.Request) -> web.Response:
    """The fleet, those in trouble first; `sort` names a column (with a minus: the other way round), `find` a part of
    what stands in a row."""
    sort, find = request.query.get("sort", ""), request.query.get("find", "").strip()[:64]
    down = sort.startswith("-")
    counts, total, found = Counter[str](), 0.0, 0
    best: list[tuple[tuple[Any, ...], dict[str, Any]]] = []  # never many more than are shown
    for n, target in enumerate([*request.app[SCHEDULE].targets.values()], 1):
        r = row(target)
        counts[r["up"]] += 1
        total += r.get("hashrate", 0)
        if not find or find.lower() in said(r):
            best.append((order(r, sort.removeprefix("-")), r))
            found += 1
        if n % TURN == 0:
            best = sorted(best, key=itemgetter(0), reverse=down)[:ROWS]
            await asyncio.sleep(0)
    best = sorted(best, key=itemgetter(0), reverse=down)[:ROWS]
    shown = "".join(tr(r) for _, r in best) or f"<tr><td colspan={len(COLUMNS)}>nothing to show</td></tr>"
    more = f"<p>{found - ROWS:,} more; narrow the search, or read /targets.</p>" if found > ROWS else ""
    head = "".join(f"<th>{heading(name, sort, find)}</th>" for name in COLUMNS)
    base = html.escape(request.app[BASE])
    metrics = base + html.escape(request.app[METRICS_PATH])
    body = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>asic-exporter</title>
<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>
<h1>asic-exporter {__version__}</h1>
<p>{counts["up"]:,} of {len(request.app[SCHEDULE].targets):,} miners up, {counts["down"]:,} down, {hashrate(total)} ·
<a href="{metrics}">metrics</a> · <a href="{base}/targets">targets</a> · <a href="{base}/config">config</a></p>
<form><input name="find" value="{html.escape(find)}" placeholder="find" aria-label="find"></form>
<div><table><thead><tr>{head}</tr></thead><tbody>{shown}</tbody></table></div>{more}</body></html>"""
    return web.Response(text=body, content_type="text/html", headers=HEADERS)


def said(row: dict[str, Any]) -> str:
    """All that stands in a row, in lower case."""
    return " ".join(map(str, {**row, "labels": [*row["labels"].values()]}.values())).lower()


def heading(name: str, sort: str, find: str) -> str:
    """A column's name as a link that sorts by it, and once more the other way round."""
    turned = f"-{name}" if sort == name else name
    mark = {name: " ▾", f"-{name}": " ▴"}.get(sort, "")
    return f'<a href="?sort={quote(turned)}&amp;find={quote(find)}">{name}{mark}</a>'


def order(row: dict[str, Any], column: str) -> tuple[Any, ...]:
    """Numbers by size, greatest first; words as people count; what is not known last. By default trouble first: what is
    down, then what falls short of its nominal hashrate."""
    if column == "last read":
        return (-row.get("last_success", 0),)
    if column not in COLUMNS:
        short = row.get("of_nominal", 1.0) if row["state"] in WORKING else 1.0
        return ({"down": 0, "new": 1, "up": 2}[row["up"]], min(short, 0.9), natural(row["miner"]))
    value = trouble(row) or None if column == "trouble" else row.get(column.replace(" ", "_"))
    return (value is None, -value if isinstance(value, int | float) else 0, natural(str(value)), natural(row["miner"]))


def natural(words: str) -> list[tuple[int, str]]:
    """The text in pieces, so that 9 comes before 10 and 10.0.0.9 before 10.0.0.10."""
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in re.split(r"(\d{1,18})", words)]


def trouble(row: dict[str, Any]) -> str:
    """Why a miner is down, or what one that is up calls wrong with itself."""
    return str(row.get("last_error") or row.get("faults", ""))


def tr(row: dict[str, Any]) -> str:
    known = {key: html.escape(str(value)) for key, value in row.items()}
    ago = f"{max(0, time.time() - row['last_success']):,.0f} s ago" if "last_success" in row else ""
    rate = hashrate(row["hashrate"]) if "hashrate" in row else ""
    part = f"{100 * row['of_nominal']:.0f} %" if "of_nominal" in row else ""
    heat = f"{row['temperature']:.0f} °C" if "temperature" in row else ""
    short = row.get("of_nominal", 1) < 0.9 and row["state"] in WORKING
    mark = "short" if short else row["up"] if row["state"] in WORKING | {"down", "new"} else "rest"
    return (
        f"<tr><td>{known['miner']}</td><td>{known['address']}</td><td class={mark}>{known['state']}</td>"
        f"<td>{known.get('model', '')}</td><td>{known.get('family', '')}</td><td class=n>{rate}</td>"
        f"<td class=n>{part}</td><td class=n>{heat}</td>"
        f"<td class=n>{ago}</td><td class=e>{html.escape(trouble(row))}</td></tr>"
    )


def hashrate(value: float) -> str:
    """A hashrate with the prefix that leaves one to four digits before the point."""
    for prefix in ("", "k", "M", "G", "T", "P"):
        if abs(value) < 1000:
            return f"{value:.4g} {prefix}H/s"
        value /= 1000
    return f"{value:.4g} EH/s"
