"""The faults that stock Antminers report: the health of the parts in summary, and a list of codes in warning.

Quirks: both come only with the flag `new_api`. A code is a letter for the kind, the number of the part if there are
several, and the case after a colon. `J1:2` means missing chips on the second board. Numbers count from 0, whereas
classic stats counts boards and fans from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.values import number, text
from exporter.decode.common.faults import CRITICAL, MOST, WARNING, coded
from exporter.parse.rows import Reading, Row
from exporter.questions import line

SUMMARY_NEW, WARNINGS = line("summary", new_api=True), line("warning", new_api=True)

# (component, severity) by the code without the part's number. KINDS has (component, severity) by the letter, for all
# other codes.
CODES: Final = {
    "F:1": ("fan", CRITICAL),
    "J:1": ("board", WARNING),  # bad chips
    "J:2": ("board", CRITICAL),  # fewer chips than there should be
    "J:6": ("board", WARNING),  # sensors of the board
    "J:8": ("board", CRITICAL),  # fewer boards than there should be
    "N:1": ("miner", WARNING),  # a hashrate above the advertised rate
    "N:2": ("miner", WARNING),  # clocked down
    "N:4": ("pool", CRITICAL),
    "V:2": ("psu:0", WARNING),  # not calibrated
}
KINDS: Final = {
    "F": ("fan", CRITICAL),
    "J": ("board", CRITICAL),
    "L": ("board", WARNING),  # voltage or clock beyond the limit
    "M": ("control_board", WARNING),  # no memory
    "P": ("environment", CRITICAL),  # stopped by heat or by cold
    "R": ("board", WARNING),  # a low hashrate
    "V": ("psu:0", CRITICAL),
}
JUDGED: Final = {"rate": "miner", "temp": "miner", "fans": "fan"}  # the component by the type in a summary
ANYTHING: Final = ("miner", WARNING)
ALL: Final = {"R": "miner", "L": "miner"}  # the component by kind, if a code names no board

_CODE = re.compile(r"([A-Z])(\d{1,2})?(:\d{1,2})", re.ASCII)


def about(code: str) -> tuple[str, str]:
    """Return (component, severity) of a code."""
    match = _CODE.fullmatch(code)
    if match is None:
        return ANYTHING
    kind, number, case = match.groups()
    component, severity = CODES.get(kind + case) or KINDS.get(kind, ANYTHING)
    if number is None:
        return ALL.get(kind, component), severity
    return (f"{component}:{int(number) + 1}" if component in ("board", "fan") else component), severity


def health(row: Row) -> Iterator[v.Part]:
    """Yield a fault for each part with a code, or with the status "e" (bad) and 0 as code.

    The type names the part, and replaces the code 0."""
    for entry in row.rows("status")[:MOST]:
        judged, code = coded(entry.static("type")), coded(entry.static("code"))
        if text(entry.static("status")) == "e" and number(entry.static("code")) == 0:
            code = judged
        if judged and code:
            yield v.Fault(code, JUDGED.get(judged, judged), WARNING, 1)


def summary_new(reading: Reading) -> Iterator[v.Part]:
    yield from health(reading.row("summary_new_api"))


def warnings(reading: Reading) -> Iterator[v.Part]:
    """Yield a fault for each current code."""
    for row in reading.rows("warning_new_api")[:MOST]:
        if code := coded(row.static("code")):
            yield v.Fault(code, *about(code), 1)
