"""Simulated miners asked without sockets and logins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from exporter.core.errors import Refused, Unsupported
from exporter.questions import Frame, Page, Request
from exporter.simulator import Miner, answer
from exporter.simulator.rows import dump
from exporter.simulator.web import Web


def wire(asked: Request) -> bytes:
    """The bytes that the exporter sends."""
    if not isinstance(asked.question, Page):
        return asked.wire
    return f"GET {asked.question.path} HTTP/1.1\r\nHost: miner\r\n\r\n".encode()


def asks(miner: Miner) -> Callable[[Request], Awaitable[bytes]]:
    """A function that asks the miner as it is at that moment; behind other ports than its own nothing listens."""

    async def ask(asked: Request) -> bytes:
        if (asked.questions[0].port or 4028) != miner.port or asked.posted:
            raise Refused("nothing listens")
        if isinstance(asked.question, Page) and isinstance(miner.dialect, Web):
            if asked.question.path not in miner.dialect.pages:
                raise Unsupported("HTTP 404")
            return dump(miner.dialect.pages[asked.question.path](miner.moment())).encode()
        said = answer(miner, wire(asked))
        return said[4:] if isinstance(asked.question, Frame) else said

    return ask
