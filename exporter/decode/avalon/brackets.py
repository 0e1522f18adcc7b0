"""Text that holds its fields as `Key[value] Key[value]`, several hundred in a row, as Avalon's modules word them.

Odd about it: a key may have spaces in it and none before it, a value may be empty, a sentence, a list of numbers or
hold brackets of its own; blocks such as `'HB0':{...}` wrap some of the fields, those of each board counted anew.
"""

from __future__ import annotations

import re
from typing import Final

from exporter.core.tracing import traceable
from exporter.core.values import Number, number

Fields = dict[str, str]

_LENGTH: Final = 200_000  # the longest that is known has 20,000 characters
_FIELD = re.compile(r"(\w[\w ]{0,31})\[([^\[\]]*+(?:\[[^\[\]]*+\][^\[\]]*+)*+)\]", re.ASCII)
_BLOCK = re.compile(r"'HB(\d{1,2})':\{([^{}]*)\}", re.ASCII)
_FIRST = re.compile(r"(PVT_[TV]|MW)0$", re.ASCII)


@traceable
def fields(said: object, boards: object = None) -> Fields:
    """The fields of a text by name; where it has any, also those of `boards`, a text with a block for each hashboard.
    What is cut off is left out."""
    found = _fields(said)
    if found and isinstance(boards, str) and len(boards) < _LENGTH:
        for number_, block in _BLOCK.findall(boards):
            found |= {_FIRST.sub(rf"\g<1>{number_}", name): value for name, value in _fields(block).items()}
    return found


def _fields(said: object) -> Fields:
    if not isinstance(said, str) or len(said) > _LENGTH:
        return {}
    return {name.strip(): value for name, value in _FIELD.findall(said)}


@traceable
def word(of: Fields, name: str) -> str:
    """What stands under a name, as text; "" where there is nothing."""
    return of.get(name, "").strip()


@traceable
def listed(of: Fields, name: str) -> list[Number | None]:
    """The numbers of a list such as "63  70 70" or "72%"; None where one cannot be read."""
    return [number(each.removesuffix("%")) for each in of.get(name, "").split()]


@traceable
def value(of: Fields, name: str, at: int = 0) -> Number | None:
    """The number at that place of a list; None where the list is shorter."""
    each = of.get(name, "").split()
    return number(each[at].removesuffix("%")) if at < len(each) else None
