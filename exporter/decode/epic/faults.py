"""The last errors of ePIC's PowerPlay: of the miner, and of its licence.

Quirks: an error is a word of a closed set, or an object with that word as the key of details. Older builds have a
sentence in its place. The last error stays after the miner has begun to mine again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import static, traceable
from exporter.core.values import text
from exporter.decode.common.faults import CRITICAL, INFO, coded
from exporter.decode.common.nested import inner, keys
from exporter.parse.rows import Row

SENTENCE: Final = "LastError"  # the code of an error that is only a sentence
PARTS: Final = (("psu", "psu:0"), ("minimumfans", "fan"), ("hashboard", "board"), ("hb", "board"), ("chip", "board"))


@traceable
def word(error: object) -> str:
    """Return the code of an error; "" without an error."""
    name = coded(next(iter(keys(error)), error))
    return name or (SENTENCE if text(error) else "")


def faults(row: Row) -> Iterator[v.Part]:
    """Yield the last errors: critical while the miner stands, history while the miner mines."""
    status = inner(row, "Status")
    state = text(status.static("Operating State")).lower()
    if not state:
        return
    severity = INFO if state == "mining" else CRITICAL
    if code := static(word(status["Last Error"])):
        part = next((part for start, part in PARTS if code.lower().startswith(start)), "miner")
        yield v.Fault(code, part, severity, 1)
    if code := static(word(row["Last License Error"])):
        yield v.Fault(code, "license", severity, 1)
