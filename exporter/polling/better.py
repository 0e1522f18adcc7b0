"""Better surfaces: places beside the API where the same firmware gives more, if credentials are configured."""

from __future__ import annotations

import time

from exporter import decode
from exporter.core.errors import AskError, Denied, WrongSpeaker
from exporter.decode import Family
from exporter.polling.deadline import Deadline
from exporter.polling.session import Session


async def try_better_surface(session: Session, family: Family) -> None:
    """Change to the best surface that answers and for which credentials are configured; tried once an hour."""
    learnt, now = session.learnt, time.monotonic()
    if now < learnt.better_surface_at:
        return
    learnt.better_surface_tried(now)
    for better in map(decode.by_name, family.better):
        question = better.fast[0]
        if session.lacks_login(question) or not session.may_ask(question):
            continue
        trial = Session(session.target, session.ask, requests=session.requests)
        await _try(trial, better)
        if question.name in trial.fresh:
            session.answers, session.fresh, session.failed = trial.answers, trial.fresh, trial.failed
            learnt.preferred(better, f"{question.name} is answered too")
            break
        if isinstance(trial.failed.get(question.name), Denied):
            break  # the other surfaces have the same account
    learnt.keep_slow_of(learnt.family or family)


async def _try(trial: Session, better: Family) -> None:
    """Ask its fingerprint, and its first question that needs the login, for up to a third of the poll's time."""
    try:
        with Deadline(trial.target.spec.timeout / 3):
            for question in trial.wanted([better.fingerprint] if better.fingerprint else []):
                await trial.ask_one(question, slow=True)
            if trial.fresh:
                await trial.ask_one(better.fast[0])
    except (AskError, WrongSpeaker, TimeoutError):
        trial.fresh.clear()
