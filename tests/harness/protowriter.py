"""Writes what `protowire` reads, by the same table, as a miner does: what is 0 or false is left out."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from exporter.parse.protobuf import BITS64, BYTES, VARINT, Table

PLAIN = ("uint", "int", "bool", "double")


def varint(value: int) -> bytes:
    value &= 0xFFFFFFFFFFFFFFFF
    said = bytearray()
    while value > 0x7F:
        said.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*said, value])


def field(number: int, wire: int, value: bytes) -> bytes:
    return varint(number << 3 | wire) + (varint(len(value)) if wire == BYTES else b"") + value


def write(document: Any, message: str, table: Table) -> bytes:
    """The bytes of a document that has nothing but what the table names."""
    said = b""
    for number, (name, kind) in table[message].items():
        value = document
        for key in name.split(".") if name else []:
            value = value.get(key) if isinstance(value, Mapping) else None
        if value is None or (kind in PLAIN and not value):
            continue
        for each in value if kind.endswith("*") else [value]:
            said += one(number, each, kind.rstrip("?*"), table)
    return said


def one(number: int, value: Any, kind: str, table: Table) -> bytes:
    if kind == "double":
        return field(number, BITS64, struct.pack("<d", value))
    if kind in PLAIN:
        return field(number, VARINT, varint(int(value)))
    return field(number, BYTES, value.encode() if kind == "text" else write(value, kind, table))
