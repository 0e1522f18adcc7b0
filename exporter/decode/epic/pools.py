"""The pools of ePIC's miners: the configured pools, and the pool in use, which is identified by its address.

Quirks: shares, the latency in seconds, and the time of the last share belong to the session with the pool in use. The
first firmware has a single pool, so the session's shares are the pool's shares.
"""

from __future__ import annotations

from collections.abc import Iterator

from exporter.core import vocabulary as v
from exporter.core.tracing import Traced, coalesce, traceable
from exporter.core.values import Number, count, flag, host_port, positive, text
from exporter.decode.common.nested import inner
from exporter.decode.common.poolvalues import ago, last_share
from exporter.parse.rows import Reading, Row


def pools(reading: Reading) -> Iterator[v.Part]:
    """Yield the configured pools; the address identifies the pool in use."""
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
    for entry in row.rows("StratumConfigs"):
        n = entry.position
        at_work = in_use(entry["pool"], now["Current Pool"], now["IsPoolConnected"])
        yield v.Pool(
            str(n),
            up=connected(entry["pool"], now["Current Pool"], now["IsPoolConnected"]),
            active=at_work,
            priority=n,
            difficulty=value_if(at_work, asked),
            last_share_timestamp_seconds=value_if(at_work, newest),
            latency_seconds=value_if(at_work, positive(now["Average Latency"])),
        )
        yield v.PoolInfo(str(n), host_port(entry["pool"]), "user", text(entry["login"]) if reading.workers else "")


@traceable
def first_firmware(software: object) -> bool:
    """Tell whether the firmware is PowerPlay's predecessor, from ePIC's own SC200."""
    return text(software).startswith("epic-miner")


def shared(session: Row, now: Traced[float]) -> v.Value:
    """Return the Unix time of the last accepted share, from the share's age if the miner's clock was never set."""
    accepted = count(session["Accepted"])
    stamp = last_share(session["Last Accepted Share Timestamp"], accepted, now)
    return coalesce(stamp, timed(session["Last Accepted Share Timer"], accepted, now))


@traceable
def timed(seconds: object, accepted: Number | None, now: float) -> Number | None:
    """Return the Unix time of a share that was accepted `seconds` ago; None without accepted shares."""
    return ago(count(seconds), now) if accepted else None


@traceable
def in_use(pool: object, current: object, on: object) -> int | None:
    """Return 1 for the pool in use, 0 for another pool or without a connection; None if unknown."""
    linked, address, current_address = flag(on), host_port(pool), host_port(current)
    if linked is None or (linked and not (":" in address and ":" in current_address)):
        return None
    return int(linked and address == current_address)


@traceable
def connected(pool: object, current: object, on: object) -> int | None:
    """Return whether the pool in use is connected, as 1 or 0; None for any other pool."""
    linked, address = flag(on), host_port(pool)
    return None if linked is None or not address or address != host_port(current) else int(linked)


@traceable
def value_if(condition: Number | None, value: Number | None) -> Number | None:
    """Return the value if the condition is 1, else None."""
    return value if condition else None
