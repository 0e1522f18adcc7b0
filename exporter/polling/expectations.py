"""Verdicts on what the operator expects: the pools that get the work, the firmware, the number of boards and fans."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from exporter.config import Expect
from exporter.config.patterns import fits
from exporter.core.tracing import traceable
from exporter.core.values import Number
from exporter.core.vocabulary import (
    ActivePoolExpected,
    Board,
    BoardsExpected,
    Expected,
    Fan,
    FansExpected,
    HashrateNominal,
    MinerInfo,
    Part,
    Pool,
    PoolExpected,
    PoolInfo,
    Text,
)

# The pools that the operator expects: a pattern of the host and a pattern of the user each, None for anything.
Patterns = tuple[tuple[re.Pattern[str] | None, re.Pattern[str] | None], ...]


def expected_values(expect: Expect) -> Iterator[Part]:
    """Make the parts that show the expected numbers; the hashrate is in hashes per second."""
    yield HashrateNominal("config", expect.hashrate)
    yield BoardsExpected("config", expect.boards)
    yield FansExpected("config", expect.fans)


def verdicts(expect: Expect, parts: Iterable[Part], users: Mapping[str, Text], *, bare: bool = False) -> Iterator[Part]:
    """Yield the verdicts on the configured model, firmware, MAC address, boards, fans and pools.

    A verdict is 1 if the readings meet the expectation, 0 if not, and None if the readings cannot answer.
    `parts` are the readings, plain or traced. `users` has the worker name of each pool entry, compared even where the
    name is not shown. `bare`: the miner answered that it has no board, so that the absence of boards counts as zero."""
    parts = list(parts)
    info = next((part for part in parts if isinstance(part, MinerInfo)), MinerInfo())
    if expect.model is not None:
        yield Expected("model", matches(info.model, expect.model))
    if expect.firmware_version is not None:
        yield Expected("firmware_version", matches(info.firmware_version, expect.firmware_version))
    if expect.mac is not None:
        yield Expected("mac", equals(info.mac, expect.mac))
    if expect.boards is not None:
        boards = [part.up for part in parts if isinstance(part, Board)]
        none = [0] if bare else []
        yield Expected("boards", as_many(expect.boards, *boards or none))
    if expect.fans is not None:
        yield Expected("fans", as_many(expect.fans, *[part.speed_rpm for part in parts if isinstance(part, Fan)]))
    if expect.pools:
        yield from _pools(expect.pools, parts, users)


@traceable
def matches(found: str, pattern: re.Pattern[str]) -> int | None:
    """Return 1 if the pattern fits the text, 0 if not, None for an empty text."""
    return int(fits(pattern, found)) if found else None


@traceable
def equals(found: str, expected: str) -> int | None:
    """Return 1 if both texts are equal, 0 if not, None for an empty text."""
    return int(found == expected) if found else None


@traceable
def as_many(expected: int, *values: Number | None) -> int | None:
    """Return 1 if as many values as expected are above zero, else 0; None if all values are unknown."""
    known = [value for value in values if value is not None]
    return int(sum(value > 0 for value in known) == expected) if known else None


def _pools(expected: Patterns, parts: list[Part], users: Mapping[str, Text]) -> Iterator[Part]:
    """Judge the host and the user of each pool entry, then of all active pools together.

    Entries of the firmware's maker, of the kind devfee, have no verdict."""
    active = {part.pool: part.active for part in parts if isinstance(part, Pool) and part.active is not None}
    # The arguments of `all_expected`: a flat list, because a traceable function sees no traced value inside a list.
    entries: dict[str, list[object]] = {"host": [], "user": []}
    for part in parts:
        if isinstance(part, PoolInfo):
            user = users.get(part.pool, "")
            for check, verdict in (
                ("host", expected_host(part.host, part.kind, expected)),
                ("user", expected_user(part.host, part.kind, user, expected)),
            ):
                yield PoolExpected(part.pool, check, verdict)
                entries[check] += [active.get(part.pool), verdict]
    for check, pairs in entries.items():
        yield ActivePoolExpected(check, all_expected(*pairs))


@traceable
def expected_host(host: str, kind: str, expected: Patterns) -> int | None:
    """Return 1 if a pattern fits the host, else 0; None for the maker's own entry or an absent host."""
    if kind == "devfee" or not host:
        return None
    return int(any(pattern is None or fits(pattern, host) for pattern, _ in expected))


@traceable
def expected_user(host: str, kind: str, user: str, expected: Patterns) -> int | None:
    """Return 1 if a pattern that fits the host fits the user too, 0 if not.

    None for the maker's own entry, an absent host, a masked user, and a configuration without users."""
    if kind == "devfee" or not host or not user.strip("*") or all(pattern is None for _, pattern in expected):
        return None
    user_patterns = [of_user for of_host, of_user in expected if of_host is None or fits(of_host, host)]
    return int(any(pattern is None or fits(pattern, user) for pattern in user_patterns))


@traceable
def all_expected(*pairs: Any) -> int | None:
    """Return 1 if all active pools are expected, 0 if not. `pairs` are active, verdict, active, verdict, and so on.

    If no pool is known to be active, return the verdict that all pools of unknown activity share, or None."""
    by_activity: dict[object, list[int]] = {0: [], 1: [], None: []}
    for active, verdict in zip(pairs[::2], pairs[1::2], strict=True):
        if verdict is not None:
            by_activity[active].append(verdict)
    if by_activity[1]:
        return min(by_activity[1])
    unknown = set(by_activity[None])
    return unknown.pop() if len(unknown) == 1 else None
