"""Requests: declared questions, ready to be sent. The transport sends nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from exporter.questions.question import Question
from exporter.questions.registry import REGISTRY


@dataclass(frozen=True)
class Request:
    """A question, or several that the miner answers together. The first request seals the registry.

    Raises ValueError for questions outside the registry, and for questions that cannot be joined or posted."""

    questions: tuple[Question, ...]
    posted: bool = False  # the line is the body of a POST

    def __post_init__(self) -> None:
        REGISTRY.seal()
        members = self.questions
        if not members or not all(question in REGISTRY for question in members):
            raise ValueError("a request is made of declared questions")
        if len(members) > 1 and not all(question.joinable for question in members):
            raise ValueError("a question that has to be asked alone cannot be joined")
        if len({(type(question), question.port) for question in members}) > 1:
            raise ValueError("questions of two ports or kinds cannot be joined")
        if self.posted and not all(map(REGISTRY.postable, members)):
            raise ValueError("not a request that can be posted")

    @property
    def question(self) -> Question:
        """The only question, or the first of joined questions."""
        return self.questions[0]

    @cached_property
    def wire(self) -> bytes:
        """The bytes to write; b"" for pages and calls, whose bytes HTTP and gRPC libraries make."""
        return self.question.wire(self.questions)

    def __str__(self) -> str:
        """Spell the request in one line, without a line end."""
        return self.question.text(self.questions)


@lru_cache(1024)
def request(*questions: Question) -> Request:
    """Return the request that asks these questions. Raises ValueError, as `Request` does."""
    return Request(questions)


@lru_cache(1024)
def posted(*questions: Question) -> Request:
    """Return the request that posts these lines. Raises ValueError, as `Request` does."""
    return Request(questions, posted=True)
