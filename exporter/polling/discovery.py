"""What an unknown miner is asked, one question after the other, until something tells what it is.

Where the API's port is closed, the few questions follow by which firmware without that API is known. Where the API
answers, but the firmware says more on another surface and credentials open it, that is tried, and if it answers, kept.
"""

from __future__ import annotations

import time
from typing import Final

from exporter import decode
from exporter.core.errors import AskError, Denied, Empty, Refused, Reset, TooLong, WrongSpeaker
from exporter.decode import Family
from exporter.decode.cgminer import DEVDETAILS, DEVS, POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common.environment import TEMPS
from exporter.decode.whatsminer.api import STATUS
from exporter.parse.rows import Reading
from exporter.polling.deadline import Deadline
from exporter.polling.session import RETRY, Session
from exporter.polling.target import Learnt
from exporter.questions import Question

DISCOVERY: Final = (VERSION, DEVDETAILS, STATS, SUMMARY, DEVS, POOLS, TEMPS, STATUS)
OFF_API_PORT: Final = "/"  # the name of all greetings among what the firmware does not know
PROBE_INTERVAL: Final = 60.0  # seconds until an address that refuses is greeted again: each costs as much as ten asks
LOST: Final = 300.0  # seconds that a known miner refuses until it may be another: one that restarts is back by then
SILENT: Final = 600.0  # seconds until a port that was silent twice is tried again
EACH, ALL = 0.3, 0.6  # how much of a poll's time one greeting may take, and all of them together


async def recognise(session: Session) -> None:
    """Learns which family the miner is of. Raises AskError where nobody answers."""
    learnt = session.learnt
    if name := session.target.spec.family:
        learnt.family, learnt.evidence = decode.by_name(name), "as told"
    else:
        await _ask(session)
    slow = set((learnt.family or decode.by_name(decode.FALLBACK)).slow)
    session.learnt.keep(lambda exchange: not slow.isdisjoint(exchange.questions))


async def rerecognise(session: Session) -> None:
    """Recognises a miner anew that refuses where it was known, or that answers elsewhere because the API's port was
    closed. Where nothing new shows, it stays what it was. Raises AskError where nobody answers."""
    target, before = session.target, session.learnt
    if target.spec.family or not (target.failed or before.off_api_port):
        before.again = float("inf")
        return
    anew = target.learnt = Learnt(unsupported=greeted(before), slow_version=before.slow_version + 1)
    try:
        if target.failed:
            await recognise(session)
        else:
            await _ask_api(session)
    finally:
        if anew.family is None:
            before.again = time.monotonic() + (PROBE_INTERVAL if target.failed else RETRY)
            before.unsupported |= greeted(anew)
            target.learnt = before


def greeted(learnt: Learnt, *beside: str) -> dict[str, float]:
    """Which greetings are left alone, and what else of these names, and until when."""
    probes = [question for question in decode.fingerprints() if question.off_api_port]
    names = {name for question in probes for name in (question.name, _port(question))}
    return {name: until for name, until in learnt.unsupported.items() if name in names.union(beside)}


def _port(question: Question) -> str:
    """The name of its port among what is left alone."""
    return f":{question.port}"


async def _ask_api(session: Session) -> None:
    """Asks the API alone of a miner that answers elsewhere, and takes none of its time."""
    session.learnt.unsupported[OFF_API_PORT] = float("inf")
    try:
        with Deadline(EACH * session.target.spec.timeout):
            await recognise(session)
    except (AskError, WrongSpeaker, TimeoutError):
        session.failed.clear()


async def try_better_surface(session: Session, family: Family) -> None:
    """Takes the best surface of the same firmware that credentials open and that answers; tried once an hour."""
    learnt, now = session.learnt, time.monotonic()
    if now < learnt.better_due:
        return
    learnt.better_due = now + RETRY
    for better in map(decode.by_name, family.better):
        if session.stranger(better.fast[0]) or not session.open(better.fast[0]):
            continue
        trial = Session(session.target, session.ask, requests=session.requests)
        await _try(trial, better)
        if better.fast[0].name in trial.fresh:
            session.answers, session.fresh, session.failed = trial.answers, trial.fresh, trial.failed
            learnt.family, learnt.preferred, learnt.slow_due = better, True, 0.0
            learnt.evidence = f"{better.fast[0].name} is answered too"
            break
        if isinstance(trial.failed.get(better.fast[0].name), Denied):
            break  # the same account is on the others too
    slow = set((learnt.family or family).slow)
    session.learnt.keep(lambda exchange: not slow.isdisjoint(exchange.questions))


