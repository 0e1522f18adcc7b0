"""The common rules for faults: severities, the largest number of faults per miner, and the form of a code.

A code is a firmware's own word or number, of a bounded set. Sentences are for people, and never become a label.
"""

from __future__ import annotations

import calendar
import re
from typing import Final

from exporter.core.tracing import traceable
from exporter.core.values import Number, text
from exporter.decode.common.poolvalues import SET

INFO, WARNING, CRITICAL = "info", "warning", "critical"
MOST: Final = 64
HOUR: Final = 3600.0  # seconds for which a logged fault counts, if the log has no end time

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,47}", re.ASCII)
_CLOCK = re.compile(r"(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)", re.ASCII)
_WRITTEN = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d{1,9})?(?:Z|\+00:00)", re.ASCII)


@traceable
def coded(raw: object) -> str:
    """Return a code as a label; "" for a sentence, and for zeros, which mean "no code"."""
    code = text(raw)
    return code if _CODE.fullmatch(code) and code.strip("0x") else ""


@traceable
def recent(at: float | None, now: float | None) -> int | None:
    """Return 1 for a time within an hour of `now`, before or (because of a wrong clock) after; None for other times."""
    return 1 if at is not None and now is not None and abs(now - at) < HOUR else None


def clock(raw: object) -> Number | None:
    """Return the seconds since 1970 of "2026-03-20 21:27:30", by the clock that wrote the time."""
    match = _CLOCK.fullmatch(raw) if isinstance(raw, str) else None
    try:
        return calendar.timegm(tuple(map(int, match.groups()))) if match else None
    except ValueError:
        return None


@traceable
def written(raw: object) -> Number | None:
    """Return the Unix seconds of "2026-03-20T21:27:30.060042Z"; None for anything else, and for a clock never set.

    In place of Z, "+00:00" may stand."""
    match = _WRITTEN.fullmatch(raw) if isinstance(raw, str) else None
    at = clock(f"{match[1]} {match[2]}") if match else None
    return at if at is not None and at > SET else None
