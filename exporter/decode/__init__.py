"""Firmware families: one file each, found by import; this file says what a family is and drives its decoder.

A family says what to ask (`fast` at every poll, `slow` every few minutes), how it is recognised, and turns answers into
parts, section by section. A section that fails costs only itself; parts of one thing that come from several sections
(a board from devs, temps and devdetails) are merged, and the first section that says a value wins.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, Final

from exporter.core import nameplates, plausible
from exporter.core.catalogue import PARTS
from exporter.core.errors import DecodeError, Internal
from exporter.core.tracing import coalesce, if_none_of, static
from exporter.core.vocabulary import INFO_KEYS, Board, BoardSensor, BoardsExpected, FansExpected, MinerInfo, Part
from exporter.parse.answers import Answers
from exporter.parse.rows import Reading, Row
from exporter.questions import REGISTRY, Question

Key = tuple[object, ...]
LIQUID: Final = ("hydro", "immersion")  # the kinds of cooling without fans
FALLBACK: Final = "cgminer"  # the family of whatever speaks the dialect and is recognised as nothing else


def _shape(cls: type[Part]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fields that tell one thing from another, and those that say something about it."""
    labels = tuple(f.name for f in fields(cls) if not f.metadata)  # type: ignore[arg-type]
    if cls.INFO:
        return tuple(name for name in labels if name in INFO_KEYS), labels
    return labels, tuple(f.name for f in fields(cls) if f.metadata)  # type: ignore[arg-type]


_SHAPES = {cls: _shape(cls) for cls in PARTS}


