"""What an unknown miner is asked, one question after the other, until something tells what it is.

Where the API's port is closed, the few questions follow by which firmware without that API is known. Where the API
answers, but the firmware says more on another surface and credentials open it, that is tried, and if it answers, kept.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

from exporter import decode
from exporter.conversation import RETRY, Conversation
from exporter.decode import Family
from exporter.decode.braiins import TEMPS
from exporter.decode.cgminer import DEVDETAILS, DEVS, POOLS, STATS, SUMMARY, VERSION
from exporter.decode.rows import Reading
from exporter.errors import AskError, Denied, Empty, Refused, WrongSpeaker

DISCOVERY: Final = (VERSION, DEVDETAILS, STATS, SUMMARY, DEVS, POOLS, TEMPS)
ELSEWHERE: Final = "/"  # the name of all greetings among what the firmware does not know
KNOCK: Final = 60.0  # seconds until an address that refuses is greeted again: each costs as much as ten asks


async def recognise(conversation: Conversation) -> None:
    """Learns which family the miner is of. Raises AskError where nobody answers."""
    learnt = conversation.learnt
    if name := conversation.target.spec.family:
        learnt.family, learnt.evidence = decode.family(name), "as told"
    else:
        await _ask(conversation)
    slow = set((learnt.family or decode.family(decode.FALLBACK)).slow)
    conversation.keep_slow(lambda exchange: not slow.isdisjoint(exchange.questions))


async def prefer(conversation: Conversation, family: Family) -> None:
    """Takes the best surface of the same firmware that credentials open and that answers; tried once an hour."""
    learnt, now = conversation.learnt, time.monotonic()
    if not family.better or now < learnt.better_due:
        return
    learnt.better_due = now + RETRY
    for better in map(decode.family, family.better):
        if conversation.target.spec.login(better.fast[0].login) is None or not conversation.open(better.fast[0]):
            continue
        trial = Conversation(conversation.target, conversation.ask, requests=conversation.requests)
        await _try(trial, better)
        if better.fast[0].name in trial.fresh:
            conversation.answers, conversation.fresh, conversation.failed = trial.answers, trial.fresh, trial.failed
            learnt.family, learnt.preferred, learnt.slow_due = better, True, 0.0
            learnt.evidence = f"{better.fast[0].name} is answered too"
            break
        if isinstance(trial.failed.get(better.fast[0].name), Denied):
            break  # the same account is on the others too
    slow = set((learnt.family or family).slow)
    conversation.keep_slow(lambda exchange: not slow.isdisjoint(exchange.questions))


async def _try(trial: Conversation, better: Family) -> None:
    """Greets it, and asks the first question that needs the login; it may take a third of the time there is."""
    try:
        async with asyncio.timeout(trial.target.spec.timeout / 3):
            for question in trial.wanted([better.greeting] if better.greeting else []):
                await trial.ask_one(question, slow=True)
            if trial.fresh:
                await trial.ask_one(better.fast[0])
    except (AskError, WrongSpeaker, TimeoutError):
        trial.fresh.clear()


async def _ask(conversation: Conversation) -> None:
    for question in DISCOVERY:
        try:
            await conversation.ask_one(question, slow=True)  # it stands where the family asks it among its slow ones
        except (Refused, Empty, WrongSpeaker):
            await _ask_elsewhere(conversation)
            if conversation.learnt.family is None:
                raise
        if conversation.learnt.family is not None or _shows(conversation, generic=question is VERSION):
            return
    if not conversation.fresh:
        await _ask_elsewhere(conversation)


async def _ask_elsewhere(conversation: Conversation) -> None:
    """The API's port is closed, tells nothing, or is another program's: asks what firmware without that API is known
    by, until an answer shows what it is. A port on which nobody answers is not tried again."""
    now = time.monotonic()
    if conversation.learnt.unsupported.get(ELSEWHERE, 0.0) > now:
        return
    conversation.learnt.unsupported[ELSEWHERE] = now + KNOCK
    closed: set[int] = set()
    failed = dict(conversation.failed)
    for question in decode.greetings():
        if question.port not in closed and conversation.wanted([question]):
            try:
                await conversation.ask_one(question, slow=True)
            except (AskError, WrongSpeaker):
                closed.add(question.port)
            if _shows(conversation, generic=False):
                conversation.failed.clear()
                return
    conversation.failed = failed  # that there is nothing else is no reason of its own


def _shows(conversation: Conversation, *, generic: bool) -> bool:
    """Takes the family that the answers show; whether they show one."""
    reading = Reading(conversation.answers, 0)
    found = decode.recognise(reading)
    reading.trace.forget()
    if found is None or (found[0].generic and not generic):
        return False
    conversation.learnt.family, conversation.learnt.evidence = found
    return True
