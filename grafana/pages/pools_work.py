"""What the Pools dashboard says of work: rejects, what is paid for of what is claimed, fees and luck."""

from __future__ import annotations

from typing import Final

from grafana.elements.expressions import ALL, ID, SELECT, info, placed
from grafana.elements.looks import BAD, GOOD, ORANGE, REJECT_STEPS, VERMILLION, WARN, Steps
from grafana.elements.panels import AnyPanel, Query, graph
from grafana.elements.tables import ADDRESS, MINER, Column, table

HOST: Final = "group_left (host)"
PAID_STEPS: Final[Steps] = ((None, BAD), (0.85, WARN), (0.95, GOOD))
# The entries of the firmware's maker are none of the operator's.
OWN: Final = f'topk by ({ID}, pool) (1, asic_pool_info{{{SELECT},kind!="devfee"}})'


def hosted(expr: str) -> str:
    """The expression about pool entries with the label `host`; without the entries of the firmware's maker."""
    return f"({expr}) * on ({ID}, pool) {HOST} {OWN}"


WORKS: Final = f"topk by ({ID}) (1, miner:asic_pool_host:active{ALL})"
"""1 for each miner with the label `host`: the pool that it works for, one of them where it works for several."""
UNEXPECTED: Final = (
    f"topk by ({ID}) (1, miner:asic_pool_host:active{ALL} and on ({ID}) asic_active_pool_expected{ALL} == 0)"
)
PROVEN: Final = f"miner:asic_hashrate_hashes_per_second:accepted1h{ALL}"
CLAIMED: Final = f"miner:asic_hashrate_hashes_per_second:claimed1h{ALL}"
PAID: Final = f"sum({PROVEN}) / sum({CLAIMED})"


def rejects(kind: str) -> str:
    """Shares of that kind in the time range, of all shares, by the pool's own count."""
    bad, good = (
        f"sum by (host) ({hosted(f'rate(asic_pool_shares_{one}_total{ALL}[$__range])')})" for one in (kind, "accepted")
    )
    return f"{bad} / ({bad} + {good} > 0)"


def lately(kind: str) -> str:
    """Shares of that kind in half an hour, of all shares, by the pool that the miners work for."""
    bad, good = (
        f"sum by (host) (miner:asic_shares_{one}:increase30m{ALL} * on ({ID}) {HOST} {WORKS})"
        for one in (kind, "accepted")
    )
    return f"{bad} / ({bad} + {good} > 0)"


def worst() -> list[AnyPanel]:
    rejected = f"topk(20, miner:asic_shares_rejected:ratio30m{ALL} > 0)"
    # Fewer shares than these prove nothing.
    proven = f"({PROVEN} and on ({ID}) miner:asic_shares_accepted:increase30m{ALL} > 150)"
    unpaid = f"bottomk(20, {proven} / on ({ID}) ({CLAIMED} > 0) < 0.85)"
    return [
        table(
            "Most rejects",
            "Twenty miners with the greatest part of their shares rejected in half an hour, and what came too late.",
            [
                placed(f"max by ({ID}) ({rejected}) * on ({ID}) {HOST} {WORKS}"),
                f"max by ({ID}) (miner:asic_shares_stale:ratio30m{ALL} and on ({ID}) {rejected})",
            ],
            {
                "miner": MINER,
                "Value #A": Column("Rejected", unit="percentunit", steps=REJECT_STEPS, decimals=1, width=95),
                "Value #B": Column("Stale", unit="percentunit", steps=REJECT_STEPS, decimals=1, width=80),
                "host": Column("Works for"),
                "model": Column("Model"),
            },
            sort="Rejected",
            descending=True,
            empty="no share was rejected in half an hour",
        ),
        table(
            "Claim more than is accepted",
            "Twenty miners whose accepted difficulty of the last hour proves less than 85 % of what they claim, with "
            "shares enough to tell. They hash for somebody else, hash wrongly, or show a number that they made up.",
            [placed(f"max by ({ID}) ({unpaid})"), f"max by ({ID}) ({CLAIMED} and on ({ID}) {unpaid})"],
            {
                "miner": MINER,
                "Value #A": Column("Accepted", unit="percentunit", steps=PAID_STEPS, decimals=1, width=95),
                "Value #B": Column("Claimed", unit="Hs", width=110),
                "model": Column("Model"),
                "address": ADDRESS,
            },
            size=(24, 8),
            sort="Accepted",
            empty="no miner claims much more than its pool accepts",
        ),
    ]


