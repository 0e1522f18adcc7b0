"""Sums over all boards or supplies of a miner, only where none of them is missing."""

from __future__ import annotations

from exporter.core.tracing import static, traceable
from exporter.core.values import Number
from exporter.decode.common.nested import how_long
from exporter.parse.rows import Reading, Row


@traceable
def total(*values: Number | None) -> Number | None:
    """Return the sum; None without values, and if a value is missing, because a partial sum would be wrong."""
    return None if not values or None in values else sum(value for value in values if value is not None)


def whole(reading: Reading, row: Row, key: str) -> list[Row]:
    """Return the rows of the list under `key` if the list is complete, so that a sum over the rows describes the miner.

    Return [] after a truncated answer, and for a list in which an entry is no object."""
    rows = row.rows(key)
    complete = static(how_long(row[key])) == len(rows) and "truncated" not in reading.answers.repairs
    return rows if complete else []
