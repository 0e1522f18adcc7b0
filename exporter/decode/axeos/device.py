"""The small computer of AxeOS miners: its radio, its memory, its last reset.

Quirks: a signal of -90 stands for a radio without a connection. The reasons of a reset are sentences or names, which
differ by firmware and version.
"""

from __future__ import annotations

import re
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import traceable
from exporter.core.values import Number, count, number, ratio, text
from exporter.decode.common.sums import total
from exporter.parse.rows import Reading, Row

UNCONNECTED: Final = -90

# Words of a reset's reason without blanks and signs, in the order of the search: "Software reset due to
# exception/panic" is a crash, and "Brownout reset (software or hardware)" a brownout.
RESETS: Final = (
    ("panic", "crash"),
    ("lockup", "crash"),
    ("watchdog", "watchdog"),
    ("brownout", "brownout"),
    ("powerglitch", "brownout"),
    ("deepsleep", "sleep"),
    ("poweron", "power_on"),
    ("external", "external"),
    ("sdio", "other"),
    ("usbperipheral", "other"),
    ("jtag", "other"),
    ("efuse", "other"),
    ("software", "software"),
)

_SIGNS = re.compile(r"[^a-z]+")


@traceable
def signal(raw: object) -> Number | None:
    """Return the strength of a radio's signal in dBm; None for a radio without a connection."""
    value = number(raw)
    return round(value) if value is not None and -120 < value < 0 and value != UNCONNECTED else None


@traceable
def reset_reason(raw: object) -> str:
    """Return the closed word for the reason of a reset; "" for an unknown reason."""
    words = _SIGNS.sub("", text(raw).lower())
    return next((reason for word, reason in RESETS if word in words), "")


def device(reading: Reading, row: Row) -> v.Device:
    """Return the computer by the keys of the first page.

    Where the internal memory has a key of its own, the other key leaves that memory out. Such pages call the reason
    of a reset by another name, too."""
    apart = "freeHeapInt" in row or "lastResetReason" in row
    free = count(row["freeHeap"]) if "truncated" not in reading.answers.repairs else None
    return v.Device(
        wifi_signal_dbm=signal(row["wifiRSSI"]),
        memory_free_bytes=total(free, count(row["freeHeapInt"])) if apart else free,
        memory_free_min_bytes=count(row["minFreeHeap"]),
        cpu_usage_ratio=ratio(row["cpuUsage"]),
    )
