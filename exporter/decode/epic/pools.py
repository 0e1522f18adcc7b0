"""The pools of ePIC's miners: those that are set, and which of them is mined for, by its address.

Odd about it: shares and the last of them are told of the session, which is that of the pool in use; the first firmware
knows a single pool, whose shares those of the session are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, traceable
from exporter.core.values import Number, count, flag, host_port, positive, text
from exporter.decode.common.nested import inner
from exporter.decode.common.poolvalues import ago, last_share
from exporter.parse.rows import Reading, Row


def pools(reading: Reading) -> Iterator[v.Part]:
    """The pools that are set; which one is mined for is told by its address."""
    row = reading.row("epic_summary")
    now, session = inner(row, "Stratum"), inner(row, "Session")
    asked, newest = positive(session["Difficulty"]), shared(session, reading.now)
    unlisted = "StratumConfigs" not in row and "IsPoolConnected" not in now
    if unlisted and row.any(first_firmware, "Software") and "truncated" not in reading.answers.repairs:
        yield v.Pool(
            "0",
            shares_accepted_total=count(session["Accepted"]),
            shares_rejected_total=count(session["Rejected"]),
            difficulty=asked,
            last_share_timestamp_seconds=newest,
        )
        yield v.PoolInfo(
            "0", host_port(now["Current Pool"]), "user", text(now["Current User"]) if reading.workers else ""
        )
    for said in row.rows("StratumConfigs"):
        n = said.position
        at_work = same(said["pool"], now["Current Pool"], now["IsPoolConnected"])
        yield v.Pool(
            str(n),
            up=connected(said["pool"], now["Current Pool"], now["IsPoolConnected"]),
            active=at_work,
            priority=n,
            difficulty=when(at_work, asked),
            last_share_timestamp_seconds=when(at_work, newest),
        )
        yield v.PoolInfo(str(n), host_port(said["pool"]), "user", text(said["login"]) if reading.workers else "")


@traceable
def first_firmware(software: object) -> bool:
    """Tell whether it is the firmware before PowerPlay, of ePIC's own SC200."""
    return text(software).startswith("epic-miner")


def shared(session: Row, now: float) -> Any:
    """The time of the last accepted share, by the miner's clock, or by its age where the clock was never set."""
    accepted = count(session["Accepted"])
    stamp = last_share(session["Last Accepted Share Timestamp"], accepted, now)
    return coalesce(stamp, timed(session["Last Accepted Share Timer"], accepted, now))


@traceable
def timed(seconds: object, accepted: Number | None, now: float) -> Number | None:
    """Unix time of a share that was accepted so many seconds ago."""
    return ago(count(seconds), now) if accepted else None


@traceable
def same(pool: object, current: object, on: object) -> int | None:
    """1 where the pool is the one that is mined for, 0 where not."""
    linked, one, other = flag(on), host_port(pool), host_port(current)
    if linked is None or (linked and not (":" in one and ":" in other)):
        return None
    return int(linked and one == other)


@traceable
def connected(pool: object, current: object, on: object) -> int | None:
    """Tell whether the pool in use is connected; of any other nothing is said."""
    linked, one = flag(on), host_port(pool)
    return None if linked is None or not one or one != host_port(current) else int(linked)


@traceable
def when(condition: Number | None, value: Number | None) -> Number | None:
    return value if condition else None
