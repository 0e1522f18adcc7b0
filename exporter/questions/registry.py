"""The registry: every question that may be asked, closed by the first request at the latest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Final, TypeVar

from exporter.questions.lines import Line
from exporter.questions.question import Question

Q = TypeVar("Q", bound=Question)


class Registry:
    """The declared questions by name.

    Invariant: nothing is added once the registry is sealed, which the first request does."""

    def __init__(self) -> None:
        self.sealed = False
        self.identity_only: set[str] = set()  # the names of the questions that are so
        self._members: dict[str, Question] = {}
        self._postable: set[Line] = set()

    def add(self, question: Q) -> Q:
        """Declare a question; return the member of that name, which a second declaration has to equal.

        Raises ValueError where it differs, or where the registry is sealed."""
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
        """Declare that a line may be posted, too. Raises ValueError for anything but a line that polls ask."""
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
        """Go through all members by name."""
        return iter([self._members[name] for name in sorted(self._members)])

    def _open(self, question: Question) -> None:
        if self.sealed:
            raise ValueError(f"{question.name!r}: the list of questions is closed")


def _values(question: Question) -> list[object]:
    return [getattr(question, each.name) for each in fields(question)]


REGISTRY: Final = Registry()
