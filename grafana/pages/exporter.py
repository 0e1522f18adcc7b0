"""The Exporter dashboard: is the exporter itself well, and what does it fail to read?"""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import dashboard as d

from grafana.elements.expressions import ALL, ID, SELECT, covered, leading, placed
from grafana.elements.frame import dashboard
from grafana.elements.looks import BAD, GOOD, GREY, NONE_IS_GOOD, ORANGE, SKY, SOME_IS_GOOD, VERMILLION, WARN, Steps
from grafana.elements.panels import VALUE_AND_NAME, AnyPanel, Query, graph, stat
from grafana.elements.tables import ADDRESS, MINER, Column, table
from grafana.pages import exporter_inside

POLLS: Final = f"increase(asic_exporter_polls_total{ALL}[$__rate_interval])"
# How often a miner is polled in truth: the configuration's intervals are no metric.
EVERY: Final = (
    f'sum(asic_exporter_targets{{{SELECT},kind="target"}})'
    f" / (sum(rate(asic_exporter_polls_total{ALL}[$__rate_interval])) > 0)"
)
LATE_STEPS: Final[Steps] = ((None, GOOD), (1, WARN), (10, BAD))
FAILED_STEPS: Final[Steps] = ((None, GOOD), (0.05, WARN), (0.2, BAD))
REASONS: Final = {
    "^timeout$": ORANGE,
    "^refused$": VERMILLION,
    "^unreachable$": SKY,
}
RELOADED: Final = {"read well": GOOD, "not read": BAD}


def well() -> list[AnyPanel]:
    scraped = f"(count(up{{{SELECT}}}) or vector(0))"
    failed = f'sum(increase(asic_exporter_polls_total{{{SELECT},result="failure"}}[$__rate_interval]))'
    read = f"asic_exporter_config_last_reload_successful{ALL}"
    return [
        stat(
            "Exporters",
            "Exporters that Prometheus could read at its last try.",
            Query(covered(f"sum(up{{{SELECT}}}) or vector(0)", scraped, scraped), "of {{of}}"),
            unit="locale",
            steps=SOME_IS_GOOD,
            text=VALUE_AND_NAME,
        ),
        stat(
            "Internal errors",
            "Mistakes of the exporter's own in the time range: each has a line in its log, and is worth a report.",
            Query(f"sum(increase(asic_exporter_internal_errors_total{ALL}[$__range]))"),
            unit="locale",
            steps=NONE_IS_GOOD,
            decimals=0,
        ),
        stat(
            "Configuration",
            "Whether every exporter could read its configuration at the last try; the one before stays in force.",
            Query(f"count({read} == 1) unless on () {read} == 0", "read well"),
            Query(f"count({read} == 0)", "not read"),
            unit="none",
            names=RELOADED,
        ),
        stat(
            "Values left out",
            "Values of the time range that were impossible or contradicted others of the same miner.",
            Query(f"sum(increase(asic_exporter_implausible_total{ALL}[$__range])) or 0 * sum(up{{{SELECT}}})"),
            unit="locale",
            decimals=0,
            steps=((None, GOOD), (1, WARN)),
        ),
        stat(
            "Miners polled",
            "Miners that are polled, and addresses of ranges that are tried now and then.",
            Query(
                covered(
                    f'sum(asic_exporter_targets{{{SELECT},kind="target"}})',
                    f'sum(asic_exporter_targets{{{SELECT},kind="candidate"}})',
                    f'sum(asic_exporter_targets{{{SELECT},kind="candidate"}})',
                ),
                "and {{said}} addresses tried",
            ),
            unit="locale",
            text=VALUE_AND_NAME,
        ),
        stat(
            "Polled every",
            "How often a miner is polled in truth: miners over polls. It grows beyond the interval of the "
            "configuration where the exporter cannot keep up.",
            Query(EVERY),
            unit="s",
            decimals=1,
            history=True,
        ),
        stat(
            "Polls late",
            "How long the oldest due poll waits to start, at the exporter that is latest.",
            Query(f"max(asic_exporter_poll_lag_seconds{ALL})"),
            unit="s",
            decimals=1,
            steps=LATE_STEPS,
            history=True,
        ),
        stat(
            "Polls that read nothing",
            "Of the polls that ended in the last minutes.",
            Query(f"{failed} / (sum({POLLS}) > 0)"),
            unit="percentunit",
            decimals=1,
            steps=FAILED_STEPS,
            history=True,
        ),
    ]


