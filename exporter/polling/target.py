"""One miner: who it is, what was learnt about it, how it fares, and its current fragments.

Invariant: `fragments` is replaced as a whole, and holds readings only while the last poll read the miner.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from exporter.config import TargetSpec
from exporter.core.tracing import Trace
from exporter.core.vocabulary import Part, PollFailures, Status, TargetInfo
from exporter.decode import Family
from exporter.parse.answers import Answers, read
from exporter.parse.rows import Reading
from exporter.plans.cache import PLANS
from exporter.plans.compiler import compile_plan
from exporter.plans.plan import Plan, PlanState, Values
from exporter.questions import Question
from exporter.render import exposition
from exporter.render.exposition import Fragments
from exporter.render.overview import told


@dataclass(frozen=True, slots=True)
class Exchange:
    """One answer as it came, but deflated: which questions it answers, and when.

    `at` is unix time to the millisecond, to be shown. A wall clock steps, so that of what is asked hourly `since`, its
    monotonic time, is compared."""

    questions: tuple[Question, ...]
    deflated: bytes
    at: float
    since: float


@lru_cache(256)
def _times(questions: tuple[Question, ...]) -> tuple[str, ...]:
    """The names of the times at which they were answered."""
    return tuple([f"at {question.name}" for question in questions])


@lru_cache(1024)
def _shared(descriptions: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """One object for all miners of a kind, never changed."""
    return dict(descriptions)


@dataclass(slots=True)
class Learnt:
    """What asking a miner has taught; forgotten as a whole when it no longer fits."""

    family: Family | None = None
    evidence: str = ""
    joins: bool = False  # whether a joined request was answered as such before
    accidents: int = 0  # joined requests in a row that came to nothing, although they might work
    unsupported: dict[str, float] = field(default_factory=dict)  # question -> monotonic time of the next try
    slow: tuple[Exchange, ...] = ()
    slow_version: int = 0  # of those answers: grows with each change, as long as the target lives
    slow_due: float = 0.0
    failing: frozenset[str] = frozenset()  # what is not asked at every poll, and was not read when it was last asked
    shy: frozenset[str] = frozenset()  # what is asked at every poll, and failed when something else was read
    boards: list[Question] = field(default_factory=list)  # opt-in questions that wait for their turn
    descriptions: dict[str, str] = field(default_factory=dict)
    posted: bool = False  # whether its API answers by POST
    off_api_port: bool = False  # whether it was found where firmware without the API answers
    again: float = float("inf")  # monotonic time from which on it may be another miner than it was
    preferred: bool = False  # whether it is read on a better surface than the one on which it was recognised
    better_due: float = 0.0  # monotonic time at which a better surface is tried again
    denied_until: float = 0.0  # monotonic time until which it is known that it lets nobody in

    def changed(self, said: dict[str, str]) -> bool:
        """Whether another program answers than before: an address may get another firmware any day."""
        before = self.descriptions
        if said.items() <= before.items():
            return False
        self.descriptions = _shared(tuple((before | said).items()))
        return any(before.get(name, text) != text for name, text in said.items())

    def retry(self, names: list[str], by: float) -> None:
        """Leaves none of the questions alone for longer than to that monotonic time."""
        self.unsupported |= {name: by for name in names if self.unsupported.get(name, 0.0) > by}

    def stand(self, answered: Exchange) -> None:
        """Lets an answer stand in the place of the one before."""
        self.keep(lambda exchange: exchange.questions != answered.questions)
        self.replace_slow((*self.slow, answered))

    def keep(self, good: Callable[[Exchange], bool]) -> None:
        """Drop the slow answers for which `good` is false."""
        if not all(map(good, self.slow)):
            self.replace_slow(tuple(filter(good, self.slow)))

    def replace_slow(self, answers: tuple[Exchange, ...]) -> None:
        """Set the slow answers, under a new version: a plan's state holds for one version alone."""
        self.slow, self.slow_version = answers, self.slow_version + 1

    def standing(self, fresh: set[str]) -> Answers:
        """The answers that stand, but for those that are all `fresh`."""
        answers = Answers()
        for exchange in self.slow:
            if not fresh.issuperset(question.name for question in exchange.questions):
                read(answers, exchange.questions, zlib.decompress(exchange.deflated))
        answers.repairs.clear()  # those were counted when the answers came
        return answers


@dataclass(slots=True, eq=False)
class Target:
    """`spec` is the configuration's; everything else changes with the polls."""

    spec: TargetSpec
    learnt: Learnt = field(default_factory=Learnt)
    identity: bytes = b""
    fragments: Fragments = exposition.EMPTY
    info: str = ""  # how it called itself when it was last read, for people who look for one that is down
    plan: Callable[[], Plan | None] = lambda: None  # that of the last poll while it is kept, and what it needs
    memory: PlanState = field(default_factory=PlanState)
    due: float = 0.0  # monotonic time of the next poll
    phase: float = 0.0  # a monotonic time at which it is due when all is well; the others are whole intervals away
    up: bool | None = None  # None: not polled yet
    decoded: float = 0.0  # runs of the decoder, beside which there were few polls that a plan read
    failed: int = 0  # polls in a row that read nothing
    failures: dict[str, int] = field(default_factory=dict)
    error: str = ""
    last_success: float | None = None
    duration: float | None = None
    dropped: int = 0
    uptime: float | None = None

    def __post_init__(self) -> None:
        self.identity = exposition.labels([("miner", self.spec.name), *self.spec.labels]).encode()
        self.show_status()

    @property
    def share(self) -> float:
        """From 0.2 to 1, another for each target and always the same: what spreads what would come all at once."""
        return 0.2 + 0.8 * zlib.crc32(self.identity) / 2**32

    def given(self) -> dict[str, Any]:
        """What is shown of the target beside what the miner says, by name."""
        given: dict[str, Any] = {
            "address": self.spec.url_host,
            "config_group": self.spec.group,
            "up": int(bool(self.up)),
            "duration": self.duration,
            "last_success": self.last_success,
            "dropped": self.dropped,
        }
        given |= self.failures
        for exchange in self.learnt.slow:
            given |= dict.fromkeys(_times(exchange.questions), exchange.at)
        return given

    def status(self, trace: Trace) -> Iterator[Part]:
        """The status as parts of live values."""
        given = {name: trace.input(name, value) for name, value in self.given().items()}
        yield Status(given["up"], given["duration"], given["last_success"], given["dropped"])
        yield TargetInfo(given["address"], given["config_group"])
        for reason in self.failures:
            yield PollFailures(reason, given[reason])

    def show_status(self) -> None:
        """Leaves of the target's series those that tell how it is polled."""
        self.info = told(self.fragments) or self.info
        key = ("status", frozenset(self.failures))
        plan = next(PLANS.candidates((key, frozenset())), None)
        if plan is None:
            reading = Reading(Answers(), 0)
            plan = compile_plan(key, reading, list(self.status(reading.trace)), ())
            reading.trace.forget()
        PLANS.use(plan)
        self.show(plan, PlanState(), plan.read(Answers(), PlanState(), self.given() | {"now": 0}), 0)

    def show(self, plan: Plan, memory: PlanState, values: Values, limit: int) -> None:
        """Swaps in new fragments, of at most `limit` series beside the status, and counts those left out."""
        self.plan, self.memory = plan.pointer, memory
        fragments, dropped = plan.render(values, memory, self.identity, limit)
        if dropped:  # the status among the values does not know of them yet
            self.dropped += dropped
            values[plan.inputs.index("dropped")] = self.dropped
            fragments, _ = plan.render(values, memory, self.identity, limit)
        self.fragments = fragments
