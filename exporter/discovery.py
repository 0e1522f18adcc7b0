"""What an unknown miner is asked, one question after the other, until something tells what it is.

Where the API's port is closed, the few questions follow by which firmware without that API is known.
"""

from __future__ import annotations

import time
from typing import Final

from exporter import decode
from exporter.conversation import Conversation
from exporter.decode.braiins import TEMPS
from exporter.decode.cgminer import DEVDETAILS, DEVS, POOLS, STATS, SUMMARY, VERSION
from exporter.decode.rows import Reading
from exporter.errors import AskError, Empty, Refused, WrongSpeaker

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
