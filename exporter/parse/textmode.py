"""The cgminer API's other format, `STATUS=S,...|SUMMARY,Elapsed=5,...|`: bars end sections, commas separate fields.

Quirks: a device is a section named by its kind (ASC, PGA, GPU), not by DEVS. A bar or comma after a backslash is text.
Some drivers write the commas of a text without a backslash.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from exporter.core.errors import NotJson

Document = dict[str, Any]
Repairs = defaultdict[str, int]  # how often each repair was needed, by name

COMMANDS: Final = 64  # most parts of a joined answer
SECTIONS: Final = 1_024
FIELDS: Final = 6_000

_START = re.compile(r"(CMD=\w+\|)?STATUS=[SIWEF],")
_BAR, _COMMA = re.compile(r"(?<!\\)\|"), re.compile(r"(?<!\\),")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def speaks(source: str) -> bool:
    """Tell whether the text begins like an answer in this format."""
    return _START.match(source) is not None


def read(source: str, repairs: Repairs) -> Document:
    """Return the answer in the shape of the JSON mode, with all values as strings. A missing end is `truncated`.

    Raises NotJson for an answer that would take long to read."""
    if source.count("|") > SECTIONS or source.count(",") + source.count("\\") > FIELDS:
        raise NotJson("more sections or fields than any miner has")
    *sections, tail = _BAR.split(source)
    if tail.strip():  # each section ends with a bar: the last section was cut off, in its last field
        repairs["truncated"] += 1
        sections.append(tail[: max((comma.start() for comma in _COMMA.finditer(tail)), default=0)])
    document: Document = {}
    into = document
    for section in sections:
        fields = [_ESCAPED.sub(r"\1", field) for field in _COMMA.split(section)]
        head, _, value = fields[0].strip().partition("=")
        if head == "CMD" and len(document) < COMMANDS:
            into = {}
            document[value] = [into]
        elif head:
            into.setdefault(head, []).append(dict(_pairs(fields)))
    return document


def _pairs(fields: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the name and value of each field. A comma without `name=` after it is a part of the value."""
    name, value = "", ""
    for field in fields:
        if "=" in field:
            if name:
                yield name, value
            name, _, value = field.partition("=")
        elif name:
            value += f",{field}"
    if name:
        yield name, value
