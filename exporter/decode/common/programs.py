"""The name and version of the firmware's program: from the keys of version, or from brackets in the model's name.

Quirks: most keys of version are not programs. One program writes its name into a value ("bfgminer 5.5.0"). Firmware
that imitates another firmware may give its own name in only some of its answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from exporter.core.values import text
from exporter.parse.rows import Row

# Keys of version that name no program.
NO_PROGRAMS: Final = frozenset(
    ("api", "status", "miner", "model", "type", "compiletime", "mac", "ver", "prod", "hwtype", "swtype", "firmware")
)
# Programs that firmware is built from, or imitates. Bitmain's newest firmware describes itself by the last two.
BORROWED: Final = frozenset(("cgminer", "bmminer", "cminer", "jansson"))
FOUNDRY: Final = {"bcfminer": "FDMiner"}  # the firmware's name by its program's name, if the two differ

_VERSION = re.compile(r"v?\d[\w.\-]*( \w+)?", re.ASCII | re.IGNORECASE)
_NAMED = re.compile(r"([A-Za-z][\w+]{1,31})[ -]v?(\d{1,6}\.[\w.\-]{1,31}(?: \w{1,16})?)", re.ASCII)
_BRACKET = re.compile(r"\(([A-Za-z]\w{2,31}) v?(\d[\w.\-]{0,31})\)", re.ASCII)


def named(words: str) -> tuple[str, str]:
    """Return (program, version) of a text with both, such as "bfgminer 5.5.0-unknown"; ("", "") for other texts."""
    match = _NAMED.fullmatch(words)
    return (match[1], match[2].removesuffix("-unknown")) if match else ("", "")


def of(row: Row) -> tuple[str, str]:
    """Return (program, version) of a version answer.

    The firmware's own key comes first, then a name and version in one value, then the first key of a program."""
    if name := text(row.static("Firmware")):
        return name, text(row.static("Firmware Version")) or next((version for _, version in keys(row)), "")
    if (found := named(text(row.static("Miner")))) != ("", ""):
        return found
    return next(keys(row), ("", ""))


def keys(row: Row, end: str = "") -> Iterator[tuple[str, str]]:
    """Yield (key, version) for each key that may be a program's name and ends with `end`."""
    found = (key for key in row if key.lower().endswith(end) and not _no_program(key.lower()))
    return ((key, version) for key in found if (version := text(row.static(key))))


def _no_program(key: str) -> bool:
    return key in NO_PROGRAMS or key.endswith(" api")


def stranger(row: Row, header: Row, descriptions: Iterable[str]) -> tuple[str, str]:
    """Return (name, version) of third-party firmware; ("", "") for the firmware of the miner's maker.

    The name is a key of version, in brackets in the type, in an answer's description, or alone under Firmware."""
    programs = [(key, version) for key, version in keys(row, "miner") if _VERSION.fullmatch(version)]
    brackets = [_BRACKET.search(text(each.static("Type"))) for each in (header, row)]
    programs += [(match[1], match[2]) for match in brackets if match]
    firmware = text(row.static("Firmware"))
    programs += [named(each) for each in (firmware, *map(text, descriptions))]
    programs += [(firmware, "")] if firmware[:1].isalpha() else []
    found = next(((name, version) for name, version in programs if name and name.lower() not in BORROWED), ("", ""))
    return FOUNDRY.get(found[0].lower(), found[0]), found[1]
