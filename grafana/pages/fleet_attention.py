"""The rows of the Fleet dashboard that name miners: those that need somebody."""

from __future__ import annotations

from typing import Final

from grafana.elements.expressions import ALL, ID, KNOWN, TARGETS
from grafana.elements.looks import GRAVITY, NOMINAL_STEPS
from grafana.elements.panels import AnyPanel
from grafana.elements.tables import ADDRESS, GROUP, MINER, MODEL, Column, table
from grafana.pages.fleet_words import HASHED, LOST_EACH, NOW_EACH, alerting, wrong

ROWS: Final = 100
UNSHOWN: Final = (
    "job",
    "instance",
    "algorithm",
    "family",
    "severity",
    "works",
    "of",
)  # the rest are the labels of place


def unrecorded() -> str:
    """A problem of the farm itself: its miners are scraped, and nothing is recorded of them."""
    unknown = f"1 + 0 * {TARGETS} unless on () count(instance:asic_up:count{ALL})"
    problem = f'label_replace({unknown}, "problem", "the recording rules are not loaded", "", "")'
    return f'label_replace({problem}, "gravity", "1", "", "")'


def in_trouble() -> list[AnyPanel]:
    gravest = " or ".join(f"{4 - int(gravity)} * {wrong(gravity)}" for gravity in GRAVITY)
    return [
        table(
            "Problems now",
            "Everything that a miner reports or that the configuration does not expect, the gravest first: page is "
            f"for the night, ticket for the morning, info is good to know. At most {ROWS} rows; miners that do not "
            "answer have a table of their own. Click a miner to look at it, and an address for its own page.",
            [f"topk({ROWS}, {gravest}) or {unrecorded()}"],
            {
                "gravity": Column("Gravity", mappings=GRAVITY, width=75),
                "miner": MINER,
                "problem": Column("Problem", width=220),
                "where": Column("Part", width=170),
                "model": MODEL,
                "address": ADDRESS,
                "config_group": GROUP,
            },
            size=(24, 10),
            sort="Gravity",
            then="Problem",
            empty="no miner reports anything wrong",
            but=UNSHOWN,
        ),
    ]


def not_answering() -> list[AnyPanel]:
    lost = f"asic_up{ALL} == 0"
    failed = f"increase(asic_poll_failures_total{ALL}[15m]) > 0 and on ({ID}) {lost}"
    return [
        table(
            "Not answering",
            "Miners that did not answer their last poll: what they were and where they are, how long ago they were "
            "read, if they ever were, what they lack of their nominal hashrate, and why most of the polls in the time"
            f" range failed. At most {ROWS} rows; Inventory has them all.",
            [
                f"{KNOWN} and on ({ID}) {lost}",
                f"max by ({ID}) (1000 * asic_last_success_timestamp_seconds{ALL} and on ({ID}) {lost})",
                f"max by ({ID}, reason) (topk by ({ID}) (1, {failed}))",
                f"max by ({ID}) ({LOST_EACH} and on ({ID}) {lost})",
            ],
            {
                "miner": MINER,
                "Value #B": Column("Last read", unit="dateTimeFromNow", width=130),
                "reason": Column("Reason", width=110),
                "model": MODEL,
                "Value #D": Column("Lost", unit="Hs", width=105),
                "address": ADDRESS,
                "config_group": GROUP,
            },
            size=(24, 8),
            sort="Last read",
            descending=True,
            rows=ROWS,
            empty="no miner fails to answer",
            but=UNSHOWN,
        ),
    ]


def furthest_off() -> list[AnyPanel]:
    most = f"topk(20, {LOST_EACH} > 0 and {NOW_EACH} > 0)"
    return [
        table(
            "Most hashrate missing",
            "The twenty miners of the chosen algorithm that lack most of their nominal hashrate, without those that "
            "rest or do not answer.",
            [most, f"1 - max by ({ID}) ({most} / miner:asic_hashrate_nominal_hashes_per_second:known{{{HASHED}}})"],
            {
                "miner": MINER,
                "model": MODEL,
                "Value #A": Column("Missing", unit="Hs", width=110),
                "Value #B": Column(
                    "Of nominal", unit="percentunit", decimals=1, steps=NOMINAL_STEPS, gauge_max=1, width=160
                ),
            },
            size=(12, 9),
            sort="Missing",
            descending=True,
            empty="no miner lacks anything",
        ),
    ]


def alerts() -> list[AnyPanel]:
    firing = f"count by (alertname, severity) ({alerting('.+')})"
    for gravity, (severity, _) in GRAVITY.items():
        firing = f'label_replace({firing}, "gravity", "{gravity}", "severity", "{severity}")'
    since = 'ALERTS_FOR_STATE{job=~"$job|",instance=~"$instance|",$by=~"$of"}'
    return [
        table(
            "Alerts firing",
            "What the rules find lasting long enough to tell somebody: how often, and since when the first of them. "
            "The page of a miner has its own alerts.",
            [firing, f"1000 * min by (alertname, severity) ({since}) and on (alertname) ({alerting('.+')})"],
            {
                "gravity": Column("Severity", mappings=GRAVITY, width=85),
                "alertname": Column("Alert"),
                "Value #A": Column("Firing", unit="locale", width=75),
                "Value #B": Column("Since", unit="dateTimeFromNow", width=130),
            },
            size=(12, 9),
            sort="Severity",
            empty="no alert fires",
        ),
    ]


def attention() -> list[AnyPanel]:
    return in_trouble() + not_answering() + furthest_off() + alerts()
