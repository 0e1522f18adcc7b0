"""What Proto's Rig calls wrong with it: a page that is a list of errors and warnings, each with its code.

Odd about it: an entry stays in the list when it is over, and has the time of that then; codes are words in older
software and two numbers with a colon between in newer; parts count from 0, where fans have slots from 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from exporter.core.values import count, number, text
from exporter.core.vocabulary import Fault, Part
from exporter.decode.common.faults import CRITICAL, MOST, WARNING, coded
from exporter.decode.common.nested import at
from exporter.parse.jsontext import LIST
from exporter.parse.rows import Reading, Row
from exporter.questions import page

LEVELS: Final = {"error": CRITICAL, "warning": WARNING}
# What a code is about, by how it begins: its first number, or the first word of its name.
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
FIRST: Final = {"fan": 1, "psu": 0, "board": 0}  # what our number of the part that they call 0 is


def current(document: dict[str, Any]) -> dict[str, Any]:
    """The page without what is over, of which each miner has a history of its own."""
    entries = document.get(LIST)
    if not isinstance(entries, list):
        return {}
    return {LIST: [each for each in entries if number(at(each, "expired_at")) == 0]}


ERRORS = page("proto_errors", "/api/v1/errors", section=LIST, excerpt=current)


def component(row: Row, code: str) -> str:
    """The part with its number: of a board or a chip that of the board."""
    part = next((part for start, part in PARTS if code.lower().startswith(start)), "miner")
    index = count(row.static("hashboard_index" if part == "board" else "component_index"))
    if part in FIRST and isinstance(index, int) and index < 100:
        return f"{part}:{index + FIRST[part]}"
    return part


def errors(reading: Reading) -> Iterator[Part]:
    for row in reading.rows("proto_errors")[:MOST]:
        code, severity = coded(row.static("error_code")), LEVELS.get(text(row.static("error_level")).lower(), WARNING)
        if code:
            yield Fault(code, component(row, code), severity, 1)
