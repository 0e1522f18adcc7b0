"""Each alert fires in its scene, says where and what, stays silent for who is well or excused, and resolves."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.alerts import (
    boards,
    curtailment,
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
from tests.harness.scenes import Scene, check

pytestmark = pytest.mark.program("promtool")
LONG = 4  # hours
SCENES = [
    *exporter.SCENES,
    *outages.SCENES,
    *status.SCENES,
    *hashrate.SCENES,
    *boards.SCENES,
    *shares.SCENES,
    *curtailment.SCENES,
    *heat.SCENES,
    *fans.SCENES,
    *power.SCENES,
    *rejects.SCENES,
    *pools.SCENES,
    *identity.SCENES,
]


def timed(scene: Scene) -> object:
    """Return the scene as a case that runs with TORTURE=1 alone if it lasts for many hours."""
    hours = (scene.before + scene.lasts + scene.ends) / 60
    skipped = hours > LONG and os.environ.get("TORTURE") != "1"
    return pytest.param(scene, id=scene.alert, marks=pytest.mark.skipif(skipped, reason="runs with TORTURE=1"))


@pytest.mark.parametrize("scene", [timed(scene) for scene in SCENES])
def test_alerts_fire_stay_silent_and_resolve(scene: Scene, tmp_path: Path) -> None:
    assert scene.text in check(scene, tmp_path)
