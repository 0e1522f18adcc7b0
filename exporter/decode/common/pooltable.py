"""The pools with the keys of Bitmain's web pages, which other makers and VNish use too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static
from exporter.core.values import count, positive, quantity, text
from exporter.decode.common.counts import PAGE_SHARES, Table
from exporter.decode.common.poolvalues import blank, last_share, pool_host, pool_up
from exporter.parse.rows import Reading, Row

FIELDS: Final[Table] = (
    ("priority", "priority", count),
    *PAGE_SHARES,
    ("diff", "difficulty", lambda raw: positive(quantity(raw))),
    ("lsdiff", "last_share_difficulty", positive),
    ("ls_diff", "last_share_difficulty", positive),
    ("getworks", "getworks_total", count),
)


def pools(section: str, reading: Reading) -> Iterator[v.Part]:
    """Yield the pools of a section."""
    yield from listed(reading, reading.rows(section))


def listed(reading: Reading, rows: list[Row]) -> Iterator[v.Part]:
    """Yield the pools of these rows."""
    for row in rows:
        label = text(row.static("index"))
        if label and not static(blank(row["url"])):
            yield pool(label, row, reading)
            yield info(label, row, reading, "user")


def pool(label: str, row: Row, reading: Reading) -> v.Pool:
    """Return the pool of a row."""
    part = v.Pool(label, up=pool_up(row["status"]))
    for key, name, convert in FIELDS:
        if key in row:
            setattr(part, name, convert(row[key]))
    at = coalesce(row["lstime"], row["ls_time"])
    part.last_share_timestamp_seconds = last_share(at, part.shares_accepted_total, reading.now)
    return part


def info(label: str, row: Row, reading: Reading, kind: str) -> v.PoolInfo:
    """Return the address of a row's pool, and the worker's name if workers are opted into."""
    return v.PoolInfo(label, pool_host(row["url"]), kind, text(row["user"]) if reading.workers else "")
