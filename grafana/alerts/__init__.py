"""The alerts, by what they are about. The order is that of the file."""

from __future__ import annotations

from typing import Final

from grafana.alerts import (
    boards,
    curtailment,
    efficiency,
    exporter,
    fans,
    hashrate,
    heat,
    identity,
    outages,
    pools,
    power,
    rejects,
    shares,
    status,
)
from grafana.elements.rules import paced

HEADING: Final = (
    "What python -m grafana.build writes from grafana/alerts. Severities: a page wakes somebody, a ticket waits for "
    "the morning, an info is good to know. A resting miner raises no alert about hashrate, boards, fans or shares. A "
    "miner that is down raises AsicMinerDown alone. The exporter's job is called asic-exporter. An alert about a miner "
    "keeps firing after its readings end, a page for 15 minutes and a ticket for 30: an outage or a restart of the "
    "exporter is no all-clear, and the same trouble is told once. An alert that explains others has a shorter `for`: "
    "deploy/alertmanager.yml silences the others."
)
GROUPS: Final = (
    *paced(
        [
            exporter.GROUP,
            outages.GROUP,
            outages.FARM,
            status.GROUP,
            hashrate.GROUP,
            hashrate.PAST,
            efficiency.GROUP,
            boards.GROUP,
            boards.CHIPS,
            shares.GROUP,
            curtailment.GROUP,
            heat.GROUP,
            fans.GROUP,
            power.POWER,
            power.PAST,
            rejects.GROUP,
            rejects.FEES,
            pools.GROUP,
            identity.GROUP,
        ]
    ),
)
