"""Probes: the few questions by which firmware without the API on its usual port is recognised."""

from __future__ import annotations

import time
from typing import Final

from exporter import decode
from exporter.core.errors import AskError, Empty, Reset, TooLong, WrongSpeaker
from exporter.decode import Family
from exporter.decode.cgminer import VERSION
from exporter.parse.rows import Reading
from exporter.polling import intervals
from exporter.polling.deadline import Deadline
from exporter.polling.session import Session
from exporter.questions import Question

ONE_PROBE: Final = 0.3  # of a poll's time, that one probe may take
ALL_PROBES: Final = 0.6  # of a poll's time, that all probes together may take


async def probe(session: Session, *, closed: bool = False) -> None:
    """Ask the fingerprint questions of all families until an answer shows which one it is.

    `closed` says that nothing listens on the API's port. A silent port is left alone from then on."""
    learnt, now = session.learnt, time.monotonic()
    if learnt.probe_again_at > now:
        return
    learnt.probed(until=now + intervals.PROBE)
    deaf = {session.target.spec.port} if closed else set()
    failed, fresh = dict(session.failed), set(session.fresh)
    end = now + ALL_PROBES * session.target.spec.timeout
    for question in decode.fingerprints():
        port = question.port
        if port in deaf or learnt.silent_ports.get(port, 0.0) > now or time.monotonic() >= end:
            continue
        if not question.off_api_port:  # a line of the API, now to be posted: it got no answer on the API's own port
            session.failed.pop(question.name, None)
        if session.wanted([question]) and not await _ask(session, question, end):
            deaf.add(port)
        if session.fresh != fresh and (found := shown_family(session, generic=False, over_http=learnt.over_http)):
            session.failed.clear()
            learnt.recognised_off_api_port(*found, time.monotonic())
            _discard_others(session, fresh)
            return
    _discard_others(session, fresh)
    learnt.send_lines(over_http=False)
    session.failed = failed  # probes without an answer are no reason of their own


async def _ask(session: Session, question: Question, end: float) -> bool:
    """Ask a fingerprint question. Return whether something listens on its port."""
    learnt, port = session.learnt, question.port
    learnt.send_lines(over_http=not question.off_api_port)
    try:
        with Deadline(min(ONE_PROBE * session.target.spec.timeout, end - time.monotonic())):
            await session.ask_one(question, slow=True)
    except TimeoutError:
        learnt.port_was_silent(port, time.monotonic())
        return False
    except (Empty, Reset, TooLong):  # a web server, which may have the next page
        pass
    except (AskError, WrongSpeaker):
        return False
    finally:
        if learnt.over_http and question.name not in session.fresh:  # tells nothing about the API's own port
            learnt.unskip([question])
            learnt.send_lines(over_http=False)
    learnt.port_answered(port)
    return True


def _discard_others(session: Session, fresh: set[str]) -> None:
    """Discard answers to probes, those beyond the `fresh`, that the recognised family would not ask.

    Some web servers return the same page for every path, and such pages are no readings."""
    family = session.learnt.family
    own = {each.name for each in (family.fingerprint, *family.fast, *family.slow) if each} if family else set()
    for name in session.fresh - fresh - own:
        session.answers.drop(name)
        session.fresh.discard(name)


def shown_family(session: Session, *, generic: bool, over_http: bool = False) -> tuple[Family, str] | None:
    """Return the family that the answers show, and the evidence; None for the generic one unless `generic` allows it.

    Over HTTP only families that are known by a posted line qualify."""
    reading = Reading(session.answers, 0)
    found = decode.recognise(reading)
    reading.trace.forget()
    if found is None or (found[0].generic and not generic) or (over_http and found[0].fingerprint is not VERSION):
        return None
    return found
