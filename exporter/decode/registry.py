"""The families, found by import, and the recognition of a miner's family by its answers."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from functools import cache
from typing import Final

from exporter.decode.family import Family
from exporter.parse.rows import Reading
from exporter.questions import REGISTRY, Question

PACKAGE: Final = __package__  # the package whose modules may declare families


@cache
def families() -> tuple[Family, ...]:
    """Return every family in the order of recognition. After the imports, the registry of questions is sealed."""
    folder = importlib.import_module(PACKAGE).__path__
    names = [module.name for module in pkgutil.walk_packages(folder, f"{PACKAGE}.") if not module.ispkg]
    found = [module.FAMILY for module in map(importlib.import_module, names) if hasattr(module, "FAMILY")]
    REGISTRY.seal()
    return tuple(sorted(found, key=lambda family: family.rank))


def by_name(name: str) -> Family:
    """Return the family with the given name. Raises KeyError for an unknown name."""
    return _by_name()[name]


@cache
def _by_name() -> dict[str, Family]:
    return {family.name: family for family in families()}


@cache
def fingerprints() -> tuple[Question, ...]:
    """Return the fingerprint questions in the order of recognition; API lines, which are posted to a web server, come
    last."""
    found = dict.fromkeys(family.fingerprint for family in families() if family.fingerprint is not None)
    return tuple(sorted(found, key=lambda question: not question.off_api_port))


@cache
def manual_names() -> frozenset[str]:
    """Return the names of the manual reads of all families."""
    return frozenset(question.name for family in families() for question in family.manual)


@cache
def asked(name: str) -> frozenset[str]:
    """Return the names of a family's polled questions, without questions whose answers only identify the miner."""
    return frozenset(question.name for question in by_name(name).polled()) - REGISTRY.identity_only


def recognise(reading: Reading) -> tuple[Family, str] | None:
    """Return (family, evidence) of the first family that recognises the answers; None if no family does."""
    for candidate in families():
        if evidence := candidate.recognise(reading):
            return candidate, sys.intern(evidence)
    return None
