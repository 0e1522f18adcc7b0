"""The recording rules, by what they are about. The order is that of the file: a rule may read those before it."""

from __future__ import annotations

from typing import Final

from grafana.records import hashrate, parts, pools, shares, working

HEADING: Final = (
    "What python -m grafana.build writes from grafana/records: what alerts and dashboards "
    "compare. The labels that the "
    "configuration gives a miner are kept: alerts can be routed by them."
)
GROUPS: Final = (working.GROUP, parts.GROUP, hashrate.GROUP, shares.GROUP, pools.GROUP)
