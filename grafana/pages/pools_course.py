"""The graphs of the Pools dashboard: the pools over time, and the connections to them."""

from __future__ import annotations

from grafana.elements.expressions import ALL, ID, NONE, SELECT, leading
from grafana.elements.looks import GREY, NONE_IS_GOOD, ORANGE, PURPLE, SKY, VERMILLION, YELLOW
from grafana.elements.panels import POINTS, AnyPanel, Query, graph
from grafana.elements.tables import Column, table
from grafana.pages.pools_work import CLAIMED, HOST, PROVEN, UNEXPECTED, WORKS, hosted, lately


def course() -> list[AnyPanel]:
    of = f'miner:asic_hashrate_hashes_per_second:now{{{SELECT},algorithm="$algorithm"}}'
    reasons = f"sum by (reason) (rate(asic_pool_shares_rejected_by_reason_total{ALL}[$__rate_interval])) * 60"
    return [
        graph(
            "Hashrate by pool",
            "Of the chosen algorithm, by the pool that the miners work for: the eight greatest.",
            Query(leading(8, f"sum by (host) ({of} * on ({ID}) {HOST} {WORKS})", "host"), "{{host}}"),
            unit="Hs",
            size=(12, 8),
            stack=True,
            empty="no miner names its pool",
        ).max_data_points(POINTS),
        graph(
            "Miners on unexpected pools",
            "By the pool that they work for: the eight greatest.",
            Query(leading(8, f"count by (host) ({UNEXPECTED})", "host"), "{{host}}"),
            Query(f"count(count by ({ID}) (asic_active_pool_expected{ALL} == 0)) or {NONE}", "all"),
            unit="locale",
            size=(12, 8),
            least=1,
            colors={"^all$": GREY},
        ),
        graph(
            "Rejected by pool",
            "Rejected shares of all shares, over half an hour: the eight pools with most of them.",
            Query(leading(8, lately("rejected"), "host"), "{{host}}"),
            unit="percentunit",
            size=(8, 8),
            least=0.02,
            empty="no shares",
        ).max_data_points(POINTS),
        graph(
            "Stale by pool",
            "Shares that came too late, of all shares, over half an hour: the eight pools with most of them.",
            Query(leading(8, lately("stale"), "host"), "{{host}}"),
            unit="percentunit",
            size=(8, 8),
            least=0.02,
            empty="no firmware counts stale shares",
        ).max_data_points(POINTS),
        graph(
            "Rejects by reason",
            "Shares a minute that were rejected, by reason, where the firmware tells it.",
            Query(reasons, "{{reason}}"),
            unit="suffix: /min",
            size=(8, 8),
            stack=True,
            least=1,
            colors={
                "^stale$": YELLOW,
                "^low_difficulty$": ORANGE,
                "^duplicate$": SKY,
                "^unknown_job$": PURPLE,
                "^unauthorized$": VERMILLION,
                "^other$": GREY,
            },
            empty="no firmware here tells the reason",
        ),
        graph(
            "Claimed and accepted",
            "What the SHA-256 miners that count accepted difficulty claim to hash, and what the pools accepted of it: "
            "both over the hour before. Chance moves the accepted line; a steady gap is work that nobody pays for.",
            Query(f"sum({CLAIMED})", "claimed"),
            Query(f"sum({PROVEN})", "accepted"),
            unit="Hs",
            size=(24, 8),
            colors={"^claimed$": "text", "^accepted$": SKY},
            dashed=["claimed"],
            empty="no miner says both",
        ),
    ]


def connections() -> list[AnyPanel]:
    latency = hosted(f"asic_pool_latency_seconds{ALL}")
    loss = hosted(f"asic_pool_loss_ratio{ALL}")
    lost = hosted(f"rate(asic_pool_reconnects_total{ALL}[$__rate_interval])")
    return [
        graph(
            "Latency",
            "Time from a message to the pool until its answer, as the miners measure it: the median of each pool.",
            Query(leading(8, f"quantile by (host) (0.5, {latency})", "host"), "{{host}}"),
            Query(f"max({latency})", "slowest of all"),
            unit="s",
            size=(8, 8),
            colors={"^slowest": GREY},
            empty="no firmware here measures it",
        ),
        graph(
            "Loss",
            "Part of the messages to the pool that got no answer, as the miners measure it: the mean of each pool.",
            Query(leading(8, f"avg by (host) ({loss})", "host"), "{{host}}"),
            unit="percentunit",
            size=(8, 8),
            least=0.02,
            empty="no firmware here measures it",
        ),
        graph(
            "Connections made again",
            "Connections to each pool that were lost and made again, in an hour.",
            Query(leading(8, f"sum by (host) ({lost}) * 3600", "host"), "{{host}}"),
            unit="suffix: /h",
            size=(8, 8),
            least=1,
            empty="no firmware here counts them",
        ),
        table(
            "Entries",
            "The entries of the miners' lists by pool: how many, how many are dead, how many connections are not "
            "encrypted where the firmware tells, the median difficulty asked for, and the parts of the work that "
            "they should get.",
            [
                f"count by (host) ({hosted(f'asic_pool_up{ALL}')})",
                f"sum by (host) ({hosted(f'1 - asic_pool_up{ALL}')})",
                f"sum by (host) ({hosted(f'1 - asic_pool_encrypted{ALL}')})",
                f"quantile by (host) (0.5, {hosted(f'asic_pool_difficulty{ALL}')})",
                f"max by (host) ({hosted(f'asic_pool_quota{ALL}')})",
                f"max by (host) ({hosted(f'asic_pool_fixed_share_ratio{ALL}')})",
                f"max by (host) ({hosted(f'asic_pool_best_share_difficulty{ALL}')})",
            ],
            {
                "host": Column("Pool"),
                "Value #A": Column("Entries", unit="locale", width=100),
                "Value #B": Column("Dead", unit="locale", steps=NONE_IS_GOOD, width=100),
                "Value #C": Column("Not encrypted", unit="locale", width=130),
                "Value #D": Column("Difficulty", unit="sishort", width=120),
                "Value #E": Column("Quota", unit="locale", width=100),
                "Value #F": Column("Fixed part", unit="percentunit", width=110),
                "Value #G": Column("Best share", unit="sishort", decimals=2, width=120),
            },
            size=(24, 7),
            sort="Entries",
            descending=True,
            rows=50,
            empty="no miner names its pool",
        ),
    ]
