"""The errors and warnings of Proto's Rig: a page with a list of entries, each with a code.

Quirks: an entry stays in the list after its end, with the time of the end. Codes are words in older software, and two
numbers with a colon in newer software. Parts count from 0, whereas the slots of fans count from 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from exporter.core import vocabulary as v
from exporter.core.values import count, number, text
from exporter.decode.common.faults import CRITICAL, MOST, WARNING, coded
from exporter.decode.common.nested import at
from exporter.parse.jsontext import LIST
from exporter.parse.rows import Reading, Row
from exporter.questions import page

LEVELS: Final = {"error": CRITICAL, "warning": WARNING}
# The part by the start of a code: its first number, or the first word of its name.
PARTS: Final = (
    ("00:", "psu"),
    ("01:", "fan"),
    ("03:", "control_board"),
    ("04:", "board"),
    ("psu", "psu"),
    ("fan", "fan"),
    ("controlboard", "control_board"),
    ("hashboard", "board"),
    ("asic", "board"),
)
FIRST: Final = {"fan": 1, "psu": 0, "board": 0}  # the label of the part that the page numbers 0


def current(document: dict[str, Any]) -> dict[str, Any]:
    """Return the page without entries that have ended, which are only history."""
    entries = document.get(LIST)
    if not isinstance(entries, list):
        return {}
    return {LIST: [each for each in entries if number(at(each, "expired_at")) == 0]}


ERRORS = page("proto_errors", "/api/v1/errors", section=LIST, excerpt=current)


def component(row: Row, code: str) -> str:
    """Return the part with its number; for a chip, the chip's board."""
    part = next((part for start, part in PARTS if code.lower().startswith(start)), "miner")
    index = count(row.static("hashboard_index" if part == "board" else "component_index"))
    if part in FIRST and isinstance(index, int) and index < 100:
        return f"{part}:{index + FIRST[part]}"
    return part


def errors(reading: Reading) -> Iterator[v.Part]:
    """Yield a fault for each entry that still holds."""
    for row in reading.rows("proto_errors")[:MOST]:
        code, severity = coded(row.static("error_code")), LEVELS.get(text(row.static("error_level")).lower(), WARNING)
        if code:
            yield v.Fault(code, component(row, code), severity, 1)
