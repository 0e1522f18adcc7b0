"""The closed rows of the Exporter dashboard: how answers are read, the processes, and what Prometheus pays."""

from __future__ import annotations

from typing import Final

from grafana.elements.expressions import ALL, ID, SELECT, leading, placed
from grafana.elements.looks import GOOD, GREY, ORANGE, SKY, VERMILLION, WARN, Steps
from grafana.elements.panels import AnyPanel, Query, graph
from grafana.elements.tables import ADDRESS, MINER, Column, table

READ: Final = {"1": ("yes", GOOD), "0": ("failed", VERMILLION)}
BUSY_STEPS: Final[Steps] = ((None, GOOD), (0.05, WARN), (0.1, VERMILLION))


def reading() -> list[AnyPanel]:
    def most(metric: str, by: str) -> str:
        return f"topk(15, sum by ({by}) (increase({metric}{ALL}[$__range])) >= 1)"

    age = f"time() - asic_section_timestamp_seconds{ALL}"
    return [
        graph(
            "Polls by reader",
            "Polls a minute read by the miner's last plan, by another plan, or by the decoder, which takes ten times "
            "as long: much of that is firmware whose answers never look alike.",
            Query(f"sum by (by) (rate(asic_exporter_reads_total{ALL}[$__rate_interval])) * 60", "{{by}}"),
            unit="suffix: /min",
            stack=True,
            least=1,
            size=(8, 8),
            colors={"^plan$": SKY, "^another_plan$": ORANGE, "^decoder$": VERMILLION},
        ),
        graph(
            "Plans",
            "Plans kept, one for each kind of answers, and the memory that they take (dotted).",
            Query(f"sum(asic_exporter_plans{ALL})", "plans"),
            Query(f"sum(asic_exporter_plan_bytes{ALL})", "memory"),
            unit="locale",
            size=(8, 8),
            right={"^memory$": "bytes"},
            colors={"^plans$": SKY, "^memory$": GREY},
        ),
        graph(
            "Age of slow answers",
            "How long ago the answers that are asked for seldom were read: the oldest and the median of each question.",
            Query(leading(5, f"max by (section) ({age})", "section"), "{{section}}, oldest"),
            Query(f"quantile(0.5, {age})", "median of all"),
            unit="s",
            size=(8, 8),
            colors={"^median": GREY},
        ),
        table(
            "Values left out",
            "Values of the time range that are impossible or contradict others of the same miner.",
            [most("asic_exporter_implausible_total", "family, field")],
            {
                "family": Column("Family", width=110),
                "field": Column("Field"),
                "Value": Column("Times", unit="locale", decimals=0, width=90),
            },
            size=(8, 9),
            sort="Times",
            descending=True,
            empty="no value was left out",
        ),
        table(
            "Fields that no decoder knows",
            "What firmware said in the time range that is not read: much of it after an update is news.",
            [most("asic_exporter_unknown_fields_total", "family, section")],
            {
                "family": Column("Family", width=110),
                "section": Column("Question"),
                "Value": Column("Times", unit="locale", decimals=0, width=90),
            },
            size=(8, 9),
            sort="Times",
            descending=True,
            empty="every field is known",
        ),
        table(
            "Answers repaired",
            "Defects of the answers' form that were repaired in the time range.",
            [most("asic_exporter_json_repairs_total", "family, repair")],
            {
                "family": Column("Family", width=110),
                "repair": Column("Repair"),
                "Value": Column("Times", unit="locale", decimals=0, width=90),
            },
            size=(8, 9),
            sort="Times",
            descending=True,
            empty="no answer needed a repair",
        ),
        table(
            "Series left out",
            "Miners that exceeded their limit of series in the time range; the series of chips go first.",
            [placed(f"topk(15, sum by ({ID}) (increase(asic_series_dropped_total{ALL}[$__range])) >= 1)")],
            {
                "miner": MINER,
                "Value": Column("Series", unit="locale", decimals=0, width=90),
                "model": Column("Model"),
                "address": ADDRESS,
            },
            size=(24, 7),
            sort="Series",
            descending=True,
            empty="no miner exceeds its limit of series",
        ),
    ]


