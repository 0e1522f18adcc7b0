"""Questions that are due in a poll: fast ones always, now and then a round of slow ones, or one about chips."""

from __future__ import annotations

import time

from exporter import decode
from exporter.decode import Family
from exporter.polling import intervals
from exporter.polling.session import Session
from exporter.questions import Frame, Line


async def ask_due(session: Session) -> None:
    """Ask everything that is due. Raises AskError where nothing answers; the caller sets the deadline."""
    learnt = session.learnt
    family = learnt.family or decode.by_name(decode.FALLBACK)
    await session.ask_all(family.fast)
    if family.instead:
        await session.ask_all([other for name, other in family.instead.items() if name not in session.fresh])
    if session.fresh and (session.failed or learnt.ask_last):
        learnt.failed_beside_others(session.failed)
    # A miner that knows none of the fast questions lives on the slow ones.
    if learnt.described(session.answers.descriptions) or not session.reads:
        learnt.ask_slow_at_once()
    if learnt.chip_questions or time.monotonic() >= learnt.slow_round_at:
        sent, failed = len(session.requests), set(session.failed)
        try:
            await _ask_slowly(session, family)
        finally:
            asked = {question.name for request in session.requests[sent:] for question in request.questions}
            learnt.asked_slowly(asked, session.failed.keys() - failed)
    if session.fresh.isdisjoint(question.name for question in family.fast):  # the miner may be asleep
        commands = [q.name for q in (*family.fast, *family.slow) if isinstance(q, Line | Frame)]
        learnt.retry_by(commands, time.monotonic() + intervals.ASLEEP)


async def _ask_slowly(session: Session, family: Family) -> None:
    """Ask a round of slow questions if one is due, else the next question about chips."""
    learnt, now = session.learnt, time.monotonic()
    if now < learnt.slow_round_at:
        await session.ask_one(learnt.next_chip_question(), slow=True)
        return
    session.slow_round = True
    learnt.slow_round_began({question.name for question in family.slow}, session.fresh, now)
    kept = {question.name for answer in learnt.slow_answers for question in answer.questions}
    await session.ask_all([q for q in family.slow if q.name not in kept], slow=True)
    learnt.slow_round_ended(time.monotonic(), session.target.jitter)
    if session.target.spec.chips and family.boards is not None:
        learnt.chips_wanted(family.boards(session.answers))
