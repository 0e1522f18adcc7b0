"""Each alert on its whole way: a simulated miner with the fault, the exporter, Prometheus, Alertmanager, a receiver."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from signal import SIGUSR1

import pytest
import yaml

from tests.alerts.causes import CAUSES, HEALTHY, MAIN, Alone, With, miners, sites
from tests.harness.farm import JOB, PAUSE, Farm, Site, called, farm
from tests.harness.patients import SERVE, Ill, Onset, configured
from tests.harness.processes import program
from tests.harness.support import free_port
from tests.whole.test_alertmanager import RULE, receiver

LOG = logging.getLogger(__name__)  # shown with --log-cli-level=INFO
SHED = "shed"
"""the process that serves the miners of all sites"""
SPEED = float(os.environ.get("FARM_SPEED", "60"))  # times faster than the clock on the wall
LONGEST = 3600.0  # seconds of the longest duration: a day passes in a minute
POLL = max(60 / SPEED, PAUSE)  # seconds on the wall between two polls of a miner
WELL = 2700 / SPEED  # seconds on the wall in which nobody is ill
PATIENCE = 12_000 / SPEED  # seconds on the wall until every alert was sent


def test_every_alert_has_a_cause() -> None:
    assert set(CAUSES) == set(RULE)
    others = [cause.alert for cause in CAUSES.values() if isinstance(cause, With) and cause.alert]
    assert all(isinstance(CAUSES[other], Alone) for other in others)


async def kill_exporter(of: Farm, site: str) -> None:
    """End the exporter of a site."""
    await of.kill(site)


async def lose_targets(of: Farm, site: str) -> None:
    """Give an exporter a configuration with one miner."""
    file = of.folder / f"{site}.yaml"
    settings = yaml.safe_load(file.read_text())
    [group] = settings["groups"]
    group["targets"] = group["targets"][:1]
    file.write_text(yaml.safe_dump(settings))
    await of.kill(site)
    await of.start(site)


async def scrape_nothing(of: Farm, site: str) -> None:
    """Run another Prometheus, which has no exporter."""
    del site
    config = json.loads((of.folder / "prometheus.yml").read_text()) | {"scrape_configs": []}
    (of.folder / "empty.yml").write_text(json.dumps(config))
    command = (
        "prometheus",
        f"--config.file={of.folder / 'empty.yml'}",
        f"--storage.tsdb.path={of.folder / 'empty'}",
        f"--web.listen-address=127.0.0.1:{free_port()}",
    )
    async with program(*command):
        await asyncio.sleep(WELL)


DEEDS: dict[str, Callable[[Farm, str], Coroutine[None, None, None]]] = {
    deed.__name__: deed for deed in (kill_exporter, lose_targets, scrape_nothing)
}


def site(name: str) -> Site:
    """Return the site of that name."""
    cause = CAUSES.get(name)
    own = cause if isinstance(cause, Alone) else Alone([], job=JOB)
    sheds = {SHED: [SERVE, "tests.alerts.causes", *sites()]} if name == MAIN else {}
    settings = configured(miners(name, Onset()), POLL, own.settings)
    return Site(name, settings, sheds, own.job or name, own.files, own.mistake)


def wanted() -> set[str]:
    """Return what has to be sent: each alert, with its miner where it concerns one."""
    return {f"{alert} {alert} 1" if isinstance(cause, Ill) else alert for alert, cause in CAUSES.items()}


def sent(of: Farm) -> set[str]:
    """Return what was sent so far, of alerts that concern one miner with that miner."""
    every = [labels for message in of.messages for labels in message.fired]
    return {called(labels) for labels in every} | {labels["alertname"] for labels in every}


@pytest.mark.program("prometheus")
@pytest.mark.program("prometheus-alertmanager")
@pytest.mark.skipif(os.environ.get("TORTURE") != "1", reason="runs with TORTURE=1: it takes minutes")
@pytest.mark.timeout(3600)
@pytest.mark.xdist_group("farm")
async def test_every_alert_comes_to_who_is_told(tmp_path: Path) -> None:
    async with farm(tmp_path, [site(name) for name in sites()], speed=SPEED, longest=LONGEST) as of:
        await asyncio.sleep(WELL)
        begin = time.monotonic()
        of.running[SHED][0].signal(SIGUSR1)
        deeds: list[asyncio.Task[None]] = [
            asyncio.create_task(DEEDS[cause.does](of, alert))
            for alert, cause in CAUSES.items()
            if isinstance(cause, Alone) and cause.does
        ]
        known = set[str]()
        while wanted() - sent(of) and time.monotonic() < begin + PATIENCE:
            await asyncio.sleep(0.2)
            for new in sent(of) - known:
                LOG.info("%.0f s: %s", time.monotonic() - begin, new)
            known = sent(of)
        await asyncio.gather(*deeds)
        assert wanted() - sent(of) == set()
        for message in of.messages:
            for labels in message.fired:
                assert message.to == receiver(labels["alertname"])
                assert message.to != "page" or not labels.get("miner", "").startswith(HEALTHY)
