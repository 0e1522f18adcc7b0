"""The cgminer API's other format, `STATUS=S,...|SUMMARY,Elapsed=5,...|`: bars end sections, commas part fields.

Odd about it: a device is a section of its kind (ASC, PGA, GPU), not of DEVS; after a backslash a bar or comma is text,
and so is a comma within a value that some drivers write without one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from exporter.core.errors import NotJson

Document = dict[str, Any]
Repairs = defaultdict[str, int]  # how often which repair was needed

COMMANDS: Final = 64  # a joined answer has one part for each command
SECTIONS: Final = 1_024
FIELDS: Final = 6_000

_START = re.compile(r"(CMD=\w+\|)?STATUS=[SIWEF],")
_BAR, _COMMA = re.compile(r"(?<!\\)\|"), re.compile(r"(?<!\\),")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def speaks(source: str) -> bool:
    """Whether the text begins as an answer in this format does."""
    return _START.match(source) is not None


def read(source: str, repairs: Repairs) -> Document:
    """The answer in the shape that the JSON mode gives; all values are strings. A cut is counted as `truncated`.

    Raises NotJson for one that would take long to read."""
    if source.count("|") > SECTIONS or source.count(",") + source.count("\\") > FIELDS:
        raise NotJson("more sections or fields than any miner has")
    *sections, tail = _BAR.split(source)
    if tail.strip():  # each section ends in a bar: this one was cut, and its last field with it
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
    """The fields by name. A comma that no name follows is text: not every program writes its backslash."""
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
