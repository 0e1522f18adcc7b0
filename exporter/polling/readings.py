"""Readings from the answers of a poll: by the plan of the target's last poll, by another plan, or by the decoder.

Each decoder run is compiled to a plan, which then makes the readings. While the cache has the plan, later answers of
the same shape, of this miner or another, need no decoder. Slow answers, which few polls ask for, are kept by `Learnt`;
a plan reads their fields once and keeps them in its `PlanState`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, Final, NamedTuple

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

# A miner whose answers have a new shape at each poll must not fill the cache. So a target has a budget of decoder runs
# whose plans are cached, and polls by a plan pay runs back.
CACHED_RUNS: Final = 8  # decoder runs of a target whose plans are all cached
THEN_ONE_IN: Final = 64  # of the decoder runs beyond, one in so many has its plan cached
PAID_BACK: Final = 1 / 8  # decoder runs that one poll by a plan pays back


class Read(NamedTuple):
    """The readings of a poll: all values in the plan's own order, the plan, and its state for the target."""

    plan: Plan
    state: PlanState
    values: Values


def read_answers(target: Target, outcome: Outcome, inputs: dict[str, Any]) -> Read:
    """Read the answers of the poll's session, and note in `outcome.by` which of the three readers did.

    `inputs` are the values of a plan that come from elsewhere, by name: `Target.given()`, with the `now`, `up` and
    `last_success` of this poll. `Target.given()` has the times of slow answers too.
    The family changes if all answers together show another one. A section that fails costs only itself. Raises nothing
    on purpose: any exception is a bug."""
    session = outcome.session
    if found := _by_last_plan(target, session, inputs):
        outcome.by = "plan"
    elif found := _by_another_plan(target, session, inputs):
        outcome.by = "another_plan"
    else:
        outcome.by, found = "decoder", _by_decoder(target, outcome, inputs)
        target.decoded += 1
        return found
    target.decoded = max(target.decoded - PAID_BACK, 0)
    return found


def family_of(target: Target) -> Family:
    """Return the family whose decoder reads the target."""
    return target.learnt.family or decode.by_name(decode.FALLBACK)


def _key(target: Target, session: Session) -> Hashable:
    """Return the key of plans for these answers: everything beside the answers on which the readings depend."""
    spec, learnt = target.spec, target.learnt
    slow = tuple([answer.questions for answer in learnt.slow_answers])
    family = learnt.family.name if learnt.family else ""
    failed = tuple(session.failed)
    options = spec.family, spec.chips, spec.workers, spec.expect
    return family, options, failed, learnt.failing_sections, slow, frozenset(target.failures)


def _by_last_plan(target: Target, session: Session, inputs: dict[str, Any]) -> Read | None:
    """Read by the plan of the target's last poll, with its slow fields kept; None if the plan does not match."""
    plan, state = target.plan(), target.memory
    if plan is None or state.slow_version != target.learnt.slow_version or plan.key != _key(target, session):
        return None
    try:
        values = plan.read(session.answers, state, inputs)
    except Exception:  # a new shape or value, which the decoder reads with more care
        return None
    plan.used = True
    return Read(plan, state, values)


def _by_another_plan(target: Target, session: Session, inputs: dict[str, Any]) -> Read | None:
    """Read by the first plan of the cache that matches fresh and slow answers; None if none of the plans does."""
    key = _key(target, session)
    plans = [*PLANS.candidates((key, frozenset(session.answers.rows)))]
    everything = session.everything() if plans else session.answers
    for plan in plans:
        try:
            state = PlanState(plan.keep(everything), target.learnt.slow_version)
            values = plan.read(session.answers, state, inputs)
        except Exception:  # noqa: S112 - a new shape or value, which another plan may read
            continue
        PLANS.use(plan)
        return Read(plan, state, values)
    return None


def _by_decoder(target: Target, outcome: Outcome, inputs: dict[str, Any]) -> Read:
    """Run the decoder over fresh and slow answers, compile the run, cache the plan if it is of use, and read by it."""
    session = outcome.session
    reading = Reading(session.everything(), inputs["now"], chips=target.spec.chips, workers=target.spec.workers)
    family_stays = _confirm_family(target, session, reading)
    decoded = decode.decode(family_of(target), reading)
    outcome.bugs += [problem for problem in decoded.problems.values() if isinstance(problem, Internal)]
    _compare(target, reading, decoded.parts)
    decode.best_sources(decoded.parts)
    status = target.status(reading.trace)
    parts = [*status, *_sections(target, reading, session, decoded.problems), *decoded.parts.values()]
    key, whole = _key(target, session), not decoded.problems
    plan = compile_plan(key, reading, parts, session.answers.rows, whole=whole, implausible=decoded.implausible)
    reading.trace.forget()
    state = PlanState(plan.keep(reading.answers), target.learnt.slow_version)
    within_budget = target.decoded < CACHED_RUNS or int(target.decoded) % THEN_ONE_IN == 0
    if family_stays and within_budget and not outcome.bugs:
        PLANS.use(plan)
    return Read(plan, state, plan.read(session.answers, state, inputs))


def _confirm_family(target: Target, session: Session, reading: Reading) -> bool:
    """Tell whether all answers together show the target's family. If they show another one, change to that family.

    The change of a known miner to a generic family waits for a poll in which `version` was answered."""
    learnt = target.learnt
    found = None if target.spec.family else decode.recognise(reading)
    if found is None or found[0] is learnt.family:
        return True
    if learnt.family is None or not found[0].generic or "version" in session.fresh:
        learnt.reclassified(*found)
    return False


def _sections(
    target: Target, reading: Reading, session: Session, problems: dict[str, DecodeError]
) -> Iterator[Section]:
    """Yield a part for each section that was asked: whether it was read, and for slow sections the time of the answer.

    That time is an input of the plan, because the kept answers grow older from poll to poll."""
    failed = {name for name in [*session.failed, *problems, *target.learnt.failing_sections] if name}
    slow = [question.name for answer in target.learnt.slow_answers for question in answer.questions]
    times = {name: reading.trace.input(f"at {name}", 0) for name in slow if name in reading.answers.rows}
    for name in dict.fromkeys([*sorted(session.fresh), *failed, *times]):
        yield Section(name, int(name not in failed), times.get(name))


def _compare(target: Target, reading: Reading, parts: dict[Key, Part]) -> None:
    """Add the parts that tell what the configuration expects, and how the readings compare with that."""
    if (expect := target.spec.expect) is None:
        return
    users = {pool: text(row["User"]) for row, pool in numbered(reading.rows("pools"))}
    asks_devs = any(section == "devs" for section, _ in family_of(target).sections)
    bare = asks_devs and devices.none_listed(reading)
    verdicts = expectations.verdicts(expect, parts.values(), users, bare=bare)
    for part in [*expectations.expected_values(expect), *verdicts]:
        decode.add(parts, part)
