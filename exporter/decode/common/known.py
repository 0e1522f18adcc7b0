"""The known fields of firmware answers, from fields.txt. The number of unknown fields shows what a new firmware version
adds.

`make golden` only adds names from the recorded answers to the file. The line `board.temp` is the key `temp` of an
object under `board`, or of an object in a list under `board`. The line `board.*` accepts any key of these objects,
because their keys are data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any, Final

from exporter.parse.answers import Answers
from exporter.parse.sections import RawRow

OBJECTS: Final = 16  # objects that are read from a list: all boards or pools, but only the first of a thousand chips

_DIGITS = re.compile(r"\d+")
_SPECIFIC = re.compile(r"^grpc_|_new_api$|_page$|_\d+$")


@cache
def fields() -> dict[str, frozenset[str]]:
    """Return the known field names by command. Digits in a name are replaced by #."""
    lines = resources.files(__package__).joinpath("fields.txt").read_text(encoding="utf-8").splitlines()
    found: dict[str, set[str]] = {}
    for line in lines:
        if line.startswith("["):
            names = found.setdefault(line.strip("[]"), set())
        elif line:
            names.add(line)
    return {command: frozenset(names) for command, names in found.items()}


def unknown(answers: Answers) -> dict[str, int]:
    """Return the number of unknown field names by section. Sections without unknown names are left out."""
    return {section: len(names) for section, names in unlisted(answers).items()}


def unlisted(answers: Answers) -> dict[str, set[str]]:
    """Return the unknown field names by section."""
    found = {}
    for section, rows in answers.rows.items():
        listed = fields().get(known_as(section), frozenset())
        strange = {name for row in rows for name in names(row)} - listed
        if strange := {name for name in strange if f"{name.partition('.')[0]}.*" not in listed}:
            found[section] = strange
    return found


def names(row: RawRow) -> Iterator[str]:
    """Yield the keys of a row, and `key.inner` for the keys of objects under a key."""
    for key, value in row.items():
        name = spelt(key)
        yield name
        if type(value) is dict or type(value) is list:
            yield from {f"{name}.{spelt(inner)}" for each in _objects(value) for inner in each}


def spelt(key: str) -> str:
    """Return a key with # in place of each number, so that `fan1` and `fan12` are one name."""
    return _DIGITS.sub("#", key)


def _objects(value: dict[str, Any] | list[Any]) -> list[dict[str, Any]]:
    listed = [value] if isinstance(value, dict) else value[:OBJECTS]
    return [each for each in listed if isinstance(each, dict)]


def known_as(section: str) -> str:
    """Return the heading of a section's fields in fields.txt. Questions with the same answer share a heading."""
    return _SPECIFIC.sub("", section)
