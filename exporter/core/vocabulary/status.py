"""The status of a target, exported from the first second on, even if the miner does not answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from exporter.core.vocabulary.part import Part, Text, Value, counter, gauge


@dataclass(slots=True)
class Status(Part):
    up: Value = gauge("1 if the last poll read at least one section beyond version, 0 if not.")
    poll_duration_seconds: Value = gauge("Time the last poll took, from connect to the last byte.")
    last_success_timestamp_seconds: Value = gauge("Unix time of the last poll that read the miner.")
    series_dropped_total: Value = counter("Series left out because the miner exceeded its series limit.")


@dataclass(slots=True)
class TargetInfo(Part):
    PREFIX: ClassVar[str] = "target_info"
    INFO: ClassVar[str] = "Where the configuration says the miner is: its host as a URL has it, and its group."
    address: Text = ""
    config_group: Text = ""


@dataclass(slots=True)
class OffExpected(Part):
    off_expected: Value = gauge("1 while the configuration plans the miner to be off, 0 at other times.")


@dataclass(slots=True)
class Section(Part):
    PREFIX: ClassVar[str] = "section_"
    section: str = ""
    up: Value = gauge("1 if the answer to that question was read when it was last asked, 0 if it failed.")
    timestamp_seconds: Value = gauge("Unix time at which a slowly asked section was last read.")


@dataclass(slots=True)
class PollFailures(Part):
    reason: str = ""
    poll_failures_total: Value = counter("Polls that read nothing, by reason.")
