"""What a miner is asked and when: whole polls of simulated miners without a socket between."""

from __future__ import annotations

import asyncio
import gc

import pytest

from exporter.config import Credential
from exporter.config.secret import Secret
from exporter.core.errors import Denied, Empty, ExporterError, Refused, Reset
from exporter.parse.answers import Answers
from exporter.polling.poll import poll
from exporter.polling.session import Session
from exporter.polling.target import Target
from exporter.questions import Page, Request
from exporter.simulator import Miner, answer, fleet
from exporter.simulator.api import Api
from tests.harness.fake import HOUR, INTERVAL, STRANGE, UNKNOWN, Fake, Rule, miner
from tests.harness.support import SERIES, samples, target

pytestmark = pytest.mark.virtual_time


async def test_a_join_is_tried_once_and_remembered() -> None:
    fake = Fake(miner("cgminer", "usb"))
    await fake.poll()
    assert fake.heard[:2] == ["version", "summary+devs+pools"]
    for _ in range(3):
        await fake.poll()
        assert fake.heard == ["summary+devs+pools"]


# The first command's own answer, as if the others had not been asked.
FIRST = b'{"STATUS":"S","When":1,"Code":131,"Msg":{"Elapsed":7,"MHS av":5},"Description":""}'


@pytest.mark.parametrize("rule", [UNKNOWN, Empty, STRANGE, FIRST, "cut"])
async def test_a_refused_join_is_tried_again_after_an_hour(rule: Rule | str) -> None:
    fake = Fake(miner("cgminer", "usb"))
    fake.rules["+"] = UNKNOWN if rule == "cut" else rule  # type: ignore[assignment]
    if rule == "cut":
        whole = answer(fake.miner, b'{"command":"summary+devs+pools"}')
        fake.rules["+"] = whole[: len(whole) // 2]
    await fake.poll()
    assert fake.heard[:5] == ["version", "summary+devs+pools", "summary", "devs", "pools"]
    for _ in range(int(HOUR / INTERVAL) - 2):
        await fake.poll()
        assert fake.target.up
        assert not [command for command in fake.heard if "+" in command and "summary" in command]
    del fake.rules["+"]
    await fake.poll(2 * INTERVAL)
    assert fake.heard[0] == "summary+devs+pools"
    assert "summary" not in fake.heard


async def test_what_follows_a_joins_end_may_be_the_rest_of_it() -> None:
    fake = Fake(miner("cgminer", "usb"))
    whole = answer(fake.miner, b'{"command":"summary+devs+pools"}')
    fake.rules["+"] = whole.replace(b',"id":1}],"devs"', b',"id":1}]},"devs"')
    await fake.poll()
    assert fake.heard[:5] == ["version", "summary+devs+pools", "summary", "devs", "pools"]
    assert samples(fake.target)["asic_section_up"][("pools",)] == 1


async def test_a_join_that_worked_before_and_fails_now_is_the_miners_end() -> None:
    fake = Fake(miner("cgminer", "usb"))
    await fake.poll()
    fake.rules["+"] = Refused
    outcome = await fake.poll()
    assert fake.heard == ["summary+devs+pools"]
    assert not fake.target.up
    assert isinstance(outcome.error, Refused)


async def test_a_section_of_which_no_row_is_whole_was_not_read() -> None:
    fake = Fake(miner("sealminer"))
    fake.rules["stats"] = answer(fake.miner, b'{"command":"stats"}')[:400]
    fake.rules["pools"] = answer(fake.miner, b'{"command":"pools"}')[:-30]
    fake.rules["+"] = UNKNOWN
    await fake.poll()
    assert fake.target.up
    read = samples(fake.target)["asic_section_up"]
    assert [read[section,] for section in ("summary", "stats", "pools")] == [1, 0, 1]


@pytest.mark.parametrize("rule", [b"no answer", Reset, UNKNOWN])
async def test_what_was_not_read_is_so_until_it_is_asked_again(rule: Rule) -> None:
    def coin() -> float | None:
        return samples(fake.target)["asic_section_up"].get(("coin",))

    fake = Fake(miner("cgminer", "usb"))
    fake.rules |= {"+": UNKNOWN, "coin": rule}
    await fake.poll()
    assert "coin" in fake.heard
    failed = None if rule is UNKNOWN else 0
    assert coin() == failed
    for _ in range(5):
        await fake.poll(1.0)
        assert "coin" not in fake.heard
        assert coin() == failed
    del fake.rules["coin"]
    await fake.poll(HOUR)
    assert coin() == 1


@pytest.mark.parametrize(
    "of", [m for m in fleet() if isinstance(m.dialect, Api)], ids=lambda of: f"{of.family}-{of.name}"
)
async def test_no_web_server_beside_the_api_is_no_failure(of: Miner) -> None:
    fake = Fake(of)
    for _ in range(3):
        await fake.poll()
        assert {*samples(fake.target)["asic_section_up"].values()} == {1}


@pytest.mark.parametrize("configured", [False, True])
async def test_a_page_beside_the_api_that_takes_a_login_fails_only_where_there_is_one(configured: bool) -> None:
    async def ask(request: Request) -> bytes:
        if isinstance(request.question, Page):
            raise Denied("HTTP 401")
        return answer(of, request.wire)

    of = miner("auradine")
    rig = target(credentials={"auradine": Credential("admin", Secret("canary"))} if configured else {})
    for _ in range(3):
        await poll(rig, ask, SERIES)
        assert rig.up
        assert samples(rig)["asic_section_up"].get(("mode_page",)) == (0 if configured else None)


async def test_one_join_that_is_cut_off_is_an_accident_and_two_are_the_firmware() -> None:
    fake = Fake(miner("luxos"), timeout=25.0)
    await fake.poll()
    await fake.poll()
    (fast,) = fake.heard
    fake.rules["+"] = answer(fake.miner, b'{"command":"%s"}' % fast.encode())[:2000]
    await fake.poll()
    assert len(fake.heard) > 5
    assert fake.heard[0] == fast
    await fake.poll()
    assert fake.heard[0] == fast, "tried again, since it worked before"
    del fake.rules["+"]
    await fake.poll()
    assert fast not in fake.heard
    assert fake.target.up
    for _ in range(int(HOUR / INTERVAL) + 1):
        await fake.poll()
    assert fake.heard == [fast]


async def test_what_the_firmware_does_not_know_is_left_alone_for_an_hour() -> None:
    fake = Fake(miner("antminer", "s9"))
    fake.rules |= {"+": UNKNOWN, "pools": UNKNOWN}
    await fake.poll()
    assert "pools" in fake.heard
    for _ in range(int(HOUR / INTERVAL) - 1):
        await fake.poll()
        assert "summary" in fake.heard
        assert "pools" not in fake.heard
    del fake.rules["pools"]
    await fake.poll(2 * INTERVAL)
    assert "pools" in fake.heard
    assert "asic_pool_up" in samples(fake.target)


async def test_slow_answers_stand_for_five_minutes_and_tell_their_age() -> None:
    fake = Fake(miner("luxos"))
    await fake.poll()
    first = samples(fake.target)
    asked = first["asic_section_timestamp_seconds"][("tempctrl",)]
    limits = first["asic_temperature_limit_celsius"]
    assert "summary" not in {key[0] for key in first["asic_section_timestamp_seconds"]}
    for _ in range(9):
        await fake.poll(30)
        now = samples(fake.target)
        assert not {"tempctrl", "profiles"} & set("+".join(fake.heard).split("+"))
        assert now["asic_temperature_limit_celsius"] == limits
        assert now["asic_section_timestamp_seconds"][("tempctrl",)] == asked
    await fake.poll(60)
    assert "tempctrl" in "+".join(fake.heard)
    assert samples(fake.target)["asic_section_timestamp_seconds"][("tempctrl",)] >= asked + 300


def test_the_second_rounds_of_slow_questions_are_spread() -> None:
    factors = [target(f"rig-{n}").jitter for n in range(1000)]
    for part in (0.2, 0.4, 0.6, 0.8, 1.0):
        assert abs(sum(jitter <= part for jitter in factors) / 1000 - (part - 0.2) / 0.8) < 0.1


@pytest.mark.parametrize(("jitter", "second"), [(0.2, 60), (0.5, 150)])
async def test_the_second_round_comes_sooner(monkeypatch: pytest.MonkeyPatch, jitter: float, second: int) -> None:
    monkeypatch.setattr(Target, "jitter", jitter)
    fake = Fake(miner("luxos"))
    await fake.poll()
    began = asyncio.get_running_loop().time()
    rounds: list[float] = []
    while len(rounds) < 2:
        await fake.poll(10)
        if "tempctrl" in "+".join(fake.heard):
            rounds.append(asyncio.get_running_loop().time() - began)
    assert second <= rounds[0] < second + 12
    assert second + 300 <= rounds[1] < second + 324


async def test_slow_answers_are_forgotten_when_the_miner_is_lost() -> None:
    fake = Fake(miner("luxos"))
    await fake.poll()
    fake.rules |= {"+": Refused, "*": Refused}
    await fake.poll()
    assert not fake.target.learnt.slow_answers
    fake.rules = {}
    await fake.poll()
    assert "tempctrl" in "+".join(fake.heard), "asked anew, although no five minutes have gone"


async def test_the_boards_chips_are_asked_for_one_a_poll_and_only_where_wanted() -> None:
    fake, plain = Fake(miner("luxos"), chips=True), Fake(miner("luxos"))
    chips: list[str] = []
    for _ in range(9):
        await plain.poll(0)
        assert not [command for command in plain.heard if command.startswith("healthchip")]
        await fake.poll()
        asked = [command for command in fake.heard if command.startswith("healthchip")]
        assert len(asked) <= 1
        chips += asked
    assert chips == [f"healthchipget:{board}" for board in range(fake.miner.machine.boards)]
    page = samples(fake.target)
    assert {key[0] for key in page["asic_chip_hashrate_hashes_per_second"]} == {c[-1] for c in chips}


async def test_partial_answers_stand_at_the_deadline() -> None:
    fake = Fake(miner("antminer", "s9"))
    fake.rules |= {"+": UNKNOWN, "pools": TimeoutError}
    outcome = await fake.poll()
    assert outcome.error is None
    page = samples(fake.target)
    assert page["asic_up"] == {(): 1}
    assert page["asic_section_up"][("summary",)] == 1
    assert "asic_hashrate_hashes_per_second" in page
    assert "asic_pool_up" not in page


async def test_what_the_deadline_leaves_unasked_has_failed() -> None:
    fake = Fake(miner("luxos"))
    fake.rules["+"] = UNKNOWN  # one by one, with a second between them, is more than the deadline holds
    outcome = await fake.poll()
    asked = set(fake.heard)
    assert {"fans", "power", "events"}.isdisjoint(asked)
    assert fake.target.up
    for section in ("fans", "power", "events"):
        assert samples(fake.target)["asic_section_up"][section,] == 0
    assert not outcome.whole


@pytest.mark.parametrize("accident", [Empty, Reset])
async def test_a_hang_up_at_the_first_join_is_an_accident(accident: type[Exception]) -> None:
    fake = Fake(miner("luxos"))
    fake.rules["+"] = accident
    await fake.poll()
    del fake.rules["+"]
    await fake.poll()
    assert fake.heard[0].count("+") >= 8
    assert samples(fake.target)["asic_fan_speed_rpm"]


async def test_a_poll_leaves_nothing_for_the_garbage_collection() -> None:
    """Neither what the firmware does not know nor a hang-up keeps an answer alive by the frames that it passed."""
    fake = Fake(miner("cgminer", "usb"))
    fake.rules |= {"+": UNKNOWN, "pools": UNKNOWN, "devs": Reset, "coin": STRANGE}
    await fake.poll()
    gc.collect()
    gc.disable()
    try:
        await fake.poll(2 * HOUR)
        assert fake.target.up
        fake.rules = {"": Refused, "summary": Refused}
        await fake.poll()
        assert not [each for each in found_by_gc() if isinstance(each, Answers | Session | ExporterError)]
    finally:
        gc.enable()


def found_by_gc() -> list[object]:
    """What only a garbage collection frees."""
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        gc.collect()
        return list(gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
