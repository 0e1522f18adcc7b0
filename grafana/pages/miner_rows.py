"""The lower rows of the Miner dashboard: pools, faults and polling."""

from __future__ import annotations

from typing import Final

from grafana.elements.expressions import ONE
from grafana.elements.looks import GOOD, GREY, ORANGE, SKY, UP_DOWN, VERMILLION, by_index
from grafana.elements.panels import AnyPanel, Query, graph, timeline
from grafana.elements.tables import Column, table

POOLS: Final = by_index("pool")


def pools() -> list[AnyPanel]:
    return [
        table(
            "Pools",
            "The pool entries of the miner. Shares are over the time range.",
            [
                f"max by (pool, host, kind) (asic_pool_info{ONE})",
                f"max by (pool) (asic_pool_up{ONE})",
                f"max by (pool) (asic_pool_active{ONE})",
                f"sum by (pool) (increase(asic_pool_shares_accepted_total{ONE}[$__range]))",
                f"sum by (pool) (increase(asic_pool_shares_rejected_total{ONE}[$__range]))",
                f"max by (pool) (time() - asic_pool_last_share_timestamp_seconds{ONE})",
                f"max by (pool) (asic_pool_difficulty{ONE})",
            ],
            {
                "pool": Column("Pool", width=70),
                "host": Column("Host"),
                "kind": Column("Kind", width=80),
                "Value #B": Column("State", mappings=UP_DOWN, width=80),
                "Value #C": Column("Works", mappings={"1": ("yes", GOOD), "0": ("no", GREY)}, width=80),
                "Value #D": Column("Accepted", unit="locale", decimals=0, width=110),
                "Value #E": Column("Rejected", unit="locale", decimals=0, width=110),
                "Value #F": Column("Last share", unit="dtdurations", width=160),
                "Value #G": Column("Difficulty", unit="short", width=110),
            },
            size=(24, 6),
            sort="Pool",
        ),
    ]


def shares() -> list[AnyPanel]:
    work = f"sum(rate(asic_share_difficulty_accepted_total{ONE}[$__rate_interval])) * 2^32"
    return [
        graph(
            "Shares accepted",
            "Shares that each pool accepted, in a minute.",
            Query(f"rate(asic_pool_shares_accepted_total{ONE}[$__rate_interval]) * 60", "pool {{pool}}"),
            unit="suffix: /min",
            least=1,
            size=(8, 8),
            colors=POOLS,
        ),
        graph(
            "Shares rejected and stale",
            "Shares that were not paid for, in a minute, over all pools.",
            Query(f"sum(rate(asic_shares_rejected_total{ONE}[$__rate_interval])) * 60", "rejected"),
            Query(f"sum(rate(asic_shares_stale_total{ONE}[$__rate_interval])) * 60", "stale"),
            unit="suffix: /min",
            least=1,
            size=(8, 8),
            colors={"rejected": VERMILLION, "stale": ORANGE},
        ),
        graph(
            "Hashrate claimed and accepted",
            "What the miner says, and what its accepted difficulty amounts to. The latter scatters; their means agree.",
            Query(f"{work}", "accepted"),
            Query(f"asic_hashrate_hashes_per_second{ONE}", "claimed"),
            unit="Hs",
            size=(8, 8),
            calcs=["mean"],
            colors={"accepted": SKY, "claimed": ORANGE},
        ),
    ]


def health() -> list[AnyPanel]:
    up = f"asic_up{ONE}"
    failures = f"rate(asic_poll_failures_total{ONE}[$__rate_interval]) * 60"
    return [
        timeline(
            "Questions",
            "Whether the answer to each question could be read when it was last asked.",
            Query(f"asic_section_up{ONE}", "{{section}}"),
            Query(up, "miner"),
            mappings={"1": ("read", GOOD), "0": ("failed", VERMILLION)},
            size=(8, 8),
        ),
        graph(
            "Polls",
            "Time that a poll took, from connect to the last byte.",
            Query(f"asic_poll_duration_seconds{ONE}", "duration"),
            unit="s",
            size=(8, 8),
            colors={"^duration$": SKY},
        ),
        graph(
            "Failed polls",
            "Polls a minute that read nothing, by reason and all together.",
            Query(f"sum by (reason) ({failures})", "{{reason}}"),
            Query(f"sum({failures}) or 0 * max({up})", "all"),
            unit="suffix: /min",
            least=1,
            calcs=(),
            size=(8, 8),
            colors={"^all$": GREY},
        ),
    ]
