"""The pools of Proto's Rig, whose difficulties come as text."""

from __future__ import annotations

from collections.abc import Iterator

from exporter.decode.poolvalues import pool_host
from exporter.decode.rows import Reading
from exporter.live import door
from exporter.values import count, flag, positive, text
from exporter.vocabulary import Part, Pool, PoolInfo


def pools(reading: Reading) -> Iterator[Part]:
    for row in reading.rows("proto_pools"):
        if label := text(row.fact("id")):
            yield Pool(
                label,
                up=working(row["status"], row["enabled"]),
                priority=count(row["priority"]),
                shares_accepted_total=count(row["accepted"]),
                shares_rejected_total=count(row["rejected"]),
                difficulty=positive(row["difficulty"]),
            )
            user = text(row["user"]) if reading.workers else ""
            yield PoolInfo(label, pool_host(row["url"]), "user", user)


@door
def working(status: object, enabled: object) -> int | None:
    """1 for a pool that is switched on and said to be active or idle, 0 for one that is dead."""
    word = text(status).lower()
    return None if not word or flag(enabled) is None else int(bool(flag(enabled)) and word in ("active", "idle"))
