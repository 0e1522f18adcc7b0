"""Faults in general: their severity, the largest number of them that a miner has, and the form of a code.

A code is a firmware's own word or number, of a bounded set. Sentences are for people, and never become a label.
"""

from __future__ import annotations

import re
from typing import Final

from exporter.core.tracing import traceable
from exporter.core.values import text

INFO, WARNING, CRITICAL = "info", "warning", "critical"
MOST: Final = 64
HOUR: Final = 3600.0  # seconds for which a logged fault counts, where the log has no end of it

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,47}", re.ASCII)


@traceable
def coded(raw: object) -> str:
    """Return a code as a label; "" for a sentence, and for the zeros that stand for no code."""
    code = text(raw)
    return code if _CODE.fullmatch(code) and code.strip("0x") else ""


@traceable
def recent(at: float | None, now: float | None) -> int | None:
    """Return 1 for a time within the last hour, or as far ahead by a clock that is wrong; None for another time."""
    return 1 if at is not None and now is not None and abs(now - at) < HOUR else None
