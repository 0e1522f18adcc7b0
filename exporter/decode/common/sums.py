"""Sums over all boards or supplies of a miner."""

from __future__ import annotations

from exporter.core.tracing import traceable
from exporter.core.values import Number


@traceable
def total(*values: Number | None) -> Number | None:
    """The sum; None where one is missing, because the sum over some is nobody's total."""
    return None if None in values else sum(value for value in values if value is not None)
