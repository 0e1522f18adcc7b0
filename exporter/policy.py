"""Readings against what the operator expects: which pool gets the work, which firmware runs, how many boards hash."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from exporter.config import Expect
from exporter.vocabulary import (
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
)


def targets(expect: Expect) -> Iterator[Part]:
    """What the miner should have and do, as the configuration says."""
    yield HashrateNominal("config", expect.hashrate)
    yield BoardsExpected("config", expect.boards)
    yield FansExpected("config", expect.fans)


def verdicts(expect: Expect, parts: Iterable[Part], users: dict[str, str]) -> Iterator[Part]:
    """One verdict for each expectation that what was read can answer; `users` is the worker name of each pool entry,
    which is compared even where it is not shown."""
    parts = list(parts)
    info = next((part for part in parts if isinstance(part, MinerInfo)), MinerInfo())
    boards = [part for part in parts if isinstance(part, Board) and part.up is not None]
    fans = [part for part in parts if isinstance(part, Fan) and part.speed_rpm is not None]
    if expect.model is not None and info.model:
        yield Expected("model", int(bool(expect.model.fullmatch(info.model))))
    if expect.firmware_version is not None and info.firmware_version:
        yield Expected("firmware_version", int(bool(expect.firmware_version.fullmatch(info.firmware_version))))
    if expect.mac is not None and info.mac:
        yield Expected("mac", int(expect.mac == info.mac))
    if expect.boards is not None and boards:
        yield Expected("boards", int(sum(board.up == 1 for board in boards) == expect.boards))
    if expect.fans is not None and fans:
        yield Expected("fans", int(sum(bool(fan.speed_rpm) for fan in fans) == expect.fans))
    if expect.pools:
        yield from _pools(expect.pools, parts, users)


Patterns = tuple[tuple[re.Pattern[str] | None, re.Pattern[str] | None], ...]


def _pools(expected: Patterns, parts: list[Part], users: dict[str, str]) -> Iterator[Part]:
    """An entry is expected by its host if any pattern has it, by its user if one that has the host has the user too.
    The firmware maker's own entries are nobody's hijack and are not judged."""
    active = {part.pool for part in parts if isinstance(part, Pool) and part.active == 1}
    by_user = any(user is not None for _, user in expected)
    working: dict[str, bool] = {}  # more than one entry may be at work: all of them must be expected
    for part in parts:
        if not isinstance(part, PoolInfo) or part.kind == "devfee" or not part.host:
            continue
        hosts = [user for host, user in expected if host is None or host.fullmatch(part.host)]
        checks = {"host": bool(hosts)}
        if by_user and (user := users.get(part.pool)) and user.strip("*"):  # some firmware masks it
            checks["user"] = any(pattern is None or pattern.fullmatch(user) for pattern in hosts)
        for check, good in checks.items():
            yield PoolExpected(part.pool, check, int(good))
            if part.pool in active:
                working[check] = working.get(check, True) and good
    for check, good in working.items():
        yield ActivePoolExpected(check, int(good))
