"""One poll of one miner: a conversation within one deadline, decoded, judged and rendered.

A miner of which nothing but its version was read is down, and its readings leave the page at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from exporter import decode, policy
from exporter.conversation import Conversation
from exporter.decode import Family, Key, Reading, known
from exporter.errors import DecodeError, ExporterError, Internal, TimedOut, Unsupported
from exporter.questions import Request
from exporter.target import Learnt, Target
from exporter.values import text
from exporter.vocabulary import BoardSensor, HashrateNominal, Miner, MinerInfo, MinerState, Part, Section


@dataclass(slots=True)
class Outcome:
    """What one poll came to. `error` is set where it read nothing; `bugs` are mistakes of ours that it met."""

    conversation: Conversation
    duration: float = 0.0
    error: ExporterError | None = None
    parts: dict[Key, Part] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)
    bugs: list[Internal] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)
    family: str = ""  # the decoder that read the miner, or would have
    evidence: str = ""


async def poll(target: Target, ask: Callable[[Request], Awaitable[bytes]], limit: int) -> Outcome:
    """Polls the target and swaps in its new fragments, of at most `limit` series. Raises CancelledError alone."""
    outcome = Outcome(Conversation(target, ask))
    began = time.monotonic()
    try:
        async with asyncio.timeout(target.spec.timeout):
            await outcome.conversation.hold()
    except TimeoutError:
        outcome.error = TimedOut(f"not finished within {target.spec.timeout:g} s")
    except ExporterError as error:
        outcome.error = error
    except Exception as error:  # one miner's trouble must never be another's
        _blame(outcome, error)
    outcome.duration = round(time.monotonic() - began, 6)
    target.duration = outcome.duration
    if outcome.conversation.fresh - {"version"}:
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
    outcome.error = Internal(f"{type(error).__name__}: {error}")
    outcome.error.__cause__ = error
    outcome.bugs.append(outcome.error)


def _lost(target: Target, outcome: Outcome) -> None:
    """Nothing was read: count the reason, and forget what may not hold when the miner comes back."""
    if target.learnt.family is not None:
        outcome.family, outcome.evidence = target.learnt.family.name, target.learnt.evidence
    problems = [*outcome.conversation.failed.values(), *outcome.conversation.answers.problems.values()]
    error = outcome.error or next(iter(problems), None) or Unsupported("no question is known to it")
    outcome.error = error
    target.up = False
    target.failed += 1
    target.failures[error.reason] += 1
    target.error = f"{error.reason}: {text(str(error))}"
    target.uptime, target.glance = None, {}
    if isinstance(error, DecodeError):  # something answers, but not as before: recognise it anew
        target.learnt = Learnt()
    else:
        target.learnt.slow, target.learnt.slow_due = [], 0.0
    target.show({}, [])


def _read(target: Target, outcome: Outcome, limit: int) -> None:
    conversation = outcome.conversation
    family = _settle(target, conversation)
    outcome.family, outcome.evidence = family.name, target.learnt.evidence
    reading = Reading(conversation.answers, time.time(), target.spec.chips, target.spec.workers)
    decoded = decode.decode(family, reading)
    outcome.error = None
    outcome.bugs += [problem for problem in decoded.problems.values() if isinstance(problem, Internal)]
    outcome.sections = _sections(target, conversation, decoded.problems)
    outcome.parts = decoded.parts
    if conversation.slow_round:  # often enough to notice what is new
        outcome.unknown = known.unknown(conversation.answers)
    _judge(target, reading, outcome.parts)
    _notice_restart(target, outcome.parts)
    target.up, target.failed, target.error = True, 0, ""
    target.last_success = round(reading.now, 3)
    target.glance = _glance(family, outcome.parts)
    target.show(outcome.sections, list(outcome.parts.values()), limit)


def _settle(target: Target, conversation: Conversation) -> Family:
    """The family that all answers together show. To the generic one it changes only by a version read just now."""
    learnt = target.learnt
    found = None if target.spec.family else decode.recognise(conversation.answers)
    if (
        found
        and found[0] is not learnt.family
        and (learnt.family is None or not found[0].generic or "version" in conversation.fresh)
    ):
        learnt.family, learnt.evidence = found
        learnt.joins, learnt.unsupported, learnt.slow, learnt.slow_due = False, {}, [], 0.0
    return learnt.family or decode.family(decode.FALLBACK)


def _sections(target: Target, conversation: Conversation, problems: dict[str, DecodeError]) -> dict[str, Section]:
    sections = {name: Section(name, 1) for name in sorted(conversation.fresh)}
    sections |= {name: Section(name, 0) for name in [*conversation.failed, *problems] if name}
    for exchange in target.learnt.slow:
        for question in exchange.questions:
            if question.name in conversation.answers.rows:
                section = sections.setdefault(question.name, Section(question.name, 1))
                section.timestamp_seconds = round(exchange.at, 3)
    return sections


def _judge(target: Target, reading: Reading, parts: dict[Key, Part]) -> None:
    """Adds what the configuration expects, and how what was read compares with it."""
    if (expect := target.spec.expect) is not None:
        users = {text(row.get("POOL")): text(row.get("User")) for row in reading.rows("pools")}
        for part in [*policy.targets(expect), *policy.verdicts(expect, parts.values(), users)]:
            decode.add(parts, part)
    decode.best_sources(parts)


def _notice_restart(target: Target, parts: dict[Key, Part]) -> None:
    """After a restart the slow answers may no longer hold: an update or another profile is why miners restart."""
    miner = parts.get((Miner,))
    uptime = miner.miner_uptime_seconds if isinstance(miner, Miner) else None
    if uptime is not None and target.uptime is not None and uptime < target.uptime:
        target.learnt.slow_due = 0.0
    target.uptime = uptime


def _glance(family: Family, parts: dict[Key, Part]) -> dict[str, str | float]:
    """What the status page shows of the miner."""
    glance: dict[str, str | float] = {"family": family.name}
    hottest = nominal = 0.0
    for part in parts.values():
        if isinstance(part, Miner) and part.hashrate_hashes_per_second is not None:
            glance["hashrate"] = part.hashrate_hashes_per_second
        elif isinstance(part, HashrateNominal) and part.hashrate_nominal_hashes_per_second is not None:
            nominal = part.hashrate_nominal_hashes_per_second
        elif isinstance(part, MinerInfo) and part.model:
            glance["model"] = part.model
        elif isinstance(part, MinerState) and part.miner_state:
            glance["state"] = part.state
        elif isinstance(part, BoardSensor) and part.board_temperature_celsius is not None:
            hottest = max(hottest, part.board_temperature_celsius)
    if nominal and isinstance(rate := glance.get("hashrate"), int | float):
        glance["of_nominal"] = rate / nominal
    return glance | ({"temperature": hottest} if hottest else {})
