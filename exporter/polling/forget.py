"""What becomes of what was learnt about a miner when a poll reads nothing of it: kept, suspected, or forgotten.

Too little forgotten, and a miner that got other firmware is never read again; too much, and each outage makes a storm
of greetings and logins.
"""

from __future__ import annotations

import time

from exporter.core.errors import DecodeError, Denied, ExporterError, Refused, Unsupported, WrongShape
from exporter.decode import Family
from exporter.polling.discovery import LOST, OFF_API_PORT, greeted
from exporter.polling.session import RETRY, SLOW
from exporter.polling.target import Learnt, Target
from exporter.questions import REGISTRY, Page
from exporter.transport.login import REFUSED


def hollow(fresh: set[str]) -> list[DecodeError]:
    """Names the reason where, beyond its version, the miner said empty sections alone."""
    return [WrongShape("answers without a reading")] if fresh - REGISTRY.identity_only else []


def silence(learnt: Learnt) -> DecodeError:
    """Why nothing was asked."""
    return Denied("it lets nobody in") if learnt.denied_until else Unsupported("no question is known to it")


def unlearn(target: Target, error: ExporterError) -> None:
    """Forgets what may not hold when the miner comes back. One on a better surface is looked for on its first one for a
    while; one that was known by its greeting, and takes a login, is not recognised anew at once where it refuses, and
    neither is one whose web server is there before its pages are. Of a stranger it stays known what it does not know.
    """
    learnt, now = target.learnt, time.monotonic()
    odd = isinstance(error, DecodeError)  # something answers, but not as before: recognise it anew
    locked = isinstance(error, Denied) and _takes_login(learnt.family)
    if learnt.preferred:
        target.learnt = Learnt(better_due=now + (RETRY if odd else SLOW), slow_version=learnt.slow_version + 1)
    elif locked and not 0 < learnt.denied_until <= now:
        learnt.denied_until = learnt.denied_until or now + REFUSED
        learnt.replace_slow(())
        learnt.slow_due = 0.0
    elif odd and (locked or not _has_pages(learnt)):
        unsupported = greeted(learnt, OFF_API_PORT) if learnt.family is None else {}
        target.learnt = Learnt(unsupported=unsupported, slow_version=learnt.slow_version + 1)
    else:
        learnt.replace_slow(())
        learnt.slow_due = 0.0
        if odd and learnt.family is not None:
            for question in learnt.family.fast:
                learnt.unsupported.pop(question.name, None)
        _suspect(target, error)


def _suspect(target: Target, error: ExporterError) -> None:
    """A miner that refuses, or has other pages, for some time may have got other firmware, which listens elsewhere."""
    learnt = target.learnt
    if target.failed == 1 and not learnt.off_api_port:
        learnt.again = float("inf")
    if isinstance(error, Refused | DecodeError):
        learnt.again = min(learnt.again, time.monotonic() + LOST)


def _has_pages(learnt: Learnt) -> bool:
    """Whether it is read by pages alone, and was found by one."""
    return learnt.off_api_port and learnt.family is not None and isinstance(learnt.family.fast[0], Page)


def _takes_login(family: Family | None) -> bool:
    return family is not None and family.fingerprint is not None and any(question.login for question in family.fast)
