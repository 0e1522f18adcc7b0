"""Where the facts of each family are read, by the recorded answers: the fields behind each metric, and the versions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import cache
from typing import Final

from exporter.core.catalogue import CATALOGUE, STATUS_PARTS
from exporter.decode import Family
from tests.harness.provenance import Provenance, provenance
from tests.harness.recorded import RECORDINGS
from tools.documents.markdown import code, table

NAMES: Final = tuple(
    f"{family.name.removeprefix('asic_')}{inner}"
    for family in CATALOGUE
    if family.part not in STATUS_PARTS
    for inner in ((f"{{{label}}}" for label in family.labels) if not family.field else ("",))
)
ALL: Final = "all"
CHOSEN: Final = "words of the answers"  # the source of a state, which the decoder chooses


@cache
def recorded(family: str) -> tuple[Provenance, ...]:
    """Return what the recordings of a family tell."""
    return tuple(asyncio.run(provenance(each)) for each in RECORDINGS if each.family == family)


def version(of: Provenance) -> str:
    """Return the firmware and its version; "" if neither is told."""
    return f"{of.info['firmware']} {of.info['firmware_version']}".strip()


def facts(family: Family) -> str:
    """Return the table of a family's metrics, the fields that they are read from, and the versions that tell them.

    Values that come of no field, but of the family or the nameplate, are left out."""
    found = recorded(family.name)
    rows = []
    for name in NAMES:
        telling = [each for each in found if name in each.metrics]
        fields = {field for each in telling for field in each.metrics[name]}
        if fields or (telling and name.endswith("_state")):
            rows.append(
                [code([name]), code(sorted(fields)) or CHOSEN, told({*map(version, found)}, {*map(version, telling)})]
            )
    return table(("metric", "read from", "told by"), rows)


def told(versions: set[str], telling: set[str]) -> str:
    """Return the versions that tell a fact in as few words as possible."""
    missing = versions - telling
    if not missing:
        return ALL
    if len(missing) < len(telling):
        return f"{ALL} but {listed(missing)}"
    return listed(telling)


def listed(words: Iterable[str]) -> str:
    """Return the words in order, without regard to case."""
    return ", ".join(sorted({word for word in words if word}, key=str.lower)) or "none"


def labels(infos: Iterable[dict[str, str]]) -> str:
    """Return the labels of `asic_miner_info` that any of the miners has, without the family."""
    return listed(name for info in infos for name, value in info.items() if value and name != "family")