def processes() -> list[AnyPanel]:
    def each(expr: str) -> Query:
        return Query(leading(10, f"max by (instance) ({expr})", "instance"), "{{instance}}")

    about = f"asic_exporter_build_info{ALL}"
    return [
        table(
            "Exporters",
            "The exporters by version: when each started, read its configuration, and how many miners it polls.",
            [
                f"max by (instance, version, revision, python) ({about})",
                f"max by (instance) (1000 * process_start_time_seconds{ALL})",
                f"max by (instance) (1000 * asic_exporter_config_last_reload_success_timestamp_seconds{ALL})",
                f"max by (instance) (asic_exporter_config_last_reload_successful{ALL})",
                f'sum by (instance) (asic_exporter_targets{{{SELECT},kind="target"}})',
            ],
            {
                "instance": Column("Exporter"),
                "version": Column("Version"),
                "revision": Column("Revision"),
                "python": Column("Python"),
                "Value #B": Column("Started", unit="dateTimeFromNow"),
                "Value #C": Column("Configuration read", unit="dateTimeFromNow"),
                "Value #D": Column("Read well", mappings=READ, width=95),
                "Value #E": Column("Miners", unit="locale", width=85),
            },
            size=(24, 7),
            sort="Miners",
            descending=True,
        ),
        graph(
            "Processor",
            "Cores that each exporter takes.",
            each(f"rate(process_cpu_seconds_total{ALL}[$__rate_interval]) and on (job, instance) {about}"),
            unit="percentunit",
            size=(8, 8),
        ),
        graph(
            "Memory",
            "Memory that each exporter takes.",
            each(f"process_resident_memory_bytes{ALL} and on (job, instance) {about}"),
            unit="bytes",
            size=(8, 8),
        ),
        graph(
            "Open files",
            "Files and sockets that each exporter holds, of those that it may.",
            each(f"process_open_fds{ALL} / process_max_fds{ALL} and on (job, instance) {about}"),
            unit="percentunit",
            size=(8, 8),
        ),
        graph(
            "Polls under way",
            "Polls that each exporter has begun and not ended.",
            each(f"asic_exporter_polls_in_flight{ALL}"),
            unit="locale",
            least=1,
        ),
        graph(
            "Log lines held back",
            "Lines a minute that the log does not show: too many alike, or nobody reads them.",
            each(f"rate(asic_exporter_log_lines_dropped_total{ALL}[$__rate_interval]) * 60"),
            unit="suffix: /min",
            least=1,
        ),
    ]


def prometheus() -> list[AnyPanel]:
    """What the miners cost the Prometheus that stores them; the cost of rules only where it scrapes itself."""
    busy = "prometheus_rule_group_last_duration_seconds / prometheus_rule_group_interval_seconds"
    ours = '{rule_group=~".*;asic-.*"}'
    cost = busy.replace("seconds /", f"seconds{ours} /") + ours
    return [
        table(
            "Cost of the rules",
            "How much of its interval each group of rules takes: of one core, or waiting for the disk. Shown where "
            "Prometheus scrapes itself.",
            [f"topk(20, sum by (rule_group) ({cost}))"],
            {
                "rule_group": Column("Group of rules"),
                "Value": Column("Of its interval", unit="percentunit", decimals=2, steps=BUSY_STEPS, width=130),
            },
            sort="Of its interval",
            descending=True,
            empty="Prometheus does not scrape itself",
        ),
        graph(
            "Scrapes",
            "How long Prometheus takes to read each exporter, and how many samples it gets (dotted).",
            Query(f"max(scrape_duration_seconds{ALL})", "slowest scrape"),
            Query(f"sum(scrape_samples_scraped{ALL})", "samples"),
            unit="s",
            size=(12, 10),
            right={"^samples$": "locale"},
            colors={"^slowest": SKY, "^samples$": GREY},
        ),
    ]
