"""Readings from the answers of a poll: by the plan of the last poll, by another plan, or by the decoder itself.

A decoder's run is kept as a plan. The next answers of the same shape, of this miner or another, take a tenth of the
time.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, Final

from exporter import decode
from exporter.core.errors import DecodeError, Internal
from exporter.core.values import text
from exporter.core.vocabulary import Part, Section
from exporter.decode import Family, Key
from exporter.decode.cgminer import numbered
from exporter.decode.common import devices
from exporter.parse.rows import Reading
from exporter.plans.cache import PLANS
from exporter.plans.compiler import compile_plan
from exporter.plans.plan import Plan, PlanState, Values
from exporter.polling import expectations
from exporter.polling.outcome import Outcome
from exporter.polling.session import Session
from exporter.polling.target import Target

# A miner whose answers have a new shape at each poll must not fill the cache: after some plans, few are kept.
STEADY: Final = 1 / 8  # of a decoder's run, that one poll by a plan makes up for
TRIED: Final = 8  # decoder runs of which each leaves a plan
SELDOM: Final = 64  # decoder runs, beyond those, of which one leaves a plan

Found = tuple[Plan, PlanState, Values]


def read_answers(target: Target, outcome: Outcome, given: dict[str, Any]) -> Found:
    """Read the answers of the poll. `given` are the inputs of a plan that are no answers."""
    session = outcome.session
    if found := _by_the_last(target, session, given):
        outcome.by = "plan"
    elif found := _by_another(target, session, given):
        outcome.by = "another_plan"
    else:
        outcome.by, found = "decoder", _by_decoder(target, outcome, given)
        target.decoded += 1 + STEADY
    if target.decoded:
        target.decoded = max(target.decoded - STEADY, 0)
    return found


def family_of(target: Target) -> Family:
    """Return the family whose decoder reads the target."""
    return target.learnt.family or decode.by_name(decode.FALLBACK)


def _key(target: Target, session: Session) -> Hashable:
    """Return everything beside the answers on which the readings depend."""
    spec, learnt = target.spec, target.learnt
    slow = tuple([answer.questions for answer in learnt.slow_answers])
    family = learnt.family.name if learnt.family else ""
    failed = tuple(session.failed)
    options = spec.family, spec.chips, spec.workers, spec.expect
    return family, options, failed, learnt.failing_sections, slow, frozenset(target.failures)


def _by_the_last(target: Target, session: Session, given: dict[str, Any]) -> Found | None:
    plan, memory = target.plan(), target.memory
    if plan is None or memory.slow_version != target.learnt.slow_version or plan.key != _key(target, session):
        return None
    try:
        values = plan.read(session.answers, memory, given)
    except Exception:  # a new shape or value, which the decoder reads with more care
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
        except Exception:  # noqa: S112 - a new shape or value, which another plan may read
            continue
        PLANS.use(plan)
        return plan, memory, values
    return None


def _by_decoder(target: Target, outcome: Outcome, given: dict[str, Any]) -> Found:
    session, before = outcome.session, target.learnt.family
    reading = Reading(session.everything(), given["now"], chips=target.spec.chips, workers=target.spec.workers)
    settled = _settle(target, session, reading) and target.learnt.family is before
    decoded = decode.decode(family_of(target), reading)
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


def _settle(target: Target, session: Session, reading: Reading) -> bool:
    """Change to the family that all answers together show. Return whether the miner is of that family now.

    A known miner changes to the generic family only by a version that was read in this poll."""
    learnt = target.learnt
    found = None if target.spec.family else decode.recognise(reading)
    if found is None or found[0] is learnt.family:
        return True
    if learnt.family is not None and found[0].generic and "version" not in session.fresh:
        return False
    learnt.reclassified(*found)
    return True


def _sections(
    target: Target, reading: Reading, session: Session, problems: dict[str, DecodeError]
) -> Iterator[Section]:
    """Make the parts that tell which sections were read, and when the slow ones were."""
    failed = {name for name in [*session.failed, *problems, *target.learnt.failing_sections] if name}
    slow = [question.name for answer in target.learnt.slow_answers for question in answer.questions]
    times = {name: reading.trace.input(f"at {name}", 0) for name in slow if name in reading.answers.rows}
    for name in dict.fromkeys([*sorted(session.fresh), *failed, *times]):
        yield Section(name, int(name not in failed), times.get(name))


def _judge(target: Target, reading: Reading, parts: dict[Key, Part]) -> None:
    """Add what the configuration expects and how the readings compare with it; keep one source of each value."""
    if (expect := target.spec.expect) is not None:
        users = {pool: text(row["User"]) for row, pool in numbered(reading.rows("pools"))}
        bare = any(section == "devs" for section, _ in family_of(target).sections) and devices.none_listed(reading)
        verdicts = expectations.verdicts(expect, parts.values(), users, bare=bare)
        for part in [*expectations.expected_values(expect), *verdicts]:
            decode.add(parts, part)
    decode.best_sources(parts)
