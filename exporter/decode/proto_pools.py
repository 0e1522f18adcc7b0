"""The pools of Proto's Rig, whose difficulties come as text; since version 1.8 each tells of its shares."""

from __future__ import annotations

from collections.abc import Iterator

from exporter.decode.poolvalues import at_work, last_share, pool_host, pool_up
from exporter.decode.rows import Reading
from exporter.live import door, first, item
from exporter.values import count, positive, text
from exporter.vocabulary import Part, Pool, PoolInfo


def pools(reading: Reading) -> Iterator[Part]:
    named = [(label, row) for row in reading.rows("proto_pools") if (label := text(row.fact("id")))]
    more = ["", None, None] if "truncated" in reading.answers.repairs else []  # a pool that was cut off, perhaps
    working = at_work(*[each for _, row in named for each in ("user", None, in_use(row["status"]))], *more)
    for n, (label, row) in enumerate(named):
        accepted = count(row["accepted"])
        yield Pool(
            label,
            up=pool_up(row["status"], None, row["enabled"]),
            active=item(working, n),
            priority=count(row["priority"]),
            shares_accepted_total=accepted,
            shares_rejected_total=count(row["rejected"]),
            share_difficulty_accepted_total=count(row["difficulty_accepted_shares"]),
            share_difficulty_rejected_total=count(row["difficulty_rejected_shares"]),
            difficulty=first(positive(row["current_difficulty"]), positive(row["difficulty"])),
            last_share_difficulty=positive(row["last_share_difficulty"]),
            best_share_difficulty=positive(row["best_difficulty_share"]),
            last_share_timestamp_seconds=last_share(row["last_share_time"], accepted, reading.now),
        )
        user = text(row["user"]) if reading.workers else ""
        yield PoolInfo(label, pool_host(row["url"]), "user", user)


@door
def in_use(status: object) -> bool | None:
    """Whether a pool is the one in use: "Idle" is a pool that is there, and not needed."""
    return {"active": True, "idle": False, "dead": False}.get(text(status).lower())
