"""Metrics of the exporter itself, by prometheus-client: polls, failures, lag, repairs, mistakes, the process."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from functools import cache
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)

from exporter import __version__
from exporter.core.errors import REASONS
from exporter.plans.cache import PLANS
from exporter.polling.outcome import READERS, Outcome

REVISION: Final = os.environ.get("ASIC_EXPORTER_REVISION", "unknown")  # set by the image's build
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10)


class Telemetry:
    """The registry of the exporter's own metrics. Every reason and result is shown from zero."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        build = Gauge(
            "asic_exporter_build_info", "What runs here.", ["version", "revision", "python"], registry=registry
        )
        build.labels(__version__, REVISION, platform.python_version()).set(1)
        self.targets = Gauge(
            "asic_exporter_targets", "Miners polled, and addresses that may be one.", ["kind"], registry=registry
        )
        self.polls = Counter("asic_exporter_polls", "Polls ended, by result.", ["result"], registry=registry)
        self.failures = Counter(
            "asic_exporter_poll_failures", "Polls that read nothing.", ["reason"], registry=registry
        )
        self.reads = Counter(
            "asic_exporter_reads",
            "Polls read by the miner's last plan, by another plan, or by the decoder, which takes ten times as long.",
            ["by"],
            registry=registry,
        )
        plans = Gauge("asic_exporter_plans", "Plans kept: one for each kind of answers.", registry=registry)
        plans.set_function(PLANS.count)
        size = Gauge("asic_exporter_plan_bytes", "Memory that the plans take, nearly.", registry=registry)
        size.set_function(PLANS.size)
        self.duration = Histogram(
            "asic_exporter_poll_duration_seconds", "Time a poll takes.", buckets=BUCKETS, registry=registry
        )
        self.in_flight = Gauge("asic_exporter_polls_in_flight", "Polls under way.", registry=registry)
        self.poll_lag = Gauge(
            "asic_exporter_poll_lag_seconds", "How long the oldest due poll waits to start.", registry=registry
        )
        self.loop_lag = Gauge(
            "asic_exporter_loop_lag_seconds",
            "Longest that the event loop kept a timer waiting in the last 15 s.",
            registry=registry,
        )
        self.repairs = Counter(
            "asic_exporter_json_repairs",
            "Answers' defects that were repaired.",
            ["family", "repair"],
            registry=registry,
        )
        self.unknown = Counter(
            "asic_exporter_unknown_fields", "Fields that no decoder knows.", ["family", "section"], registry=registry
        )
        self.implausible = Counter(
            "asic_exporter_implausible",
            "Values left out, at each poll, because they are impossible or contradict others of the same miner.",
            ["family", "field"],
            registry=registry,
        )
        self.bugs = Counter("asic_exporter_internal_errors", "Mistakes of the exporter's own.", registry=registry)
        self.reloaded = Gauge(
            "asic_exporter_config_last_reload_successful", "1 if the configuration was read.", registry=registry
        )
        self.reload_time = Gauge(
            "asic_exporter_config_last_reload_success_timestamp_seconds",
            "When the configuration was read.",
            registry=registry,
        )
        self.log_lines_dropped = Counter(
            "asic_exporter_log_lines_dropped",
            "Log lines held back: too many alike, or nobody reads them.",
            registry=registry,
        )
        # Finding a child by its labels costs more than counting, so that children are cached.
        self.by_result, self.by_reason = cache(self.polls.labels), cache(self.failures.labels)
        self.by_reader = cache(self.reads.labels)
        self.repaired, self.not_known = cache(self.repairs.labels), cache(self.unknown.labels)
        self.left_out = cache(self.implausible.labels)
        for kind in ("target", "candidate"):
            self.targets.labels(kind)
        for result in ("success", "partial", "failure"):
            self.by_result(result)
        for reason in REASONS:
            self.by_reason(reason)
        for reader in READERS:
            self.by_reader(reader)

    def configured(self) -> None:
        """Note that the configuration was read and is in force."""
        self.reloaded.set(1)
        self.reload_time.set(time.time())

    def watch(self, targets: Callable[[], int], candidates: Callable[[], int], lag: Callable[[], float]) -> None:
        """Set the functions that give the schedule's numbers whenever the page is made."""
        self.targets.labels("target").set_function(targets)
        self.targets.labels("candidate").set_function(candidates)
        self.poll_lag.set_function(lag)

    def polled(self, outcome: Outcome) -> None:
        """Count one poll."""
        self.duration.observe(outcome.duration)
        if outcome.error is not None:
            self.by_result("failure").inc()
            self.by_reason(outcome.error.reason).inc()
        else:
            self.by_result("success" if outcome.whole else "partial").inc()
        if outcome.by:
            self.by_reader(outcome.by).inc()
        for repair, times in outcome.session.answers.repairs.items():
            self.repaired(outcome.family, repair).inc(times)
        for section, times in outcome.unknown.items():
            self.not_known(outcome.family, section).inc(times)
        for name in outcome.implausible:
            self.left_out(outcome.family, name).inc()
        if outcome.bugs:
            self.bugs.inc(len(outcome.bugs))
