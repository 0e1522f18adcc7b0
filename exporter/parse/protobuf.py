"""Protobuf messages, read by a table into the objects that JSON would give.

A table names the wanted fields: message -> field number -> (name, kind). Kinds are `uint`, `int`, `bool`, `double` and
`text`, or the name of another message; `*` after the kind is a list. Other fields, and fields of another wire type, are
skipped.

On the wire a plain field that is 0 or false is left out, and so is an empty list. With `?` after the kind the field has
presence: absent stays absent, as it does for messages and texts. A name with a dot leads into a nested object. A
message whose only field has an empty name is replaced by the value of that field.

Depth is bounded by the table, which has no cycles; time by the number of bytes, each read once per level.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Any, Final

from exporter.core.errors import WrongShape

Table = Mapping[str, Mapping[int, tuple[str, str]]]

ROWS: Final = 1024  # most rows of a list: more than the boards, pools or fans of any firmware
VARINT, BITS64, BYTES, BITS32 = 0, 1, 2, 5
_ABSENT: Final = {"uint": 0, "int": 0, "bool": False, "double": 0.0}
_WIRES: Final = {"uint": VARINT, "int": VARINT, "bool": VARINT, "double": BITS64}


def read(raw: bytes, message: str, table: Table) -> dict[str, Any]:
    """Return the object in `raw`, by the table's entry for `message`. Raises WrongShape."""
    wanted = table[message]
    document: dict[str, Any] = {}
    for name, kind in wanted.values():
        if kind in _ABSENT or kind.endswith("*"):
            _place(document, name, [] if kind.endswith("*") else _ABSENT[kind])
    for number, wire, value in fields(raw):
        name, kind = wanted.get(number, ("", ""))
        plain = kind.rstrip("?*")
        if not kind or wire != _WIRES.get(plain, BYTES):
            continue
        known = _value(value, plain, table)
        if not kind.endswith("*"):
            _place(document, name, known)
        elif len(document[name]) < ROWS:
            document[name].append(known)
    return document


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


def _place(document: dict[str, Any], name: str, value: Any) -> None:
    """Set the value under `name`, whose dots lead into nested objects."""
    *outer, last = name.split(".")
    for each in outer:
        document = document.setdefault(each, {})
    document[last] = value


def fields(raw: bytes) -> Iterator[tuple[int, int, int | bytes]]:
    """Yield (number, wire type, value) of each field; the value is an integer or bytes. Raises WrongShape."""
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
    """Return the number at the place `at`, and the place after the number. Raises WrongShape."""
    value = 0
    for shift in range(0, 70, 7):
        if at + shift // 7 >= len(raw):
            raise WrongShape("no message: it ends in the middle of a number")
        byte = raw[at + shift // 7]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at + shift // 7 + 1
    raise WrongShape("no message: a number without an end")
