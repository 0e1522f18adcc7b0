"""The pages of Bitmain's web server since the S19, as others took them over: pools, and what is out of order.

Odd about them: rows are under the names of the API's sections, with other keys; the code 0 is no fault.
"""

from __future__ import annotations

from collections.abc import Iterator

from exporter.decode.cgminer import alive
from exporter.decode.poolvalues import blank, last_share, pool_host
from exporter.decode.rows import Reading, Row
from exporter.live import fact
from exporter.values import count, positive, quantity, text
from exporter.vocabulary import Fault, Part, Pool, PoolInfo


def faults(row: Row) -> Iterator[Part]:
    """What a summary says of its rate, network, fans and temperature."""
    for said in row.rows("status"):
        code, component = positive(said.fact("code")), text(said.fact("type"))
        if code is not None and component:
            yield Fault(str(code), component, "error", 1)


def pools(section: str, reading: Reading) -> Iterator[Part]:
    yield from listed(reading, reading.rows(section))


def listed(reading: Reading, rows: list[Row]) -> Iterator[Part]:
    """The pools of these rows."""
    for row in rows:
        label = text(row.fact("index"))
        if label and not fact(blank(row["url"])):
            accepted = count(row["accepted"])
            yield Pool(
                label,
                up=alive(row["status"]),
                priority=count(row["priority"]),
                shares_accepted_total=accepted,
                shares_rejected_total=count(row["rejected"]),
                shares_stale_total=count(row["stale"]),
                shares_discarded_total=count(row["discarded"]),
                share_difficulty_accepted_total=count(row["diffa"]),
                share_difficulty_rejected_total=count(row["diffr"]),
                share_difficulty_stale_total=count(row["diffs"]),
                difficulty=positive(quantity(row["diff"])),
                last_share_difficulty=positive(row["lsdiff"]),
                last_share_timestamp_seconds=last_share(row["lstime"], accepted, reading.now),
                getworks_total=count(row["getworks"]),
            )
            yield PoolInfo(label, pool_host(row["url"]), "user", text(row["user"]) if reading.workers else "")
