"""The tables of docs/metrics.md: the metrics of a miner and those of the exporter itself."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.metrics import MetricWrapperBase

from exporter.core.catalogue import CATALOGUE
from exporter.daemon.telemetry import Telemetry
from tools.documents.markdown import table


def miners() -> str:
    """Return the metrics that the vocabulary declares."""
    rows = ([f"`{family.name}`", family.kind, ", ".join(family.labels), family.help] for family in CATALOGUE)
    return table(("metric", "type", "labels beside `miner`", "meaning"), rows)


def own() -> str:
    """Return the metrics that the exporter has of itself."""
    return table(("metric", "type", "labels", "meaning"), _own())


def _own() -> Iterator[list[str]]:
    for metric in dict.fromkeys(Telemetry().registry._names_to_collectors.values()):
        if isinstance(metric, MetricWrapperBase):
            name = metric._name + ("_total" if metric._type == "counter" else "")
            yield [f"`{name}`", str(metric._type), ", ".join(metric._labelnames), metric._documentation]
