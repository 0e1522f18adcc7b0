"""Sums over all boards or supplies of a miner."""

from __future__ import annotations

from exporter.core.tracing import traceable
from exporter.core.values import Number


@traceable
def total(*values: Number | None) -> Number | None:
    """Return the sum; None if a value is missing, because a partial sum would be wrong."""
    return None if None in values else sum(value for value in values if value is not None)
