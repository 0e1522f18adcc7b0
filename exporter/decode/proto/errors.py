"""The errors and warnings of Proto's Rig: a page with a list of entries, each with a code.

Quirks: in older builds an entry stays in the list after its end, with the time of the end, and each entry has a level.
From version 1.8 on, the list has only current entries, each with a source and a slot from 1. The levels of their codes
are those of the maker's own program for fleets. Codes are words, or two numbers with a colon.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, traceable
from exporter.core.values import Number, count, number, text
from exporter.decode.common.faults import CRITICAL, INFO, MOST, WARNING, coded
from exporter.decode.common.poolvalues import SET
from exporter.decode.proto.pages import LOGIN
from exporter.parse.jsontext import LIST
from exporter.parse.rows import Reading, Row
from exporter.questions import page

LEVELS: Final = {"error": CRITICAL, "warning": WARNING}
SOURCES: Final = {"rig": "miner", "fan": "fan", "psu": "psu", "hashboard": "board"}
# The part by the start of a code, where no source tells it: the code's first number, or the first word of its name.
PARTS: Final = (
    ("00:", "psu"),
    ("01:", "fan"),
    ("03:", "control_board"),
    ("04:", "board"),
    ("psu", "psu"),
    ("fan", "fan"),
    ("controlboard", "control_board"),
    ("hashboard", "board"),
    ("asic", "board"),
)
FIRST: Final = {"fan": 1, "psu": 0, "board": 0}  # the label of a part's first piece
WARNINGS: Final = (
    "LowHashRate PoolConnectionFailure PSURecoveryInProgress NetworkError FirmwareUpdateFailure FanSlow "
    "SetFanSpeedFailed AsicEnumeration AsicEcc HbUnderVoltage AsicUnderHeat AsicNotHashing PsuCommLost PsuFans "
    "PsuUnderTemperature PsuInput"
)
CRITICALS: Final = (
    "OverHeat InsufficientCooling PoolConfigMissing MiningStoppedDueToPhaseImbalance FanHardware HbOverHeat "
    "HbCommunication CommTasksNotInitialized InvalidAddWorkResponse InvalidMetadataResponse MissingCommChannel "
    "CommandTimeout TaskCommunicationError CommsAlive HbOverVoltage HbOverCurrent AsicOverHeat PowerLost "
    "PsuOutputUnderVoltage PsuOutputOverVoltage PsuOutputFailure PsuOutputOverCurrent PsuOverTemperature "
    "PsuInputUnderVoltage PsuInputOverVoltage PsuInputOverCurrent PsuNoInputVoltage PsuPowerNoGood"
)
GRAVITY: Final = (
    {"FanConnectedInImmersion": INFO}
    | dict.fromkeys(WARNINGS.split(), WARNING)
    | dict.fromkeys(CRITICALS.split(), CRITICAL)
)


def current(document: dict[str, Any]) -> dict[str, Any]:
    """Return the page with the entries that still hold. Some builds wrap the list."""
    entries = document.get(LIST, document.get("errors"))
    if not isinstance(entries, list):
        return {}
    return {LIST: [each for each in entries if isinstance(each, dict) and holds(each)]}


def holds(entry: dict[str, Any]) -> bool:
    """Tell whether an entry has no end; in builds with levels, only the end itself tells."""
    return number(entry.get("expired_at", None if "error_level" in entry else 0)) == 0


ERRORS = page("proto_errors", "/api/v1/errors", section=LIST, login=LOGIN, excerpt=current)


def component(row: Row, code: str) -> str:
    """Return the part with its number; for a chip, the chip's board."""
    part = SOURCES.get(text(row.static("source")).lower(), "")
    slot = count(row.static("slot"))
    place = number(slot - 1) if slot else None
    if not part:
        part = next((part for start, part in PARTS if code.lower().startswith(start)), "miner")
        place = count(row.static("hashboard_index" if part == "board" else "component_index"))
    if part in FIRST and isinstance(place, int) and 0 <= place < 100:
        return f"{part}:{place + FIRST[part]}"
    return part


def errors(reading: Reading) -> Iterator[v.Part]:
    """Yield a fault for each entry that still holds."""
    for row in reading.rows("proto_errors")[:MOST]:
        code, level = coded(row.static("error_code")), text(row.static("error_level")).lower()
        if code:
            part, grave = component(row, code), LEVELS.get(level, WARNING) if level else GRAVITY.get(code, "")
            yield v.Fault(code, part, grave, 1)
            yield v.LastFault(code, part, began(coalesce(row["timestamp"], row["inserted_at"]), reading.now))


@traceable
def began(stamp: object, now: float) -> Number | None:
    """Return the Unix time at which an entry was made; None if the rig's clock was never set."""
    value = count(stamp)
    return value if value is not None and SET < value <= now else None
