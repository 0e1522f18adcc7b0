"""Text that holds its fields as `Key[value] Key[value]`, several hundred in a row, as Avalon's modules write them.

Quirks: a key may have spaces in it and none before it. A value may be empty, a sentence, a list of numbers or hold
brackets of its own. Blocks such as `'HB0':{...}` wrap some of the fields, those of each board counted anew.
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
    """Return the fields of a text by name, and those of `boards`, a text with a block for each hashboard.

    A field that is cut off is left out."""
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
def word(of: Fields, name: str) -> str:
    """Return the text under a name; "" without it."""
    return of.get(name, "").strip()


@traceable
def listed(of: Fields, name: str) -> list[Number | None]:
    """Return the numbers of a list such as "63 70 70" or "72%"; None for each that cannot be read."""
    return [number(each.removesuffix("%")) for each in of.get(name, "").split()]


@traceable
def value(of: Fields, name: str, at: int = 0) -> Number | None:
    """Return the number at that place of a list; None where the list is shorter."""
    each = of.get(name, "").split()
    return number(each[at].removesuffix("%")) if at < len(each) else None
