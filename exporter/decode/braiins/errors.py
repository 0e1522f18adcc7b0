"""The page of errors of BraiinsOS: the errors of the last hour, by code and by the part that failed.

Quirks: the page is a log of months that does not tell which errors still hold. An entry's codes and parts are often
missing. An entry without both is a sentence and no fault of the miner, for example about a pool with an unknown host
name.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from typing import Any, Final

from exporter.core import vocabulary as v
from exporter.core.tracing import item, static
from exporter.core.values import Number, count, text
from exporter.decode.braiins.parts import LOGIN
from exporter.decode.common.faults import MOST, WARNING, coded, recent
from exporter.decode.common.nested import at, keys
from exporter.parse.rows import Reading
from exporter.questions import page

PARTS: Final = {"hashboard": "board", "psu": "psu", "fan": "fan"}
ENTRIES: Final = 256  # number of entries that are read from the end of the log
UNCODED: Final = "error"  # the code of an entry that has only a part

LOGGED: Final = "logged"

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|\+00:00)", re.ASCII)


def written(raw: object) -> Number | None:
    """Return the Unix seconds of "2026-03-20T21:27:30.060042Z"."""
    match = _TIME.fullmatch(raw) if isinstance(raw, str) else None
    try:
        return None if match is None else calendar.timegm(tuple(map(int, match.groups())))
    except ValueError:
        return None


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


ERRORS = page("miner_errors", "/api/v1/miner/errors", login=LOGIN, excerpt=logged)


def errors(reading: Reading) -> Iterator[v.Part]:
    """Yield a fault for each code that was logged within the last hour."""
    log = reading.row("miner_errors")[LOGGED]
    for each in static(keys(log)):
        code, _, part = each.partition(" ")
        yield v.Fault(code, part, WARNING, recent(item(log, each), reading.now))
