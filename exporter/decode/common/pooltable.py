"""The pools in the words of the web pages that Bitmain began, which other makers kept."""

from __future__ import annotations

from collections.abc import Iterator

from exporter.core.tracing import static
from exporter.core.values import count, positive, quantity, shares, text
from exporter.core.vocabulary import Part, Pool, PoolInfo
from exporter.decode.common.poolvalues import blank, last_share, pool_host, pool_up
from exporter.parse.rows import Reading, Row


def pools(section: str, reading: Reading) -> Iterator[Part]:
    yield from listed(reading, reading.rows(section))


def listed(reading: Reading, rows: list[Row]) -> Iterator[Part]:
    """The pools of these rows."""
    for row in rows:
        label = text(row.static("index"))
        if label and not static(blank(row["url"])):
            accepted = shares(row["accepted"])
            yield Pool(
                label,
                up=pool_up(row["status"]),
                priority=count(row["priority"]),
                shares_accepted_total=accepted,
                shares_rejected_total=shares(row["rejected"]),
                shares_stale_total=shares(row["stale"]),
                shares_discarded_total=shares(row["discarded"]),
                share_difficulty_accepted_total=count(row["diffa"]),
                share_difficulty_rejected_total=count(row["diffr"]),
                share_difficulty_stale_total=count(row["diffs"]),
                difficulty=positive(quantity(row["diff"])),
                last_share_difficulty=positive(row["lsdiff"]),
                last_share_timestamp_seconds=last_share(row["lstime"], accepted, reading.now),
                getworks_total=count(row["getworks"]),
            )
            yield PoolInfo(label, pool_host(row["url"]), "user", text(row["user"]) if reading.workers else "")
