"""Readings against what the operator expects: which pool gets the work, which firmware runs, how many boards hash."""

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


def targets(expect: Expect) -> Iterator[Part]:
    """What the miner should have and do, as the configuration says."""
    yield HashrateNominal("config", expect.hashrate)
    yield BoardsExpected("config", expect.boards)
    yield FansExpected("config", expect.fans)


def verdicts(expect: Expect, parts: Iterable[Part], users: Mapping[str, Text], *, bare: bool = False) -> Iterator[Part]:
    """Compares the readings with each expectation that they can answer. A `bare` miner said that it has no board.

    `users` is the worker name of each pool entry, compared even where it is not shown."""
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
        yield Expected("boards", as_many(expect.boards, *boards or [0] * bare))
    if expect.fans is not None:
        yield Expected("fans", as_many(expect.fans, *[part.speed_rpm for part in parts if isinstance(part, Fan)]))
    if expect.pools:
        yield from _pools(expect.pools, parts, users)


Patterns = tuple[tuple[re.Pattern[str] | None, re.Pattern[str] | None], ...]


@traceable
def matches(said: str, pattern: re.Pattern[str]) -> int | None:
    return int(fits(pattern, said)) if said else None


@traceable
def equals(said: str, expected: str) -> int | None:
    return int(said == expected) if said else None


@traceable
def as_many(expected: int, *values: Number | None) -> int | None:
    """Whether as many as expected are above zero; None where of none anything is known."""
    known = [value for value in values if value is not None]
    return int(sum(value > 0 for value in known) == expected) if known else None


def _pools(expected: Patterns, parts: list[Part], users: Mapping[str, Text]) -> Iterator[Part]:
    """The firmware maker's own entries are nobody's hijack and are not judged."""
    active = {part.pool: part.active for part in parts if isinstance(part, Pool) and part.active is not None}
    working: dict[str, list[object]] = {"host": [], "user": []}  # active or not and the verdict, entry by entry
    for part in parts:
        if isinstance(part, PoolInfo):
            user = users.get(part.pool, "")
            for check, verdict in (
                ("host", expected_host(part.host, part.kind, expected)),
                ("user", expected_user(part.host, part.kind, user, expected)),
            ):
                yield PoolExpected(part.pool, check, verdict)
                working[check] += [active.get(part.pool), verdict]
    for check, pairs in working.items():
        yield ActivePoolExpected(check, all_expected(*pairs))


@traceable
def expected_host(host: str, kind: str, expected: Patterns) -> int | None:
    """Whether any pattern has the host."""
    if kind == "devfee" or not host:
        return None
    return int(any(pattern is None or fits(pattern, host) for pattern, _ in expected))


@traceable
def expected_user(host: str, kind: str, user: str, expected: Patterns) -> int | None:
    """Whether a pattern that has the host has the user too, where users are expected; some firmware masks them."""
    if kind == "devfee" or not host or not user.strip("*") or all(pattern is None for _, pattern in expected):
        return None
    ours = [by_user for by_host, by_user in expected if by_host is None or fits(by_host, host)]
    return int(any(pattern is None or fits(pattern, user) for pattern in ours))


@traceable
def all_expected(*pairs: Any) -> int | None:
    """Judge (active, verdict) pairs, one after the other: 1 where all pools at work are expected.

    Where no pool is known to work, the verdict on which all that may work agree."""
    judged: dict[object, list[int]] = {0: [], 1: [], None: []}
    for active, verdict in zip(pairs[::2], pairs[1::2], strict=True):
        if verdict is not None:
            judged[active].append(verdict)
    if judged[1]:
        return min(judged[1])
    return judged[None][0] if len(set(judged[None])) == 1 else None
