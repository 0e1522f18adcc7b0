"""The computer that runs the miner: its memory and radio, its restarts, who holds it back, the firmware's licence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from exporter.core.vocabulary.part import Part, Text, Value, counter, gauge


@dataclass(slots=True)
class Device(Part):
    wifi_signal_dbm: Value = gauge("Strength of the Wi-Fi signal, in decibels below a milliwatt: -50 is good, -80 bad.")
    memory_free_bytes: Value = gauge("Memory that is free.")
    memory_free_min_bytes: Value = gauge("Least memory that was free since the device booted.")
    memory_total_bytes: Value = gauge("Memory that the device has.")
    storage_free_bytes: Value = gauge("Storage that is free.")
    storage_total_bytes: Value = gauge("Storage that the device has.")
    cpu_usage_ratio: Value = gauge("Part of the processor's time that is used.")
    miner_restarts_total: Value = counter("Restarts of the mining process, where the firmware counts them.")
    overheats_total: Value = counter("Times that the miner stopped for heat, where the firmware counts them.")
    miner_state_since_timestamp_seconds: Value = gauge("Unix time since which the miner is in its state.")


@dataclass(slots=True)
class LastReset(Part):
    PREFIX: ClassVar[str] = "last_reset_info"
    INFO: ClassVar[str] = "Why the device booted last, as a word of a closed set."
    reason: Text = ""


@dataclass(slots=True)
class Curtailment(Part):
    source: str = ""
    curtailed: Value = gauge("1 while somebody holds the miner back on purpose, 0 if nobody does; source says who.")
    curtailment_target_ratio: Value = gauge("Part of its power that the miner may draw while it is held back.")
    curtailment_last_message_timestamp_seconds: Value = gauge("Unix time of the latest word from that source.")


@dataclass(slots=True)
class LicenseState(Part):
    state: str = ""
    license_state: Value = gauge("1 for the state of the firmware's licence, 0 for the others; absent where unknown.")


RESET_REASONS = ("power_on", "software", "crash", "watchdog", "brownout", "external", "sleep", "other")
CURTAILMENT_SOURCES = ("user", "remote", "schedule", "power", "heat", "other")
LICENSE_STATES = ("none", "limited", "valid", "expired")


def license_states(current: str | None) -> Iterator[LicenseState]:
    """Yield a part for each of LICENSE_STATES, with 1 for the current state; nothing if the state is unknown."""
    if current in LICENSE_STATES:
        yield from (LicenseState(state, int(state == current)) for state in LICENSE_STATES)
