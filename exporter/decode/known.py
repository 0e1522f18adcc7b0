"""The fields that firmware is known to send, from fields.txt, so that what a new version adds does not go unnoticed."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from exporter.decode.answers import Answers

_DIGITS = re.compile(r"\d+")
_SPECIFIC = re.compile(r"_new_api$|_page$|_\d+$")


@cache
def fields() -> dict[str, frozenset[str]]:
    """The names per command, with # for digits."""
    lines = resources.files(__package__).joinpath("fields.txt").read_text(encoding="utf-8").splitlines()
    found: dict[str, set[str]] = {}
    for line in lines:
        if line.startswith("["):
            names = found.setdefault(line.strip("[]"), set())
        elif line and line[0] != "#":
            names.add(line)
    return {command: frozenset(names) for command, names in found.items()}


def unknown(answers: Answers) -> dict[str, int]:
    """How many kinds of field came per section that are not known; sections with none are left out."""
    counts = {}
    for section, rows in answers.rows.items():
        kinds = {_DIGITS.sub("#", name) for row in rows for name in row}
        if strange := kinds - fields().get(_SPECIFIC.sub("", section), frozenset()):
            counts[section] = len(strange)
    return counts
