"""Plans follow from the kinds of miners: what tells one miner from another of its kind never needs a plan of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
from mutation import KNOWN, least, paths, plan_of, replaced
from recorded import LIMIT, RECORDINGS, Clock, Recording, outside_of_time, target

import exporter.poll
import exporter.target
from exporter.decode.answers import Answers, read
from exporter.errors import Refused, Unsupported
from exporter.jsontext import parse
from exporter.plan import Memory
from exporter.plans import Plans
from exporter.poll import poll
from exporter.questions import Request
from exporter.simulator import FAMILIES, Miner, answer, fleet
from exporter.simulator.rows import dump
from exporter.simulator.web import Web

MINERS = 200
WARM, STEADY = 7, 3  # polls of each until all that befalls it came, and polls that are counted
STEP = 130.0  # seconds between two of them: seven are longer than the longest turn of a condition
ROUNDS = 3  # sections that come together: at the first poll, among slow questions, and between them
# Conditions that show at one of several parts, each of which is a kind of its own.
BOARDS, FANS = {"dead_board", "failing_board"}, {"failed_fan"}


def kind(miner: Miner) -> tuple[str, str, int]:
    """What a miner is, what befalls it, and where."""
    condition, life = miner.condition or "", miner.life
    part = life.victim if condition in BOARDS else life.fan if condition in FANS else 0
    return miner.model, condition, part


def asked(miner: Miner) -> Callable[[Request], Awaitable[bytes]]:
    """What asks the miner without sockets and logins."""

    async def ask(request: Request) -> bytes:
        question = request.questions[0]
        if (question.port or 4028) != miner.port or request.posted:
            raise Refused("nothing listens")
        if request.page and isinstance(miner.dialect, Web):
            if question.path not in miner.dialect.pages:
                raise Unsupported("HTTP 404")
            return dump(miner.dialect.pages[question.path](miner.moment())).encode()
        line = f"GET {question.path} HTTP/1.1\r\nHost: miner\r\n\r\n".encode() if request.page else request.wire
        said = answer(miner, request.frame or line)
        return said[4:] if request.frame else said

    return ask


@contextmanager
def on_its_own() -> Iterator[tuple[Clock, Plans]]:
    """A time in which nobody waits, and plans of nobody else."""
    with outside_of_time() as clock, pytest.MonkeyPatch.context() as patch:

        async def sleep(_: float) -> None:
            """Waits for nothing: the others would grow old."""

        patch.setattr(clock, "sleep", sleep)
        few = Plans()
        for module in (exporter.poll, exporter.target):
            patch.setattr(module, "PLANS", few)
        yield clock, few


@pytest.mark.parametrize("family", FAMILIES)
async def test_two_hundred_miners_of_a_family_need_a_plan_for_each_kind_alone(family: str) -> None:
    """Kinds are counted by model, condition, and the board or fan at which that shows; with each round of questions."""
    with on_its_own() as (clock, few):
        miners = fleet(MINERS, families=[family], clock=lambda: 1_770_000_000.0 + clock.passed)
        assert len({miner.life.serial for miner in miners}) == len({miner.life.mac for miner in miners}) == MINERS
        fleet_ = [(target(miner.name, login=miner.dialect.login or "antminer"), asked(miner)) for miner in miners]
        by: Counter[str] = Counter()
        for n in range(WARM + STEADY):
            for of, ask in fleet_:
                outcome = await poll(of, ask, LIMIT)
                assert outcome.error is None
                assert outcome.bugs == []
                by[outcome.by] += n >= WARM
            clock.passed += STEP
    kinds = {kind(miner) for miner in miners} | {(miner.model, "", 0) for miner in miners}
    print(family, len(kinds), few.count(), dict(by), few.size() >> 10)
    assert few.count() <= ROUNDS * len(kinds)
    assert by["decoder"] < 0.005 * MINERS * STEADY, by
