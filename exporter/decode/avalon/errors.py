"""The errors of an Avalon module: the bits of ECHU (boards) and ECMM (module), and the fields about the supply and the
fans."""

from __future__ import annotations

from typing import Final

from exporter.core.tracing import traceable
from exporter.decode.avalon.brackets import Fields, listed, value
from exporter.decode.avalon.readings import BOARDS
from exporter.decode.common.faults import CRITICAL, INFO, WARNING

# The bits of ECHU (a hashboard's) and ECMM (the module's), with the names and severities of the controllers' own page.
ERRORS: Final = (
    ("Idle", INFO),
    ("CRCFailed", WARNING),
    ("NoFan", CRITICAL),
    ("Lock", WARNING),
    ("APIFIFOOverflow", WARNING),
    ("RBOverflow", WARNING),
    ("TooHot", CRITICAL),
    ("HotBefore", WARNING),
    ("LoopFailed", CRITICAL),
    ("CoreTestFailed", WARNING),
    ("InvalidPMU", CRITICAL),
    ("PGFailed", CRITICAL),
    ("NTCError", CRITICAL),
    ("VoltageError", CRITICAL),
    ("VCoreError", CRITICAL),
    ("PMUCRCFailed", WARNING),
    ("InvalidPLLValue", WARNING),
    ("HUFailed", WARNING),
)


@traceable
def codes(fields: Fields, board_count: int) -> tuple[tuple[str, int | None, str], ...]:
    """Return (code, board or None for the module as a whole, severity) of each error that the module reports."""
    found: list[tuple[str, int | None, str]] = []
    for name in ("ECHU", "ECMM"):
        for at, bits in enumerate(listed(fields, name)[:BOARDS]):
            if type(bits) is int and 0 < bits < 2**31:
                board = at if name == "ECHU" and at < board_count else None
                found += [(code, board, severity) for code, severity in _names(bits)]
    supply_error = value(fields, "PS")
    if type(supply_error) is int and supply_error > 0:
        found.append((f"PS{supply_error}", None, WARNING))
    if fields.get("POW_I2C", "").strip() == "FAILED":
        found.append(("POW_I2C", None, WARNING))
    if (value(fields, "FanErr") or 0) > 0:
        found.append(("FanErr", None, CRITICAL))
    return tuple(dict.fromkeys(found))


def _names(bits: int) -> list[tuple[str, str]]:
    known = [ERRORS[n] for n in range(len(ERRORS)) if bits >> n & 1]
    rest = bits >> len(ERRORS)
    return known + [(f"bit{len(ERRORS) + n}", WARNING) for n in range(rest.bit_length()) if rest >> n & 1]
