"""What classic cgminer notes of each device: when it was well, when it was not, and why.

Odd about it: the reason stays for good once there was one, so that it counts only while the device has not been well
since, or for an hour; it is a sentence, of a dozen that the program has. When a device was well is told now by the wall
clock and now by the time since the machine's start; when it was not, by the wall clock alone. Its counts are left
alone: a device that dies shows in devs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core.tracing import traceable
from exporter.core.values import positive, text
from exporter.core.vocabulary import Fault, Part
from exporter.decode.common.faults import CRITICAL, MOST, WARNING, recent
from exporter.parse.rows import Reading
from exporter.questions import line

NOTIFY = line("notify")

# What the reasons are called among the counts, and how grave they are, by a word in them: the first that is found.
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
UNIX: Final = 1e9  # what is below was told by another clock, that of the time since the machine's start


def about(reason: str) -> tuple[str, str]:
    """(code, severity) of a reason."""
    return next(((code, severity) for word, code, severity in REASONS if word in reason.lower()), UNKNOWN)


@traceable
def holds(well: object, unwell: object, now: object) -> int | None:
    """1 where it was not well after it was well, or within the last hour of the miner's own time; None where not."""
    last, since = positive(well), positive(unwell)
    if last is None or since is None:
        return None
    return 1 if since >= last and (last >= UNIX or since < UNIX) else recent(since, positive(now))


def notify(reading: Reading) -> Iterator[Part]:
    for row in reading.rows("notify")[:MOST]:
        board, reason = text(row.static("NOTIFY")), text(row.static("Reason Not Well"))
        if board and reason and reason != "None":
            code, severity = about(reason)
            now = next(iter(reading.others("notify", "STATUS")), reading.empty)["When"]
            timed = "Last Well" in row or "Last Not Well" in row  # a firmware that keeps no times says what is now
            held = holds(row["Last Well"], row["Last Not Well"], now) if timed else 1
            yield Fault(code, f"board:{board}", severity, held)
