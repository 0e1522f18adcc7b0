"""The devices that the cgminer dialect lists in devs: their kinds, and whether there is any device.

Quirks: each kind is counted from 0, so that GPU 0 and ASC 0 are two devices. A program without a device answers with an
error.
"""

from __future__ import annotations

import re

from exporter.core.tracing import static, traceable
from exporter.parse.rows import Reading, Row
from exporter.parse.sections import KINDS

_COUNTED = re.compile(rf"(?<!\d)0*[1-9]\d{{0,4}} (?:{'|'.join(KINDS)})\(s\)", re.ASCII)


def kinds(rows: list[Row]) -> set[str]:
    """Return the kinds of the devices in these rows."""
    return {kind for row in rows for kind in KINDS if kind in row}


def none_listed(reading: Reading) -> bool:
    """Tell whether the program answered devs without any device."""
    return "devs" in reading.answers.rows and not reading.rows("devs")


def several_kinds(reading: Reading) -> bool:
    """Tell whether the program has devices of several kinds.

    For a truncated answer, the counts in the status message decide."""
    if "truncated" not in reading.answers.repairs:
        return len(kinds(reading.rows("devs"))) > 1
    header = next(iter(reading.others("devs", "STATUS")), reading.empty)
    return static(counted_kinds(header["Msg"])) > 1


@traceable
def counted_kinds(message: object) -> int:
    """Return the number of device kinds in a message such as "1 GPU(s) - 2 PGA(s)"; 0 for another value."""
    return len(_COUNTED.findall(message)) if isinstance(message, str) and len(message) < 256 else 0
