"""The recording rules, by what they are about. The order is that of the file: a rule may read those before it.

What is compared at one moment is of one group: groups of their own are evaluated at moments of their own. All but
what pages ask first is evaluated once a minute, which halves the cost."""

from __future__ import annotations

from typing import Final

from grafana.elements.rules import Group
from grafana.records import (
    events,
    farm,
    hashrate,
    heat,
    known,
    parts,
    past,
    places,
    pools,
    problems,
    shares,
    usual,
    working,
)

HEADING: Final = (
    "What python -m grafana.build writes from grafana/records: what alerts and dashboards "
    "compare. The labels that the "
    "configuration gives a miner are kept: alerts can be routed by them."
)
GROUPS: Final = (
    working.GROUP,
    Group("asic-miners", "1m", [*known.RULES, *places.RULES, *parts.RULES, *hashrate.RULES, *farm.RULES]),
    past.GROUP,
    heat.GROUP,
    shares.GROUP,
    pools.GROUP,
    usual.RECENT,
    usual.USUAL,
    problems.GROUP,
    events.GROUP,
)
