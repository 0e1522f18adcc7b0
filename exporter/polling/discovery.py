"""Recognition: ask an unknown miner one question after the other, until the answers show its family."""

from __future__ import annotations

import time
from typing import Final

from exporter import decode
from exporter.core.errors import AskError, Empty, Refused, WrongSpeaker
from exporter.decode.cgminer import DEVDETAILS, DEVS, POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common.environment import TEMPS
from exporter.decode.whatsminer.api import STATUS
from exporter.polling import intervals
from exporter.polling.deadline import Deadline
from exporter.polling.learnt import State
from exporter.polling.probes import ONE_PROBE, probe, shown_family
from exporter.polling.session import Session

DISCOVERY: Final = (VERSION, DEVDETAILS, STATS, SUMMARY, DEVS, POOLS, TEMPS, STATUS)


async def recognise(session: Session) -> None:
    """Learn the miner's family, from the configuration or by asking. Raises AskError where nothing answers."""
    if name := session.target.spec.family:
        session.learnt.recognised(decode.by_name(name), "as told")
    else:
        await _ask(session)
    session.learnt.keep_slow_of(session.learnt.family or decode.by_name(decode.FALLBACK))


async def rerecognise(session: Session) -> None:
    """Recognise a known miner anew, because it refuses or is read off the API's port. Raises AskError as `recognise`.

    If nothing shows another family, everything that was learnt before still holds."""
    target, before = session.target, session.learnt
    if target.spec.family or not (target.failed or before.state is State.OFF_API_PORT):
        before.trusted()
        return
    anew = target.learnt = before.afresh()
    try:
        if target.failed:
            await recognise(session)
        else:
            await _ask_api(session)
    finally:
        if anew.family is None:
            pause = intervals.PROBE if target.failed else intervals.RETRY
            before.still_known(anew, time.monotonic() + pause)
            target.learnt = before


async def _ask_api(session: Session) -> None:
    """Try the API of a miner that answers elsewhere, for a part of the poll's time."""
    session.learnt.probed(until=float("inf"))
    try:
        with Deadline(ONE_PROBE * session.target.spec.timeout):
            await recognise(session)
    except (AskError, WrongSpeaker, TimeoutError):
        session.failed.clear()


async def _ask(session: Session) -> None:
    """Ask the API, and probe other ports where the API is closed, tells nothing, or is another program's."""
    for question in DISCOVERY:
        try:
            await session.ask_one(question, slow=True)  # the answer is kept if the family asks it slowly
        except (Refused, Empty, WrongSpeaker) as error:
            await probe(session, closed=isinstance(error, Refused))
            if session.learnt.family is None:
                raise
        if session.learnt.family is None and (found := shown_family(session, generic=question is VERSION)):
            session.learnt.recognised(*found)
        if session.learnt.family is not None:
            return
    if not session.fresh:
        await probe(session)
