"""The metric families that the vocabulary declares: their names, types, labels and HELP, in the order of the page."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from exporter.core.vocabulary import boards, device, expected, miner, pools, status
from exporter.core.vocabulary.part import Part


@dataclass(frozen=True, eq=False, slots=True)
class MetricFamily:
    """A metric family whose values are the `field` of a `part`; `field` is "" for an info."""

    name: str
    kind: str  # gauge, counter or info
    help: str
    labels: tuple[str, ...]
    part: type[Part]
    field: str


def _families(part: type[Part]) -> list[MetricFamily]:
    labels = tuple(f.name for f in fields(part) if not f.metadata)  # type: ignore[arg-type]
    if part.INFO:
        return [MetricFamily(f"asic_{part.PREFIX}", "info", part.INFO, labels, part, "")]
    return [
        MetricFamily(f"asic_{part.PREFIX}{f.name}", f.metadata["kind"], f.metadata["help"], labels, part, f.name)
        for f in fields(part)  # type: ignore[arg-type]
        if f.metadata
    ]


MODULES: Final = (status, miner, device, boards, pools, expected)  # in the order of the page
PARTS: Final = tuple(
    part
    for module in MODULES
    for part in vars(module).values()
    if isinstance(part, type) and issubclass(part, Part) and part is not Part
)
CATALOGUE: Final = tuple(family for part in PARTS for family in _families(part))
BY_NAME: Final = {family.name: family for family in CATALOGUE}
LABELS: Final = frozenset(label for family in CATALOGUE for label in family.labels)
STATUS_PARTS: Final = tuple(part for part in PARTS if part.__module__ == status.__name__)


def header(family: MetricFamily, *, openmetrics: bool) -> bytes:
    """Return the HELP and TYPE lines that open the family, in the Prometheus or the OpenMetrics text format."""
    name, kind = family.name, family.kind
    if openmetrics:
        name = name.removesuffix({"counter": "_total", "info": "_info"}.get(kind, ""))
    elif kind == "info":
        kind = "gauge"
    help_ = family.help.replace("\\", r"\\").replace("\n", r"\n")
    return f"# HELP {name} {help_}\n# TYPE {name} {kind}\n".encode()
