"""The command `notify` of classic cgminer: when a device was last well, when it last failed, and why.

Quirks: a reason is never cleared. So a reason counts for an hour, or until the device is well again. The program has a
dozen reasons, which are sentences. `Last Well` counts from 1970 or from the machine's start, `Last Not Well` always
from 1970. The counts are ignored, because a dead device shows in devs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import traceable
from exporter.core.values import positive, text
from exporter.decode.common.faults import CRITICAL, MOST, WARNING, recent
from exporter.parse.rows import Reading
from exporter.questions import line

NOTIFY = line("notify")

# (word in the reason, code, severity). The first matching word counts. The codes are the names of notify's counts.
REASONS: Final = (
    ("zero hash", "thread_zero_hash", WARNING),
    ("queue", "thread_fail_queue", WARNING),
    ("dead", "dev_dead_idle", CRITICAL),
    ("idle", "dev_sick_idle", WARNING),
    ("failed to start", "dev_nostart", CRITICAL),
    ("init", "thread_fail_init", CRITICAL),
    ("cutoff", "dev_thermal_cutoff", CRITICAL),
    ("heat", "dev_over_heat", CRITICAL),
    ("comms", "dev_comms_error", WARNING),
    ("throttle", "dev_throttle", WARNING),
)
UNKNOWN: Final = ("other", WARNING)
UNIX: Final = 1e9  # a smaller time counts from the machine's start


def about(reason: str) -> tuple[str, str]:
    """Return (code, severity) of a reason."""
    return next(((code, severity) for word, code, severity in REASONS if word in reason.lower()), UNKNOWN)


@traceable
def holds(well: object, unwell: object, now: object) -> int | None:
    """Return 1 for a device that failed after it was last well, or within the last hour by its clock; else None."""
    last, since = positive(well), positive(unwell)
    if last is None or since is None:
        return None
    return 1 if since >= last and (last >= UNIX or since < UNIX) else recent(since, positive(now))


def notify(reading: Reading) -> Iterator[v.Part]:
    """Yield a fault for each device that is not well."""
    for row in reading.rows("notify")[:MOST]:
        board, reason = text(row.static("NOTIFY")), text(row.static("Reason Not Well"))
        if board and reason and reason != "None":
            code, severity = about(reason)
            now = next(iter(reading.others("notify", "STATUS")), reading.empty)["When"]
            timed = "Last Well" in row or "Last Not Well" in row  # firmware without times reports the present state
            held = holds(row["Last Well"], row["Last Not Well"], now) if timed else 1
            yield v.Fault(code, f"board:{board}", severity, held)
