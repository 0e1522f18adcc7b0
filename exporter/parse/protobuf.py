"""Reads protobuf messages by a table of ours into the objects that JSON would give.

A table names the fields that are wanted: message -> field number -> (name, kind). Kinds are `uint`, `int`, `bool`,
`double` and `text`, or the name of another message; `*` after it is a list. What is not in the table, or came as
something else than it says, is skipped. On the wire a plain field that is 0 or false is left out, so absent means that,
and no rows of a list; with `?` after the kind the miner says whether it knows, and absent stays absent. So do messages
and texts. A name with a dot is that of an object within an object; a message whose only field has no name is that
field's value.

Depth is bounded by the table, which has no circles; what is read is bounded by the bytes, each looked at once a level.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Any, Final

from exporter.core.errors import WrongShape

Table = Mapping[str, Mapping[int, tuple[str, str]]]

ROWS: Final = 1024  # of a list; no firmware has more boards, pools or fans
VARINT, BITS64, BYTES, BITS32 = 0, 1, 2, 5
_ABSENT: Final = {"uint": 0, "int": 0, "bool": False, "double": 0.0}
_WIRES: Final = {"uint": VARINT, "int": VARINT, "bool": VARINT, "double": BITS64}


def read(raw: bytes, message: str, table: Table) -> dict[str, Any]:
    """The object in `raw`, by the table's entry for `message`. Raises WrongShape."""
    wanted = table[message]
    said: dict[str, Any] = {}
    for name, kind in wanted.values():
        if kind in _ABSENT or kind.endswith("*"):
            _place(said, name, [] if kind.endswith("*") else _ABSENT[kind])
    for number, wire, value in fields(raw):
        name, kind = wanted.get(number, ("", ""))
        plain = kind.rstrip("?*")
        if not kind or wire != _WIRES.get(plain, BYTES):
            continue
        known = _value(value, plain, table)
        if not kind.endswith("*"):
            _place(said, name, known)
        elif len(said[name]) < ROWS:
            said[name].append(known)
    return said


def _value(value: int | bytes, kind: str, table: Table) -> Any:
    if isinstance(value, int):
        if kind == "bool":
            return value != 0
        return value - (1 << 64) if kind == "int" and value >> 63 else value
    if kind == "double":
        return struct.unpack("<d", value)[0]
    if kind == "text":
        return value.decode("utf-8", "replace")
    inner = read(value, kind, table)
    return inner.get("", inner)


def _place(said: dict[str, Any], name: str, value: Any) -> None:
    """Puts the value at its name, within as many objects as that has dots."""
    *outer, last = name.split(".")
    for each in outer:
        said = said.setdefault(each, {})
    said[last] = value


def fields(raw: bytes) -> Iterator[tuple[int, int, int | bytes]]:
    """Each field in turn: (number, wire type, value), which is a whole number or bytes. Raises WrongShape."""
    at, end = 0, len(raw)
    while at < end:
        tag, at = _varint(raw, at)
        number, wire = tag >> 3, tag & 7
        value: int | bytes
        if number == 0:
            raise WrongShape("no message: a field without a number")
        if wire == VARINT:
            value, at = _varint(raw, at)
        elif wire in (BITS64, BITS32):
            size = 8 if wire == BITS64 else 4
            value, at = raw[at : at + size], at + size
        elif wire == BYTES:
            size, at = _varint(raw, at)
            value, at = raw[at : at + size], at + size
        else:
            raise WrongShape(f"no message: a field of wire type {wire}")
        if at > end:
            raise WrongShape("no message: it ends in the middle of a field")
        yield number, wire, value


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    """(the number at that place, the place behind it)."""
    value = 0
    for shift in range(0, 70, 7):
        if at + shift // 7 >= len(raw):
            raise WrongShape("no message: it ends in the middle of a number")
        byte = raw[at + shift // 7]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at + shift // 7 + 1
    raise WrongShape("no message: a number without an end")
