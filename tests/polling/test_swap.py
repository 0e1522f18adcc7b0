"""What changes on an address while it is polled: the miner is lost and comes back, or becomes another one."""

from __future__ import annotations

import pytest

from exporter.core.errors import AskError, Empty, Refused
from exporter.simulator import answer
from tests.harness.fake import STRANGE, UNKNOWN, Fake, Rule, miner
from tests.harness.support import samples

pytestmark = pytest.mark.virtual_time


@pytest.mark.parametrize("rule", [UNKNOWN, STRANGE, Refused, Empty, TimeoutError])
async def test_a_miner_that_tells_only_its_version_is_down(rule: Rule) -> None:
    fake = Fake(miner("cgminer", "usb"))
    fake.rules |= {"*": rule, "+": rule, "version": answer(fake.miner, b'{"command":"version"}')}
    await fake.poll()
    assert fake.target.up is False
    assert samples(fake.target)["asic_up"] == {(): 0}


@pytest.mark.parametrize("rule", [Refused, TimeoutError, STRANGE, b"", b"SSH-2.0-x\r\n", UNKNOWN])
async def test_readings_leave_with_the_miner_and_status_stays(rule: Rule) -> None:
    fake = Fake(miner("luxos"))
    status = {"asic_up", "asic_target_info", "asic_poll_duration_seconds", "asic_series_dropped_total"}
    assert samples(fake.target)["asic_up"] == {(): 0}, "from the first second on"
    await fake.poll()
    alive = samples(fake.target)
    seen = alive["asic_last_success_timestamp_seconds"]
    assert len(alive) > 30
    fake.rules |= {"+": rule, "*": rule}
    await fake.poll()
    page = samples(fake.target)
    assert page["asic_up"] == {(): 0}
    assert page["asic_last_success_timestamp_seconds"] == seen
    assert sum(page["asic_poll_failures_total"].values()) == 1
    assert set(page) <= status | {"asic_last_success_timestamp_seconds", "asic_poll_failures_total"}


async def test_every_error_of_the_wire_has_its_reason() -> None:
    for error in AskError.__subclasses__():
        fake = Fake(miner("cgminer"))
        fake.rules |= {"+": error, "*": error}
        await fake.poll()
        assert samples(fake.target)["asic_poll_failures_total"] == {(error.reason,): 1}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("cgminer", "luxos"),
        ("luxos", "braiins"),
        ("antminer", "luxos"),
        ("braiins", "antminer"),
        ("vnish", "dcentos"),
        ("cgminer", "avalon"),
        ("avalon", "cgminer"),
    ],
)
async def test_another_firmware_is_noticed(before: str, after: str) -> None:
    """By what each answer says of its program, or because the old questions no longer fit."""
    fake = Fake(miner(before))
    await fake.poll()
    assert fake.family == before
    fake.miner = miner(after)
    for _ in range(3):
        await fake.poll()
    assert fake.family == after
    assert fake.target.up
    (info,) = samples(fake.target)["asic_miner_info"]
    assert after in info
    assert before not in info


async def test_another_firmware_that_calls_itself_the_same_shows_by_its_version() -> None:
    fake = Fake(miner("antminer", "s9"))
    await fake.poll()
    said = answer(fake.miner, b'{"command":"version"}').decode()
    fake.rules["version"] = said.replace("Antminer S9", "Antminer S9 (vnish 3.9.0)").encode()
    for _ in range(9):
        await fake.poll()
    assert fake.family == "antminer", "the version is not asked yet"
    for _ in range(2):
        await fake.poll()
    assert fake.family == "vnish"


async def test_another_firmware_after_a_failure_is_recognised_anew() -> None:
    fake = Fake(miner("antminer", "s9"))
    await fake.poll()
    fake.rules |= {"+": STRANGE, "*": STRANGE}
    await fake.poll()
    assert fake.target.up is False
    assert fake.family == ""
    fake.rules, fake.miner = {}, miner("cgminer", "usb")
    await fake.poll()
    assert fake.target.up
    assert fake.family == "cgminer"
    assert fake.heard[0] == "version"


async def test_the_configured_family_wins() -> None:
    fake = Fake(miner("luxos"), family="cgminer")
    for _ in range(12):
        await fake.poll()
        assert fake.family == "cgminer"
        assert not {"power", "events", "temps"} & set("+".join(fake.heard).split("+"))
    assert fake.target.up
