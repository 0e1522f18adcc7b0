"""One miner: who it is, what was learnt about it, how it fares, and its current fragments.

Invariant: `fragments` is replaced as a whole, and holds readings only while the last poll read the miner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from exporter import exposition
from exporter.config import TargetSpec
from exporter.decode import Family
from exporter.exposition import Fragments
from exporter.questions import Question
from exporter.vocabulary import Part, PollFailures, Section, Status


@dataclass(frozen=True, slots=True)
class Exchange:
    """One answer as it came: which questions it answers, and when (unix seconds)."""

    questions: tuple[Question, ...]
    raw: bytes
    at: float


@dataclass(slots=True)
class Learnt:
    """What asking a miner has taught; forgotten as a whole when it no longer fits."""

    family: Family | None = None
    evidence: str = ""
    joins: bool = False  # whether a joined request was answered as such before
    accidents: int = 0  # joined requests in a row that came to nothing, although they might work
    unsupported: dict[str, float] = field(default_factory=dict)  # question -> monotonic time of the next try
    slow: list[Exchange] = field(default_factory=list)
    slow_due: float = 0.0
    boards: list[Question] = field(default_factory=list)  # opt-in questions that wait for their turn
    descriptions: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Target:
    """`spec` is the configuration's; everything else changes with the polls."""

    spec: TargetSpec
    learnt: Learnt = field(default_factory=Learnt)
    identity: str = ""
    fragments: Fragments = exposition.EMPTY
    due: float = 0.0  # monotonic time of the next poll
    phase: float = 0.0  # a monotonic time at which it is due when all is well; the others are whole intervals away
    up: bool | None = None  # None: not polled yet
    failed: int = 0  # polls in a row that read nothing
    failures: Counter[str] = field(default_factory=Counter)
    error: str = ""
    last_success: float | None = None
    duration: float | None = None
    dropped: int = 0
    uptime: float | None = None
    glance: dict[str, str | float] = field(default_factory=dict)  # what the status page shows

    def __post_init__(self) -> None:
        self.identity = exposition.labels([("miner", self.spec.name), *self.spec.labels])
        self.show({}, [])

    def status(self) -> Iterator[Part]:
        yield Status(int(bool(self.up)), self.duration, self.last_success, self.dropped)
        for reason, times in self.failures.items():
            yield PollFailures(reason, times)

    def show(self, sections: dict[str, Section], readings: list[Part], limit: int = 2**31) -> None:
        """Swaps in new fragments: the status, the sections asked, and the readings within the series limit."""
        fragments, dropped = exposition.render([*self.status(), *sections.values(), *readings], self.identity, limit)
        if dropped:  # the status that was just rendered does not know of them yet
            self.dropped += dropped
            fragments, _ = exposition.render([*self.status(), *sections.values(), *readings], self.identity, limit)
        self.fragments = fragments
