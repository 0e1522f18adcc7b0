"""The base of all questions: a read of a miner, on any port and in any protocol."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from exporter.questions.logins import Digest, Login


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Question(ABC):
    """A read of a miner. Each question exists once, so questions are compared by identity.

    `name` is the value of the label `section` in metrics. `section` is the key of the rows in an answer; "" if the
    whole answer is a single row."""

    name: str
    section: str = ""
    identity_only: bool = False  # the answer identifies the miner, and tells nothing about its state

    off_api_port: ClassVar[bool] = True  # the question goes to another port than that of the API
    may_fail_alone: ClassVar[bool] = False  # a failure tells nothing about the miner's other answers

    @property
    def port(self) -> int:
        """The port that the question goes to; 0 for the API's port, which is configured."""
        return 0

    @property
    def joinable(self) -> bool:
        """Tell whether one request may ask this question together with others."""
        return False

    @property
    def hourly(self) -> bool:
        """Tell whether a slow question is asked at most once an hour."""
        return False

    @property
    def login(self) -> Login | Digest | None:
        """The login that the question needs; None for a question that is open to all."""
        return None

    @property
    def excerpt(self) -> Callable[[dict[str, Any]], dict[str, Any]] | None:
        """The function that picks the parts of a long answer to keep; None for a whole answer."""
        return None

    @property
    def locked(self) -> bool:
        """Tell whether the question waits until credentials for its login are configured."""
        return False

    @abstractmethod
    def text(self, members: Sequence[Self]) -> str:
        """Spell the request for `members` in one line, for people and for the reviewed list of requests."""

    def wire(self, members: Sequence[Self]) -> bytes:  # noqa: ARG002 - for the kinds that make their own bytes
        """Return the bytes that ask `members` together; b"" if a library for the protocol makes the bytes."""
        return b""


def check_port(name: str, port: int) -> None:
    """Raise ValueError for a port that no miner can listen on."""
    if not 0 < port < 65536:
        raise ValueError(f"{name!r}: port {port} is not one of 1 to 65535")