async def _try(trial: Session, better: Family) -> None:
    """Greets it, and asks the first question that needs the login; it may take a third of the time there is."""
    try:
        with Deadline(trial.target.spec.timeout / 3):
            for question in trial.wanted([better.fingerprint] if better.fingerprint else []):
                await trial.ask_one(question, slow=True)
            if trial.fresh:
                await trial.ask_one(better.fast[0])
    except (AskError, WrongSpeaker, TimeoutError):
        trial.fresh.clear()


async def _ask(session: Session) -> None:
    for question in DISCOVERY:
        try:
            await session.ask_one(question, slow=True)  # it stands where the family asks it among its slow ones
        except (Refused, Empty, WrongSpeaker) as error:
            await _ask_elsewhere(session, closed=isinstance(error, Refused))
            if session.learnt.family is None:
                raise
        if session.learnt.family is not None or _shows(session, generic=question is VERSION):
            return
    if not session.fresh:
        await _ask_elsewhere(session)


async def _ask_elsewhere(session: Session, *, closed: bool = False) -> None:
    """The API's port is `closed`, tells nothing, or is another program's: asks what firmware without that API is known
    by, until an answer shows what it is. A port on which nobody answers is not tried again."""
    learnt, now = session.learnt, time.monotonic()
    if learnt.unsupported.get(OFF_API_PORT, 0.0) > now:
        return
    learnt.unsupported[OFF_API_PORT] = now + PROBE_INTERVAL
    deaf = {session.target.spec.port} if closed else set()
    failed, fresh = dict(session.failed), set(session.fresh)
    end = now + ALL * session.target.spec.timeout
    for question in decode.fingerprints():
        if question.port in deaf or learnt.unsupported.get(_port(question), 0.0) > now or time.monotonic() >= end:
            continue
        if not question.off_api_port:  # a line of the API, which did not answer on its own port
            session.failed.pop(question.name, None)
        if session.wanted([question]) and not await _greet(session, question, end):
            deaf.add(question.port)
        if session.fresh != fresh and _shows(session, generic=False, posted=learnt.posted):
            session.failed.clear()
            learnt.off_api_port, learnt.again = True, time.monotonic() + RETRY
            _forget_others(session, fresh)
            return
    _forget_others(session, fresh)
    learnt.posted = False
    session.failed = failed  # that there is nothing else is no reason of its own


def _forget_others(session: Session, fresh: set[str]) -> None:
    """Of what was answered beyond the `fresh` keeps what the family it shows is asked: there are web servers that have
    the same few words for any page, and those are no readings."""
    family = session.learnt.family
    own = {each.name for each in (family.fingerprint, *family.fast, *family.slow) if each} if family else set()
    for name in session.fresh - fresh - own:
        session.answers.drop(name)
        session.fresh.discard(name)


async def _greet(session: Session, question: Question, end: float) -> bool:
    """Asks by which some firmware is known; whether anybody is there. One who is silent may be slow, and is asked again
    at the next poll; after the second time not for a while."""
    learnt, port = session.learnt, _port(question)
    learnt.posted = not question.off_api_port
    try:
        with Deadline(min(EACH * session.target.spec.timeout, end - time.monotonic())):
            await session.ask_one(question, slow=True)
    except TimeoutError:
        now = time.monotonic()
        learnt.unsupported[port] = now + SILENT if port in learnt.unsupported else now
        learnt.unsupported[OFF_API_PORT] = now
        return False
    except (Empty, Reset, TooLong):  # somebody is there, and the next page may be one of theirs
        pass
    except (AskError, WrongSpeaker):
        return False
    finally:
        if learnt.posted and question.name not in session.fresh:  # which says nothing of the port of the API
            learnt.unsupported.pop(question.name, None)
            learnt.posted = False
    learnt.unsupported.pop(port, None)
    return True


def _shows(session: Session, *, generic: bool, posted: bool = False) -> bool:
    """Takes the family that the answers show; whether they show one. By a `posted` line only such as takes them so."""
    reading = Reading(session.answers, 0)
    found = decode.recognise(reading)
    reading.trace.forget()
    if found is None or (found[0].generic and not generic) or (posted and found[0].fingerprint is not VERSION):
        return False
    session.learnt.family, session.learnt.evidence = found
    return True
