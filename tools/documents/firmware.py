"""The text of docs/firmware.md, from the families and from the recorded answers with their expected metrics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from exporter import decode
from exporter.core.catalogue import CATALOGUE, STATUS_PARTS
from exporter.core.vocabulary import MinerInfo
from exporter.decode import Family
from exporter.questions import REGISTRY, Call, Digest, Page, Question
from exporter.questions.readonly import POST
from tools.documents.commands import asked, off_api_port
from tools.documents.markdown import code, item, table

FIXTURES: Final = Path(__file__).parents[2] / "tests" / "fixtures"
EXPECTED: Final = "expected.prom"
# The metrics that an answer can have: all but the exporter's own status.
METRICS: Final = [f.name for f in CATALOGUE if f.part not in STATUS_PARTS and f.part is not MinerInfo]
NO_ANSWER: Final = ("config", "nameplate")  # sources that are no answer of the miner

# The ranks of recognition by group: first, last, meaning.
RANKS: Final = (
    (1, 139, "port 4028, with answers that no other firmware gives"),
    (199, 289, "web server"),
    (800, 899, "port 4028, a cgminer that a field or two identifies"),
)


def families() -> str:
    """Return the table of all families, by name."""
    rows = ([f"[`{family.name}`](#{family.name})", summary(family), "; ".join(places(family))] for family in ordered())
    return table(("family", "firmware", "asked on"), rows)


def ranks() -> str:
    """Return the ranks by group: the taken ones and the first free one."""
    taken = sorted(family.rank for family in decode.families())
    return table(("group", "taken", "first free"), (_group(*group, taken) for group in RANKS))


def _group(first: int, last: int, meaning: str, taken: list[int]) -> list[str]:
    inside = [rank for rank in taken if first <= rank <= last]
    free = max(rank for rank in inside if rank + 1 not in taken) + 1
    return [meaning, ", ".join(map(str, inside)), str(free)]


def digests() -> str:
    """Return the families whose web server has a digest login, by the name of their credentials."""
    decode.families()  # declares the questions
    return code(sorted({question.login.family for question in REGISTRY if isinstance(question.login, Digest)}))


def sections() -> str:
    """Return one section for each family."""
    return "\n".join(line for family in ordered() for line in section(family))


def ordered() -> list[Family]:
    return sorted(decode.families(), key=lambda family: family.name)


def summary(family: Family) -> str:
    """Return the first sentence of the family's module."""
    return (family.module.__doc__ or "").partition("\n")[0].rstrip(".")


def places(family: Family) -> Iterator[str]:
    """Yield the ports on which the family is asked, with what listens there."""
    if not off_api_port(family):
        yield "port 4028"
    questions = [question for level in asked(family).values() for question in level]
    for port in sorted({question.port for question in questions if isinstance(question, Page)}):
        yield f"web server on port {port}"
    for port in sorted({question.port for question in questions if isinstance(question, Call)}):
        yield f"gRPC on port {port}"
    if family.fingerprint is not None and not family.fingerprint.off_api_port:
        yield f"port 4028's questions by POST on port {POST[0]}"


def section(family: Family) -> Iterator[str]:
    """Yield the lines of one family: the versions, models and metrics that the recordings have."""
    samples = [sample for metric in recorded(family) for sample in metric.samples]
    infos = [sample.labels for sample in samples if sample.name == "asic_miner_info"]
    names = {sample.name for sample in samples if sample.labels.get("source") not in NO_ANSWER}
    labels = {label for info in infos for label in info} - {"miner", "family"}
    versions = (f"{info.get('firmware', '')} {info.get('firmware_version', '')}".strip() for info in infos)
    models = (f"{info.get('make', '')} {info['model']}".strip() for info in infos if "model" in info)
    yield f"### {family.name}\n"
    yield f"{summary(family)}.\n"
    yield item("Models seen", listed(models))
    yield item("Versions seen", listed(versions))
    yield item("API versions seen", listed(info.get("api_version", "") for info in infos))
    yield item("Asked", schedule(family))
    yield item("Labels of `asic_miner_info`", listed(labels))
    yield item("Metrics", code(name.removeprefix("asic_") for name in METRICS if name in names))
    yield ""


def recorded(family: Family) -> Iterator[Metric]:
    """Yield every metric of every expected page of the family."""
    for file in sorted(FIXTURES.glob(f"{family.name}/*/{EXPECTED}")):
        yield from text_string_to_metric_families(file.read_text())


def schedule(family: Family) -> str:
    """Return the family's questions by the interval at which they are asked."""
    fast = [question.name for question in family.fast]
    fast += [f"{question.name} instead of {name}" for name, question in family.instead.items()]
    slow = [question.name for question in family.slow if not question.hourly]
    hourly = [_hourly(question) for question in family.slow if question.hourly]
    times = {"at every poll": fast, "every five minutes": slow, "every hour": hourly}
    return "; ".join(f"{time} {', '.join(names)}" for time, names in times.items() if names)


def _hourly(question: Question) -> str:
    return f"{question.name} (needs a login)" if question.locked else question.name


def listed(words: Iterable[str]) -> str:
    return ", ".join(sorted({word for word in words if word}, key=str.lower)) or "none"
