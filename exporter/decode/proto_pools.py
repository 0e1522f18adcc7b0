"""The pools of Proto's Rig, whose difficulties come as text."""

from __future__ import annotations

from collections.abc import Iterator

from exporter.decode.poolvalues import pool_host, pool_up
from exporter.decode.rows import Reading
from exporter.values import count, positive, text
from exporter.vocabulary import Part, Pool, PoolInfo


def pools(reading: Reading) -> Iterator[Part]:
    for row in reading.rows("proto_pools"):
        if label := text(row.fact("id")):
            yield Pool(
                label,
                up=pool_up(row["status"], None, row["enabled"]),
                priority=count(row["priority"]),
                shares_accepted_total=count(row["accepted"]),
                shares_rejected_total=count(row["rejected"]),
                difficulty=positive(row["difficulty"]),
            )
            user = text(row["user"]) if reading.workers else ""
            yield PoolInfo(label, pool_host(row["url"]), "user", user)
