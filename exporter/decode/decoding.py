"""The run of a family's decoders over the answers of one poll. A failing section leaves the others intact."""

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

    `implausible` has a field's name once for each impossible value of the field. Impossible values are removed from
    `parts`."""

    parts: dict[Key, v.Part] = field(default_factory=dict)
    problems: dict[str, DecodeError] = field(default_factory=dict)
    implausible: tuple[str, ...] = ()


def decode(family: Family, reading: Reading) -> Decoded:
    """Return all parts that the answers describe. Never raises: the error of a section is added to `problems`.

    If several sections have the same value, the first section counts."""
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
        except Exception as error:  # a decoder's mistake costs a section, not the miner
            decoded.problems[section] = Internal.of(error, section, parts)
    prefer_single_boards(decoded.parts.values())
    info = decoded.parts[v.MinerInfo,]
    if isinstance(info, v.MinerInfo):
        complete(decoded, info, reading)
    return decoded


def complete(decoded: Decoded, info: v.MinerInfo, reading: Reading) -> None:
    """Add the expected parts from the model's nameplate, and remove values that are impossible for the model."""
    boards = [part.board for part in decoded.parts.values() if isinstance(part, v.Board) and part.board]
    liquid, cut = static(info.cooling) in LIQUID, "truncated" in reading.answers.repairs
    for part in nameplates.expected(static(info.make), static(info.model), boards):
        if not unneeded(part, liquid=liquid, cut=cut):
            add(decoded.parts, part)
    default = nameplates.algorithm(static(info.make), static(info.model))
    info.algorithm = algorithm = static(coalesce(info.algorithm, default))
    machine = algorithm if static(info.model) else ""
    decoded.implausible = plausible.leave_out(decoded.parts.values(), machine)


def unneeded(part: v.Part, *, liquid: bool, cut: bool) -> bool:
    """Tell whether an expected part is left out: fans of a liquid-cooled miner, and boards or fans after a truncated
    answer."""
    if cut and isinstance(part, v.BoardsExpected | v.FansExpected):
        return True
    return liquid and isinstance(part, v.FansExpected) and bool(part.fans_expected)
