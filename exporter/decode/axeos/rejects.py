"""The reasons for which pools reject shares, from the messages of the pools.

Quirks: each pool program has messages of its own. The miner counts the first ten different messages, leaves further
ones out, and does not tell which pool sent them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import item, traceable
from exporter.core.values import Number, count, text
from exporter.decode.common.nested import at, complete, how_long
from exporter.parse.rows import Reading, Row

MOST: Final = 10  # messages that the miner counts

# Parts of the messages in small letters and without signs, in the order of the search, each with its reason.
MESSAGES: Final = (
    ("stale", "stale"),
    ("duplicate", "duplicate"),
    ("difficultytoolow", "low_difficulty"),
    ("lowdiff", "low_difficulty"),
    ("abovetarget", "low_difficulty"),
    ("jobnotfound", "unknown_job"),
    ("jobid", "unknown_job"),
    ("unknownjob", "unknown_job"),
    ("invalidjob", "unknown_job"),
    ("unauthorized", "unauthorized"),
    ("authorization", "unauthorized"),
    ("workermismatch", "unauthorized"),
    ("notsubscribed", "unauthorized"),
)


def reason(message: object) -> str:
    """Return the closed word for a pool's message."""
    words = "".join(filter(str.isalnum, text(message).lower()))
    return next((reason for part, reason in MESSAGES if part in words), "other")


@traceable
def rejected(listed: int, *pairs: object) -> list[Number | None]:
    """Return the shares for each of REJECT_REASONS, of alternating messages and counts; None without a message.

    Of the pairs the first `listed` count. A missing message, count or pair leaves all reasons in doubt."""
    found: dict[str, Number] = {}
    if 2 * listed > len(pairs):
        return [None] * len(v.REJECT_REASONS)
    for message, raw in zip(pairs[: 2 * listed : 2], pairs[1 : 2 * listed : 2], strict=True):
        number = count(raw)
        if not text(message) or number is None:
            return [None] * len(v.REJECT_REASONS)
        found[reason(message)] = found.get(reason(message), 0) + number
    return [found.get(wanted) for wanted in v.REJECT_REASONS]


def rejects(reading: Reading, row: Row) -> Iterator[v.PoolRejects]:
    """Yield the rejected shares by reason, over all pools. Miners with more and with fewer messages share a plan."""
    if "truncated" in reading.answers.repairs:
        return
    listed = complete(row["sharesRejectedReasons"])
    pairs = [at(listed, n, key) for n in range(MOST) for key in ("message", "count")]
    found = rejected(how_long(listed), *pairs)
    for n, wanted in enumerate(v.REJECT_REASONS):
        yield v.PoolRejects("", wanted, item(found, n))
