"""The pools of ePIC's PowerPlay: those that are set, and which of them is mined for, by its address."""

from __future__ import annotations

from collections.abc import Iterator

from exporter.decode.nested import inner
from exporter.decode.rows import Row
from exporter.live import door
from exporter.values import Number, flag, host_port, positive, text
from exporter.vocabulary import Part, Pool, PoolInfo


def pools(row: Row, workers: bool) -> Iterator[Part]:
    """The pools that are set; which one is mined for is told by its address."""
    now, session = inner(row, "Stratum"), inner(row, "Session")
    for said in row.rows("StratumConfigs"):
        n = said.position
        at_work = same(said["pool"], now["Current Pool"], now["IsPoolConnected"])
        asked = when(at_work, positive(session["Difficulty"]))
        yield Pool(str(n), active=at_work, priority=n, difficulty=asked)
        yield PoolInfo(str(n), host_port(said["pool"]), "user", text(said["login"]) if workers else "")


@door
def same(pool: object, current: object, connected: object) -> int | None:
    """1 where the pool is the one that is mined for, 0 where not."""
    on, one, other = flag(connected), host_port(pool), host_port(current)
    if on is None or (on and not (":" in one and ":" in other)):
        return None
    return int(on and one == other)


@door
def when(condition: Number | None, value: Number | None) -> Number | None:
    return value if condition else None