def course() -> list[AnyPanel]:
    failures = f"rate(asic_exporter_poll_failures_total{ALL}[$__rate_interval]) * 60"

    def latest(what: str, legend: str) -> Query:
        return Query(leading(5, f"max by (instance) (asic_exporter_{what}_lag_seconds{ALL})", "instance"), legend)

    buckets = f"sum by (le) (rate(asic_exporter_poll_duration_seconds_bucket{ALL}[$__rate_interval]))"
    return [
        graph(
            "Polls by result",
            "Polls a minute that read everything that was asked, a part of it, or nothing.",
            Query(f"sum by (result) (rate(asic_exporter_polls_total{ALL}[$__rate_interval])) * 60", "{{result}}"),
            unit="suffix: /min",
            stack=True,
            least=1,
            colors={"^success$": SKY, "^partial$": ORANGE, "^failure$": VERMILLION},
        ),
        graph(
            "Failed polls by reason",
            "Polls a minute that read nothing, by reason and all together.",
            Query(f"topk(10, sum by (reason) ({failures}) > 0)", "{{reason}}"),
            Query(f"sum({failures})", "all"),
            unit="suffix: /min",
            least=1,
            colors={**REASONS, "^all$": GREY},
        ),
        graph(
            "Duration of a poll",
            "Time that polls took, from connect to the last byte: the median, and what 95 and 99 of 100 stay below.",
            Query(f"histogram_quantile(0.99, {buckets})", "99th percentile"),
            Query(f"histogram_quantile(0.95, {buckets})", "95th percentile"),
            Query(f"histogram_quantile(0.5, {buckets})", "median"),
            unit="s",
            colors={"99th": VERMILLION, "95th": ORANGE, "median": SKY},
        ),
        graph(
            "Lag",
            "How late polls start, and how late the exporter's event loop wakes, at the exporters that are latest.",
            latest("poll", "polls, {{instance}}"),
            latest("loop", "loop, {{instance}}"),
            unit="s",
            colors={"^polls": BAD, "^loop": SKY},
        ),
    ]


def unread() -> list[AnyPanel]:
    """Tables of the miners that are not read, or not read whole."""
    failing = f"asic_section_up{ALL} == 0 and on ({ID}) asic_up{ALL} == 1"
    worst_read = f"topk(15, count by ({ID}) ({failing}))"
    failed = f"increase(asic_poll_failures_total{ALL}[$__range])"
    worst = f"topk(15, sum by ({ID}, reason) ({failed}) >= 1)"
    slowest = f"topk(15, max by ({ID}) (asic_poll_duration_seconds{ALL}))"
    where = {"model": Column("Model"), "address": ADDRESS}
    return [
        table(
            "Questions that fail",
            "Questions that miners do not answer although they answer others: how many miners, of how many that are "
            "asked.",
            [
                f"topk(20, count by (section) ({failing}))",
                f"count by (section) (asic_section_up{ALL}) and on (section) count by (section) ({failing})",
            ],
            {
                "section": Column("Question"),
                "Value #A": Column("Miners", unit="locale", width=90),
                "Value #B": Column("Of", unit="locale", width=90),
            },
            size=(8, 9),
            sort="Miners",
            descending=True,
            empty="every question is answered",
        ),
        table(
            "Miners that are read in part",
            "Miners that leave most questions unanswered, and one of the questions; the miner's page names them all.",
            [
                placed(worst_read),
                f"topk by ({ID}) (1, max by ({ID}, section) ({failing})) and on ({ID}) {worst_read}",
            ],
            {
                "miner": MINER,
                "Value #A": Column("Unanswered", unit="locale", width=120),
                "section": Column("Such as"),
                **where,
            },
            size=(16, 9),
            sort="Unanswered",
            descending=True,
            empty="every miner that answers is read whole",
        ),
        table(
            "Most failed polls",
            "Polls of the time range that read nothing, by miner and reason.",
            [placed(worst)],
            {
                "miner": MINER,
                "Value": Column("Failed", unit="locale", decimals=0, width=80),
                "reason": Column("Reason", width=150),
                **where,
            },
            sort="Failed",
            descending=True,
            empty="no poll failed in the time range",
        ),
        table(
            "Slowest miners",
            "Miners whose last poll took longest.",
            [placed(slowest)],
            {
                "miner": MINER,
                "Value": Column("Last poll", unit="s", decimals=2, width=90),
                **where,
            },
            sort="Last poll",
            descending=True,
        ),
    ]


def build() -> d.Dashboard:
    return dashboard(
        "asic-exporter",
        "Is the exporter itself well, and what does it fail to read?",
        {"": well() + course(), "What is not read": unread()},
        {
            "Reading": exporter_inside.reading(),
            "Processes": exporter_inside.processes(),
            "Prometheus": exporter_inside.prometheus(),
        },
    )
