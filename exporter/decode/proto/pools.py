"""The pools of Proto's Rig, whose difficulties come as text; since version 1.8 each pool has share counts.

Quirks: "invalid" and "duplicate" count shares that the rig kept back: no pool rejected them.
"""

from __future__ import annotations

from collections.abc import Iterator

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, item, traceable
from exporter.core.values import count, positive, text
from exporter.decode.common.poolvalues import last_share, pool_host, pool_up
from exporter.parse.rows import Reading


def pools(reading: Reading) -> Iterator[v.Part]:
    named = [(label, row) for row in reading.rows("proto_pools") if (label := text(row.static("id")))]
    whole = "truncated" not in reading.answers.repairs  # a truncated list may lack a pool
    working = in_use(whole, *[row["status"] for _, row in named])
    for n, (label, row) in enumerate(named):
        accepted = count(row["accepted"])
        yield v.Pool(
            label,
            up=pool_up(row["status"], None, row["enabled"]),
            active=item(working, n),
            priority=count(row["priority"]),
            shares_accepted_total=accepted,
            shares_rejected_total=count(row["rejected"]),
            share_difficulty_accepted_total=count(row["difficulty_accepted_shares"]),
            share_difficulty_rejected_total=count(row["difficulty_rejected_shares"]),
            difficulty=coalesce(positive(row["current_difficulty"]), positive(row["difficulty"])),
            last_share_difficulty=positive(row["last_share_difficulty"]),
            best_share_difficulty=positive(row["best_difficulty_share"]),
            last_share_timestamp_seconds=last_share(row["last_share_time"], accepted, reading.now),
            getworks_total=count(row["notifys_received"]),
        )
        user = text(row["user"]) if reading.workers else ""
        yield v.PoolInfo(label, pool_host(row["url"]), "user", user)


@traceable
def in_use(whole: bool, *statuses: object) -> list[int | None]:
    """Return for each pool 1 at work, 0 not at work, None if unknown. "Idle" is a pool that answers and waits.

    An active pool gives None if the list was truncated, or if several pools are active."""
    found = [{"active": 1, "idle": 0, "dead": 0}.get(text(status).lower()) for status in statuses]
    return [None if on and not (whole and found.count(1) == 1) else on for on in found]
