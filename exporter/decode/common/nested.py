"""Objects and lists within each other, as the pages of web servers have them."""

from __future__ import annotations

from exporter.core.tracing import traceable
from exporter.parse.rows import Row


def inner(row: Row, key: str) -> Row:
    """The object under a key of a section's row; an empty one where there is none. What is deeper is for `at`, because
    plans know rows under rows and nothing below."""
    rows = row.rows(key)
    return rows[0] if rows else Row(row.trace, {})


@traceable
def at(raw: object, *places: int | str) -> object:
    """What stands at `places` of lists and objects, each within the one before; None where there is nothing."""
    for place in places:
        if isinstance(raw, list) and isinstance(place, int):
            raw = raw[place] if place < len(raw) else None
        else:
            raw = raw.get(place) if isinstance(raw, dict) else None
    return raw


@traceable
def how_long(raw: object) -> int:
    """How many there are in a list; 0 where it is none."""
    return min(len(raw), 64) if isinstance(raw, list) else 0


@traceable
def keys(raw: object) -> tuple[str, ...]:
    """The keys of an object."""
    return tuple(raw)[:64] if isinstance(raw, dict) else ()
