"""The Pools dashboard: who works for whom, is all of that work paid for, and is somebody stealing it?"""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import dashboard as d

from grafana.elements.expressions import ALL, ID, NONE, RESTING, SELECT, TARGETS, WORKING, covered, placed
from grafana.elements.frame import commonest, dashboard
from grafana.elements.looks import BAD, GOOD, NONE_IS_GOOD, REJECT_STEPS, WARN, Steps
from grafana.elements.panels import VALUE_AND_NAME, AnyPanel, Query, panel_of, stat
from grafana.elements.tables import ADDRESS, GROUP, MINER, Column, table
from grafana.pages import pools_course, pools_work
from grafana.pages.pools_work import HOST, PAID, PAID_STEPS, PROVEN, UNEXPECTED, WORKS, hosted, rejects

BACKUP_STEPS: Final[Steps] = ((None, GOOD), (1, WARN))
SHARE_STEPS: Final[Steps] = ((None, GOOD), (900, WARN), (3600, BAD))
WHERE: Final = {
    "model": Column("Model"),
    "address": ADDRESS,
    "config_group": GROUP,
}
FEE: Final = f'asic_pool_info{{{SELECT},kind="devfee"}}'
FIRST: Final = f"min by ({ID}) (asic_pool_priority{ALL} unless on ({ID}, pool) {FEE})"
# Works for an entry that is not the first of its list, and for no entry that is.
BACKUP: Final = (
    f"(asic_pool_active{ALL} == 1 and on ({ID}, pool) (asic_pool_priority{ALL} > on ({ID}) group_left () {FIRST})"
    f" unless on ({ID}) (asic_pool_active{ALL} == 1 and on ({ID}, pool)"
    f" (asic_pool_priority{ALL} == on ({ID}) group_left () {FIRST})))"
)
STRANDED: Final = f"max by ({ID}) (pool:asic_pool_up:host{ALL}) == 0 unless on ({ID}) {RESTING}"
WAITING: Final = f"(time() - max by ({ID}) (asic_pool_last_share_timestamp_seconds{ALL}) and on ({ID}) {WORKING})"


def out_of(what: str, of: str) -> str:
    """How many miners are so, with the number of those that could be as the label `of`; nothing where none could."""
    able = f"count(count by ({ID}) ({of}))"
    return covered(f"count(count by ({ID}) ({what})) or 0 * {able}", able, able)


def wrong() -> list[AnyPanel]:
    """What must never be: tiles that are zero on a good day."""
    return [
        stat(
            "On unexpected pools",
            "Miners that work for a pool that the configuration does not expect, of those for which it expects any. "
            "More than none is theft or a mistake.",
            Query(out_of(f"asic_active_pool_expected{ALL} == 0", f"asic_active_pool_expected{ALL}"), "of {{of}}"),
            unit="locale",
            steps=NONE_IS_GOOD,
            text=VALUE_AND_NAME,
            empty="no pool is expected of a miner that answers",
            link=panel_of("Miners on unexpected pools"),
        ),
        stat(
            "All pools dead",
            "Miners that reach none of their pools and do not rest, of those that say whether their pools are alive.",
            Query(out_of(STRANDED, f"pool:asic_pool_up:host{ALL}"), "of {{of}}"),
            unit="locale",
            steps=NONE_IS_GOOD,
            text=VALUE_AND_NAME,
            empty="no miner says it",
            link=panel_of("Miners without a pool"),
        ),
        stat(
            "On a back-up pool",
            "Miners that work for a pool that is not the first of their list, of those that say the order.",
            Query(out_of(BACKUP, f"asic_pool_priority{ALL} and on ({ID}, pool) asic_pool_active{ALL}"), "of {{of}}"),
            unit="locale",
            steps=BACKUP_STEPS,
            text=VALUE_AND_NAME,
            empty="no miner says it",
            link=panel_of("Miners on a back-up pool"),
        ),
        stat(
            "Longest without a share",
            "The miner that works and found no share for the longest time. A pool may ask for such difficult shares "
            "that a small miner needs hours.",
            Query(f"topk(1, {WAITING})", "{{miner}}"),
            unit="dtdurations",
            decimals=0,
            steps=SHARE_STEPS,
            text=VALUE_AND_NAME,
            empty="no miner says it",
            link=panel_of("Miners without a share"),
        ),
    ]


def paid() -> list[AnyPanel]:
    """What the work is worth."""

    def lost(kind: str) -> Query:
        """That kind of shares, of all shares."""
        counted = {one: f"sum(increase(asic_shares_{one}_total{ALL}[$__range]))" for one in (kind, "accepted")}
        return Query(f"{counted[kind]} / ({counted[kind]} + {counted['accepted']} > 0)")

    return [
        stat(
            "Rejected",
            "Rejected shares of all shares in the time range.",
            lost("rejected"),
            unit="percentunit",
            decimals=2,
            steps=REJECT_STEPS,
        ),
        stat(
            "Stale",
            "Shares in the time range that came too late to be paid for.",
            lost("stale"),
            unit="percentunit",
            decimals=2,
            steps=REJECT_STEPS,
        ),
        stat(
            "Accepted of claimed",
            "What the accepted difficulty of the last hour proves, against what the same miners claim to hash: "
            "SHA-256 miners that say both. Chance moves it by some percent, more in a small fleet.",
            Query(covered(PAID, f"(count({PROVEN}) or {NONE})", TARGETS), "{{said}} of {{of}} say both"),
            unit="percentunit",
            decimals=1,
            steps=PAID_STEPS,
            text=VALUE_AND_NAME,
            empty="no miner says both",
            link=panel_of("Claim more than is accepted"),
        ),
        stat(
            "Developer's fee",
            "Mean part of the work that firmware gives to its maker, over the miners whose firmware says it.",
            Query(
                covered(
                    f"avg(asic_developer_fee_ratio{ALL})",
                    f"count(asic_developer_fee_ratio{ALL})",
                    TARGETS,
                ),
                "{{said}} of {{of}} say it",
            ),
            unit="percentunit",
            decimals=2,
            text=VALUE_AND_NAME,
            empty="no firmware says it",
        ),
    ]


