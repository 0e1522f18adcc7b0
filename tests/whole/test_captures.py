"""Recorded answers of real miners, where they are at hand: each is read, and by the family that it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporter.core.errors import Refused
from exporter.polling.poll import poll
from exporter.questions import Request, request
from tests.harness.captures import PLACES, devices
from tests.harness.places import CAPTURES
from tests.harness.recorded import LIMIT, Recording, exposition, outside_of_time, settle, with_login

FAMILIES = {
    "antminer-stock": "antminer",
    "braiins-os": "braiins",
    "luxos": "luxos",
    "dcentos": "dcentos",
    "vnish": "vnish",
    "whatsminer": "whatsminer",
    "fdminer": "fdminer",
    "nonce": "nonce",
    "hiveon": "antminer",
    "mskminer": "antminer",
    "asicseer": "antminer",
    "sealminer": "sealminer",
    "auradine": "auradine",
    "blackminer": "blackminer",
    "volcminer": "blackminer",
    "hammer": "blackminer",
    "avalon": "avalon",
    "innosilicon": "innosilicon",
    "dragonmint": "innosilicon",
    "minerva": "minerva",
    "strongu": "strongu",
    "ibelink": "ibelink",
    "dayun": "dayun",
    "bw-hyperbit": "bw",
    "spondoolies": "spondoolies",
    "baikal": "cgminer",
    "cgminer-classic": "cgminer",
    "gekko-classic": "cgminer",
    "sgminer-gpu": "cgminer",
    "futurebit": "cgminer",
    "epic": "epic",
    "proto": "proto",
    "elphapex": "elphapex",
    "goldshell": "goldshell_mcb",
    "bitfury-openminer": "openminer",
    "obelisk": "obelisk",
    "multminer": "multminer",
    "nerdaxe": "nerdqaxe",
    "bitaxe": "axeos",
}
# Of these, others take the average since the start, or a window without a name.
AVERAGED = ("innosilicon", "minerva", "spondoolies", "whatsminer", "avalon", "obelisk")
SURFACES = {
    "Antminer-S19XP__25.07": "braiins_rest",
    "Antminer-S21-class__26.04": "braiins_rest",
    "Dragonmint-web__web-2021": "innosilicon_web",
    "Blackminer-F2__unknown": "blackminer_cgi",
    "Hammer-D10-cgi__ccminer-2.3.3": "blackminer_cgi",
}
BMMINER = "bOS_am1-s9"  # the first builds of that firmware were a bmminer, and are read as one

# Of these they take another hashrate: the sum over the boards, the average, or the mean of each board's chips.
OTHERWISE = ("Antminer-S17__cgminer-4.11", "Sealminer", "M1__web-2021", "Blackminer-F2")


pytestmark = pytest.mark.skipif(not CAPTURES.is_dir(), reason="no shared captures here")
each = pytest.mark.parametrize("device", devices(), ids=lambda device: f"{device.family}-{device.name}")


@each
async def test_every_recorded_miner_is_up(device: Recording) -> None:
    with outside_of_time():
        of, outcome = await settle(device)
    assert outcome.bugs == []
    text = exposition(of)
    assert outcome.error is None
    assert 'asic_up{miner="' in text
    assert re.search(r"^asic_up\{[^}]*\} 1$", text, re.MULTILINE)
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    assert len({(s.name, tuple(sorted(s.labels.items()))) for s in samples}) == len(samples)
    if device.family in FAMILIES:
        surface = "whatsminer_v3" if "v3_summary" in device.answers else FAMILIES[device.family]
        assert outcome.family == ("antminer" if BMMINER in device.name else SURFACES.get(device.name, surface))


def values(text: str, name: str, label: str = "") -> list[float]:
    lines = [line for line in text.splitlines() if line.startswith(f"{name}{{") and label in line]
    return [float(line.rpartition(" ")[2]) for line in lines]


def hottest(text: str) -> Iterator[list[float]]:
    """Whose two hottest others may mean: all sensors, those and the means, the boards' own, or the chips of each."""
    boards = values(text, "asic_board_temperature_celsius")
    others = values(text, "asic_temperature_celsius") + values(text, "asic_psu_temperature_celsius")
    means = values(text, "asic_board_chip_temperature_mean_celsius")
    yield from (boards, boards + others, boards + means, means)
    yield values(text, "asic_board_temperature_celsius", 'location="pcb"')
    yield values(text, "asic_board_chip_temperature_max_celsius")


