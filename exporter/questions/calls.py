"""Calls: gRPC methods that read, asked with an empty message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from exporter.questions.logins import Login
from exporter.questions.question import Question, check_port
from exporter.questions.readonly import CALLS


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Call(Question):
    """A method by its whole name, package and service included. Raises ValueError for a method outside of CALLS."""

    method: str
    login: Login = field()
    port: int = 50051
    anonymous: bool = False  # the method answers without a token
    hourly: bool = False  # as a slow question the method is called at most once an hour
    excerpt: Callable[[dict[str, Any]], dict[str, Any]] | None = None  # picks the parts of a long answer to keep

    def __post_init__(self) -> None:
        check_port(self.name, self.port)
        if self.method not in CALLS:
            raise ValueError(f"{self.method!r}: only the methods of CALLS are called (questions/readonly.py)")

    @property
    def locked(self) -> bool:
        """Return True: all calls, anonymous calls too, wait until credentials are configured."""
        return True

    def text(self, members: Sequence[Call]) -> str:  # noqa: ARG002 - a method is called alone
        """Spell the request: `CALL :50051/braiins.bos.v1.MinerService/GetMinerStats`."""
        return f"CALL :{self.port}/{self.method}"
