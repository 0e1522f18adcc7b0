"""What Proto's Rig calls wrong with it: a page that is a list of errors and warnings, each with its code.

Odd about it: an entry stays in the list when it is over, and has the time of that then; codes are words in older
software and two numbers with a colon between in newer; a board is named beside the number of the part.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.decode.faults import CRITICAL, MOST, WARNING, coded
from exporter.decode.rows import Reading, Row
from exporter.jsontext import LIST
from exporter.questions import page
from exporter.values import count, number, text
from exporter.vocabulary import Fault, Part

ERRORS = page("proto_errors", "/api/v1/errors", section=LIST)

LEVELS: Final = {"error": CRITICAL, "warning": WARNING}
PARTS: Final = {"fan": "fan", "psu": "psu", "hashboard": "board", "asic": "board"}


def component(row: Row) -> str:
    """The part with its number: of a board or a chip that of the board."""
    source = text(row.fact("source")).lower()
    part = PARTS.get(source, "miner")
    index = count(row.fact("hashboard_index"))
    if part != "board":
        index = count(row.fact("component_index")) if part != "miner" else None
    elif index is None and source == "hashboard":
        index = count(row.fact("component_index"))
    return f"{part}:{index}" if isinstance(index, int) and index < 100 else part


def errors(reading: Reading) -> Iterator[Part]:
    for row in reading.rows("proto_errors")[:MOST]:
        code, severity = coded(row.fact("error_code")), LEVELS.get(text(row.fact("error_level")).lower(), WARNING)
        if code and number(row.fact("expired_at")) == 0:
            yield Fault(code, component(row), severity, 1)
