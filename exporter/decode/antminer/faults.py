"""What stock Antminers say is wrong with them: the health of their parts in summary, and in warning a list of codes.

Odd about it: both come with the flag `new_api` alone; a code is a letter for the kind, the number of what has it where
there are several, and the case behind a colon (`J1:2`: the second board, chips are missing), counted from 0, where
classic stats counts boards and fans from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core.values import number, text
from exporter.core.vocabulary import Fault, Part
from exporter.decode.common.faults import CRITICAL, MOST, WARNING, coded
from exporter.parse.rows import Reading, Row
from exporter.questions import line

SUMMARY_NEW, WARNINGS = line("summary", new_api=True), line("warning", new_api=True)

# (component, severity) by the code without its number, and by its letter: the narrower counts.
CODES: Final = {
    "F:1": ("fan", CRITICAL),
    "J:1": ("board", WARNING),  # bad chips
    "J:2": ("board", CRITICAL),  # fewer chips than there should be
    "J:6": ("board", WARNING),  # its sensors
    "J:8": ("board", CRITICAL),  # fewer boards than there should be
    "N:1": ("miner", WARNING),  # hashes more than it was sold for
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
    "R": ("board", WARNING),  # hashes little
    "V": ("psu:0", CRITICAL),
}
JUDGED: Final = {"rate": "miner", "temp": "miner", "fans": "fan"}  # the part by what a summary judges
ANYTHING: Final = ("miner", WARNING)
ALL: Final = {"R": "miner", "L": "miner"}  # what the kind is about where it names no board

_CODE = re.compile(r"([A-Z])(\d{1,2})?(:\d{1,2})", re.ASCII)


def about(code: str) -> tuple[str, str]:
    """(component, severity) of a code."""
    match = _CODE.fullmatch(code)
    if match is None:
        return ANYTHING
    kind, number, case = match.groups()
    component, severity = CODES.get(kind + case) or KINDS.get(kind, ANYTHING)
    if number is None:
        return ALL.get(kind, component), severity
    return (f"{component}:{int(number) + 1}" if component in ("board", "fan") else component), severity


def health(row: Row) -> Iterator[Part]:
    """What a summary judges to be not well: by a code, or by the letter e and a zero in place of the code.

    The type says what is judged, and is the code where there is no other."""
    for said in row.rows("status")[:MOST]:
        judged, code = coded(said.static("type")), coded(said.static("code"))
        if text(said.static("status")) == "e" and number(said.static("code")) == 0:
            code = judged
        if judged and code:
            yield Fault(code, JUDGED.get(judged, judged), WARNING, 1)


def summary_new(reading: Reading) -> Iterator[Part]:
    yield from health(reading.row("summary_new_api"))


def warnings(reading: Reading) -> Iterator[Part]:
    """The codes that stand now."""
    for row in reading.rows("warning_new_api")[:MOST]:
        if code := coded(row.static("code")):
            yield Fault(code, *about(code), 1)
