"""The row of the Miner dashboard about its pools and shares."""

from __future__ import annotations

from typing import Final

from grafana.elements.expressions import ONE
from grafana.elements.looks import GOOD, GREY, ORANGE, SKY, UP_DOWN, VERMILLION, by_index
from grafana.elements.panels import AnyPanel, Query, graph, optional
from grafana.elements.tables import Column, table
from grafana.pages.miner_parts import one_row

POOLS: Final = by_index("pool")
YES: Final = {"1": ("yes", GOOD), "0": ("no", GREY)}


def pools() -> list[AnyPanel]:
    def counted(name: str) -> str:
        return f"increase(asic_pool_{name}_total{ONE}[$__range])"

    return [
        table(
            "Pools",
            "The pool entries of the miner. Shares and reconnects are over the time range.",
            [
                f"max by (pool, host, kind) (asic_pool_info{ONE})",
                f"max by (pool) (asic_pool_up{ONE})",
                f"max by (pool) (asic_pool_active{ONE})",
                f"sum by (pool) (increase(asic_pool_shares_accepted_total{ONE}[$__range]))",
                f"sum by (pool) (increase(asic_pool_shares_rejected_total{ONE}[$__range]))",
                f"max by (pool) (time() - asic_pool_last_share_timestamp_seconds{ONE})",
                f"max by (pool) (asic_pool_difficulty{ONE})",
                f"max by (pool) (asic_pool_priority{ONE})",
                f"max by (pool) (asic_pool_latency_seconds{ONE})",
                f"max by (pool) (asic_pool_loss_ratio{ONE})",
                f"sum by (pool) (increase(asic_pool_reconnects_total{ONE}[$__range]))",
                f"max by (pool) (asic_pool_encrypted{ONE})",
            ],
            {
                "pool": Column("Pool", width=65),
                "host": Column("Host"),
                "kind": Column("Kind", width=75),
                "Value #H": Column("Priority", unit="locale", width=75),
                "Value #B": Column("State", mappings=UP_DOWN, width=70),
                "Value #C": Column("Works", mappings=YES, width=70),
                "Value #D": Column("Accepted", unit="locale", decimals=0, width=90),
                "Value #E": Column("Rejected", unit="locale", decimals=0, width=90),
                "Value #F": Column("Last share", unit="dtdurations", decimals=0, width=120),
                "Value #G": Column("Difficulty", unit="short", width=95),
                "Value #I": Column("Latency", unit="s", width=85),
                "Value #J": Column("Loss", unit="percentunit", width=70),
                "Value #K": Column("Reconnects", unit="locale", decimals=0, width=100),
                "Value #L": Column("Encrypted", mappings=YES, width=90),
            },
            size=(24, 6),
            sort="Pool",
            empty="the firmware lists no pools",
        ),
        one_row(
            "Work of the pools",
            "What was lost at each pool in the time range, and the shares' difficulty, where the firmware counts them.",
            {
                counted("shares_stale"): Column("Stale", unit="locale", decimals=0),
                counted("shares_discarded"): Column("Discarded", unit="locale", decimals=0),
                counted("share_difficulty_accepted"): Column("Work paid", unit="si: ", decimals=1),
                counted("share_difficulty_rejected"): Column("Work refused", unit="si: ", decimals=1),
                counted("share_difficulty_stale"): Column("Work stale", unit="si: ", decimals=1),
                f"asic_pool_last_share_difficulty{ONE}": Column("Last share", unit="si: ", decimals=1),
                f"asic_pool_best_share_difficulty{ONE}": Column("Best share", unit="si: ", decimals=1),
                counted("getworks"): Column("Work asked", unit="locale", decimals=0),
                counted("get_failures"): Column("Not given", unit="locale", decimals=0),
                counted("remote_failures"): Column("Not taken", unit="locale", decimals=0),
                counted("bad_work"): Column("Unusable", unit="locale", decimals=0),
                counted("verification_failures"): Column("Not verified", unit="locale", decimals=0),
            },
            by="pool",
            height=5,
            pool=Column("Pool"),
        ),
    ]


def shares() -> list[AnyPanel]:
    def rate(metric: str) -> str:
        return f"rate({metric}{ONE}[$__rate_interval]) * 60"

    def over_all_pools(metric: str, legend: str) -> Query:
        counted = f"NaN * sum(resets({metric}{ONE}[$__range]))"  # its legend keeps no value of the past
        return Query(f"sum({rate(metric)}) or {counted}", legend, gap=False)

    return [
        graph(
            "Shares accepted",
            "Shares that each pool accepted, in a minute.",
            Query(rate("asic_pool_shares_accepted_total"), "pool {{pool}}"),
            unit="suffix: /min",
            least=1,
            size=(8, 8),
            colors=POOLS,
        ),
        graph(
            "Shares rejected and stale",
            "Shares that were not paid for, in a minute, over all pools, and rejected ones by their reason.",
            over_all_pools("asic_shares_rejected_total", "rejected"),
            over_all_pools("asic_shares_stale_total", "stale"),
            Query(f"sum by (reason) ({rate('asic_pool_shares_rejected_by_reason_total')}) > 0", "for {{reason}}"),
            unit="suffix: /min",
            least=1,
            size=(8, 8),
            calcs=["last"],
            colors={"rejected": VERMILLION, "stale": ORANGE},
        ),
        graph(
            "Hashrate claimed and accepted",
            "What the miner says, and what its accepted difficulty proves over an hour. They agree where it is honest.",
            optional(f"miner:asic_hashrate_hashes_per_second:accepted1h{ONE}", "accepted"),
            Query(f"asic_hashrate_hashes_per_second{ONE}", "claimed"),
            unit="Hs",
            size=(8, 8),
            colors={"accepted": SKY, "claimed": ORANGE},
        ),
    ]
