"""The pools of NerdAxe, NerdQAxe and NerdOctaxe, from the first page, the dashboard, or both.

Quirks: with a backup pool there is a single entry, for the pool in use. The dashboard then has the other pool's address
outside the entry, whose shares are those of both pools. With two pools at work, each pool has an entry. The first page
has the addresses under other keys.
A pool that pays others than the owner is blocked, if the owner wants that checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static, traceable, truthy
from exporter.core.values import Number, count, number, positive, shares, text
from exporter.decode.axeos import pools as axeos
from exporter.decode.axeos.pools import POOLS, STRATUM_V1, difficulty, encrypted, lost, pool_info, prompt, secured
from exporter.decode.common.faults import CRITICAL
from exporter.decode.common.flags import switch
from exporter.decode.common.nested import at, complete, how_long, inner
from exporter.decode.common.poolvalues import address, blank, reached
from exporter.parse.rows import Reading, Row

FAILOVER: Final = 0  # the mode with a single pool for all work
TOGETHER: Final = 1  # the mode with several pools at work
LABELS: Final = ("0", "1")  # of the pools that the miner checks


def pools(reading: Reading) -> Iterator[v.Part]:
    first_page = reading.row("system_info")
    stratum = inner(first_page, "stratum")
    if "pools" not in stratum:
        stratum = inner(reading.row("nerdqaxe_dashboard"), "stratum")
    cut = "truncated" in reading.answers.repairs
    yield from verified(first_page["blockHeaders"], cut)
    yield from verified(inner(reading.row("nerdqaxe_dashboard"), "coinbase")["blockHeaders"], cut)
    if "pools" not in stratum:
        yield from axeos.pools(reading)
        return
    listed, entries = stratum["pools"], static(how_long(stratum["pools"]))
    mode, fallback = count(stratum.static("activePoolMode")), stratum.static("usingFallback")
    if cut or not isinstance(fallback, bool):  # a single entry of a truncated list may be the first of two
        fallback = None
    known = not cut and static(how_long(complete(listed))) == entries  # a gap would move a fault to another pool
    shared = known and mode == TOGETHER and entries == len(POOLS)
    places = range(max(entries, len(POOLS)))
    addresses = [address_of(first_page, listed, place, entries, reading.workers) for place in places]
    alone = static(truthy(blank(first_page[f"{POOLS[1]}URL"])))
    mixed = mode == FAILOVER and entries == 1 and not alone  # the shares of both pools are in the single entry
    for place, info in zip(places, addresses, strict=True):
        entry = entry_of(place, entries, mode, fallback)
        own = None if mixed else entry
        if info is None and entry in (None, place):  # an entry without an address is no pool
            continue
        connected = value_of(listed, entry, "connected")
        before = [value_of(listed, n, "connected") for n in range(place)] if mode != TOGETHER and entry == place else []
        yield v.Pool(
            str(place),
            up=reached(connected, *before),
            active=active(place, mode, fallback, switch(connected)),
            priority=place,
            shares_accepted_total=shares(value_of(listed, own, "accepted")),
            shares_rejected_total=shares(value_of(listed, own, "rejected")),
            difficulty=positive(value_of(listed, entry, "poolDifficulty")),
            best_share_difficulty=difficulty(value_of(listed, own, "bestDiff")),
            latency_seconds=number(prompt(value_of(listed, entry, "pingRtt")), 1e-3),
            loss_ratio=lost(value_of(listed, entry, "pingLoss"), value_of(listed, entry, "pingRtt")),
            encrypted=coalesce(
                encrypted(value_of(listed, entry, "encrypted"), STRATUM_V1[0]),
                secured(first_page, POOLS[place]) if place < len(POOLS) and not cut else None,
            ),
            quota=portion(stratum["poolBalance"], place) if shared else None,
        )
        if known and static(truthy(text(value_of(listed, entry, "verifyBlocked")))):
            yield v.Fault("verifyBlocked", f"pool:{place}", CRITICAL, 1)
        if info is not None:
            yield info
        if entry == 0:
            yield v.Miner(network_difficulty=positive(value_of(listed, entry, "networkDifficulty")))


def verified(headers: Any, cut: bool) -> Iterator[v.Part]:
    """Yield the failed checks of each pool's jobs, and the block that the miner works on.

    The block of a pool that is not in use may be an old block, and is lower."""
    headers = complete(headers)  # without one of two headers, the other may be the old one
    places = range(static(how_long(headers)))
    for n in places:
        if (pool := static(text(at(headers, n, "pool")))) in LABELS:
            yield v.Pool(pool, verification_failures_total=count(at(headers, n, "verificationFailCount")))
    if not cut:
        yield v.Miner(network_block_height=highest(*[at(headers, n, "blockHeight") for n in places]))


@traceable
def highest(*heights: object) -> Number | None:
    """Return the greatest number; None for zero, and for a number that is missing."""
    known = [height for each in heights if (height := count(each)) is not None]
    return positive(max(known)) if known and len(known) == len(heights) else None


@traceable
def portion(balance: object, place: int) -> Number | None:
    """Return the percentage of the work for the first or the second pool, from the first pool's percentage."""
    value = count(balance)
    return None if value is None or value > 100 else value if place == 0 else 100 - value


def value_of(listed: Any, entry: int | None, key: str) -> Any:
    """Return the value under a key of an entry; None without an entry."""
    return None if entry is None else at(listed, entry, key)


def entry_of(place: int, entries: int, mode: Any, fallback: bool | None) -> int | None:
    """Return the index of the entry about the pool at `place`; None without an entry.

    A single entry is about the pool in use."""
    if entries == 1 and mode != TOGETHER:
        return 0 if mode == FAILOVER and fallback is not None and place == int(fallback) else None
    return place if place < entries else None


def active(place: int, mode: Any, fallback: bool | None, connected: Any) -> Any:
    """Return 1 for a connected pool in use, 0 for other pools, None if unknown.

    Two pools may be in use at the same time."""
    if mode is None or (mode == FAILOVER and fallback is None):
        return None
    return 0 if mode == FAILOVER and place != int(bool(fallback)) else connected


def address_of(row: Row, listed: Any, place: int, entries: int, workers: bool) -> v.PoolInfo | None:
    """Return the pool's address, from the first page or else from the pool's entry; None without an address."""
    if place < len(POOLS) and f"{POOLS[place]}URL" in row:
        found = pool_info(row, place, workers)
    elif place < entries:
        user = text(at(listed, place, "user")) if workers else ""
        host = coalesce(*[text(at(listed, place, key)) for key in ("host", "url")])
        found = v.PoolInfo(str(place), address(host, at(listed, place, "port")), "user", user)
    else:
        return None
    return found if static(truthy(found.host)) else None
