"""The events of LuxOS: current conditions of the miner or of a board, which are faults or chosen by the user.

Quirks: an event tells when it began, and is gone with its cause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.values import text
from exporter.decode.common.faults import CRITICAL, INFO, MOST, WARNING, written
from exporter.decode.common.labels import index
from exporter.parse.rows import Reading

CHOSEN: Final = ("SLEEP", "IDLE", "REBOOT_USER", "SHUTDOWN_USER", "REBOOT_SYSINIT")
GRAVE: Final = ("SHUTDOWN", "PANIC", "FAILURE", "PROTECTION", "NO_BOARDS", "NOT_DETECTED", "NO_ACTIVE_POOLS")
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,63}", re.ASCII)


def events(reading: Reading) -> Iterator[v.Part]:
    for row in reading.rows("events")[:MOST]:
        code = text(row.static("Code"))
        if not _CODE.fullmatch(code):
            continue
        component = "miner"
        if text(row.static("Target")) == "BOARD":
            component = f"board:{board}" if (board := index(row, ("ID",))) else "board"
        grave = any(word in code for word in GRAVE)
        severity = INFO if code in CHOSEN else CRITICAL if grave else WARNING
        yield v.Fault(code, component, severity, 1)
        if code not in CHOSEN:
            yield v.LastFault(code, component, written(row["CreatedAt"]))
