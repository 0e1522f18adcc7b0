"""The converters of names that identify a miner or a part of a miner."""

from __future__ import annotations

from exporter.core.tracing import traceable
from exporter.core.values import text


@traceable
def serial(raw: object) -> str:
    """Return a serial number; "" for a placeholder such as "unknown"."""
    name = text(raw)
    return "" if name.lower() in ("unknow", "unknown", "n/a", "null", "0") else name
