"""A poll of a miner, start to finish: ask within one deadline, read the answers, show the readings or their loss.

A miner that told only its version is down, and its readings leave the page at once.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from exporter.core.errors import ExporterError, TimedOut, without_traceback
from exporter.core.values import text
from exporter.decode.common import known
from exporter.polling.better import try_better_surface
from exporter.polling.deadline import Deadline
from exporter.polling.discovery import recognise, rerecognise
from exporter.polling.outcome import Outcome
from exporter.polling.readings import family_of, read_answers
from exporter.polling.rounds import ask_due
from exporter.polling.session import Session
from exporter.polling.target import Target
from exporter.questions import Request


async def poll(target: Target, ask: Callable[[Request], Awaitable[bytes]], limit: int) -> Outcome:
    """Poll the target and swap in its new fragments, of at most `limit` series. Raises CancelledError alone."""
    outcome = Outcome(Session(target, ask))
    began = time.monotonic()
    try:
        with Deadline(target.spec.timeout):
            if target.learnt.family is None:
                await recognise(outcome.session)
            elif target.learnt.recognise_again_at <= began:
                await rerecognise(outcome.session)
            if (family := target.learnt.family) is not None and family.better:
                await try_better_surface(outcome.session, family)
            await ask_due(outcome.session)
    except TimeoutError:
        outcome.error = TimedOut(f"not finished within {target.spec.timeout:g} s")
    except ExporterError as error:
        outcome.error = without_traceback(error)
    except Exception as error:  # a mistake of ours with one miner must not touch another
        outcome.failed_by_mistake(error)
    outcome.duration = int((time.monotonic() - began) * 1e6) / 1e6  # `round` takes six times as long
    target.duration = outcome.duration
    if outcome.session.reads:
        try:
            _show(target, outcome, limit)
        except Exception as error:  # readings that cannot be shown are lost
            outcome.failed_by_mistake(error)
        else:
            return outcome
    _lose(target, outcome)
    return outcome


def _show(target: Target, outcome: Outcome, limit: int) -> None:
    """Read the answers, and put the readings on the page."""
    session = outcome.session
    now = time.time()
    success = int(now * 1000) / 1000
    given = target.given() | {"now": now, "up": 1, "last_success": success}
    plan, memory, values = read_answers(target, outcome, given)
    outcome.family, outcome.evidence, outcome.error = family_of(target).name, target.learnt.evidence, None
    outcome.whole, outcome.implausible = not session.failed and plan.whole, plan.implausible
    if session.slow_round:  # often enough to notice what is new
        outcome.unknown = known.unknown(session.answers)
    _notice_restart(target, next(iter(plan.uptime(values)), None))
    target.up, target.failed, target.error = True, 0, ""
    target.last_success = success
    target.show(plan, memory, values, limit)


def _notice_restart(target: Target, uptime: Any) -> None:
    """Ask everything anew after a restart: miners restart for an update or another profile."""
    if uptime is not None and target.uptime is not None and uptime < target.uptime:
        target.learnt.ask_slow_at_once()
    target.uptime = uptime


def _lose(target: Target, outcome: Outcome) -> None:
    """Count the reason, forget what may not hold any more, and take the readings off the page."""
    if target.learnt.family is not None:
        outcome.family, outcome.evidence = target.learnt.family.name, target.learnt.evidence
    error = outcome.error = outcome.reason()
    target.up = False
    target.failed += 1
    target.failures[error.reason] = target.failures.get(error.reason, 0) + 1
    target.error = f"{error.reason}: {text(str(error))}"
    target.uptime = None
    target.learnt = target.learnt.lost(error, target.failed, time.monotonic())
    target.show_status()
