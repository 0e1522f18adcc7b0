"""The pools of firmware that names the pool in use on one page, and lists all pools on another, without their states.

Quirks: the list may lack the pool in use, because another list is asked seldom, or because somebody changed the pool.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exporter.core import vocabulary as v
from exporter.core.tracing import Traced, static, traceable, truthy

Entry = tuple[str, v.Text, v.Text]  # the label, host and user of a pool in the list


def entries(
    listed: Sequence[Entry], used: v.Text, works: Traced[int | None] | int | None, spare: str
) -> Iterator[v.Part]:
    """Yield the listed pools. If the list lacks the pool in use, yield that pool too, labelled `spare`.

    `used` is the host of the pool in use, and `works` its state; the state of any other pool is unknown."""
    hosts = [host for _, host, _ in listed]
    for label, host, user in listed:
        yield from entry(label, host, user, in_use(used, host, *hosts), works)
    if static(truthy(used)) and not static(among(used, *hosts)):
        yield from entry(spare, used, "", 1, works)


def entry(label: str, host: v.Text, user: v.Text, used: v.Value, works: v.Value) -> Iterator[v.Part]:
    """Yield a pool. Only the pool in use has a state, and gives work while that state is good."""
    yield v.Pool(label, up=state(used, works), active=active(used, works))
    yield v.PoolInfo(label, host, "user", user)


@traceable
def in_use(used: str, host: str, *hosts: str) -> int | None:
    """Return 1 for the pool in use, 0 for another pool; None if unknown, and if two entries have the same address."""
    if not used or (host == used and hosts.count(used) > 1):
        return None
    return int(host == used)


@traceable
def among(used: str, *hosts: str) -> bool:
    """Tell whether the list has the pool in use."""
    return used in hosts


@traceable
def state(used: int | None, works: int | None) -> int | None:
    """Return the state of the pool in use; None for any other pool."""
    return works if used == 1 else None


@traceable
def active(used: int | None, works: int | None) -> int | None:
    """Return 1 for the pool that gives the work, 0 for a pool that does not; None if unknown."""
    return works if used == 1 else used
