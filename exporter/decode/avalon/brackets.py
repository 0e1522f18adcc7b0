"""The text format of Avalon's modules: several hundred fields in a row, as `Key[value] Key[value]`.

Quirks: a key may contain spaces, and may follow a value without a space. A value may be empty, a sentence or a list of
numbers, and may contain brackets. Each board's fields may be in a block such as `'HB0':{...}`, with keys that count
from 0 again.
"""

from __future__ import annotations

import re
from typing import Final

from exporter.core.tracing import traceable
from exporter.core.values import Number, number

Fields = dict[str, str]

_LENGTH: Final = 200_000  # characters; the longest known text has 20,000
_FIELD = re.compile(r"(\w[\w ]{0,31})\[([^\[\]]*+(?:\[[^\[\]]*+\][^\[\]]*+)*+)\]", re.ASCII)
_BLOCK = re.compile(r"'HB(\d{1,2})':\{([^{}]*)\}", re.ASCII)
_FIRST = re.compile(r"(PVT_[TV]|MW)0$", re.ASCII)


@traceable
def fields(module: object, boards: object = None) -> Fields:
    """Return the fields of the text `module` by name, with the fields of `boards`, a text with a block for each
    hashboard.

    A truncated field is left out."""
    found = _fields(module)
    if found and isinstance(boards, str) and len(boards) < _LENGTH:
        for number_, block in _BLOCK.findall(boards):
            found |= {_FIRST.sub(rf"\g<1>{number_}", name): value for name, value in _fields(block).items()}
    return found


def _fields(raw: object) -> Fields:
    if not isinstance(raw, str) or len(raw) > _LENGTH:
        return {}
    return {name.strip(): value for name, value in _FIELD.findall(raw)}


@traceable
def word(fields: Fields, name: str) -> str:
    """Return the text under a name; "" if the name is missing."""
    return fields.get(name, "").strip()


@traceable
def listed(fields: Fields, name: str) -> list[Number | None]:
    """Return the numbers of a list such as "63 70 70" or "72%"; None for each unreadable number."""
    return [number(each.removesuffix("%")) for each in fields.get(name, "").split()]


@traceable
def value(fields: Fields, name: str, at: int = 0) -> Number | None:
    """Return the number at index `at` of a list; None if the list is shorter."""
    each = fields.get(name, "").split()
    return number(each[at].removesuffix("%")) if at < len(each) else None
