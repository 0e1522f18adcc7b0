"""The pools of AxeOS: the pool and the backup pool, a flag for which of the two is in use, and values of that pool.

Quirks: newer pages also tell whether the pool in use is connected. From version 2.15 on, up to eight pools are
configured, of which two are chosen as pool and backup pool. Difficulties are numbers or texts such as "483k".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static, traceable, truthy
from exporter.core.values import Number, count, flag, number, positive, quantity, text
from exporter.decode.common.flags import switch
from exporter.decode.common.poolvalues import address
from exporter.parse.rows import Reading, Row

STRATUM_V1: Final = ("SV1", 0)  # the version of a pool's protocol, as AxeOS and as NerdQAxe write it
STRATUM_V2: Final = ("SV2", 1)
LOST: Final = 600_000  # milliseconds after which no answer comes any more
POOLS: Final = ("stratum", "fallbackStratum")  # prefixes of the keys of the pool and of the backup pool


@traceable
def difficulty(raw: object) -> Number | None:
    """Return a best share's difficulty, from a number or from a text such as "483k" or "258M"."""
    return positive(raw) or positive(quantity(raw))


def pools(reading: Reading) -> Iterator[v.Part]:
    """Yield the pool and the backup pool."""
    row = reading.row("system_info")
    fallback, cut = flag(row.static("isUsingFallbackStratum")), "truncated" in reading.answers.repairs
    for place, prefix in enumerate(POOLS):
        if static(truthy(text(row[f"{prefix}URL"]))):
            used = None if fallback is None else fallback == bool(place)
            connected = switch(row["isStratumConnected"]) if used else None
            active: v.Value = None if used is None else int(used)
            if used and "isStratumConnected" in row:
                active = connected
            asked = coalesce(positive(row["stratumDiff"]), positive(row["poolDifficulty"])) if used else None
            yield v.Pool(
                str(place),
                up=connected,
                active=active,
                priority=place,
                difficulty=asked,
                latency_seconds=latency(row) if used else None,
                loss_ratio=lost(row["recentpingloss"], row["lastpingrtt"]) if used else None,
                encrypted=None if cut else secured(row, prefix),
            )
            yield pool_info(row, place, reading.workers)


def latency(row: Row) -> v.Value:
    """Return the seconds until the pool in use answered, by a share or by a ping."""
    return number(prompt(coalesce(row["responseTime"], row["lastpingrtt"])), 1e-3)


@traceable
def prompt(raw: object) -> Number | None:
    """Return the milliseconds of an answer; None for hours, which version 2.9 tells by mistake."""
    value = positive(raw)
    return value if value is not None and value < LOST else None


@traceable
def lost(ratio: object, milliseconds: object) -> Number | None:
    """Return the share of the lost pings; None before the first ping, when loss and time are zero."""
    value = count(ratio)
    known = value is not None and value <= 1 and (value > 0 or prompt(milliseconds) is not None)
    return value if known else None


def secured(row: Row, prefix: str) -> v.Value:
    """Return the encryption by a pool's settings. Older pages have no protocols, newer pages one for each pool."""
    told = any(f"{each}Protocol" in row for each in POOLS)
    return encrypted(row[f"{prefix}TLS"], row[f"{prefix}Protocol"] if told else STRATUM_V1[0])


@traceable
def encrypted(tls: object, protocol: object) -> int | None:
    """Return 1 for a pool by TLS or by Stratum V2, which always encrypts; None if either is in doubt."""
    mode = int(tls) if isinstance(tls, bool) else count(tls)
    if mode or protocol in STRATUM_V2:
        return 1
    return 0 if mode == 0 and protocol in STRATUM_V1 else None


def pool_info(row: Row, place: int, workers: bool) -> v.PoolInfo:
    """Return the address of the pool at index `place`."""
    prefix = POOLS[place]
    user = text(row[f"{prefix}User"]) if workers else ""
    return v.PoolInfo(str(place), address(row[f"{prefix}URL"], row[f"{prefix}Port"]), "user", user)
