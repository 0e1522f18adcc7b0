"""A wall clock that steps changes the timestamps that are shown, and nothing else."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from exporter.decode.common.poolvalues import last_share
from exporter.polling import poll
from exporter.questions import Request
from exporter.render.exposition import page
from tests.harness.recorded import LIMIT, RECORDINGS, with_login
from tests.harness.support import parsed

NOW = 1_800_000_000
YEAR = 365 * 86400.0


@pytest.mark.parametrize("step", [-YEAR, YEAR, -3600.0, 0.0])
async def test_questions_come_as_often_whatever_the_wall_clock_does(
    monkeypatch: pytest.MonkeyPatch, step: float
) -> None:
    now, wall = 1000.0, 2e9
    monkeypatch.setattr(time, "time", lambda: wall)
    monkeypatch.setattr(time, "monotonic", lambda: now)
    recording = next(each for each in RECORDINGS if each.name == "boser-s19j")
    asked: Counter[str] = Counter()
    of = with_login()

    async def ask(request: Request) -> bytes:
        asked.update(question.name for question in request.questions)
        return await recording.ask(request)

    async def polls() -> Counter[str]:
        nonlocal now, wall
        asked.clear()
        for _ in range(300):
            await poll.poll(of, ask, LIMIT)
            now, wall = now + 60, wall + 60
        return asked.copy()

    await polls()
    wall += step
    assert (await polls())["bos"] in (5, 6)
    read = parsed(b"".join(page([of.fragments])).decode(), but="miner")
    assert read["asic_up"][()] == 1
    shown = read["asic_section_timestamp_seconds"].values()
    assert all(wall - 3700 < at <= wall for at in shown)


@pytest.mark.parametrize(
    ("said", "when", "expected"),
    [
        (NOW - 9, NOW, NOW - 9),
        (NOW - 4000, NOW - 3600, NOW - 4000),  # a clock that is near is believed
        (98, 168, NOW - 70),  # since the machine's start
        ("98", "168", NOW - 70),
        (1_425_919_700, 1_425_919_766, NOW - 66),  # a clock that began in 2015
        (NOW + 10 * 86_400, NOW + 10 * 86_400 + 5, NOW - 5),  # a clock that is ahead
        (98, NOW, None),  # of before the clock was set
        (168, 98, None),
        (0, 168, None),
        (98, None, None),
        (1_425_919_700, None, None),
        ("0:01:10", 168, NOW - 70),
        ("9999999:59:59", 168, None),  # an age of more than a thousand years
        (NOW + 10 * 86_400, None, None),  # ahead, and nothing tells by how much
        (1e300, None, None),
    ],
)
def test_the_age_of_a_share_is_right_by_a_clock_that_was_never_set(
    said: object, when: object, expected: int | None
) -> None:
    assert last_share(said, 7, NOW, when) == expected