def expectations(device: Recording) -> dict[str, Any]:
    """What the source of the recording asserts of it, where its family is one that has a decoder here."""
    meta: dict[str, Any] = orjson.loads((CAPTURES / device.family / device.name / "meta.json").read_bytes())
    known = device.family in FAMILIES and meta.get("oracle_independent")
    return (meta.get("expected_normalized") or {}) if known else {}


@pytest.mark.parametrize(
    "device",
    [device for device in devices() if expectations(device)],
    ids=lambda device: f"{device.family}-{device.name}",
)
async def test_it_reads_what_others_read_in_the_same_bytes(device: Recording) -> None:
    """The hashrate to a thousandth, each fan, the hottest sensors to a degree, and the number of pools."""
    expected = expectations(device)
    with outside_of_time():
        of, _ = await settle(device)
    text = exposition(of)
    rates = values(text, "asic_hashrate_hashes_per_second")
    if device.family in AVERAGED:
        rates = values(text, "asic_hashrate_window_hashes_per_second")
    if expected.get("hashrate_hs") is not None and not device.name.startswith(OTHERWISE):
        assert any(rate == pytest.approx(expected["hashrate_hs"], rel=1e-3) for rate in rates)
    if isinstance(expected.get("fans"), list) and expected.get("fan_unit") != "%":
        fans = values(text, "asic_fan_speed_rpm")
        if (
            device.family == "whatsminer" and "v3_summary" not in device.answers
        ):  # they count the power supply's own, and none that stand still
            fans = [rpm for rpm in fans if rpm] + values(text, "asic_psu_fan_speed_rpm")
        assert sorted(fans) == sorted(expected["fans"])
    if isinstance(expected.get("temps_c"), list) and device.family != "luxos":
        wanted = sorted(map(int, expected["temps_c"]))[-2:]
        assert any(sorted(map(int, found))[-2:] == wanted for found in hottest(text))
    if isinstance(expected.get("pools"), list):
        pools = (
            "asic_pool_info" if device.family in PLACES else "asic_pool_up"
        )  # pages may not tell whether they are up
        assert len(values(text, pools)) == len(expected["pools"])


@pytest.mark.parametrize(
    "device",
    [device for device in devices() if device.family == "luxos" and "version" in device.answers],
    ids=lambda device: device.name,
)
async def test_luxos_says_the_same_by_post(device: Recording) -> None:
    async def by_post(asked: Request) -> bytes:
        if not asked.posted:
            raise Refused("nothing listens")
        return await device.ask(request(*asked.questions))

    pages = []
    for ask in (None, by_post):
        with outside_of_time():
            of, outcome = await settle(device, ask=ask)
        assert outcome.family == "luxos"
        pages.append([line for line in exposition(of).splitlines() if "asic_poll_duration" not in line])
    assert pages[0] == pages[1]


async def test_the_one_page_of_an_older_antminer_is_read() -> None:
    folder = CAPTURES / "antminer-stock" / "Antminer-S9-SE-or-S11-cgi__4.9.0"
    page = (folder / "cgi__get_miner_status.json").read_bytes()
    of = with_login()
    of.spec = replace(of.spec, family="antminer_web")
    named = b'{"minertype":"Antminer S9 SE"}'  # by whose name its unit is known
    device = Recording(folder.name, "antminer_web", {"antminer_status": page, "get_system_info": named})
    with outside_of_time():
        outcome = await poll(of, device.ask, LIMIT)
    assert outcome.bugs == []
    text = exposition(of)
    assert values(text, "asic_hashrate_hashes_per_second") == [16360.27e9]
    assert values(text, "asic_board_chips") == [60, 60, 60]
    assert values(text, "asic_fan_speed_rpm") == [4680, 5160]
    assert values(text, "asic_board_temperature_celsius") == [60, 58, 59]
    assert len(values(text, "asic_pool_up")) == 3
