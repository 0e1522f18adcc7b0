"""Who is told what when a site goes dark, when the exporter dies, and when all is well: with real processes."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from tests.harness.farm import Farm, farm

LOG = logging.getLogger(__name__)  # shown with --log-cli-level=INFO
SPEED = float(os.environ.get("FARM_SPEED", "15"))  # times faster than the clock on the wall
SETTLED = 20 * 60.0  # seconds until every alert that is due was sent

pytestmark = [
    pytest.mark.program("prometheus"),
    pytest.mark.program("prometheus-alertmanager"),
    pytest.mark.skipif(os.environ.get("TORTURE") != "1", reason="runs with TORTURE=1: it takes minutes"),
    pytest.mark.timeout(3 * 3600),
]


def told(of: Farm, since: float) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The messages since then: what fired and what was resolved in each."""
    for message in of.messages:
        if message.at >= since:
            fired, resolved = (f"{len(a)}: {', '.join(a[:6])}" for a in (message.fired, message.resolved))
            LOG.info("%.0f s %s: firing %s; resolved %s", message.at, message.severity, fired, resolved)
    return [(message.fired, message.resolved) for message in of.messages if message.at >= since]


@pytest.mark.parametrize(
    ("part", "minutes", "alert", "network"),
    [("miners", 8, "AsicManyMinersDown", "127.29.0.0/16"), ("exporter", 4, "AsicExporterDown", "127.30.0.0/16")],
)
async def test_an_outage_is_one_page_and_its_end(
    tmp_path: Path, part: str, minutes: int, alert: str, network: str
) -> None:
    async with farm(tmp_path, network, speed=SPEED) as of:
        await of.sleep(SETTLED)
        told(of, 0)
        dark = of.now
        await of.kill(part)
        await of.sleep(60 * minutes)
        await of.start(part, "listening")
        await of.sleep(SETTLED)
        assert told(of, dark) == [((alert,), ()), ((), (alert,))]
