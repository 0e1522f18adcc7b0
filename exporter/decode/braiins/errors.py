"""The errors of BraiinsOS: those of the last hour, by code and by the part that failed, and when each came last.

Quirks: the answer is a log of months that does not tell which errors still hold. An entry's codes and parts are often
missing. An entry without both is a sentence and no fault of the miner, for example about a pool with an unknown host
name. Entries from before the clock was set have no time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from exporter.core import vocabulary as v
from exporter.core.tracing import static
from exporter.core.values import Number, count, positive, text
from exporter.decode.common.faults import MOST, WARNING, coded, recent, written
from exporter.decode.common.nested import at, keys
from exporter.parse.rows import Reading

PARTS: Final = {"hashboard": "board", "psu": "psu", "fan": "fan"}
ENTRIES: Final = 256  # number of entries that are read from the end of the log
UNCODED: Final = "error"  # the code of an entry that has only a part

LOGGED: Final = "logged"


def named(entry: object) -> list[str]:
    """Return "code part" for each code and part of an entry; [] for a sentence alone."""
    fields_ = entry if isinstance(entry, dict) else {}
    codes = [code for each in _list(fields_.get("error_codes")) if (code := coded(at(each, "code")))]
    parts = [part for each in _list(fields_.get("components")) if (part := component(each))]
    return [f"{code} {part}" for code in codes or [UNCODED] for part in parts or ["miner"]] if codes or parts else []


def _list(raw: object) -> list[Any]:
    return raw[:16] if isinstance(raw, list) else []


def component(raw: object) -> str:
    """Return the part with its index; "" for anything else."""
    name, index = text(at(raw, "name")).lower(), count(at(raw, "index"))
    part = PARTS.get(name, coded(name))
    return f"{part}:{index}" if part and isinstance(index, int) and index < 100 else part


def logged(document: dict[str, Any]) -> dict[str, Any]:
    """Return the names in the last entries of the log, with the last time of each (Unix seconds)."""
    entries = document.get("errors")
    found: dict[str, Number] = {}
    for entry in reversed(entries[-ENTRIES:] if isinstance(entries, list) else []):
        time = written(at(entry, "timestamp"))
        if time is not None:
            found |= {each: max(time, found.get(each, time)) for each in named(entry)}
    return {LOGGED: dict(list(found.items())[:MOST])} if isinstance(entries, list) else {}


def errors(surface: str, reading: Reading) -> Iterator[v.Part]:
    """Yield for each logged code its last time, and a fault if that is within the last hour.

    A truncated log may lack the part that failed, or the newest entries."""
    log = None if "truncated" in reading.answers.repairs else reading.row(surface + "miner_errors")[LOGGED]
    for each in static(keys(log)):
        code, _, part = each.partition(" ")
        last = positive(at(log, each))
        yield v.Fault(code, part, WARNING, recent(last, reading.now))
        yield v.LastFault(code, part, last)
