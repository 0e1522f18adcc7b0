"""The run of a family's decoders over the answers of one poll: a section that fails costs only itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from exporter.core import nameplates, plausible
from exporter.core import vocabulary as v
from exporter.core.errors import DecodeError, Internal
from exporter.core.tracing import coalesce, static
from exporter.decode.family import Family
from exporter.decode.merge import Key, add, prefer_single_boards
from exporter.parse.rows import Reading

LIQUID: Final = ("hydro", "immersion")  # the kinds of cooling without fans


@dataclass(slots=True)
class Decoded:
    """The parts by class and key, and the errors of the sections that failed.

    `implausible` names a field once for each of its values that no miner can have; those values are left out."""

    parts: dict[Key, v.Part] = field(default_factory=dict)
    problems: dict[str, DecodeError] = field(default_factory=dict)
    implausible: tuple[str, ...] = ()


def decode(family: Family, reading: Reading) -> Decoded:
    """Return everything that the answers tell. Never raises: a section's error is among the problems.

    Where several sections have the same value, the first of them counts."""
    decoded = Decoded()
    add(decoded.parts, v.MinerInfo(family=family.shown or family.name))
    if family.prepare is not None:
        for section in reading.answers.rows:
            for row in reading.rows(section):
                family.prepare(row)
    for section, decoder in family.sections:
        if section and section not in reading.answers.rows:
            continue
        parts: Iterator[v.Part] | None = None
        try:
            parts = decoder(reading)
            for part in parts:
                add(decoded.parts, part)
        except DecodeError as error:
            decoded.problems[section] = error
        except Exception as error:  # a decoder's mistake costs one section, not the miner
            decoded.problems[section] = Internal.of(error, section, parts)
    prefer_single_boards(decoded.parts.values())
    info = decoded.parts[v.MinerInfo,]
    if isinstance(info, v.MinerInfo):
        complete(decoded, info, family.shown or family.name, reading)
    return decoded


def complete(decoded: Decoded, info: v.MinerInfo, family: str, reading: Reading) -> None:
    """Add what the nameplate of the model promises, and leave out the values that no such model can have."""
    boards = [part.board for part in decoded.parts.values() if isinstance(part, v.Board) and part.board]
    liquid, cut = static(info.cooling) in LIQUID, "truncated" in reading.answers.repairs
    for part in nameplates.expected(static(info.make), static(info.model), boards):
        if not unneeded(part, liquid=liquid, cut=cut):
            add(decoded.parts, part)
    default = nameplates.algorithm(family, static(info.make), static(info.model))
    info.algorithm = algorithm = static(coalesce(info.algorithm, default))
    machine = algorithm if static(info.model) else ""
    decoded.implausible = plausible.leave_out(decoded.parts.values(), machine)


def unneeded(part: v.Part, *, liquid: bool, cut: bool) -> bool:
    """Tell whether an expectation is left out: fans in a liquid, and anything that may stand in what was cut off."""
    if cut and isinstance(part, v.BoardsExpected | v.FansExpected):
        return True
    return liquid and isinstance(part, v.FansExpected) and bool(part.fans_expected)
