"""The text of docs/firmware.md, from the families and from the recorded answers with their expected metrics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter import decode
from exporter.decode import Family
from exporter.questions import REGISTRY, Call, Digest, Page, Question
from exporter.questions.readonly import POST
from tools.documents import facts
from tools.documents.commands import asked, off_api_port
from tools.documents.markdown import code, item, table

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
    """Yield the lines of one family: the versions and models of its recordings, and where each fact is read."""
    infos = [each.info for each in facts.recorded(family.name)]
    models = (f"{info['make']} {info['model']}".strip() for info in infos if info["model"])
    yield f"### {family.name}\n"
    yield f"{summary(family)}.\n"
    yield item("Known from", "public documents alone" if family.documented else "recorded answers of real miners")
    yield item("Models seen", facts.listed(models))
    yield item("Versions seen", facts.listed(facts.version(each) for each in facts.recorded(family.name)))
    yield item("API versions seen", facts.listed(info["api_version"] for info in infos))
    yield item("Asked", schedule(family))
    yield item("Labels of `asic_miner_info`", facts.labels(infos))
    yield ""
    yield facts.facts(family)
    yield ""


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