def whom() -> list[AnyPanel]:
    expected = f"{WORKS} and on ({ID}) asic_active_pool_expected{ALL}"
    of = f'(miner:asic_hashrate_hashes_per_second:now{{{SELECT},algorithm="$algorithm"}} * on ({ID}) {HOST} {WORKS})'
    return [
        table(
            "Who works for whom",
            "The pools in the miners' lists: how many work there now, how many of these should not, the hashrate of "
            "the chosen algorithm, and how many miners call the pool dead. Shares are of the time range.",
            [
                f"count by (host) ({WORKS}) or 0 * count by (host) ({hosted(f'asic_pool_up{ALL}')})",
                f"count by (host) ({UNEXPECTED}) or 0 * count by (host) ({expected})",
                f"sum by (host) ({of})",
                f"sum by (host) ({of}) / on () group_left () sum({of})",
                f"sum by (host) ({hosted(f'1 - asic_pool_up{ALL}')})",
                f"sum by (host) ({hosted(f'increase(asic_pool_shares_accepted_total{ALL}[$__range])')})",
                rejects("rejected"),
                rejects("stale"),
                f"quantile by (host) (0.5, {hosted(f'asic_pool_latency_seconds{ALL}')})",
                f"avg by (host) ({hosted(f'asic_pool_loss_ratio{ALL}')})",
            ],
            {
                "host": Column("Pool"),
                "Value #B": Column("Unexpected", unit="locale", steps=NONE_IS_GOOD, width=110),
                "Value #A": Column("Miners", unit="locale", width=85),
                "Value #C": Column("Hashrate", unit="Hs", width=110),
                "Value #D": Column("Of hashrate", unit="percentunit", gauge_max=1, decimals=1),
                "Value #E": Column("Call it dead", unit="locale", steps=NONE_IS_GOOD, width=115),
                "Value #F": Column("Accepted", unit="short", decimals=1, width=100),
                "Value #G": Column("Rejected", unit="percentunit", steps=REJECT_STEPS, decimals=2, width=100),
                "Value #H": Column("Stale", unit="percentunit", steps=REJECT_STEPS, decimals=2, width=90),
                "Value #I": Column("Latency", unit="s", decimals=0, width=90),
                "Value #J": Column("Loss", unit="percentunit", decimals=1, width=80),
            },
            size=(24, 8),
            sort="Miners",
            descending=True,
            rows=50,
            empty="no miner names its pool",
        ),
    ]


def whose() -> list[AnyPanel]:
    """The miners behind the tiles."""
    return [
        table(
            "Miners on unexpected pools",
            "Twenty miners that work for a pool that the configuration does not expect, and for which pool.",
            [placed(f"topk(20, {UNEXPECTED})", "model, address, config_group")],
            {"miner": MINER, "host": Column("Works for"), **WHERE},
            size=(24, 8),
            sort="Works for",
            empty="no miner works for a pool that it should not work for, where pools are expected",
        ),
        table(
            "Miners on a back-up pool",
            "Twenty miners that work for a pool that is not the first of their list.",
            [placed(f"topk(20, {hosted(BACKUP)})")],
            {
                "miner": MINER,
                "host": Column("Works for"),
                "model": Column("Model"),
                "address": ADDRESS,
            },
            sort="Miner",
            empty="every miner works for the first pool of its list",
        ),
        table(
            "Miners without a pool",
            "Twenty miners that reach none of their pools and do not rest.",
            [placed(f"topk(20, 1 - ({STRANDED}))")],
            {"miner": MINER, "model": Column("Model"), "address": ADDRESS},
            sort="Miner",
            empty="every miner reaches a pool",
        ),
        table(
            "Miners without a share",
            "Twenty miners that work and found no share for the longest time, and the pool that they work for.",
            [placed(f"topk(20, {WAITING} * on ({ID}) {HOST} {WORKS})")],
            {
                "miner": MINER,
                "Value": Column("Since", unit="dtdurations", decimals=0, steps=SHARE_STEPS, width=150),
                "host": Column("Works for"),
                "model": Column("Model"),
            },
            sort="Since",
            descending=True,
            empty="no miner says when it found its last share",
        ),
    ]


def build() -> d.Dashboard:
    board = dashboard(
        "asic-pools",
        "Who works for whom, is all of that work paid for, and is somebody stealing it?",
        {
            "": wrong() + paid() + whom() + pools_course.course(),
            "Which miners": whose() + pools_work.worst(),
        },
        {
            "Connections": pools_course.connections(),
            "Work and luck": pools_work.accounts() + pools_work.luck(),
        },
    )
    hashed = f'count by (algorithm) (miner:asic_target_info:known{{{SELECT},algorithm!=""}})'
    return board.with_variable(commonest("algorithm", "Algorithm", hashed))
