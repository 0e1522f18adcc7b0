"""Plans follow from kinds of miners: what tells one miner from another of its kind needs no plan of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import pytest

import exporter.polling.readings
import exporter.polling.target
from exporter.parse.answers import Answers, read
from exporter.parse.jsontext import parse
from exporter.plans.cache import PlanCache
from exporter.plans.plan import PlanState
from exporter.polling.poll import poll
from exporter.simulator import FAMILIES, Miner, fleet
from tests.harness.mutation import KNOWN, least, paths, plan_of, replaced
from tests.harness.recorded import LIMIT, NOW, RECORDINGS, Clock, Recording, outside_of_time, with_login
from tests.harness.unwired import asks

MINERS = 80
WARM, STEADY = 7, 3  # polls of each until all that befalls it came, and polls that are counted
STEP = 130.0  # seconds between two of them: seven are longer than the longest turn of a condition
LEAST = 0.005  # of those polls, what may need the decoder
ROUNDS = 3  # sections that come together: at the first poll, among slow questions, and between them
# Conditions that show at one of several parts, each of which is a kind of its own.
BOARDS, FANS = {"dead_board", "failing_board"}, {"failed_fan"}


def kind(miner: Miner) -> tuple[str, str, int]:
    """What a miner is, what befalls it, and where."""
    condition, life = miner.condition or "", miner.life
    part = life.victim if condition in BOARDS else life.fan if condition in FANS else 0
    return miner.model, condition, part


@contextmanager
def on_its_own() -> Iterator[tuple[Clock, PlanCache]]:
    """A time in which nobody waits, and plans of nobody else."""
    with outside_of_time() as clock, pytest.MonkeyPatch.context() as patch:
        clock.waits = False  # the others would grow old
        few = PlanCache()
        for module in (exporter.polling.readings, exporter.polling.target):
            patch.setattr(module, "PLANS", few)
        yield clock, few


@pytest.mark.parametrize("family", FAMILIES)
async def test_many_miners_of_a_family_need_a_plan_for_each_kind_alone(family: str) -> None:
    """Kinds are counted by model, condition, and the board or fan at which that shows; with each round of questions."""
    with on_its_own() as (clock, few):
        miners = fleet(MINERS, families=[family], clock=lambda: 1_770_000_000.0 + clock.passed)
        assert len({miner.life.serial for miner in miners}) == len({miner.life.mac for miner in miners}) == MINERS
        fleet_ = [(with_login(miner.name, login=miner.dialect.login or "antminer"), asks(miner)) for miner in miners]
        by: Counter[str] = Counter()
        for n in range(WARM + STEADY):
            for of, ask in fleet_:
                outcome = await poll(of, ask, LIMIT)
                assert outcome.error is None
                assert outcome.bugs == []
                by[outcome.by] += n >= WARM
            clock.passed += STEP
    more = fleet(2 * MINERS, families=[family])  # what befalls few of them befalls one of these
    kinds = {kind(miner) for miner in more} | {(miner.model, "", 0) for miner in more}
    assert few.count() <= ROUNDS * len(kinds)
    assert by["decoder"] < LEAST * MINERS * STEADY, by


# Keys under which each miner says something else, and what stands so in the text of others.
OWN = re.compile(
    r"serial|(?:^|[ _])sn\b|pcb.?sn|mac|host|user|login|worker|wallet|url|^pool$|^addr|^ip$|ipaddr|dna|uuid",
    re.IGNORECASE,
)
WITHIN = re.compile(rb"(?<=DNA\[)[0-9a-f]+|(?<=MAC\[)[0-9a-f:]+")
_ANOTHER = bytes.maketrans(b"0123456789abcdefABCDEF", b"1023456789bacdfeBACDFE")


def others(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """The answer with one of those texts as another miner says it, and under which key that is."""
    if WITHIN.search(raw):
        yield "DNA", WITHIN.sub(lambda found: found[0].translate(_ANOTHER), raw)
    document = orjson.loads(raw) if raw.startswith(b"[") else parse(raw)[0]
    for path, value in paths(document):
        if isinstance(value, str) and len(value) > 2 and OWN.search(str(path[-1])):
            yield repr(path), replaced(document, path, orjson.dumps(value.encode().translate(_ANOTHER).decode()))


@pytest.mark.parametrize("recording", [*map(least, RECORDINGS)], ids=lambda r: f"{r.family}-{r.name}")
def test_who_a_miner_is_and_where_it_mines_needs_no_other_plan(recording: Recording) -> None:
    plan = plan_of(recording)
    for name, raw in recording.answers.items():
        for key, other in others(raw):
            said = Answers()
            for each, answered in {**recording.answers, name: other}.items():
                read(said, [KNOWN[part] for part in each.split("+") if part in KNOWN], answered)
            values = plan.read(said, PlanState(), {"now": NOW})
            assert values, (name, key)
