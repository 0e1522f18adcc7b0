"""Names made of what miners report, miners that move, and one MAC address at two addresses; in virtual time."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest

from exporter.core.vocabulary import MinerInfo
from exporter.daemon.identities import Identities, filled
from exporter.polling.target import Target
from exporter.render.exposition import fragment
from exporter.render.template import render
from exporter.web.pages import row
from exporter.web.trouble import mark, trouble
from tests.daemon.test_sweep import addresses, sweeping
from tests.harness.fake import miner
from tests.harness.network import Network
from tests.harness.support import samples, target

pytestmark = pytest.mark.virtual_time

MAC = "02:00:5e:00:00:07"


class Site:
    """Targets of the hosts 10.0.0.1 to 10.0.0.9, with their identities."""

    def __init__(self, pattern: str = "", *, found: bool = False) -> None:
        hosts = [f"10.0.0.{n}" for n in range(1, 10)]
        self.targets = {host: target(host, host, pattern=pattern) for host in hosts}
        for each in self.targets.values():
            each.found = found
        self.left: list[Target] = []
        self.identities = Identities(self.targets, self.left.append)

    def read(self, n: int, **labels: str) -> Target:
        """A poll of host n that read these labels."""
        of = self.targets[f"10.0.0.{n}"]
        of.up, of.last_success = True, time.time()
        of.fragments, _ = render([MinerInfo(family="antminer", **labels)], of.identity.decode(), 100)
        self.identities.look(of)
        self.identities.review()
        return of

    def lose(self, n: int) -> Target:
        """A poll of host n that read nothing."""
        of = self.targets[f"10.0.0.{n}"]
        of.up = False
        of.show_status()
        self.identities.review()
        return of

    async def poll(self, *hosts: int, **labels: str) -> list[Target]:
        await asyncio.sleep(30)
        return [self.read(n, **labels) for n in hosts]


@pytest.mark.parametrize(
    ("pattern", "known", "name"),
    [
        ("", {"mac": MAC}, ""),
        ("{mac}", {}, ""),
        ("{mac}", {"mac": ""}, ""),
        ("{mac}", {"mac": MAC}, MAC),
        ("{hostname} at {address}", {"hostname": "rig", "address": "10.0.0.1"}, "rig at 10.0.0.1"),
        ("{hostname}-{serial}", {"hostname": "rig"}, ""),
        ("{hostname}", {"hostname": "{mac}", "mac": MAC}, "{mac}"),
        ("{hostname}{hostname}", {"hostname": "r" * 100}, "r" * 128),
    ],
)
def test_a_pattern_is_filled_or_there_is_no_name(pattern: str, known: dict[str, str], name: str) -> None:
    assert filled(pattern, known) == name


async def test_a_miner_gets_its_name_with_all_its_series_and_keeps_it_while_it_is_down() -> None:
    site = Site("{hostname}")
    of = site.read(1)
    assert of.name == "10.0.0.1", "nothing is known yet"
    of = site.read(1, hostname='a "quoted" rig', mac=MAC)
    assert of.name == 'a "quoted" rig'
    assert of.identity == rb'miner="a \"quoted\" rig"'
    assert fragment(of.fragments, "asic_miner_info").startswith(r'asic_miner_info{miner="a \"quoted\" rig",')
    assert site.read(1, mac=MAC).name == of.name, "this poll did not ask for the host name"
    assert fragment(site.lose(1).fragments, "asic_up") == 'asic_up{miner="a \\"quoted\\" rig"} 0\n'
    assert site.read(1, hostname="another").name == "another"


async def test_a_name_that_two_miners_claim_is_no_name(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    site = Site("{hostname}")
    for n in (1, 2):
        site.read(n, hostname="antminer")
    site.read(1, hostname="antminer", mac=MAC)
    site.read(3, hostname="antminer")
    assert {site.targets[f"10.0.0.{n}"].name for n in (1, 2, 3)} == {"10.0.0.1", "10.0.0.2", "10.0.0.3"}
    assert [record.message for record in caplog.records] == ["name is claimed twice"], "once, not for each"
    site.read(1, hostname="first")
    site.read(2, hostname="second")
    assert [site.targets[f"10.0.0.{n}"].name for n in (1, 2, 3)] == ["first", "second", "antminer"]


async def test_the_address_of_a_target_is_no_name_of_another() -> None:
    assert Site("{hostname}").read(1, hostname="10.0.0.2").name == "10.0.0.1"


@pytest.mark.parametrize("noticed_first", [True, False])
async def test_a_miner_that_moved_takes_its_name_along(*, noticed_first: bool) -> None:
    """Whether the old address is found silent before the new one answers, or after."""
    site = Site("{mac}", found=True)
    await site.poll(1, mac=MAC)
    await site.poll()
    if noticed_first:
        site.lose(1)
    (new,) = await site.poll(5, mac=MAC)
    if not noticed_first:
        assert (new.name, site.left) == ("10.0.0.5", []), "not decided"
        site.lose(1)
    assert new.name == MAC
    assert site.left == [site.targets["10.0.0.1"]]
    assert site.targets["10.0.0.1"].name == "10.0.0.1"


async def test_an_address_that_the_configuration_names_stays_when_its_miner_moves() -> None:
    site = Site("{mac}")
    await site.poll(1, mac=MAC)
    site.lose(1)
    (new,) = await site.poll(5, mac=MAC)
    assert new.name == MAC
    assert site.left == []
    assert fragment(site.targets["10.0.0.1"].fragments, "asic_up") == 'asic_up{miner="10.0.0.1"} 0\n'


async def test_twins_are_told_and_stay(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    site = Site("{mac}", found=True)
    for _ in range(3):
        await site.poll(1, 2, mac=MAC)
    one, other = site.targets["10.0.0.1"], site.targets["10.0.0.2"]
    assert [record.message for record in caplog.records if "MAC" in record.message] == [
        "one MAC address at several addresses"
    ]
    assert (one.twins, other.twins) == (("10.0.0.2",), ("10.0.0.1",))
    assert trouble(row(one)) == "same MAC address as 10.0.0.2"
    assert mark(row(one)) == "short"
    assert {one.name, other.name} == {"10.0.0.1", "10.0.0.2"}
    site.lose(2)
    await site.poll(1, mac=MAC)
    assert site.left == [], "a twin that is lost did not move"
    await site.poll(1, mac="02:00:5e:00:00:08")
    await site.poll(2, mac=MAC)
    assert (one.twins, other.twins) == ((), ())
    assert (one.name, other.name) == ("02:00:5e:00:00:08", MAC)


async def test_two_programs_behind_one_address_are_no_twins() -> None:
    site = Site()
    site.targets["10.0.0.2"].spec = site.targets["10.0.0.2"].spec.at("10.0.0.1", 4029)
    await site.poll(1, 2, mac=MAC)
    await site.poll(1, 2, mac=MAC)
    assert site.targets["10.0.0.1"].twins == ()


async def test_a_miner_of_a_range_that_gets_another_address_is_one_miner(net: Network) -> None:
    """The old address leaves the page and is a candidate again; where the miner is asked, nothing is asked twice."""
    net.miner, net.silent = miner("auradine"), addresses(7)
    async with sweeping() as (schedule, sweep):
        await asyncio.sleep(60)
        before = schedule.targets["10.0.0.7"]
        assert 'mac="' in fragment(before.fragments, "asic_miner_info")
        net.silent = addresses(70)
        await asyncio.sleep(240)
        assert set(schedule.targets) == {"10.0.0.9", "10.0.0.70"}
        assert sweep.candidates() == 252
        polls = len(net.polls["10.0.0.7"])
        net.silent = addresses(7)
        await asyncio.sleep(240)
        assert set(schedule.targets) == {"10.0.0.9", "10.0.0.7"}
        assert schedule.targets["10.0.0.7"] is not before
        assert len(net.polls["10.0.0.7"]) > polls
        assert samples(schedule.targets["10.0.0.7"])["asic_up"] == {("a",): 1}


async def test_a_target_that_leaves_is_gone_for_good(net: Network) -> None:
    net.silent = addresses(7)
    async with sweeping() as (schedule, _):
        await asyncio.sleep(60)
        rate, gone = schedule.rate, schedule.targets["10.0.0.7"]
        schedule.leave(gone)
        assert schedule.rate == pytest.approx(rate - 1 / 30)
        net.silent = addresses()
        polls = len(net.polls["10.0.0.7"])
        await asyncio.sleep(50)
        assert len(net.polls["10.0.0.7"]) <= polls + 1, "only a trial of the range"


def test_looking_costs_nothing_where_nothing_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site("{mac}")
    of = site.read(1, mac=MAC)
    monkeypatch.setattr("exporter.daemon.identities.samples", lambda _: pytest.fail("read once more"))
    site.identities.look(of)
