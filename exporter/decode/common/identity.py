"""The converters of names that identify a miner or a part of a miner."""

from __future__ import annotations

from typing import Final

from exporter.core.tracing import traceable
from exporter.core.values import text

PLACEHOLDERS: Final = frozenset(("unknow", "unknown", "n/a", "null", "0", "no miner id now"))


@traceable
def serial(raw: object) -> str:
    """Return a serial number; "" for a placeholder such as "unknown"."""
    name = text(raw)
    return "" if name.lower() in PLACEHOLDERS else name
