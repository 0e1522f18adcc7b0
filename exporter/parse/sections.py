"""The rows of a section in an answer: under the section's name in any spelling, under Msg, or by kinds of devices.

Quirks: instead of a list, some firmware gives an object, an object with a row under each key, or numbered keys. In
bfgminer, the rows of devdetails are under DEVS.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from exporter.parse.jsontext import Document

RawRow = dict[str, Any]

KINDS: Final = ("ASC", "PGA", "GPU", "CPU")  # kinds of devices: text mode has a section for each instead of DEVS
_ROWS: Final = 128  # more than the boards, pools or sensors of any firmware
_OTHERWISE: Final = {"ASCS": ("ASCCOUNT",)}  # other names of a section
_MANY: Final = {"CHIPS": 1024, "PROFILES": 256}  # chips of a board, and profiles of tuning
_OBJECTS: Final = frozenset((dict,))


class Gapped(list[RawRow]):
    """The objects of a list that has other values before or between them; `positions` are their places in the list."""

    positions: tuple[int, ...] = ()


def found(document: Document, status: RawRow, section: str, *, alone: bool) -> list[RawRow] | None:
    """Return the rows of a section from the first place that has rows; None if the section is missing.

    Msg, in STATUS or beside STATUS, may hold the rows, or a section with the rows. Only an answer to a question that
    was asked `alone` is searched there."""
    if (rows := _under(document, section)) or (not alone and rows is not None):
        return rows
    for message in (document.get("Msg"), status.get("Msg")) if alone else ():
        inner = _under(message, section) if isinstance(message, dict) else None
        if inner or (inner := rows_of(message)):
            return inner
    if section == "DEVS" and (kinds := [row for kind in KINDS for row in rows_of(document.get(kind)) or ()]):
        return kinds
    if section == "DEVDETAILS" and (details := [row for row in _under(document, "DEVS") or () if section in row]):
        return details
    return _numbered(document, section) or rows


def _under(document: Document, section: str) -> list[RawRow] | None:
    """Return the rows under the section's name in any case, or under its singular (POOL for POOLS)."""
    names = (section, section.removesuffix("S"), *_OTHERWISE.get(section, ()))
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
    """Return the rows of a list or of an object with a row under each key; any other object is the only row."""
    if isinstance(value, dict) and value and all(isinstance(each, dict) for each in value.values()):
        return list(value.values())[:_ROWS]
    return rows_of(value, section)


def rows_of(value: object, section: str = "") -> list[RawRow] | None:
    """Return the objects of a list, or an object as the only row; None for anything else."""
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        return None
    few = {*map(type, value)} <= _OBJECTS and len(value) <= _ROWS
    return value if few else objects(value, _MANY.get(section, _ROWS))


def objects(listed: list[Any], most: int = _ROWS) -> list[RawRow]:
    """Return the objects among the first `most` entries of a list."""
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
    """Return the rows of `"STATS0":[...],"STATS1":[...]` and `"POOL0":[...]`, as some firmware flattens its lists."""
    keys: Iterable[str] = (k for k in document if k.rstrip("0123456789") in (section, section.removesuffix("S")))
    return [row for key in keys for row in rows_of(document[key]) or []][:_ROWS]
