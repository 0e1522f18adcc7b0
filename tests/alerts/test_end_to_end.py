"""Each alert on its whole way: a simulated miner with the fault, the exporter, Prometheus, Alertmanager, a receiver."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from signal import SIGUSR1

import pytest
import yaml

from tests.alerts.causes import CAUSES, HEALTHY, Alone, With, miners, sites
from tests.harness.farm import JOB, RULES, Farm, Site, called, farm
from tests.harness.patients import SERVE, Ill, Onset, configured
from tests.harness.processes import program
from tests.harness.support import free_port

LOG = logging.getLogger(__name__)  # shown with --log-cli-level=INFO
SPEED = 60.0
LONGEST = 3600.0  # seconds of the longest duration: a day passes in a minute
WELL = 45.0  # seconds on the wall in which nobody is ill
PATIENCE = 300.0  # seconds on the wall until every alert was sent, on a busy machine

RULE = {
    rule["alert"]: rule
    for group in yaml.safe_load((RULES / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
}
"""each alert, by its name"""


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
    file.write_text(yaml.safe_dump(settings | {"groups": settings["groups"][:1]}))
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


def shed(name: str) -> str:
    """Return the name of the process that serves the miners of a site."""
    return f"shed of {name}"


def site(name: str) -> Site:
    """Return the site of that name."""
    cause = CAUSES.get(name)
    own = cause if isinstance(cause, Alone) else Alone([], job=JOB)
    sheds = {shed(name): [SERVE, "tests.alerts.causes", name]}
    settings = configured(miners(name, Onset()), SPEED, own.settings)
    return Site(name, settings, sheds, own.job or name, own.files, own.mistake)


def wanted() -> set[str]:
    """Return what has to be sent: each alert, with its miner where it concerns one."""
    return {f"{alert} {alert} 1" if isinstance(cause, Ill) else alert for alert, cause in CAUSES.items()}


def sent(of: Farm) -> set[str]:
    """Return what was sent so far, of alerts that concern one miner with that miner."""
    every = [labels for message in of.messages for labels in message.fired]
    return {called(labels) for labels in every} | {labels["alertname"] for labels in every}


def receiver(labels: Mapping[str, str]) -> str:
    """Return who is told of an alert."""
    name = labels["alertname"]
    own = {"AsicWatchdog": "watchdog", "AsicRecentOutage": "nobody", "AsicRecentPlaceOutage": "nobody"}
    severity: str = RULE[name]["labels"]["severity"]
    return own.get(name, severity)


@pytest.mark.program("prometheus")
@pytest.mark.program("prometheus-alertmanager")
@pytest.mark.skipif(os.environ.get("TORTURE") != "1", reason="runs with TORTURE=1: it takes minutes")
@pytest.mark.timeout(900)
@pytest.mark.xdist_group("farm")
async def test_every_alert_comes_to_who_is_told(tmp_path: Path) -> None:
    async with farm(tmp_path, [site(name) for name in sites()], speed=SPEED, longest=LONGEST) as of:
        await asyncio.sleep(WELL)
        begin = time.monotonic()
        for name in sites():
            of.running[shed(name)][0].signal(SIGUSR1)
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
                assert message.to == receiver(labels)
                assert not labels.get("miner", "").startswith(HEALTHY), "a miner without a fault"
