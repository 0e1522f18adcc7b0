"""The work of BraiinsOS from its two modern surfaces: hashrates, shares and pools.

Each decoder takes the prefix of its surface's sections, "" for the pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import Traced, coalesce, static, traceable
from exporter.core.values import Number, count, number, positive, shares, text
from exporter.decode.common.flags import switch
from exporter.decode.common.nested import at
from exporter.decode.common.poolvalues import best, last_share, pool_host, pool_up
from exporter.parse.jsontext import LIST
from exporter.parse.rows import Reading

WINDOWS: Final = ("5s", "15s", "30s", "1m", "5m", "15m", "30m", "1h", "24h")


def rate(raw: Traced[object], *keys: str) -> Traced[Number | None]:
    """Return hashes per second."""
    return number(count(at(raw, *keys, "gigahash_per_second")), 1e9)


def current(raw: Traced[object]) -> Traced[Number | None]:
    """Return the hashrate over the shortest window."""
    return coalesce(*[rate(raw, "real_hashrate", f"last_{window}") for window in WINDOWS])


def lost(work: Traced[object]) -> Traced[Number | None]:
    """Return the hashrate of results that failed the miner's own check."""
    return number(count(at(work, "error_hashrate", "megahash_per_second")), 1e6)


def best_of(work: Traced[object]) -> Traced[Number | None]:
    """Return a best share's difficulty, from the text if there is a text, because the number may have overflowed."""
    return best(coalesce(at(work, "best_share_str"), at(work, "best_share")))


def stats(surface: str, reading: Reading) -> Iterator[v.Part]:
    row = reading.row(surface + "miner_stats")
    mined, pooled = row["miner_stats"], row["pool_stats"]
    yield v.Miner(
        hashrate_hashes_per_second=current(mined),
        shares_accepted_total=shares(at(pooled, "accepted_shares")),
        shares_rejected_total=shares(at(pooled, "rejected_shares")),
        shares_stale_total=shares(at(pooled, "stale_shares")),
        best_share_difficulty=best_of(mined),
        blocks_found_total=count(at(mined, "found_blocks")),
        error_hashrate_hashes_per_second=lost(mined),
    )
    for window in WINDOWS:
        yield v.HashrateWindow(window, rate(mined, "real_hashrate", f"last_{window}"))
    yield v.HashrateWindow("average", rate(mined, "real_hashrate", "since_restart"))
    yield v.HashrateNominal("firmware", positive(rate(mined, "nominal_hashrate")))
    yield v.Power("estimated", positive(at(row["power_stats"], "approximated_consumption", "watt")))


@traceable
def pool_places(groups: object) -> list[tuple[int, int]]:
    """Return the places of the pools: (index of the group, index of the pool in the group)."""
    lists = [at(group, "pools") for group in groups[:16]] if isinstance(groups, list) else []
    return [
        (g, n)
        for g, pools in enumerate(lists)
        for n, pool in enumerate(pools[:16] if isinstance(pools, list) else [])
        if text(at(pool, "url"))  # an entry without an address is no pool
    ]


def pools(surface: str, reading: Reading) -> Iterator[v.Part]:
    """Yield the pools, labelled by their index. After the first group, the label begins with the group's index."""
    groups = reading.row(surface + "pool_groups")[LIST]
    for g, n in static(pool_places(groups)):
        label = f"{g}.{n}" if g else str(n)
        place = (groups, g, "pools", n)
        accepted = shares(at(*place, "stats", "accepted_shares"))
        yield v.Pool(
            label,
            up=pool_up(at(*place, "alive"), at(*place, "active"), at(*place, "enabled")),
            active=switch(at(*place, "active")),
            quota=count(at(groups, g, "strategy", "quota", "value")),
            fixed_share_ratio=count(at(groups, g, "strategy", "fixedshareratio", "value")),
            shares_accepted_total=accepted,
            shares_rejected_total=shares(at(*place, "stats", "rejected_shares")),
            shares_stale_total=shares(at(*place, "stats", "stale_shares")),
            difficulty=positive(at(*place, "stats", "last_difficulty")),
            best_share_difficulty=best_of(at(*place, "stats")),
            last_share_timestamp_seconds=last_share(
                at(*place, "stats", "last_share_time", "seconds"), accepted, reading.now
            ),
        )
        user = text(at(*place, "user")) if reading.workers else ""
        yield v.PoolInfo(label, pool_host(at(*place, "url")), "user", user)
