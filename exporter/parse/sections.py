"""The rows of a section in an answer: under its name, in another spelling, under Msg, or kind by kind.

Odd about it: some firmware gives one object in place of a list, an object with a row under each key, or a numbered key
for each row.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from exporter.parse.jsontext import Document

RawRow = dict[str, Any]

KINDS: Final = ("ASC", "PGA", "GPU", "CPU")  # of devices: the sections that text mode has in place of DEVS
_ROWS: Final = 128  # no firmware lists more boards, pools or sensors
_MANY: Final = {"CHIPS": 1024, "PROFILES": 256}  # chips of a board, and what tuning can be set to
_OBJECTS: Final = frozenset((dict,))


class Gapped(list[RawRow]):
    """The objects of a list that has something else before or between them; `positions` are theirs in that list."""

    positions: tuple[int, ...] = ()


def found(document: Document, status: RawRow, section: str, *, alone: bool) -> list[RawRow] | None:
    """The rows of a section from all places that may hold them; None where none does.

    Under Msg, which STATUS has or stands beside, are the rows or a section with them."""
    if (rows := _under(document, section)) or (not alone and rows is not None):
        return rows
    for said in (document.get("Msg"), status.get("Msg")) if alone else ():
        inner = _under(said, section) if isinstance(said, dict) else None
        if inner or (inner := rows_of(said)):
            return inner
    if section == "DEVS" and (kinds := [row for kind in KINDS for row in rows_of(document.get(kind)) or ()]):
        return kinds
    return _numbered(document, section) or rows


def _under(document: Document, section: str) -> list[RawRow] | None:
    """The rows under the section's name, in whatever case, or under that of one of its rows."""
    names = (section, section.removesuffix("S"))
    read = _spread if section.isupper() else rows_of
    for name in names:
        if (rows := read(document.get(name), section)) is not None:
            return rows
    for key, value in document.items():
        if (
            key.upper() in names
            and (rows := read(value, section)) is not None
            and not any("STATUS" in row for row in rows)
        ):
            return rows
    return None


def _spread(value: object, section: str) -> list[RawRow] | None:
    """The rows of a list, of an object that has one under each of its keys, or of an object that is one."""
    if isinstance(value, dict) and value and all(isinstance(each, dict) for each in value.values()):
        return list(value.values())[:_ROWS]
    return rows_of(value, section)


def rows_of(value: object, section: str = "") -> list[RawRow] | None:
    """The objects of a list, or an object as the only row; None for anything else."""
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        return None
    few = {*map(type, value)} <= _OBJECTS and len(value) <= _ROWS
    return value if few else objects(value, _MANY.get(section, _ROWS))


def objects(listed: list[Any], most: int = _ROWS) -> list[RawRow]:
    """The objects of a list, of its first entries."""
    listed = listed[:most]
    found = [each for each in listed if isinstance(each, dict)]
    if len(found) == len(listed):
        return found
    places = tuple([n for n, each in enumerate(listed) if isinstance(each, dict)])
    if places == (*range(len(found)),):
        return found
    gapped = Gapped(found)
    gapped.positions = places
    return gapped


def _numbered(document: Document, section: str) -> list[RawRow]:
    """`"STATS0":[...],"STATS1":[...]` and `"POOL0":[...]`, as some firmware flattens its lists."""
    keys: Iterable[str] = (k for k in document if k.rstrip("0123456789") in (section, section.removesuffix("S")))
    return [row for key in keys for row in rows_of(document[key]) or []][:_ROWS]
