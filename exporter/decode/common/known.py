"""The fields that firmware is known to send, from fields.txt, so that what a new version adds does not go unnoticed."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from exporter.parse.answers import Answers

_DIGITS = re.compile(r"\d+")
_SPECIFIC = re.compile(r"^grpc_|_new_api$|_page$|_\d+$")


@cache
def fields() -> dict[str, frozenset[str]]:
    """The names per command, with # for digits."""
    lines = resources.files(__package__).joinpath("fields.txt").read_text(encoding="utf-8").splitlines()
    found: dict[str, set[str]] = {}
    for line in lines:
        if line.startswith("["):
            names = found.setdefault(line.strip("[]"), set())
        elif line:
            names.add(line)
    return {command: frozenset(names) for command, names in found.items()}


def unknown(answers: Answers) -> dict[str, int]:
    """How many kinds of field came per section that are not known; sections with none are left out."""
    return {section: len(names) for section, names in strange(answers).items()}


def strange(answers: Answers) -> dict[str, set[str]]:
    """The kinds of field themselves."""
    found = {}
    for section, rows in answers.rows.items():
        kinds = {_DIGITS.sub("#", name) for row in rows for name in row}
        if names := kinds - fields().get(known_as(section), frozenset()):
            found[section] = names
    return found


def known_as(section: str) -> str:
    """The command under which the fields of a section are listed: some sections say the same by another way."""
    return _SPECIFIC.sub("", section)