def accounts() -> list[AnyPanel]:
    """The miners' own accounts of their work, in a minute."""

    def minute(metric: str, legend: str) -> Query:
        return Query(f"sum(rate({metric}{ALL}[$__rate_interval])) * 60", legend)

    def difficulty(kind: str) -> str:
        whole = f"rate(asic_share_difficulty_{kind}_total{ALL}[$__rate_interval])"
        return f"({whole} or on ({ID}) sum by ({ID}) ({whole.replace('asic_share', 'asic_pool_share')}))"

    def unpaid(kind: str) -> Query:
        lost, paid = f"sum({difficulty(kind)})", f"sum({difficulty('accepted')})"
        return Query(f"{lost} / ({lost} + {paid} > 0)", kind)

    both = f"asic_developer_fee_ratio{ALL}"
    fee = f'asic_pool_info{{{SELECT},kind="devfee"}}'
    taken = f"increase(asic_pool_shares_accepted_total{ALL}[$__range])"
    theirs = f"sum by (firmware) ({info(f'{taken} and on ({ID}, pool) {fee}', 'firmware')})"
    payers = f"sum by (firmware) ({info(f'{taken} and on ({ID}) {fee}', 'firmware')})"
    return [
        graph(
            "Work fetched",
            "Requests for work, those that failed, submissions that failed at the pool's side, and work that could "
            "not be used.",
            minute("asic_pool_getworks_total", "requests"),
            minute("asic_pool_get_failures_total", "requests failed"),
            minute("asic_pool_remote_failures_total", "submissions failed"),
            minute("asic_pool_bad_work_total", "unusable"),
            minute("asic_pool_shares_discarded_total", "discarded"),
            minute("asic_pool_verification_failures_total", "not for us"),
            unit="suffix: /min",
            least=1,
            size=(8, 8),
        ),
        graph(
            "Difficulty not paid for",
            "Difficulty of the rejected and of the stale shares, of all difficulty: a pool pays by difficulty, so that "
            "one great share weighs as much as many small ones.",
            unpaid("rejected"),
            unpaid("stale"),
            unit="percentunit",
            size=(8, 8),
            least=0.02,
            colors={"^rejected$": VERMILLION, "^stale$": ORANGE},
            empty="not counted",
        ),
        table(
            "Developer's fee by firmware",
            "What the firmware says that its maker gets, and what the maker's own pool entries got of the shares "
            "accepted in the time range.",
            [
                f"avg by (firmware) ({info(both, 'firmware')})",
                f"count by (firmware) ({info(both, 'firmware')})",
                f"{theirs} / ({payers} > 0)",
            ],
            {
                "firmware": Column("Firmware"),
                "Value #A": Column("Said", unit="percentunit", decimals=2, width=90),
                "Value #B": Column("By miners", unit="locale", width=100),
                "Value #C": Column("Taken", unit="percentunit", decimals=2, width=90),
            },
            size=(8, 8),
            sort="Said",
            descending=True,
            empty="no firmware tells of a fee",
        ),
    ]


def luck() -> list[AnyPanel]:
    best = f"(asic_lifetime_best_share_difficulty{ALL} or on ({ID}) asic_best_share_difficulty{ALL})"
    blocks = f"(asic_lifetime_blocks_found{ALL} or on ({ID}) increase(asic_blocks_found_total{ALL}[$__range]))"
    return [
        table(
            "Best shares",
            "The ten best shares, of all time where the firmware keeps them, else since the mining process started.",
            [placed(f"topk(10, max by ({ID}) ({best}))")],
            {
                "miner": MINER,
                "Value": Column("Difficulty", unit="sishort", decimals=2, width=120),
                "model": Column("Model"),
                "address": ADDRESS,
            },
            sort="Difficulty",
            descending=True,
            empty="no miner tells of its best share",
        ),
        table(
            "Blocks found",
            "Twenty miners that found a block, by the firmware's count of all time or by its count of the time range.",
            [placed(f"topk(20, max by ({ID}) ({blocks}) >= 1)")],
            {
                "miner": MINER,
                "Value": Column("Blocks", unit="locale", decimals=0, width=90),
                "model": Column("Model"),
                "address": ADDRESS,
            },
            sort="Blocks",
            descending=True,
            empty="no block was found",
        ),
        graph(
            "Network",
            "Difficulty of the network and height of the block (dotted), as the miners of the chosen algorithm say.",
            Query(
                f'max(asic_network_difficulty{ALL} and on ({ID}) asic_miner_info{{{SELECT},algorithm="$algorithm"}})',
                "difficulty",
            ),
            Query(
                f'max(asic_network_block_height{ALL} and on ({ID}) asic_miner_info{{{SELECT},algorithm="$algorithm"}})',
                "block",
            ),
            unit="sishort",
            size=(24, 7),
            zero=False,
            right={"^block$": "locale"},
        ),
    ]
