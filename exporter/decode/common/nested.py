"""The access to nested objects and lists, as in the pages of web servers."""

from __future__ import annotations

from exporter.core.tracing import traceable
from exporter.parse.rows import Row


def inner(row: Row, key: str) -> Row:
    """Return the object under a key of a section's row; an empty row if there is no object.

    Raises TypeError on a row that is itself under a row: use `at` for deeper values."""
    rows = row.rows(key)
    return rows[0] if rows else Row(row.trace, {}, above=key)


@traceable
def at(raw: object, *places: int | str) -> object:
    """Return the value at the path `places`, which holds keys and indexes from outside to inside; None if a place is
    missing."""
    for place in places:
        if isinstance(raw, list) and isinstance(place, int):
            raw = raw[place] if place < len(raw) else None
        else:
            raw = raw.get(place) if isinstance(raw, dict) else None
    return raw


@traceable
def how_long(raw: object) -> int:
    """Return the length of a list, at most 64; 0 for anything else."""
    return min(len(raw), 64) if isinstance(raw, list) else 0


@traceable
def complete(raw: object) -> list[object]:
    """Return a list of objects, for things that only their places tell apart; [] for a list with a gap."""
    return raw if isinstance(raw, list) and all(isinstance(entry, dict) for entry in raw) else []


@traceable
def keys(raw: object) -> tuple[str, ...]:
    """Return the keys of an object, at most 64; () for anything else."""
    return tuple(raw)[:64] if isinstance(raw, dict) else ()
