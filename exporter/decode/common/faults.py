"""What the faults of all families have in common: how grave one is, how many a miner has at most, what is a code.

A code is a firmware's own word or number, of a bounded set; what it says in sentences is for people, and no label.
"""

from __future__ import annotations

import re
from typing import Final

from exporter.core.tracing import traceable
from exporter.core.values import text

INFO, WARNING, CRITICAL = "info", "warning", "critical"
MOST: Final = 64
HOUR: Final = 3600.0  # for how long what was logged, without a word of its end, still counts

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,47}", re.ASCII)


@traceable
def coded(raw: object) -> str:
    """A code as a label; "" for a sentence, and for the zeros that stand for none."""
    said = text(raw)
    return said if _CODE.fullmatch(said) and said.strip("0x") else ""


@traceable
def recent(at: float | None, now: float | None) -> int | None:
    """1 for what was less than an hour ago, or is as much ahead by a clock that is wrong; None for anything else."""
    return 1 if at is not None and now is not None and abs(now - at) < HOUR else None
