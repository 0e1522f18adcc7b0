"""What the makers of few models say in words of their own, where the recorded miners do not show it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exporter.decode.avalon import readings as avalon
from exporter.decode.innosilicon.api import repeated
from exporter.decode.innosilicon.chain import any_of, between, clock, spread
from exporter.decode.openminer import amperes
from exporter.decode.strongu import latest
from exporter.polling.poll import poll
from tests.harness.recorded import LIMIT, LOGIN, RECORDINGS, Recording, exposition, outside_of_time, settle, with_login


def recorded(family: str, name: str) -> Recording:
    return next(each for each in RECORDINGS if (each.family, each.name) == (family, name))


@pytest.mark.parametrize(
    ("raw", "least", "most", "expected"),
    [
        (81, 61.0, 84.0, 81),
        (502, 61.0, 84.0, None),
        (12, 61.0, 84.0, None),
        (0, 61.0, 84.0, None),
        (81, None, 84, None),
    ],
)
def test_the_temperature_of_a_chip_is_within_its_board_s(
    raw: object, least: object, most: object, expected: float | None
) -> None:
    assert between(raw, least, most) == expected


@pytest.mark.parametrize(
    ("pll", "cores", "rate", "expected"),
    [(1320, 2304, 6082560.0, 1.32e9), (301, 2016, 5370624.0, None), (0, 2304, 6082560.0, None), (1320, 2304, 0, None)],
)
def test_a_pll_is_a_clock_where_it_accounts_for_the_rate(
    pll: object, cores: object, rate: object, expected: float | None
) -> None:
    assert clock(pll, cores, rate) == expected


def test_one_number_for_every_difficulty_counts_nothing() -> None:
    assert repeated(15.84, "15.84", 15.84) == 15.84
    assert repeated(0.0, 0.0, 0.0) is None, "nothing was found yet"
    assert repeated(812.5, 15.84, 0.0) is None
    assert repeated(None, None, None) is None


async def test_the_chips_of_a_honorknight() -> None:
    of = with_login(chips=True, login="innosilicon")
    with outside_of_time():
        for _ in range(2):
            await poll(of, recorded("innosilicon", "honorknight-k2").ask, LIMIT)
    page = exposition(of)
    assert 'asic_chip_temperature_celsius{miner="rig",board="0",chip="1"} 61' in page
    assert 'asic_chip_voltage_volts{miner="rig",board="0",chip="2"} 0.409' in page
    assert 'asic_chip_temperature_celsius{miner="rig",board="0",chip="2"}' not in page, "502 is no temperature"
    assert 'asic_chip_results_total{miner="rig",board="0",chip="2"} 222' in page
    assert 'asic_chip_hardware_errors_total{miner="rig",board="0",chip="2"} 2' in page


async def test_the_chips_of_an_avalon_count_their_results() -> None:
    of = with_login(chips=True, login="avalon")
    with outside_of_time():
        await poll(of, recorded("avalon", "a15").ask, LIMIT)
    page = exposition(of)
    assert 'asic_chip_results_total{miner="rig",board="2",chip="159"} 148' in page
    assert 'asic_chip_voltage_volts{miner="rig",board="2",chip="159"}' in page


async def shown(recording: Recording) -> str:
    """The page of a recorded miner."""
    with outside_of_time():
        of, _ = await settle(recording)
    return exposition(of)


async def test_the_modules_of_an_avalon_that_knows_stats_alone() -> None:
    a1047 = recorded("avalon", "a1047")
    said = {"stats" if name == "estats" else name: raw for name, raw in a1047.answers.items()}
    boards = [line for line in (await shown(a1047)).splitlines() if line.startswith(("asic_board", "asic_fan"))]
    assert boards
    assert set(boards) <= set((await shown(replace(a1047, answers=said))).splitlines())


async def test_an_a9_that_counts_cores_says_no_nominal_hashrate() -> None:
    a9 = recorded("innosilicon", "a9")
    counted = a9.answers["stats"].replace(b'"Num chips":12', b'"Num chips":12,"Num cores":384,"PLL":358')
    assert "_nominal_" in await shown(a9)
    assert "_nominal_" not in await shown(replace(a9, answers={**a9.answers, "stats": counted}))


async def test_the_boards_of_a_honorknight_by_the_other_of_their_two_names() -> None:
    k2 = recorded("innosilicon", "honorknight-k2")
    other = {"edevs" if name == "devs" else name: raw for name, raw in k2.answers.items()}
    page = await shown(replace(k2, answers=other))
    rate = 'asic_hashrate_hashes_per_second{miner="honorknight-k2"} 4930000250000.0'
    assert rate in page
    assert rate in await shown(k2)
    assert 'asic_miner_state{miner="honorknight-k2",state="mining"} 1' in page


def test_the_last_share_of_a_pool_is_the_newest_of_its_boards() -> None:
    pairs = (0, 1751990301, 0, 1751990397, 1, 1751990399, 2, 0)
    assert [latest(str(pool), *pairs) for pool in range(4)] == [1751990397, 1751990399, None, None]


@pytest.mark.parametrize(
    ("family", "name", "page", "address"),
    [
        ("blackminer", "volcminer-d1", "blackminer_system", "02:00:5e:10:d1:01"),
        ("blackminer_cgi", "f2-one-board", "blackminer_system", "02:00:5e:10:f2:01"),
        ("strongu", "u1", "strongu_network", "02:00:5e:10:51:01"),
        ("jasminer", "x16-q", "jasminer_index", "02:00:5e:10:16:01"),
    ],
)
@pytest.mark.parametrize("configured", ["its own", "", "other"])
async def test_the_address_is_read_once_an_hour_and_only_with_a_login(
    family: str, name: str, page: str, address: str, configured: str
) -> None:
    recording, of = recorded(family, name), with_login()
    own = page.partition("_")[0]
    of.spec = replace(of.spec, credentials={own if configured == "its own" else configured: LOGIN})
    asked = []
    with outside_of_time() as passing:
        passing.runs = True
        for _ in range(60):
            outcome = await poll(of, recording.ask, LIMIT)
            assert outcome.error is None
            asked += [each.questions[0].name for each in outcome.session.requests]
            passing.passed += 30
    assert asked.count(page) == (configured != "other")
    assert (f'mac="{address}"' in exposition(of)) is (configured != "other")


@pytest.mark.parametrize(
    ("version", "boot", "expected"),
    [
        ("1246-83-21072802_4ec6bb0_211fc46", "0x01.00000000", "power_on"),
        ("1047-20051101_85dc6f0_0332654", "1", "power_on"),
        ("15-194-24102401_25462b2_9ddf522", "0x04.00000000", "software"),
        ("1246-83-21072802_4ec6bb0_211fc46", "0x08.00000002", "other"),
        ("1047-20051101_85dc6f0_0332654", "0x0C.00000001", ""),
        ("Mini3-25011701_3f53b19", "0x02.00000000", ""),
        ("1246-83-21072802_4ec6bb0_211fc46", "", ""),
    ],
)
def test_the_reason_of_an_avalons_boot(version: str, boot: str, expected: str) -> None:
    assert avalon.reset_reason({"Ver": version, "BOOTBY": boot}) == expected


def test_an_avalon_tells_of_its_pool_and_radio_only_what_it_measures() -> None:
    assert avalon.latency({"PING": "131"}, 1) == 0.131
    assert avalon.latency({"PING": "131"}, 0) is None, "another pool"
    assert avalon.latency({"PING": "0"}, 1) is None
    assert avalon.signal({"RSSI": "-58"}) == -58
    assert avalon.signal({"RSSI": "0"}) is None, "a cable"


def test_an_avalon_sleeps_since_the_time_that_is_past() -> None:
    asleep = {"SYSTEMSTATU": "Work: In Idle, Hash Board: 1", "SoftOFF": "4", "SoftOffTime": "1753425250"}
    assert avalon.asleep_since(asleep, 1753431516.0) == 1753425250
    assert avalon.asleep_since(asleep, 1753420000.0) is None, "a plan"
    assert avalon.asleep_since(asleep | {"SYSTEMSTATU": "Work: In Work", "SoftOFF": "0"}, 1753431516.0) is None


def test_the_currents_of_a_board_are_one() -> None:
    assert amperes([18320, 100]) == 18.42
    assert amperes([18320, "n/a"]) is None
    assert amperes([]) is None
    assert amperes(18320) is None


def test_flags_and_voltages_of_a_board() -> None:
    assert spread(409.0, 370.0) == 0.039
    assert spread(370.0, 409.0) is None
    assert any_of(False, None, True) == 1
    assert any_of(False, "false") == 0
    assert any_of(None) is None
