"""The guard: what cannot be and what contradicts the rest is left out and counted at each poll; nothing else is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from itertools import accumulate

import pytest

from exporter import decode
from exporter.core.plausible import STRONGEST, contradicting, outside
from exporter.core.vocabulary import Board, Fan, HashrateNominal, HashrateWindow, Miner, MinerInfo, Part, Power, Psu
from exporter.daemon.telemetry import Telemetry
from exporter.decode.common import hashrate
from exporter.parse.answers import Answers
from exporter.parse.rows import Reading
from exporter.polling.poll import poll
from exporter.simulator import FAMILIES, fleet
from tests.harness.captures import devices
from tests.harness.places import CAPTURES
from tests.harness.recorded import LIMIT, NOW, RECORDINGS, Recording, exposition, outside_of_time, settle, with_login
from tests.harness.unwired import asks


def left(*said: Part, algorithm: str = "") -> tuple[set[str], tuple[str, ...]]:
    """(the fields that still have a value, the fields that were left out) of what a decoder says."""
    sections = (("", lambda _: iter([MinerInfo(model="X1", algorithm=algorithm), *said])),)
    family = decode.Family(name="any", rank=0, recognise=lambda _: "", sections=sections, fast=())
    decoded = decode.decode(family, Reading(Answers(), NOW))
    kept = {
        type(part).PREFIX + name
        for part in decoded.parts.values()
        for name in (f.name for f in fields(part))  # type: ignore[arg-type]
        if isinstance(getattr(part, name), int | float)
    }
    return kept, decoded.implausible


@pytest.mark.parametrize(
    ("part", "field"),
    [
        (Fan("1", speed_rpm=65_535), "fan_speed_rpm"),
        (Fan("1", speed_rpm=-1), "fan_speed_rpm"),
        (Psu("0", fan_speed_rpm=1e6), "psu_fan_speed_rpm"),
        (Psu("0", input_volts=230_000), "psu_input_volts"),
        (Psu("0", output_volts=14_200), "psu_output_volts"),
        (Psu("0", output_amperes=230_000), "psu_output_amperes"),
        (Psu("0", input_watts=3_250_000), "psu_input_watts"),
        (Power("measured", 3_250_000), "power_watts"),
        (Miner(power_limit_watts=3_500_000), "power_limit_watts"),
        (Board("0", voltage_volts=13_600), "board_voltage_volts"),
        (Board("0", power_watts=-5), "board_power_watts"),
        (Board("0", frequency_hertz=525e12), "board_frequency_hertz"),
    ],
)
def test_what_no_miner_can_be_is_left_out_and_counted(part: Part, field: str) -> None:
    assert left(part) == (set(), (field,))


def test_extremes_that_are_real_stay() -> None:
    said = (
        Fan("1", speed_rpm=30_000),
        Psu("0", input_volts=480, output_volts=0, output_amperes=1_000, input_watts=12_000, fan_speed_rpm=0),
        Power("measured", 70_000),
        Board("0", voltage_volts=55, power_watts=0, frequency_hertz=2.9e9),
    )
    assert left(*said)[1] == ()


T, G = 1e12, 1e9


@pytest.mark.parametrize(
    ("rates", "wrong"),
    [
        (((100 * T, 98 * T), (33 * T, 33 * T, 33 * T), (110 * T,), (), ()), ()),
        (((), (33 * G,), (), (), ()), ()),
        # Of three sides two decide.
        (((100 * T, 98 * T), (33 * G, 33 * G), (110 * T,), (), ()), (2, 3)),
        (((100 * T, 98 * T), (33e15, 33e15), (110 * T,), (), ()), (2, 3)),
        (((9.4 * T,), (3.1 * G, 3.2 * G), (9.5 * G,), (), ()), (0,)),
        (((9.4 * T, 9.3 * G), (3.1 * G, 3.2 * G), (9.5 * G,), (), ()), (0,)),
        (((100 * T, 98 * T), (50 * T, 50 * T), (110 * G,), (), ()), (4,)),
        (((100 * T, 98 * T), (50 * T, 50 * T), (), (), (37 * G, 37 * G)), (4, 5)),
        # Of two sides neither does, unless several totals agree or one has its unit in its name.
        (((100 * T,), (33 * G, 33 * G), (), (), ()), (0, 1, 2)),
        (((100 * T, 98 * T), (33 * G, 33 * G), (), (), ()), (2, 3)),
        (((100 * T, 98 * T), (), (110 * G,), (), ()), (0, 1, 2)),
        (((104e15,), (), (), (104 * T,), ()), (0,)),
        (((104e15,), (104e15,), (), (104 * T,), ()), (0, 1)),
        # Small is never wrong: work that starts or stops, a slow miner, a lost or sleeping board, a clock at rest.
        (((0, 98 * T), (0, 0), (110 * T,), (), ()), ()),
        (((1 * G, 40 * T, 98 * T), (1 * G, 1 * G), (110 * T,), (), ()), ()),
        (((1 * G, 40 * T, 98 * T), (33 * T, 33 * T), (110 * T,), (), ()), ()),
        (((100 * T, 900 * G, 300 * G), (50 * T, 50 * T), (110 * T,), (), ()), ()),
        (((1 * T, 1 * T), (1 * T, 0), (110 * T,), (), ()), ()),
        (((100 * T, 98 * T), (0, 0, 0), (110 * T,), (), ()), ()),
        (((0, 0), (0,), (), (21 * T,), (580 * G,)), ()),
        (((None, 98 * T), (None, 33 * T), (110 * T,), (), (None,)), ()),
    ],
)
def test_contradicting_hashrates(rates: Sequence[Sequence[float]], wrong: tuple[int, ...]) -> None:
    """Totals, boards, nominal, nominal by the name, nominal of the boards."""
    ends = tuple(accumulate(map(len, rates)))
    assert contradicting(ends, float("inf"), *[rate for group in rates for rate in group]) == wrong


@pytest.mark.parametrize("algorithm", sorted(STRONGEST))
def test_nothing_hashes_thirty_times_as_much_as_the_strongest_machine(algorithm: str) -> None:
    strongest = STRONGEST[algorithm]
    said = (Miner(hashrate_hashes_per_second=strongest), HashrateWindow("1h", strongest * 31))
    assert left(*said, algorithm=algorithm)[1] == ("hashrate_window_hashes_per_second",)
    assert left(HashrateNominal("firmware", strongest * 31), algorithm=algorithm)[1] != ()
    assert left(said[0], algorithm=algorithm)[1] == ()


def test_a_program_without_a_model_may_stand_for_many_machines() -> None:
    sections = (("", lambda _: iter([MinerInfo(algorithm="sha256"), Miner(hashrate_hashes_per_second=1e18)])),)
    family = decode.Family(name="any", rank=0, recognise=lambda _: "", sections=sections, fast=())
    assert decode.decode(family, Reading(Answers(), NOW)).implausible == ()


@pytest.mark.parametrize("family", FAMILIES)
async def test_nothing_of_a_simulated_miner_is_left_out(family: str) -> None:
    for miner in fleet(3, families=[family]):
        of = with_login(miner.name, login=miner.dialect.login)
        with outside_of_time():
            for _ in range(2):
                outcome = await poll(of, asks(miner), LIMIT)
                assert (outcome.error, outcome.implausible) == (None, ())


def test_a_miner_with_thousands_of_windows_is_judged_by_a_few() -> None:
    """Each hashrate is held against the others, so that an answer full of them would stop everything else."""
    answers = Answers()
    answers.rows["summary"] = [{f"MHS {seconds}s": 1000.0 for seconds in range(1, 5000)}]
    answers.rows["devs"] = [{"ASC": 0, "MHS 5s": 1e9}]
    decoded = decode.decode(decode.by_name("cgminer"), Reading(answers, NOW))
    assert sum(isinstance(part, HashrateWindow) for part in decoded.parts.values()) == hashrate.MOST
    assert decoded.implausible == ("board_hashrate_hashes_per_second",)


def test_a_value_that_is_not_said_is_not_outside() -> None:
    assert outside((10.0, 10.0, 10.0), None, 11, 5) == (1,)
    assert outside((10.0, 10.0), None, 0) == ()


async def test_what_is_left_out_is_counted_at_each_poll_that_would_have_shown_it() -> None:
    good = next(r for r in RECORDINGS if (r.family, r.name) == ("antminer", "s19-very-cold"))
    speed = next(line for line in (await page_of(good)).splitlines() if line.startswith("asic_fan_speed_rpm"))
    rpm = speed.rpartition(" ")[2].encode()
    assert sum(raw.count(rpm) for raw in good.answers.values()) > 0
    bad = Recording(good.name, good.family, {n: raw.replace(rpm, b"2147483647") for n, raw in good.answers.items()})
    telemetry = Telemetry()
    with outside_of_time():
        of, _ = await settle(good)
        whole = exposition(of).count("asic_fan_speed_rpm{")
        for ask, shown in ((bad.ask, 0), (bad.ask, 0), (good.ask, whole), (bad.ask, 0)):
            outcome = await poll(of, ask, LIMIT)
            telemetry.polled(outcome)
            seen = [line for line in exposition(of).splitlines() if line.startswith(speed.rpartition(" ")[0])]
            assert len(seen) == (shown > 0)
    labels = {"family": "antminer", "field": "fan_speed_rpm"}
    each = sum(raw.count(rpm) for name, raw in good.answers.items() if name == "stats")
    assert telemetry.registry.get_sample_value("asic_exporter_implausible_total", labels) == 3 * each


async def page_of(recording: Recording) -> str:
    with outside_of_time():
        return exposition((await settle(recording))[0])


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda r: f"{r.family}-{r.name}")
async def test_nothing_honest_is_left_out(recording: Recording) -> None:
    with outside_of_time():
        _, outcome = await settle(recording)
    assert outcome.implausible == ()


@pytest.mark.skipif(not CAPTURES.is_dir(), reason="no shared captures here")
@pytest.mark.parametrize("device", devices(), ids=lambda device: f"{device.family}-{device.name}")
async def test_nothing_that_a_real_miner_said_is_left_out(device: Recording) -> None:
    with outside_of_time():
        _, outcome = await settle(device)
    assert outcome.implausible == ()
