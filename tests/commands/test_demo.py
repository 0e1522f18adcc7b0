"""The fleet of `demo`: every kind of miner answers, and one more is switched off."""

from __future__ import annotations

import pytest

from exporter.commands import demo
from exporter.simulator import MIX


@pytest.mark.parametrize("miners", [demo.SHED, len(MIX) + 1, 100])
def test_one_miner_is_switched_off_and_one_comes_and_goes(miners: int) -> None:
    *others, last = demo.shed(miners, faults=False, seed=1)
    assert len(others) == miners - 1
    assert last.fault == "refuses"
    assert [miner.fault for miner in others if miner.fault] == ["flapping"]
    assert {miner.family for miner in others} == {kind.family for kind in MIX[: miners - 1]}
    assert not {last.name, last.host} & {text for miner in others for text in (miner.name, miner.host)}


def test_a_small_fleet_has_every_miner_on() -> None:
    assert [miner.fault for miner in demo.shed(demo.SHED - 1, faults=False, seed=1)] == [None] * (demo.SHED - 1)


def test_faults_leave_the_double_switched_off() -> None:
    miners = demo.shed(len(MIX) + 1, faults=True, seed=1)
    assert miners[-1].fault == "refuses"
    assert sum(miner.fault is not None for miner in miners[:-1]) > 2
