"""The notes of classic cgminer about each device: when it was well, when it was not, and why.

Quirks: a reason stays for good, so that it counts for an hour, or while the device has not been well since. The reason
is a sentence, of a dozen that the program has. The time of being well comes from the wall clock or from the time since
the machine's start. The other time comes from the wall clock alone. The counts are left alone: a device that dies shows
in devs.
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

# The reasons by a word in them, the first that is found: their name among the counts, and their severity.
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
    """Return 1 for a device that became unwell after it was well, or within the last hour of its own time; else
    None."""
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
            timed = "Last Well" in row or "Last Not Well" in row  # firmware without times tells the present
            held = holds(row["Last Well"], row["Last Not Well"], now) if timed else 1
            yield v.Fault(code, f"board:{board}", severity, held)
