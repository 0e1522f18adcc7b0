"""What BraiinsOS writes into its page of errors: of the last hour, by its codes and by the part that failed.

Odd about it: the page is a log of months that does not say what still holds; an entry's codes and parts are often
missing, and then it is a sentence alone, such as of a pool whose name is not found, which is no fault of the miner's.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from typing import Any, Final

from exporter.core.tracing import item, static
from exporter.core.values import Number, count, text
from exporter.core.vocabulary import Fault, Part
from exporter.decode.braiins.parts import LOGIN
from exporter.decode.common.faults import MOST, WARNING, coded, recent
from exporter.decode.common.nested import at, keys
from exporter.parse.rows import Reading
from exporter.questions import page

PARTS: Final = {"hashboard": "board", "psu": "psu", "fan": "fan"}
ENTRIES: Final = 256  # of the log, those that count: the last
UNCODED: Final = "error"  # of what has a part and no code

LOGGED: Final = "logged"

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|\+00:00)", re.ASCII)


def written(raw: object) -> Number | None:
    """Unix seconds of "2026-03-20T21:27:30.060042Z"."""
    match = _TIME.fullmatch(raw) if isinstance(raw, str) else None
    try:
        return None if match is None else calendar.timegm(tuple(map(int, match.groups())))
    except ValueError:
        return None


def named(entry: object) -> list[str]:
    """The code and the part that one entry is about; [] for a sentence alone."""
    said = entry if isinstance(entry, dict) else {}
    codes = [code for each in _list(said.get("error_codes")) if (code := coded(at(each, "code")))]
    parts = [part for each in _list(said.get("components")) if (part := component(each))]
    return [f"{code} {part}" for code in codes or [UNCODED] for part in parts or ["miner"]] if codes or parts else []


def _list(raw: object) -> list[Any]:
    return raw[:16] if isinstance(raw, list) else []


def component(raw: object) -> str:
    """The part with its index; "" for what is none."""
    name, index = text(at(raw, "name")).lower(), count(at(raw, "index"))
    part = PARTS.get(name, coded(name))
    return f"{part}:{index}" if part and isinstance(index, int) and index < 100 else part


def logged(document: dict[str, Any]) -> dict[str, Any]:
    """What the last entries of the log name, and when each was written last (unix seconds)."""
    entries = document.get("errors")
    found: dict[str, Number] = {}
    for entry in reversed(entries[-ENTRIES:] if isinstance(entries, list) else []):
        time = written(at(entry, "timestamp"))
        if time is not None:
            found |= {each: max(time, found.get(each, time)) for each in named(entry)}
    return {LOGGED: dict(list(found.items())[:MOST])} if isinstance(entries, list) else {}


ERRORS = page("miner_errors", "/api/v1/miner/errors", login=LOGIN, excerpt=logged)


def errors(reading: Reading) -> Iterator[Part]:
    log = reading.row("miner_errors")[LOGGED]
    for each in static(keys(log)):
        code, _, part = each.partition(" ")
        yield Fault(code, part, WARNING, recent(item(log, each), reading.now))
