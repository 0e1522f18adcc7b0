"""Pool entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from exporter.core.vocabulary.part import Part, Text, Value, counter, gauge


@dataclass(slots=True)
class PoolInfo(Part):
    PREFIX: ClassVar[str] = "pool_info"
    INFO: ClassVar[str] = "Where the pool entry points; kind devfee is the firmware maker's own; user is opt-in."
    pool: str = ""
    host: Text = ""
    kind: Text = ""
    user: Text = ""


@dataclass(slots=True)
class Pool(Part):
    PREFIX: ClassVar[str] = "pool_"
    pool: str = ""
    up: Value = gauge("1 if the miner calls the pool alive, 0 if not.")
    active: Value = gauge("1 if work comes from the pool now.")
    priority: Value = gauge("Priority of the pool entry; 0 comes first.")
    quota: Value = gauge("Share of the work that the pool entry should get.")
    fixed_share_ratio: Value = gauge("Fixed part of the work that the pool entry should get, in place of a quota.")
    shares_accepted_total: Value = counter("Shares that the pool accepted.")
    shares_rejected_total: Value = counter("Shares that the pool rejected.")
    shares_stale_total: Value = counter("Shares that were stale at the pool.")
    shares_discarded_total: Value = counter("Work of the pool that was discarded.")
    share_difficulty_accepted_total: Value = counter("Difficulty of the shares that the pool accepted.")
    share_difficulty_rejected_total: Value = counter("Difficulty of the shares that the pool rejected.")
    share_difficulty_stale_total: Value = counter("Difficulty of the shares that were stale at the pool.")
    difficulty: Value = gauge("Share difficulty that the pool asks for.")
    last_share_difficulty: Value = gauge("Difficulty of the last share.")
    best_share_difficulty: Value = gauge("Difficulty of the best share.")
    last_share_timestamp_seconds: Value = gauge("Unix time of the last share.")
    getworks_total: Value = counter("Work requests to the pool.")
    get_failures_total: Value = counter("Work requests to the pool that failed.")
    remote_failures_total: Value = counter("Submissions that failed at the pool's side.")
    bad_work_total: Value = counter("Work of the pool that could not be used.")
    latency_seconds: Value = gauge("Time from a message to the pool until its answer, as the miner measures it.")
    loss_ratio: Value = gauge("Share of the messages to the pool without an answer, as the miner measures it.")
    reconnects_total: Value = counter("Connections to the pool that were lost and made again.")
    encrypted: Value = gauge("1 if the connection to the pool is encrypted, 0 if not.")
    verification_failures_total: Value = counter("Jobs of the pool that failed the miner's check of who is paid.")


@dataclass(slots=True)
class PoolRejects(Part):
    PREFIX: ClassVar[str] = "pool_"
    pool: str = ""
    reason: str = ""
    shares_rejected_by_reason_total: Value = counter("Shares that the pool rejected, by a closed set of reasons.")


REJECT_REASONS = ("stale", "low_difficulty", "duplicate", "unknown_job", "unauthorized", "other")
