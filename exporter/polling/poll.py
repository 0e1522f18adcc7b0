"""One poll of one miner: a session within one deadline, decoded, judged and rendered.

A miner of which nothing but its version was read is down, and its readings leave the page at once. What was decoded is
kept as a plan, so that the next answers of the same shape, of this miner or of another, take a tenth of the time.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from exporter import decode
from exporter.core.errors import DecodeError, ExporterError, Internal, TimedOut, kept
from exporter.core.values import text
from exporter.core.vocabulary import Part, Section
from exporter.decode import Family, Key
from exporter.decode.cgminer import numbered
from exporter.decode.common import devices, known
from exporter.parse.rows import Reading
from exporter.plans.cache import PLANS
from exporter.plans.compiler import compile_plan
from exporter.plans.plan import Plan, PlanState, Values
from exporter.polling import expectations
from exporter.polling.deadline import Deadline
from exporter.polling.discovery import recognise, rerecognise, try_better_surface
from exporter.polling.forget import hollow, silence, unlearn
from exporter.polling.session import Session
from exporter.polling.target import Target
from exporter.questions import Request

READERS: Final = ("plan", "another_plan", "decoder")
# A miner whose answers have a new shape at each poll leaves no plans behind: after some only one of many is tried.
STEADY: Final = 1 / 8  # of a run of the decoder, what one poll by a plan makes up for
TRIED, SELDOM = 8, 64


@dataclass(slots=True)
class Outcome:
    """What one poll came to. `error` is set where it read nothing; `bugs` are mistakes of ours that it met."""

    session: Session
    duration: float = 0.0
    error: ExporterError | None = None
    whole: bool = False  # whether every section that was asked was read
    bugs: list[Internal] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)
    implausible: tuple[str, ...] = ()  # the fields of which values were left out, once for each value
    family: str = ""  # the decoder that read the miner, or would have
    evidence: str = ""
    by: str = ""  # how the answers were read: one of READERS


async def poll(target: Target, ask: Callable[[Request], Awaitable[bytes]], limit: int) -> Outcome:
    """Polls the target and swaps in its new fragments, of at most `limit` series. Raises CancelledError alone."""
    outcome = Outcome(Session(target, ask))
    began = time.monotonic()
    try:
        with Deadline(target.spec.timeout):
            if target.learnt.family is None:
                await recognise(outcome.session)
            elif target.learnt.again <= began:
                await rerecognise(outcome.session)
            if (family := target.learnt.family) is not None and family.better:
                await try_better_surface(outcome.session, family)
            await outcome.session.hold()
    except TimeoutError:
        outcome.error = TimedOut(f"not finished within {target.spec.timeout:g} s")
    except ExporterError as error:
        outcome.error = kept(error)
    except Exception as error:  # one miner's trouble must never be another's
        _blame(outcome, error)
    outcome.duration = int((time.monotonic() - began) * 1e6) / 1e6  # to round would take six times as long
    target.duration = outcome.duration
    if outcome.session.says:
        try:
            _read(target, outcome, limit)
        except Exception as error:  # readings that cannot be shown are no readings
            _blame(outcome, error)
        else:
            return outcome
    _lost(target, outcome)
    return outcome


def _blame(outcome: Outcome, error: Exception) -> None:
    """The poll failed by a mistake of ours."""
    outcome.error = Internal.of(error)
    outcome.bugs.append(outcome.error)


def _lost(target: Target, outcome: Outcome) -> None:
    """Nothing was read: count the reason, and forget what may not hold when the miner comes back."""
    if target.learnt.family is not None:
        outcome.family, outcome.evidence = target.learnt.family.name, target.learnt.evidence
    session = outcome.session
    problems = [*session.failed.values(), *hollow(session.fresh), *session.answers.problems.values()]
    error = outcome.error or next(iter(problems), None) or silence(target.learnt)
    outcome.error = error
    target.up = False
    target.failed += 1
    target.failures[error.reason] = target.failures.get(error.reason, 0) + 1
    target.error = f"{error.reason}: {text(str(error))}"
    target.uptime = None
    unlearn(target, error)
    target.show_status()


def _read(target: Target, outcome: Outcome, limit: int) -> None:
    """Reads the answers by the plan of the last poll, by another one, or by the decoder itself."""
    session = outcome.session
    now = time.time()
    success = int(now * 1000) / 1000
    given = target.given() | {"now": now, "up": 1, "last_success": success}
    if found := _by_the_last(target, session, given):
        outcome.by = "plan"
    elif found := _by_another(target, session, given):
        outcome.by = "another_plan"
    else:
        outcome.by, found = "decoder", _by_decoder(target, outcome, given)
        target.decoded += 1 + STEADY
    if target.decoded:
        target.decoded = max(target.decoded - STEADY, 0)
    plan, memory, values = found
    family = _family(target)
    outcome.family, outcome.evidence, outcome.error = family.name, target.learnt.evidence, None
    outcome.whole, outcome.implausible = not session.failed and plan.whole, plan.implausible
    if session.slow_round:  # often enough to notice what is new
        outcome.unknown = known.unknown(session.answers)
    _notice_restart(target, next(iter(plan.uptime(values)), None))
    target.up, target.failed, target.error = True, 0, ""
    target.last_success = success
    target.show(plan, memory, values, limit)


Found = tuple[Plan, PlanState, Values]


def _key(target: Target, session: Session) -> Hashable:
    """Everything beside the answers that what is shown of them depends on."""
    spec, learnt = target.spec, target.learnt
    slow = tuple([exchange.questions for exchange in learnt.slow])
    family = learnt.family.name if learnt.family else ""
    failed = tuple(session.failed)
    options = spec.family, spec.chips, spec.workers, spec.expect
    return family, options, failed, learnt.failing, slow, frozenset(target.failures)


def _by_the_last(target: Target, session: Session, given: dict[str, Any]) -> Found | None:
    plan, memory = target.plan(), target.memory
    if plan is None or memory.slow_version != target.learnt.slow_version or plan.key != _key(target, session):
        return None
    try:
        values = plan.read(session.answers, memory, given)
    except Exception:  # whatever is new in the answers, the decoder reads it with more care
        return None
    plan.used = True
    return plan, memory, values


def _by_another(target: Target, session: Session, given: dict[str, Any]) -> Found | None:
    key = _key(target, session)
    plans = [*PLANS.candidates((key, frozenset(session.answers.rows)))]
    whole = session.everything() if plans else session.answers
    for plan in plans:
        try:
            memory = PlanState(plan.keep(whole), target.learnt.slow_version)
            values = plan.read(session.answers, memory, given)
        except Exception:  # noqa: S112 - the same
            continue
        PLANS.use(plan)
        return plan, memory, values
    return None


def _by_decoder(target: Target, outcome: Outcome, given: dict[str, Any]) -> Found:
    session, before = outcome.session, target.learnt.family
    reading = Reading(session.everything(), given["now"], chips=target.spec.chips, workers=target.spec.workers)
    settled = _settle(target, session, reading) and target.learnt.family is before
    decoded = decode.decode(_family(target), reading)
    outcome.bugs += [problem for problem in decoded.problems.values() if isinstance(problem, Internal)]
    _judge(target, reading, decoded.parts)
    status = target.status(reading.trace)
    parts = [*status, *_sections(target, reading, session, decoded.problems), *decoded.parts.values()]
    key, whole = _key(target, session), not decoded.problems
    plan = compile_plan(key, reading, parts, session.answers.rows, whole=whole, implausible=decoded.implausible)
    reading.trace.forget()
    memory = PlanState(plan.keep(reading.answers), target.learnt.slow_version)
    tried = target.decoded < TRIED or int(target.decoded) % SELDOM == 0
    if settled and tried and not outcome.bugs:
        PLANS.use(plan)
    return plan, memory, plan.read(session.answers, memory, given)


def _family(target: Target) -> Family:
    return target.learnt.family or decode.by_name(decode.FALLBACK)


def _settle(target: Target, session: Session, reading: Reading) -> bool:
    """Takes the family that all answers together show; whether it is that one. To the generic one a miner changes only
    by a version read just now."""
    learnt = target.learnt
    found = None if target.spec.family else decode.recognise(reading)
    if (
        found
        and found[0] is not learnt.family
        and (learnt.family is None or not found[0].generic or "version" in session.fresh)
    ):
        learnt.family, learnt.evidence = found
        learnt.replace_slow(())
        learnt.joins, learnt.unsupported, learnt.slow_due = False, {}, 0.0
        learnt.posted = False
    return found is None or found[0] is learnt.family


def _sections(
    target: Target, reading: Reading, session: Session, problems: dict[str, DecodeError]
) -> Iterator[Section]:
    """Which sections were read, and when those that are not asked at every poll."""
    failed = {name for name in [*session.failed, *problems, *target.learnt.failing] if name}
    slow = [q.name for exchange in target.learnt.slow for q in exchange.questions if q.name in reading.answers.rows]
    times = {name: reading.trace.input(f"at {name}", 0) for name in slow}
    for name in dict.fromkeys([*sorted(session.fresh), *failed, *times]):
        yield Section(name, int(name not in failed), times.get(name))


def _judge(target: Target, reading: Reading, parts: dict[Key, Part]) -> None:
    """Adds what the configuration expects, and how what was read compares with it."""
    if (expect := target.spec.expect) is not None:
        users = {pool: text(row["User"]) for row, pool in numbered(reading.rows("pools"))}
        bare = any(section == "devs" for section, _ in _family(target).sections) and devices.none_listed(reading)
        for part in [*expectations.targets(expect), *expectations.verdicts(expect, parts.values(), users, bare=bare)]:
            decode.add(parts, part)
    decode.best_sources(parts)


def _notice_restart(target: Target, uptime: Any) -> None:
    """After a restart the slow answers may no longer hold: an update or another profile is why miners restart."""
    if uptime is not None and target.uptime is not None and uptime < target.uptime:
        target.learnt.slow_due = 0.0
    target.uptime = uptime
