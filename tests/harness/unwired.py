"""Simulated miners asked without sockets and logins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from exporter.questions import Request
from exporter.simulator import Miner
from tools.history.polls import answered, wire

__all__ = ["asks", "wire"]


def asks(miner: Miner) -> Callable[[Request], Awaitable[bytes]]:
    """A function that asks the miner as it is at that moment; behind other ports than its own nothing listens."""

    async def ask(asked: Request) -> bytes:
        return answered(miner, asked)

    return ask
