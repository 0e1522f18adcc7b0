"""The places of recorded answers that are broken, and the ways in which each is."""

from __future__ import annotations

import os
import random
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, TypeVar

from tests.harness.compared import document_of
from tests.harness.mutation import Path, at, least, shape, typical
from tests.harness.recorded import RECORDINGS, Recording

ALL = os.environ.get("TORTURE") == "1"
ONE_IN = 120  # cases that are tried otherwise
T = TypeVar("T")


def some(cases: Iterable[T], recording: Recording) -> list[T]:
    """Sample the cases of a recording: the first, and one in 120 of the others; all with TORTURE=1."""
    found = list(cases)
    if ALL:
        return found
    chance = random.Random(f"{recording.family} {recording.name}")
    return [case for n, case in enumerate(found) if n == 0 or chance.randrange(ONE_IN) == 0]


def documents(recording: Recording) -> Iterator[tuple[str, Any]]:
    """Each answer of the recording by its name, parsed."""
    for name, raw in recording.answers.items():
        yield name, document_of(raw)


@cache
def firsts(family: str) -> frozenset[tuple[str, str, Path]]:
    """The first recording of a family, answer and path for each kind of place: by its keys and its type of value."""
    found: dict[object, tuple[str, str, Path]] = {}
    for recording in map(least, RECORDINGS):
        if recording.family == family:
            for name, document in documents(recording):
                for path in typical(document):
                    value = at(document, path)
                    kind = name, shape(path), value in (0, "", "-"), type(value)
                    found.setdefault(kind, (recording.name, name, path))
    return frozenset(found.values())


def ways(recording: Recording, literals: Mapping[str, bytes | None]) -> Iterator[tuple[str, Any, Path, str]]:
    """Each case of a recording: (answer, document, path, name of the literal to put there).

    A kind of place takes every literal in the first recording of its family, and one in turn in each of the others."""
    for name, document in documents(recording):
        cases = []
        for n, path in enumerate(typical(document), zlib.crc32(recording.name.encode())):
            every = (recording.name, name, path) in firsts(recording.family)
            cases += [(path, literal) for literal in (literals if every else [[*literals][n % len(literals)]])]
        yield from ((name, document, path, literal) for path, literal in some(cases, recording))
