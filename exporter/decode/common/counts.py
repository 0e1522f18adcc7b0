"""The counts of the cgminer dialect: tables from a row's keys to the metrics of a miner, a pool or a board.

Quirks: forks have two names for the same count, and some forks write zero for counts that they do not keep.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, traceable, untraced
from exporter.core.values import EXACT, Number, count, counted, number, positive, quantity, ratio, shares
from exporter.decode.common.poolvalues import best, priority
from exporter.parse.rows import Row

_count, _number, _positive, _ratio = untraced(count), untraced(number), untraced(positive), untraced(ratio)

Converter = Callable[[object], Number | None]


def megahashes(raw: object) -> Number | None:
    """Return hashes per second, from a number of MH/s; None for zero, which LuxOS writes as a constant."""
    return number(positive(raw), 1e6)


Table = tuple[tuple[str, str, Converter], ...]  # (key of a row, field of a part, converter)
SHARES: Table = (
    ("Accepted", "shares_accepted_total", shares),
    ("Rejected", "shares_rejected_total", shares),
    ("Stale", "shares_stale_total", shares),
    ("Discarded", "shares_discarded_total", shares),
    ("Difficulty Accepted", "share_difficulty_accepted_total", count),
    ("Difficulty Rejected", "share_difficulty_rejected_total", count),
    ("Difficulty Stale", "share_difficulty_stale_total", count),
)
SUMMARY_FIELDS: Table = (
    ("Elapsed", "miner_uptime_seconds", count),
    *SHARES,
    ("Best Share", "best_share_difficulty", best),
    ("Found Blocks", "blocks_found_total", count),
    ("Hardware Errors", "hardware_errors_total", count),
    ("Getworks", "getworks_total", count),
    ("Getwork", "getworks_total", count),
    ("Get Failures", "get_failures_total", count),
    ("Remote Failures", "remote_failures_total", count),
    ("Local Work", "local_work_total", count),
    ("Network Blocks", "network_blocks_total", count),
)
PAGE_SHARES: Table = (  # of a miner and of a pool, on Bitmain's web pages
    ("accepted", "shares_accepted_total", shares),
    ("rejected", "shares_rejected_total", shares),
    ("stale", "shares_stale_total", shares),
    ("discarded", "shares_discarded_total", shares),
    ("diffa", "share_difficulty_accepted_total", count),
    ("diffr", "share_difficulty_rejected_total", count),
    ("diffs", "share_difficulty_stale_total", count),
)
PAGE_FIELDS: Table = (  # the summary of get_miner_status.cgi
    ("elapsed", "miner_uptime_seconds", count),
    *PAGE_SHARES,
    ("bestshare", "best_share_difficulty", best),
    ("foundblocks", "blocks_found_total", count),
    ("hw", "hardware_errors_total", count),
    ("getworks", "getworks_total", count),
    ("localwork", "local_work_total", count),
)
POOL_FIELDS: Table = (
    ("Priority", "priority", priority),
    ("Quota", "quota", count),
    *SHARES,
    ("Diff", "difficulty", lambda raw: positive(quantity(raw))),
    ("Work Difficulty", "difficulty", positive),
    ("Stratum Difficulty", "difficulty", positive),
    ("Last Share Difficulty", "last_share_difficulty", positive),
    ("Best Share", "best_share_difficulty", best),
    ("Getworks", "getworks_total", count),
    ("Get Failures", "get_failures_total", count),
    ("Remote Failures", "remote_failures_total", count),
    ("Bad Work", "bad_work_total", count),
)
BOARD_FIELDS: Table = (
    ("Hardware Errors", "hardware_errors_total", count),
    ("Hardware Error MHS 15m", "error_hashrate_hashes_per_second", megahashes),
    ("Accepted", "shares_accepted_total", shares),
    ("Rejected", "shares_rejected_total", shares),
)


# Counters that some firmware always writes as zero. A real counter is above zero after the first accepted share.
COUNTED: Final = frozenset(
    (
        "share_difficulty_accepted_total",
        "getworks_total",
        "local_work_total",
        "network_blocks_total",
    )
)
ACCEPTED: Final = ("Accepted", "accepted")
FAILED: Final = "Device Hardware%"  # the percentage of the results that failed


def fill(part: v.Part, row: Row, table: Table) -> None:
    """Set the part's fields from a row by the table. If several keys belong to the same field, the last key with a
    value counts.

    A zero is left out if the firmware does not keep the counter."""
    accepted = next((row[key] for key in ACCEPTED if key in row), None)
    for key, name, convert in table:
        if key in row:
            value = counted(row[key], accepted) if name in COUNTED else convert(row[key])
            setattr(part, name, coalesce(value, getattr(part, name)))


@traceable
def error_ratio(percentage: object, errors: object, work: object) -> Number | None:
    """Return the share of failed results from a percentage; None if the count of `errors` contradicts the percentage.

    Some forks write a percentage above a hundred, or a bare 0 for what they do not measure: cgminer's own zero has
    decimals. A zero means nothing without `work`, the number of results."""
    if type(errors) is int and type(percentage) is float:  # nearly every miner
        if percentage == 0:
            return 0.0 if errors == 0 and _positive(work) else None
        return percentage / 100 if 0 < percentage <= 100 and errors > 0 else None
    if type(percentage) is int and percentage == 0:
        return None
    share, failed = _ratio(percentage), _count(errors)
    if share is None or failed is None or not 0 <= share <= 1 or (share > 0) != (failed > 0):
        return None
    return share if share or (percentage != "0" and _positive(work)) else None


@traceable
def of_work(share: Number | None, work: object) -> Number | None:
    """Return a share of the results; None for a zero without `work`, when there are no results."""
    return share if share or _positive(work) else None


@traceable
def hashes(megahashes: object, average: Number | None, elapsed: object, factor: Number = 1e6) -> Number | None:
    """Return the total hashes, from a count in units of `factor` hashes; None if the average hashrate contradicts the
    count.

    The two contradict each other beyond a factor of ten. `average` is in hashes per second, `elapsed` in seconds."""
    total = megahashes if type(megahashes) is float and megahashes >= 0 else _count(megahashes)
    seconds = elapsed if type(elapsed) is int and 0 <= elapsed <= EXACT else _count(elapsed)
    if total is None or seconds is None or average is None:
        return None
    expected, done = average * seconds, total * factor
    return _number(done) if not expected or expected / 10 < done < expected * 10 else None