Decoder = Callable[[Reading], Iterator[Part]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One firmware family. `rank` orders recognition: the specific (low) before the generic (high)."""

    name: str
    shown: str = ""  # the family as which it is shown, where that is another: a second surface of the same firmware
    rank: int
    recognise: Callable[[Reading], str]  # the evidence in words, "" where there is none
    sections: tuple[tuple[str, Decoder], ...]  # a decoder runs where its section was answered; "" runs last, always
    fast: tuple[Question, ...]
    slow: tuple[Question, ...] = ()
    instead: dict[str, Question] = field(default_factory=dict)  # asked where the fast question is not answered
    fingerprint: Question | None = (
        None  # by which it is known where nothing listens on the API's port; a line is posted
    )
    better: tuple[str, ...] = ()  # the families of surfaces that say more where credentials open them, best first
    boards: Callable[[Answers], list[Question]] | None = None  # opt-in questions, asked one at a time
    connection_gap: float = 0.0  # seconds that this firmware needs between two connections
    prepare: Callable[[Row], None] | None = None  # hides what a row says without meaning it
    required_keys: dict[str, str] = field(default_factory=dict)  # a key that shows that a question was understood

    @property
    def generic(self) -> bool:
        return self.name == FALLBACK

    def hurry(self, timeout: float) -> str:
        """The reason for which a poll of so many seconds is too short for the family's pauses; "" for none. A poll
        that asks everything makes three: to recognise the miner, and for what is asked at every poll and slowly."""
        pauses = 2 * self.connection_gap
        if not self.connection_gap or timeout > pauses:
            return ""
        return (
            f"{self.name} needs a pause of {self.connection_gap:g} s between two connections, {pauses:g} s of a poll "
            f"that asks everything: a timeout of {timeout:g} s, which is at most the interval, is too short"
        )


@dataclass(slots=True)
class Decoded:
    """The parts by class and key, and the errors of the sections that failed.

    `implausible` has a field once for each of its values that was left out because no miner can have that value."""

    parts: dict[Key, Part] = field(default_factory=dict)
    problems: dict[str, DecodeError] = field(default_factory=dict)
    implausible: tuple[str, ...] = ()


@cache
def modules() -> dict[str, Any]:
    """The modules that declare a family, by the family's name: found by import, wherever they are in this folder."""
    found = [importlib.import_module(m.name) for m in pkgutil.walk_packages(__path__, f"{__name__}.") if not m.ispkg]
    return {module.FAMILY.name: module for module in found if hasattr(module, "FAMILY")}


@cache
def families() -> tuple[Family, ...]:
    """Every family, in the order in which recognition tries them; the list of questions is closed with it."""
    found = [module.FAMILY for module in modules().values()]
    REGISTRY.seal()
    return tuple(sorted(found, key=lambda family: family.rank))


@cache
def fingerprints() -> tuple[Question, ...]:
    """The questions that firmware without an API on port 4028 is known by, in the order of recognition; what is posted
    comes last."""
    found = dict.fromkeys(family.fingerprint for family in families() if family.fingerprint is not None)
    return tuple(sorted(found, key=lambda question: not question.off_api_port))


def family(name: str) -> Family:
    """The family of that name. Raises KeyError."""
    return {f.name: f for f in families()}[name]


@cache
def asked(name: str) -> frozenset[str]:
    """The names of what the family of that name asks of how a miner fares, at every poll or now and then."""
    of = family(name)
    return frozenset(question.name for question in (*of.fast, *of.instead.values(), *of.slow)) - REGISTRY.identity_only


def recognise(reading: Reading) -> tuple[Family, str] | None:
    """The first family that recognises its firmware in what was answered, with the evidence in words."""
    for candidate in families():
        if evidence := candidate.recognise(reading):
            return candidate, sys.intern(evidence)
    return None


def decode(of: Family, reading: Reading) -> Decoded:
    """Everything that `reading` says, by `of`. Never raises: what fails is among the problems."""
    decoded = Decoded()
    add(decoded.parts, MinerInfo(family=of.shown or of.name))
    if of.prepare is not None:
        for section in reading.answers.rows:
            for row in reading.rows(section):
                of.prepare(row)
    for section, decoder in of.sections:
        if section and section not in reading.answers.rows:
            continue
        parts: Iterator[Part] | None = None
        try:
            parts = decoder(reading)
            for part in parts:
                add(decoded.parts, part)
        except DecodeError as error:
            decoded.problems[section] = error
        except Exception as error:  # a decoder's mistake costs one section, not the miner
            decoded.problems[section] = Internal.of(error, section, parts)
    apart(decoded.parts.values())
    info = decoded.parts[MinerInfo,]
    if isinstance(info, MinerInfo):
        boards = [part.board for part in decoded.parts.values() if isinstance(part, Board) and part.board]
        liquid, cut = static(info.cooling) in LIQUID, "truncated" in reading.answers.repairs
        for part in nameplates.expected(static(info.make), static(info.model), boards):
            if not unneeded(part, liquid=liquid, cut=cut):
                add(decoded.parts, part)
        default = nameplates.algorithm(of.shown or of.name, static(info.make), static(info.model))
        info.algorithm = algorithm = static(coalesce(info.algorithm, default))
        machine = algorithm if static(info.model) else ""
        decoded.implausible = plausible.leave_out(decoded.parts.values(), machine)
    return decoded


def unneeded(part: Part, *, liquid: bool, cut: bool) -> bool:
    """Whether this of a nameplate is not expected: fans in a liquid, and all that may be in what was cut off."""
    if cut and isinstance(part, BoardsExpected | FansExpected):
        return True
    return liquid and isinstance(part, FansExpected) and bool(part.fans_expected)


def apart(parts: Iterable[Part]) -> None:
    """Leaves out what is said of all boards together, under no board's name, where some board says it by itself."""
    for cls in (Board, BoardSensor):
        found = [part for part in parts if isinstance(part, cls)]
        for part in found:
            alone = [each for each in found if each.board and _place(each) == _place(part)] if not part.board else []
            for name in _SHAPES[cls][1]:
                if alone and getattr(part, name) is not None:
                    setattr(part, name, if_none_of(getattr(part, name), *[getattr(each, name) for each in alone]))


def _place(part: Board | BoardSensor) -> str:
    return part.location if isinstance(part, BoardSensor) else ""


def best_sources(parts: dict[Key, Part]) -> None:
    """Of the things that have one series each, leaves the one whose source, its last label, is best, at each poll."""
    things: dict[Key, list[Key]] = {}
    for key, part in parts.items():
        if part.BEST:
            things.setdefault(key[:-1], []).append(key)
    for keys in things.values():
        better: list[object] = []
        for key in sorted(keys, key=lambda key: parts[key].BEST.index(str(key[-1]))):
            part = parts[key]
            for name in _SHAPES[type(part)][1]:
                value = getattr(part, name)
                if better:
                    setattr(part, name, if_none_of(value, *better))
                better.append(value)


def add(parts: dict[Key, Part], part: Part) -> None:
    """Adds a part; where the same thing is there already, only what it did not say yet."""
    cls = type(part)
    keys, values = _SHAPES[cls]
    key = (cls, *[getattr(part, name) for name in keys])
    known = parts.setdefault(key, part)
    if known is not part:
        for name in values:
            setattr(known, name, coalesce(getattr(known, name), getattr(part, name)))
