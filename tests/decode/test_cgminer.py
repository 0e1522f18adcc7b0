"""What real programs of the cgminer dialect do, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exporter.config import Expect
from exporter.decode.cgminer import height, plugged
from exporter.decode.common.counts import error_ratio
from exporter.decode.common.devices import counted_kinds
from exporter.decode.common.notify import holds
from exporter.polling.poll import poll
from tests.harness.recorded import RECORDINGS, Recording, exposition, outside_of_time, settle
from tests.harness.support import parsed, target

NOW = 1_751_990_400
Page = dict[str, dict[tuple[str, ...], float]]


def recording(name: str) -> Recording:
    return next(each for each in RECORDINGS if each.family == "cgminer" and each.name == name)


async def page(of: Recording) -> Page:
    with outside_of_time():
        miner, outcome = await settle(of)
    assert outcome.error is None
    return parsed(exposition(miner), but="miner")


@pytest.mark.parametrize(
    ("well", "unwell", "now", "expected"),
    [
        (NOW - 4, NOW - 7200, NOW, None),  # well since
        (NOW - 7200, NOW - 5400, NOW, 1),  # not well since
        (NOW - 4, NOW - 600, NOW, 1),  # within the hour
        (7184, NOW - 7200, NOW, None),  # well by another clock
        (7184, NOW - 600, NOW, 1),
        (7184, 7000, 7200, 1),  # a miner whose clock was never set
        (7184, 7190, 90_000, 1),
        (80_000, 7190, 90_000, None),
        (0, NOW - 600, NOW, None),
    ],
)
def test_a_trouble_that_is_over_is_no_fault(well: int, unwell: int, now: int, expected: int | None) -> None:
    assert holds(well, unwell, now) == expected


async def test_a_rate_that_only_decays_is_no_mining() -> None:
    dead = recording("dead-sticks")
    joined = dead.answers["summary+devs+pools"]
    decaying = joined.replace(b'"MHS av":180421.0,"MHS 5s":0.0', b'"MHS av":180421.0,"MHS 5s":32.5')
    assert decaying != joined
    read = await page(replace(dead, answers={**dead.answers, "summary+devs+pools": decaying}))
    assert read["asic_hashrate_hashes_per_second"][()] == 32.5e6
    assert read["asic_miner_state"]["faulted",] == 1
    at_work = decaying.replace(b'"MHS av":90210.5,"MHS 5s":0.0', b'"MHS av":90210.5,"MHS 5s":7.0')
    read = await page(replace(dead, answers={**dead.answers, "summary+devs+pools": at_work}))
    assert read["asic_miner_state"]["mining",] == 1  # sick or not, it hashes


@pytest.mark.parametrize("boards", [1, 3])
async def test_a_miner_without_a_device_has_no_board_of_those_expected(boards: int) -> None:
    of = target()
    of.spec = replace(of.spec, expect=Expect(boards=boards))
    with outside_of_time():
        await poll(of, recording("no-devices").ask, 10_000)
    read = parsed(exposition(of), but="miner")
    assert read["asic_expected"]["boards",] == 0
    assert read["asic_miner_state"]["faulted",] == 1
    assert read["asic_section_up"]["devs",] == 1


async def test_devices_of_several_kinds_are_several_boards() -> None:
    read = await page(recording("mixed-devices"))
    assert set(read["asic_board_hashrate_hashes_per_second"]) == {("GPU0",), ("ASC0",), ("PGA0",), ("CPU0",)}
    assert counted_kinds("1 GPU(s) - 12 PGA(s)") == 2
    assert [counted_kinds(said) for said in ("0 PGA(s) - 2 CPU(s)", "", None, "00 ASC(s)", "Devs" * 99)] == [
        1,
        0,
        0,
        0,
        0,
    ]


async def test_the_owners_description_is_no_firmware() -> None:
    with outside_of_time():
        of, outcome = await settle(recording("described-by-its-owner"))
    assert outcome.family == "cgminer"
    assert of.learnt.evidence == "version answers in the cgminer dialect"


@pytest.mark.parametrize("name", ["cpu-of-2013", "cpu-in-text-mode"])
async def test_the_devices_say_the_hashrate_that_the_summary_does_not(name: str) -> None:
    read = await page(recording(name))
    assert read["asic_hashrate_hashes_per_second"][()] == sum(read["asic_board_hashrate_hashes_per_second"].values())
    assert len(read["asic_board_hashrate_hashes_per_second"]) == 2


@pytest.mark.parametrize(
    ("percentage", "errors", "work", "expected"),
    [
        (1.5, 61, 4000, 0.015),
        ("0.0937", "51", "158.62", 0.000937),
        (0.0, 0, 819, 0.0),
        ("0.0000", "0", "819", 0.0),
        (0.0, 0, 0, None),  # no results yet
        (0, 0, 819, None),  # a constant
        ("0", "0", "819", None),
        (2, 2, 98, 0.02),
        (0.0, 128, 819, None),
        (1.0, 0, 819, None),
        (1584.0, 806, 819, None),
        (0.5, None, 819, None),
        (None, 3, 819, None),
    ],
)
def test_a_share_of_errors_counts_where_it_agrees_with_their_number(
    percentage: object, errors: object, work: object, expected: float | None
) -> None:
    assert error_ratio(percentage, errors, work) == expected


def test_the_height_is_that_of_the_pool_at_work() -> None:
    assert height(0, 905001, 1, 905002) == 905002
    assert height(1, 2**32 - 1, 0, 905002) is None, "all bits set"
    assert height(1, 0) is None
    assert height(None, 905001, None, 905002) is None


def test_a_device_that_was_pulled_out_is_dead() -> None:
    assert plugged(1, True) == 0
    assert plugged(1, False) == 1
    assert plugged(None, None) is None
