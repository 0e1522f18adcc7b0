"""Each alert fires in its scene, says where and what, stays silent for who is well or excused, and resolves."""

from __future__ import annotations

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


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.alert)
def test_alerts_fire_stay_silent_and_resolve(scene: Scene, tmp_path: Path) -> None:
    assert scene.text in check(scene, tmp_path)
