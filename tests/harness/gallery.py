"""The text of docs/miners.md, from the recordings and the pages that are expected of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from exporter import decode
from exporter.core.catalogue import CATALOGUE, STATUS_PARTS
from exporter.core.vocabulary import MinerInfo
from exporter.decode import Family
from exporter.questions.readonly import POST
from tests.harness.matrix import asked, speechless
from tests.harness.places import FIXTURES
from tests.harness.recorded import EXPECTED

# What the exporter says of itself, and what comes of no answer.
OWN = {f.name for f in CATALOGUE if f.part in STATUS_PARTS or f.name.endswith("_expected")} | {"asic_fans_expected"}
METRICS = [f.name for f in CATALOGUE if f.name not in OWN and f.part is not MinerInfo]


def pages(family: Family) -> Iterator[Metric]:
    """Every metric of every expected page of the family."""
    for file in sorted(FIXTURES.glob(f"{family.name}/*/{EXPECTED}")):
        yield from text_string_to_metric_families(file.read_text())


def listed(words: Iterable[str]) -> str:
    return ", ".join(sorted({word for word in words if word}, key=str.lower)) or "not told"


def names(metrics: Iterable[str]) -> str:
    return " ".join(f"`{name.removeprefix('asic_')}`" for name in metrics) or "none"


def of(family: Family) -> Iterator[str]:
    """One family's part of the page."""
    samples = [sample for metric in pages(family) for sample in metric.samples]
    infos = [sample.labels for sample in samples if sample.name == "asic_miner_info"]
    told = {sample.name for sample in samples}
    keys = {key for labels in infos for key in labels} - {"miner", "family"}
    where = [] if speechless(family) else ["port 4028"]
    ports = {q.port for questions in asked(family).values() for q in questions if q.path}
    where += [f"web server, port {port}" for port in sorted(ports)]
    called = {q.port for questions in asked(family).values() for q in questions if q.call}
    where += [f"gRPC, port {port}" for port in sorted(called)]
    yield f"## {family.name}\n"
    yield (family.module.__doc__ or "").partition("\n")[0] + "\n"
    versions = (f"{i.get('firmware', '')} {i.get('firmware_version', '')}".strip() for i in infos)
    models = (f"{i.get('make', '')} {i['model']}".strip() for i in infos if "model" in i)
    yield f"* Versions seen: {listed(versions)}"
    yield f"* API versions seen: {listed(i.get('api_version', '') for i in infos)}"
    yield f"* Models seen: {listed(models)}"
    if family.fingerprint is not None and not family.fingerprint.port:
        where.append(f"where that is closed the same by POST, port {POST[0]}")
    yield f"* Asked on: {', '.join(where)}"
    yield f"* Says of itself: {listed(keys)}"
    yield f"* Gives: {names(name for name in METRICS if name in told)}"
    yield f"* Does not give: {names(name for name in METRICS if name not in told)}"
    yield ""


def miners() -> str:
    return "\n".join(line for family in sorted(decode.families(), key=lambda f: f.name) for line in of(family))
