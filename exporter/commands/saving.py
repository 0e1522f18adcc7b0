"""The folder that `query --save` writes: each answer in a file of its own, private texts replaced, and a meta.json.

The files have the names and the shape of the fixtures of the tests: `summary+stats+pools.json` is the answer to a
joined request. So a report of a miner that is read wrong is a test.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from exporter import __version__, decode
from exporter.commands.redaction import Redaction
from exporter.core.tracing import static
from exporter.core.vocabulary import BoardInfo, MinerInfo, PoolInfo, PsuInfo
from exporter.parse.rows import Reading
from exporter.polling.outcome import Outcome
from exporter.polling.target import Target
from exporter.questions import Request

META: Final = "meta.json"
# The labels that are private, by part; family, model and firmware stay.
PRIVATE: Final = {
    MinerInfo: ("hostname", "mac", "serial"),
    PoolInfo: ("host", "user"),
    BoardInfo: ("serial",),
    PsuInfo: ("serial",),
}
KEPT: Final = ("make", "model", "firmware", "firmware_version", "api_version", "platform", "algorithm")


def save(folder: Path, target: Target, outcome: Outcome, answers: Mapping[Request, bytes]) -> str:
    """Write the answers of a poll into a new folder; return what was written, in words.

    Raises ValueError if the folder has files already, or cannot be written."""
    labels = dict(known(outcome, target))
    redaction = Redaction([target.spec.host, *(text for name, text in labels.items() if name not in KEPT)])
    texts = {request: raw.decode("utf-8", "surrogateescape") for request, raw in answers.items()}
    for text in texts.values():
        redaction.learn(text)
    files = {name(request): redaction.apply(text) for request, text in texts.items()}
    meta = {
        "family": outcome.family,
        "evidence": redaction.apply(outcome.evidence),
        **{key: labels[key] for key in KEPT if labels.get(key)},
        "exporter": __version__,
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "requests": {name(request): str(request).strip() for request in answers},
        "failed": {section: problem.reason for section, problem in outcome.session.failed.items()},
    }
    files[META] = json.dumps(meta, indent=1) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ValueError(f"{folder} has files already; name a new folder")
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
    except OSError as error:
        raise ValueError(f"{folder} cannot be written: {error.strerror}") from None
    return f"# {len(answers)} answers written to {folder}, private texts replaced: read them before you pass them on"


def name(request: Request) -> str:
    """Return the name of the file for the answer to a request."""
    return "+".join(question.name for question in request.questions) + ".json"


def known(outcome: Outcome, target: Target) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of the labels that the answers give, workers included."""
    reading = Reading(outcome.session.everything(), time.time(), chips=target.spec.chips, workers=True)
    family = decode.by_name(outcome.family or decode.FALLBACK)
    for n, part in enumerate(decode.decode(family, reading).parts.values()):
        for label in PRIVATE.get(type(part), ()):
            yield f"{label} {n}", static(getattr(part, label))
        if isinstance(part, MinerInfo):
            yield from ((label, static(getattr(part, label))) for label in KEPT)
