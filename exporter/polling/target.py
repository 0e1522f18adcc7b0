"""A target: the configuration of a miner, what was learnt about it, its last polls, and its fragments on the page.

Invariant: `fragments` is replaced as a whole, and holds readings only while the last poll read the miner.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from exporter.config import TargetSpec
from exporter.config.planned import PlannedOff
from exporter.core.tracing import Trace
from exporter.core.vocabulary import OffExpected, Part, PollFailures, Status, TargetInfo
from exporter.parse.answers import Answers
from exporter.parse.rows import Reading
from exporter.plans.cache import PLANS
from exporter.plans.compiler import compile_plan
from exporter.plans.plan import Plan, PlanState, Values
from exporter.polling import slow_answers
from exporter.polling.learnt import Learnt
from exporter.render import exposition
from exporter.render.exposition import Fragments
from exporter.render.overview import info_line


@dataclass(slots=True, eq=False)
class Target:
    """`spec` comes from the configuration; polls change everything else. Times are monotonic unless named otherwise."""

    spec: TargetSpec
    found: bool = False  # whether the target is in a range, and is a target only because a miner answered
    learnt: Learnt = field(default_factory=Learnt)
    identity: bytes = b""
    fragments: Fragments = exposition.EMPTY
    info: str = ""  # model and firmware of the last reading, shown while the miner is down
    plan: Callable[[], Plan | None] = lambda: None  # a weak reference to the plan of the last poll
    memory: PlanState = field(default_factory=PlanState)
    due: float = 0.0  # time of the next poll
    phase: float = 0.0  # a time at which a healthy target is due; the others are whole intervals away
    up: bool | None = None  # None: not polled yet
    decoded: float = 0.0  # decoder runs, less a part of one for each poll that a plan read
    failed: int = 0  # polls in a row that read nothing
    failures: dict[str, int] = field(default_factory=dict)  # reason -> polls that read nothing
    error: str = ""  # of the last poll
    last_success: float | None = None  # unix time
    duration: float | None = None  # seconds of the last poll
    dropped: int = 0  # series left out because of the limit, in all polls
    uptime: float | None = None  # seconds, as the miner last gave it
    name: str = ""  # the label `miner`: of the configuration, or of the pattern there and the miner's own words
    twins: tuple[str, ...] = ()  # other addresses at which a miner has the same MAC address
    planned_off: PlannedOff | None = None  # the times at which the miner is planned to be off

    def __post_init__(self) -> None:
        self.planned_off = self.spec.expect.planned_off if self.spec.expect else None
        self._name(self.spec.name)
        self.show_status()

    def _name(self, name: str) -> None:
        self.name = name
        self.identity = exposition.labels([("miner", name), *self.spec.labels]).encode()

    def rename(self, name: str) -> None:
        """Give the target another name, also in the series that are shown."""
        if name != self.name:
            before = self.identity
            self._name(name)
            self.fragments = exposition.relabelled(self.fragments, before, self.identity)

    @property
    def jitter(self) -> float:
        """Return a stable factor in [0.2, 1) that differs from target to target, to spread their slow rounds."""
        return 0.2 + 0.8 * zlib.crc32(self.identity) / 2**32

    def given(self) -> dict[str, Any]:
        """Return the inputs of a plan that are no answers of the miner, by name."""
        given: dict[str, Any] = {
            "address": self.spec.url_host,
            "config_group": self.spec.group,
            "up": int(bool(self.up)),
            "duration": self.duration,
            "last_success": self.last_success,
            "dropped": self.dropped,
        }
        if self.planned_off is not None:
            now = time.localtime()
            given["off_expected"] = int(self.planned_off.holds(now.tm_wday, 60 * now.tm_hour + now.tm_min))
        given |= self.failures
        for answer in self.learnt.slow_answers:
            given |= dict.fromkeys(slow_answers.times(answer.questions), answer.at)
        return given

    def status(self, trace: Trace) -> Iterator[Part]:
        """Make the parts that tell how the target is polled, of traced values."""
        given = {name: trace.input(name, value) for name, value in self.given().items()}
        yield Status(given["up"], given["duration"], given["last_success"], given["dropped"])
        yield TargetInfo(given["address"], given["config_group"])
        if "off_expected" in given:
            yield OffExpected(given["off_expected"])
        for reason in self.failures:
            yield PollFailures(reason, given[reason])

    def show_status(self) -> None:
        """Drop the readings: show only how the target is polled."""
        self.info = info_line(self.fragments) or self.info
        key = ("status", self.planned_off is not None, frozenset(self.failures))
        plan = next(PLANS.candidates((key, frozenset())), None)
        if plan is None:
            reading = Reading(Answers(), 0)
            plan = compile_plan(key, reading, list(self.status(reading.trace)), ())
            reading.trace.forget()
        PLANS.use(plan)
        self.show(plan, PlanState(), plan.read(Answers(), PlanState(), self.given() | {"now": 0}), 0)

    def show(self, plan: Plan, memory: PlanState, values: Values, limit: int) -> None:
        """Swap in new fragments, of at most `limit` series beside the status, and count the series left out."""
        self.plan, self.memory = plan.pointer, memory
        fragments, dropped = plan.render(values, memory, self.identity, limit)
        if dropped:  # a value of the status that was not known before
            self.dropped += dropped
            values[plan.inputs.index("dropped")] = self.dropped
            fragments, _ = plan.render(values, memory, self.identity, limit)
        self.fragments = fragments
