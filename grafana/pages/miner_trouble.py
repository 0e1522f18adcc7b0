"""The parts of the Miner dashboard about what is wrong: problems, alerts, faults, and sections that fail."""

from __future__ import annotations

from typing import Final

from grafana.elements.expressions import ID, ONE, SELECT_ONE
from grafana.elements.looks import BAD, GRAVITY, GREY, SKY, WARN
from grafana.elements.panels import AnyPanel, Query, graph
from grafana.elements.tables import Column, table

SEVERITIES: Final = {"page": ("page", BAD), "ticket": ("ticket", WARN), "info": ("info", GREY)}
FAULT_SEVERITIES: Final = {
    "critical": ("critical", BAD),
    "error": ("error", BAD),
    "warning": ("warning", WARN),
    "info": ("info", GREY),
}


def trouble() -> list[AnyPanel]:
    since = f"1000 * min by (alertname) (ALERTS_FOR_STATE{{{SELECT_ONE}}})"
    firing = f'max by (alertname, severity) (ALERTS{{{SELECT_ONE},alertstate="firing"}})'
    silent = f'label_replace(asic_up{ONE} == 0, "problem", "does not answer", "", "")'
    down = f'label_replace({silent}, "gravity", "2", "", "") unless on ({ID}) asic_off_expected{ONE} == 1'
    reported = f"asic_fault{ONE} == 1"
    seen = f"min_over_time(timestamp({reported})[$__range:1m]) and on ({ID}, code, component) {reported}"
    return [
        table(
            "What is wrong",
            "Everything that the miner reports or that is not as it should be, the gravest first.",
            [f"max by (gravity, problem, where) (miner:asic_problem:known{ONE} or {down})"],
            {
                "gravity": Column("Gravity", mappings=GRAVITY, width=80),
                "problem": Column("Problem"),
                "where": Column("Where"),
            },
            size=(8, 7),
            sort="Gravity",
            empty="nothing is wrong that the miner tells of",
        ),
        table(
            "Alerts",
            "The alerts about this miner that fire now, and since when their expression has held.",
            [firing, f"{since} and on (alertname) {firing}"],
            {
                "severity": Column("Severity", mappings=SEVERITIES, width=85),
                "alertname": Column("Alert"),
                "Value #B": Column("Since", unit="dateTimeFromNow", width=120),
            },
            size=(8, 7),
            sort="Severity",
            descending=True,
            empty="no alert fires",
        ),
        table(
            "Faults reported",
            "What the miner itself calls wrong now: the part, the code and the severity as it says them, and the first "
            "time within the time range.",
            [
                f"max by (code, component, severity) ({reported})",
                f"1000 * min by (code, component, severity) ({seen})",
            ],
            {
                "severity": Column("Severity", mappings=FAULT_SEVERITIES, width=85),
                "component": Column("Part"),
                "code": Column("Code"),
                "Value #B": Column("Since", unit="dateTimeFromNow", width=120),
            },
            size=(8, 7),
            sort="Severity",
            empty="the miner reports no fault",
        ),
    ]


def reading() -> list[AnyPanel]:
    fails = f"asic_section_up{ONE} == 0 and on ({ID}) asic_up{ONE} == 1"
    failures = f"rate(asic_poll_failures_total{ONE}[$__rate_interval]) * 60"
    return [
        table(
            "Sections that fail",
            "Answers of the miner that could not be read when they were last asked for.",
            [
                f"max by (section) ({fails})",
                f"1000 * max by (section) (asic_section_timestamp_seconds{ONE} and on ({ID}, section) ({fails}))",
            ],
            {"section": Column("Section"), "Value #B": Column("Last read", unit="dateTimeFromNow")},
            size=(8, 7),
            sort="Section",
            empty="no section fails",
        ),
        graph(
            "Polls",
            "Time that a poll took, from connect to the last byte.",
            Query(f"asic_poll_duration_seconds{ONE}", "duration"),
            unit="s",
            size=(8, 7),
            colors={"^duration$": SKY},
        ),
        graph(
            "Failed polls",
            "Polls a minute that read nothing, by reason and all together.",
            Query(f"sum by (reason) ({failures})", "{{reason}}"),
            Query(f"sum({failures}) or 0 * max(asic_up{ONE})", "all"),
            unit="suffix: /min",
            least=1,
            calcs=(),
            size=(8, 7),
            colors={"^all$": GREY},
        ),
    ]
