"""The registry of all questions that may be asked, sealed by the first request at the latest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Final, TypeVar

from exporter.questions.lines import Line
from exporter.questions.question import Question

Q = TypeVar("Q", bound=Question)


class Registry:
    """The declared questions by name.

    Invariant: nothing is added after the registry is sealed. The first request seals the registry."""

    def __init__(self) -> None:
        self.sealed = False
        self.identity_only: set[str] = set()  # the names of questions with `identity_only`
        self._members: dict[str, Question] = {}
        self._postable: set[Line] = set()

    def add(self, question: Q) -> Q:
        """Add a question, and return the registered question of that name.

        Raises ValueError if a different question has that name, or if the question is new and the registry sealed."""
        known = self._members.get(question.name)
        if known is None:
            self._open(question)
            self._members[question.name] = question
            if question.identity_only:
                self.identity_only.add(question.name)
            return question
        if type(known) is not type(question) or _values(known) != _values(question):
            raise ValueError(f"{question.name!r} is declared already, and otherwise: {known}")
        return known

    def allow_post(self, question: Question) -> None:
        """Declare that a line may also be posted. Raises ValueError for a question that is no line of polls."""
        self._open(question)
        if question not in self or not isinstance(question, Line) or question.by_hand:
            raise ValueError(f"{question.name!r}: only declared lines that polls ask can be posted")
        self._postable.add(question)

    def seal(self) -> None:
        """Close the list for the rest of the process."""
        self.sealed = True

    def postable(self, question: Question) -> bool:
        """Tell whether a question may be posted to the path of POST."""
        return question in self._postable

    def __contains__(self, question: Question) -> bool:
        return self._members.get(question.name) is question

    def __iter__(self) -> Iterator[Question]:
        """Iterate over all questions, sorted by name."""
        return iter([self._members[name] for name in sorted(self._members)])

    def _open(self, question: Question) -> None:
        if self.sealed:
            raise ValueError(f"{question.name!r}: the list of questions is closed")


def _values(question: Question) -> list[object]:
    return [getattr(question, each.name) for each in fields(question)]


REGISTRY: Final = Registry()
