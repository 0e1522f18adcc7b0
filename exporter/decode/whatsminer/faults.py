"""The faults of a Whatsminer from either API, and the time of the latest fault.

Quirks: the list of codes holds the latest occurrence of each code, also weeks later. Its times are those of the miner's
own time zone, which only API 3 tells. A reason is a sentence with readings, and the code has its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import static, traceable
from exporter.core.values import Number, text
from exporter.decode.common.faults import CRITICAL, MOST, clock
from exporter.decode.common.poolvalues import DAY, SET
from exporter.decode.whatsminer.codes import about
from exporter.parse.rows import Reading

RECENT: Final = 2 * DAY  # seconds for which a fault can be the reason of a stop, in any time zone

_CODE = re.compile(r"[1-9]\d{1,7}", re.ASCII)
_CODE_KEY = re.compile(r"Error Code (\d{1,3})", re.ASCII)
_ZONE = re.compile(r"(?:[A-Za-z]{3,6}|<[+-]?\w{1,6}>)([+-]?\d{1,2})(?::(\d\d))?", re.ASCII)


def codes(reading: Reading) -> dict[str, object]:
    """Return the raw time of each code that the miner reports; None for a code without a time.

    Codes of the factory's own test are history and left out."""
    row, found = reading.row("summary"), dict[str, object]()
    for key in row:
        if match := _CODE_KEY.fullmatch(key):
            found[text(row.static(key))] = row[f"Error {match[1]} Time"]
    listed = reading.row("get_error_code")
    for each in [*listed.rows("error_code"), *reading.rows("v3_error_code")]:
        found.update({code: each[code] for code in each if _CODE.fullmatch(code)})
    for code in static(bare(listed["error_code"])):
        found.setdefault(code, None)
    return {code: found[code] for code in [*found][: 2 * MOST] if _CODE.fullmatch(code)}


@traceable
def bare(raw: object) -> list[str]:
    """Return the codes of a list of numbers or words; [] for an object, whose keys are the codes."""
    return [text(each) for each in raw[:MOST]] if isinstance(raw, list) else []


def faults(reading: Reading) -> Iterator[v.Part]:
    """Yield a fault for each code, and the time of the latest fault if the miner's time zone is known."""
    found = codes(reading)
    for code in [*found][:MOST]:
        yield v.Fault(code, *about(int(code)), 1)
    zone, latest = reading.row("v3_system_setting")["timezone"], static(newest(*found.values()))
    if latest is not None and "truncated" not in reading.answers.repairs:
        code = [*found][latest]
        yield v.LastFault(code, about(int(code))[0], moment(found[code], zone, reading.now))


def stopped(reading: Reading, *, lately: bool = False) -> bool:
    """Tell whether a fault that stops a miner is reported; with `lately`, only a fault of the last days."""
    grave = [time for code, time in codes(reading).items() if about(int(code))[1] == CRITICAL]
    return bool(grave) and (not lately or any(static(recent(time, reading.now)) for time in grave))


@traceable
def newest(*times: object) -> int | None:
    """Return the place of the latest time; None if there is none, or if any time cannot be read."""
    known = [at for raw in times if (at := clock(raw)) is not None]
    return known.index(max(known)) if known and len(known) == len(times) else None


@traceable
def moment(raw: object, zone: object, now: float) -> Number | None:
    """Return the Unix time of a local time; `zone` is "CST-8", eight hours before UTC. A zone with summers gives None.

    A time to come gives None, and so does a clock that was never set."""
    at, match = clock(raw), _ZONE.fullmatch(zone) if isinstance(zone, str) else None
    if at is None or match is None:
        return None
    hours, minutes = int(match[1]), int(match[2] or 0)
    at += 3600 * hours + 60 * (minutes if hours >= 0 else -minutes)
    return at if SET < at <= now + 3600 else None


@traceable
def recent(raw: object, now: float) -> bool:
    """Tell whether a local time is within RECENT of `now`; a time of a clock that was never set counts as recent."""
    at = clock(raw)
    return at is None or at <= SET or now - at < RECENT
