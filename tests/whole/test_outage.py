"""Who is told what in an outage, in a restart, and when all is well: with real processes, and every message counted."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.harness.farm import Farm, called, farm
from tests.harness.shed import EXPORTER, RACKS, begin, site, stop

LOG = logging.getLogger(__name__)  # shown with --log-cli-level=INFO
LONG = pytest.mark.skipif(os.environ.get("OUTAGES") != "all", reason="runs with OUTAGES=all: it takes minutes more")
SPEED = float(os.environ.get("FARM_SPEED", "25"))  # times faster than the clock on the wall
MINERS = 120
SETTLED = 20 * 60.0  # seconds until every alert that is due was sent
LATE = 3600.0  # seconds until what stands was told, on a busy machine
STANDING = {"AsicActivePoolUnexpected", "AsicBoardDead", "AsicFanFailed"}  # of miners that stay ill
SITE = tuple(f"rack {n + 1}" for n in range(RACKS))
PEOPLE = {"page", "ticket", "info"}  # receivers who read what they get

pytestmark = [
    pytest.mark.program("prometheus"),
    pytest.mark.program("prometheus-alertmanager"),
    pytest.mark.skipif(os.environ.get("TORTURE") != "1", reason="runs with TORTURE=1: it takes minutes"),
    pytest.mark.timeout(3 * 3600),
    pytest.mark.xdist_group("farm"),  # one farm at a time
]


def told(of: Farm, since: float) -> list[tuple[list[str], list[str]]]:
    """Return the messages since then: what fired and what was resolved in each."""
    found = [message for message in of.messages if message.at >= since and message.to in PEOPLE]
    for message in found:
        fired, resolved = (f"{len(a)}: {', '.join(map(called, a[:6]))}" for a in (message.fired, message.resolved))
        LOG.info("%.0f s %s: firing %s; resolved %s", message.at, message.to, fired, resolved)
    return [([*map(called, message.fired)], [*map(called, message.resolved)]) for message in found]


def standing(of: Farm) -> bool:
    """Tell whether all that stands was sent."""
    return {labels["alertname"] for message in of.messages for labels in message.fired} >= STANDING


@pytest.mark.parametrize(
    ("parts", "minutes", "alerts", "network"),
    [
        pytest.param(SITE, 8, ["AsicManyMinersDown"], 29, id="a-site-is-dark"),
        pytest.param([EXPORTER], 4, ["AsicExporterDown"], 30, id="the-exporter-is-dead"),
        pytest.param(SITE[:1], 8, ["AsicPlaceDown"], 35, id="a-rack-is-dark", marks=LONG),
        pytest.param([EXPORTER], 0, [], 31, id="the-exporter-restarts", marks=LONG),
        pytest.param(["alertmanager"], 0, [], 34, id="alertmanager-restarts", marks=LONG),
    ],
)
async def test_one_message_and_its_end(
    tmp_path: Path, parts: Sequence[str], minutes: int, alerts: list[str], network: int
) -> None:
    """An outage is a page and its end, a restart is nothing; what was told before it goes on."""
    async with farm(tmp_path, [site(MINERS, f"127.{network}.0.0/16", SPEED)], speed=SPEED) as of:
        while not standing(of) and of.now < LATE:
            await of.sleep(10)
        assert standing(of), "what stands was not told"
        await of.sleep(60)
        dark = of.now
        await stop(of, parts)
        await of.sleep(60 * minutes)
        await begin(of, parts)
        LOG.info("back after %.0f s", of.now - dark)
        await of.sleep(SETTLED)
        assert told(of, dark) == [([alert], []) for alert in alerts] + [([], [alert]) for alert in alerts]
