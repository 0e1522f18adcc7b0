"""The fields that firmware is known to send, from fields.txt: a count of the others shows what a new version adds.

`make golden` adds the names of the recorded answers to the file, and removes none. A line `board.temp` is the key
`temp` of an object under `board`, or of an object in a list there. A line `board.*` accepts every such key: there, keys
are data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any, Final

from exporter.parse.answers import Answers
from exporter.parse.sections import RawRow

OBJECTS: Final = 16  # objects of a list that are looked at: all boards or pools, the first of a thousand chips

_DIGITS = re.compile(r"\d+")
_SPECIFIC = re.compile(r"^grpc_|_new_api$|_page$|_\d+$")


@cache
def fields() -> dict[str, frozenset[str]]:
    """Return the names by command, with # for digits."""
    lines = resources.files(__package__).joinpath("fields.txt").read_text(encoding="utf-8").splitlines()
    found: dict[str, set[str]] = {}
    for line in lines:
        if line.startswith("["):
            names = found.setdefault(line.strip("[]"), set())
        elif line:
            names.add(line)
    return {command: frozenset(names) for command, names in found.items()}


def unknown(answers: Answers) -> dict[str, int]:
    """Return the number of unknown names by section, without the sections that have none."""
    return {section: len(names) for section, names in unlisted(answers).items()}


def unlisted(answers: Answers) -> dict[str, set[str]]:
    """Return the unknown names by section."""
    found = {}
    for section, rows in answers.rows.items():
        listed = fields().get(known_as(section), frozenset())
        names = {name for row in rows for name in _names(row)} - listed
        if names := {name for name in names if f"{name.partition('.')[0]}.*" not in listed}:
            found[section] = names
    return found


def _names(row: RawRow) -> Iterator[str]:
    """Yield the keys of a row, and one level below them `key.inner`."""
    for key, value in row.items():
        name = _DIGITS.sub("#", key)
        yield name
        if type(value) is dict or type(value) is list:
            yield from {f"{name}.{_DIGITS.sub('#', inner)}" for each in _objects(value) for inner in each}


def _objects(value: dict[str, Any] | list[Any]) -> list[dict[str, Any]]:
    listed = [value] if isinstance(value, dict) else value[:OBJECTS]
    return [each for each in listed if isinstance(each, dict)]


def known_as(section: str) -> str:
    """Return the command under which the fields of a section are listed: other questions have the same answer."""
    return _SPECIFIC.sub("", section)
