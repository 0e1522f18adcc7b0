"""The pools of firmware that names the pool in use on one page, and lists all pools on another, without their states.

Quirks: no pool of the list is in use after somebody changed the pool, until the list is asked anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exporter.core import vocabulary as v
from exporter.core.tracing import static, traceable, truthy
from exporter.parse.rows import Reading

Entry = tuple[str, v.Text, v.Text]  # the label, host and user of a pool in the list


def entries(reading: Reading, section: str, listed: Sequence[Entry], used: v.Text, works: v.Value) -> Iterator[v.Part]:
    """Yield the pools that `section` lists, or the pool in use as pool 0 if that page was not answered.

    `used` is the host of the pool in use, and `works` its state. The state of any other pool is unknown."""
    unlisted = section not in reading.answers.rows and not reading.failed(section)
    if unlisted and static(truthy(used)):
        yield from entry("0", used, "", 1, works)
    hosts = [host for _, host, _ in listed]
    for label, host, user in listed:
        yield from entry(label, host, user, in_use(used, host, *hosts), works)


def entry(label: str, host: v.Text, user: v.Text, used: v.Value, works: v.Value) -> Iterator[v.Part]:
    """Yield a pool. Only the pool in use has a state, and gives work while that state is good."""
    yield v.Pool(label, up=state(used, works), active=active(used, works))
    yield v.PoolInfo(label, host, "user", user)


@traceable
def in_use(used: str, host: str, *hosts: str) -> int | None:
    """Return 1 for the pool in use, 0 for another pool; None if unknown, and if two entries have the same address."""
    if not used or host in ("", "unparsable") or (host == used and hosts.count(used) > 1):
        return None
    return int(host == used)


@traceable
def state(used: int | None, works: int | None) -> int | None:
    """Return the state of the pool in use; None for any other pool."""
    return works if used == 1 else None


@traceable
def active(used: int | None, works: int | None) -> int | None:
    """Return 1 for the pool that gives the work, 0 for a pool that does not; None if unknown."""
    return works if used == 1 else used
