"""The outcome of one poll, and the reason why a poll read nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from exporter.core.errors import Denied, ExporterError, Internal, Unsupported, WrongShape
from exporter.polling.session import Session
from exporter.questions import REGISTRY

READERS: Final = ("plan", "another_plan", "decoder")


@dataclass(slots=True)
class Outcome:
    """The outcome of one poll. `error` is set if the poll read nothing; `bugs` are mistakes of ours."""

    session: Session
    duration: float = 0.0  # seconds
    error: ExporterError | None = None
    whole: bool = False  # whether every section that was asked was read
    bugs: list[Internal] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)  # section -> fields that no decoder knows
    implausible: tuple[str, ...] = ()  # the fields of values that were left out, one entry for each value
    family: str = ""  # the family whose decoder read the miner, or would have
    evidence: str = ""
    by: str = ""  # how the answers were read, one of READERS

    def failed_by_mistake(self, error: Exception) -> None:
        """Blame ourselves for a poll that read nothing."""
        self.error = Internal.of(error)
        self.bugs.append(self.error)

    def reason(self) -> ExporterError:
        """Return the error for which nothing was read: of the poll, else of the first question that failed."""
        session = self.session
        problems = [*session.failed.values(), *_hollow(session), *session.answers.problems.values()]
        if self.error is not None or problems:
            return self.error or problems[0]
        if session.learnt.denied_until:  # all questions are skipped
            return Denied("it denied the login, or needs one")
        return Unsupported("it knows none of the questions")


def _hollow(session: Session) -> list[ExporterError]:
    """Name the error of a miner whose sections are all empty, where more than its identity was answered."""
    return [WrongShape("answers without a reading")] if session.fresh - REGISTRY.identity_only else []
