"""Who accepts connections for long and says nothing is left alone longer and longer; who comes back is not."""

from __future__ import annotations

import hostile
import pytest
from hostile import Behaviour, serving
from support import SERIES, target

from exporter import schedule
from exporter.errors import Refused
from exporter.poll import poll
from exporter.transport.surfaces import Surfaces


@pytest.mark.parametrize(("behaviour", "mute"), [(hostile.silent, 2), (hostile.drip, 0)])
async def test_silence_behind_an_open_connection_is_noticed(behaviour: Behaviour, mute: int) -> None:
    async with serving(behaviour) as place:
        of = target(host=place.host, port=place.port, timeout=0.3)
        ask = Surfaces(limit=1 << 16).asker(of.spec)
        for _ in range(2):
            outcome = await poll(of, ask, SERIES)
            assert outcome.error is not None
            assert outcome.error.reason == "timeout"
        assert of.mute == mute
    await poll(of, ask, SERIES)  # nobody listens any more
    assert (of.mute, of.failed) == (0, 3)


async def test_a_name_that_nobody_answers_to_is_no_silence() -> None:
    of = target(timeout=0.1)

    async def refuse(_: object) -> bytes:
        raise Refused

    await poll(of, refuse, SERIES)
    assert (of.mute, of.failed) == (0, 1)


@pytest.mark.parametrize("interval", [1.0, 30.0, 900.0])
def test_the_silent_are_left_alone_longer_and_longer(interval: float) -> None:
    of = target(interval=interval)
    pauses = []
    for polls in range(1, 100):
        of.failed = of.mute = polls
        of.due = 1000.0
        pauses.append(schedule.after(of, 1000.1) - of.due)
    soon = 2 * interval
    assert max(pauses[: schedule.PATIENT]) < soon
    assert max(pauses) <= max(schedule.LONGEST, soon)
    assert pauses[-1] >= min(schedule.LONGEST, 64 * interval)
    of.mute = 0  # the address refuses, or nobody is there
    assert schedule.after(of, 1000.1) - of.due < soon
