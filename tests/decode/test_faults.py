"""What is called a fault, of what, and how grave it is."""

from __future__ import annotations

import calendar

import pytest

from exporter.core.tracing import Trace
from exporter.core.vocabulary import Fault
from exporter.decode.antminer import faults as antminer_faults
from exporter.decode.braiins import errors as braiins_errors
from exporter.decode.common import notify
from exporter.decode.common.faults import CRITICAL, INFO, MOST, WARNING, coded, recent
from exporter.decode.proto import errors as proto_errors
from exporter.decode.vnish import states as vnish_states
from exporter.parse.rows import Row
from exporter.plans.plan import PlanState
from exporter.render.overview import glance
from tests.harness.mutation import decoded, plan_of, series
from tests.harness.recorded import LIMIT, NOW, RECORDINGS, Recording, exposition, outside_of_time, settle


@pytest.mark.parametrize(
    ("code", "component", "severity"),
    [
        ("J0:1", "board:1", WARNING),
        ("J2:2", "board:3", CRITICAL),
        ("J1:5", "board:2", CRITICAL),
        ("J:8", "board", CRITICAL),
        ("R:1", "miner", WARNING),
        ("R1:1", "board:2", WARNING),
        ("L:2", "miner", WARNING),
        ("F:1", "fan", CRITICAL),
        ("F3:1", "fan:4", CRITICAL),
        ("P:2", "environment", CRITICAL),
        ("N:4", "pool", CRITICAL),
        ("V:1", "psu:0", CRITICAL),
        ("V:2", "psu:0", WARNING),
        ("M:1", "control_board", WARNING),
        ("T:2", "miner", WARNING),
        ("X1:999", "miner", WARNING),
        ("", "miner", WARNING),
    ],
)
def test_a_code_of_a_stock_antminer_says_what_it_is_about(code: str, component: str, severity: str) -> None:
    assert antminer_faults.about(code) == (component, severity)


@pytest.mark.parametrize(
    ("raw", "code"),
    [("J1:2", "J1:2"), (3, "3"), ("0x0", ""), (0, ""), ("", ""), (None, ""), ("fan lost", ""), ("x" * 60, ""),
     ('a"b', ""), ("NOPIC_PROTECTION", "NOPIC_PROTECTION")],
)  # fmt: skip
def test_a_code_is_a_word_and_no_sentence(raw: object, code: str) -> None:
    assert coded(raw) == code


def test_what_was_an_hour_ago_is_no_fault_any_more() -> None:
    assert recent(1000.0, 1000.0) == recent(1000.0, 4599.0) == recent(4599.0, 1000.0) == 1
    assert recent(1000.0, 4600.0) is recent(4600.0, 1000.0) is recent(None, 5.0) is None


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda r: f"{r.family}-{r.name}")
async def test_how_grave_a_fault_is_is_one_of_three_words(recording: Recording) -> None:
    with outside_of_time():
        of, _ = await settle(recording)
    for line in exposition(of).splitlines():
        if line.startswith("asic_fault{") and 'severity="' in line:
            assert line.partition('severity="')[2].partition('"')[0] in (INFO, WARNING, CRITICAL)


@pytest.mark.parametrize(
    ("well", "unwell", "now", "holds"),
    [
        (1000, 2000, 9000, 1),  # not well since
        (8999, 6000, 9000, 1),  # well again, for less than an hour
        (8999, 5000, 9000, None),
        (8999, 0, 9000, None),  # never
        (8999, 6000, None, None),  # the miner does not say what time it is
        (None, 2000, 9000, None),
        ("soon", "late", "now", None),
    ],
)
def test_a_reason_counts_while_the_device_is_not_well_and_for_an_hour(
    well: object, unwell: object, now: object, holds: int | None
) -> None:
    assert notify.holds(well, unwell, now) == holds


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("Thread got zero hashes", "thread_zero_hash"),
        ("Thread failed to queue work", "thread_fail_queue"),
        ("Device dead - idle for 600s", "dev_dead_idle"),
        ("Device idle for 60s", "dev_sick_idle"),
        ("Device failed to start", "dev_nostart"),
        ("Thread failed to init", "thread_fail_init"),
        ("Device over heated", "dev_over_heat"),
        ("Device reached thermal cutoff", "dev_thermal_cutoff"),
        ("Device comms error", "dev_comms_error"),
        ("Device throttle", "dev_throttle"),
        ("Unknown reason - code bug", "other"),
    ],
)
def test_a_reason_in_words_has_a_code(reason: str, code: str) -> None:
    assert notify.about(reason)[0] == code


def test_a_log_is_read_from_its_end_and_by_its_codes() -> None:
    def entry(at: str, code: str = "", board: int | None = None) -> dict[str, object]:
        components = [] if board is None else [{"name": "Hashboard", "index": board}]
        codes = [{"code": code, "hint": "", "reason": "no"}] if code else []
        return {"components": components, "error_codes": codes, "message": "no", "timestamp": at}

    log = [
        entry("2026-01-01T00:00:10Z", "V2", 1),
        entry("2026-01-01T00:00:20.5Z", "V2", 1),
        entry("2026-01-01T00:00:30Z", board=2),
        entry("2026-01-01T00:00:40Z"),
        entry("2026-13-01T00:00:50Z", "H1"),
        entry("soon", "H1"),
        *(entry("2026-01-01T00:01:00Z", f"A{n}") for n in range(100)),
    ]
    year = calendar.timegm((2026, 1, 1, 0, 0, 0))
    found = braiins_errors.logged({"errors": log[:4], "more": 1})
    assert found == {"logged": {"V2 board:1": year + 20, "error board:2": year + 30}}
    assert len(braiins_errors.logged({"errors": log})["logged"]) == MOST
    unset = entry("2015-01-01T00:00:47Z", "F1")  # a clock that was never set
    assert braiins_errors.logged({"errors": [1, None, {}, unset]}) == {"logged": {}}
    assert braiins_errors.logged({"errors": "log"}) == braiins_errors.logged({}) == {}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("s19-overheating", "P:1 environment, J1:2 board:2, F3:1 fan:4 and 3 more"),
        ("dg1-with-a-fault", "3 fan"),
        ("s21", None),
        ("sleeping", "NOPIC_PROTECTION miner, BOARD_HIGH_TEMPERATURE board:1"),  # that it sleeps is no trouble
    ],
)
async def test_the_gravest_are_seen_at_a_glance(name: str, shown: str | None) -> None:
    with outside_of_time():
        of, _ = await settle(next(recording for recording in RECORDINGS if recording.name == name))
    assert glance(of.fragments).get("faults") == shown


def states(recording: Recording, name: str, old: bytes, new: bytes) -> set[str]:
    """The states that the miner is in with one text in an answer changed."""
    raw = recording.answers[name]
    assert old in raw
    found = series(recording, {**recording.answers, name: raw.replace(old, new)})
    return {line for line, value in found.items() if line.startswith("asic_miner_state{") and value == "1"}


def recorded(name: str) -> Recording:
    return next(recording for recording in RECORDINGS if recording.name == name)


@pytest.mark.parametrize(
    ("name", "answer", "old", "new", "state"),
    [
        ("s21-asleep", "stats_new_api", b'"miner-mode":1', b'"miner-mode":0', ""),
        ("s21-asleep", "stats_new_api", b'"rate_5s":0.0', b'"rate_5s":10.0', "sleeping"),
        ("dead-sticks", "summary+devs+pools", b'"Status":"Sick"', b'"Status":"Alive"', ""),
        ("dead-sticks", "summary+devs+pools", b'"Enabled":"Y"', b'"Enabled":"N"', ""),  # somebody chose so
        ("dead-sticks", "summary+devs+pools", b'"MHS 5s":0.0', b'"MHS 5s":7.0', "mining"),
        ("s17plus-sleeping", "stats", b'"Mode":254', b'"Mode":2', ""),
    ],
)
def test_a_state_is_what_the_miner_says_and_no_rate_of_zero(
    name: str, answer: str, old: bytes, new: bytes, state: str
) -> None:
    wanted = {f'asic_miner_state{{miner="rig",state="{state}"}}'} if state else set()
    assert states(recorded(name), answer, old, new) == wanted


@pytest.mark.parametrize(("name", "later"), [("s21-26.04", 5000.0)])
def test_what_was_logged_ends_with_time_by_the_plan_that_was_made_for_it(name: str, later: float) -> None:
    recording = recorded(name)
    plan = plan_of(recording)
    reading, _ = decoded(recording, recording.answers)
    for now, wanted in ((NOW, 2), (NOW + later, 0)):
        values = plan.read(reading.answers, PlanState(), {"now": now})
        fragments, _ = plan.render(values, PlanState(), b'miner="rig"', LIMIT)
        assert fragments[0].decode().count("asic_fault{") == wanted


@pytest.mark.parametrize(
    ("code", "where", "component"),
    [
        ("FanSlow", {"component_index": 1}, "fan:2"),
        ("01:0002", {"component_index": 0}, "fan:1"),
        ("PsuCommsLost", {"component_index": 0}, "psu:0"),
        ("00:0011", {}, "psu"),
        ("AsicOverheat", {"hashboard_index": 3, "component_index": 8448}, "board:3"),
        ("04:0006", {"component_index": 8448}, "board"),
        ("03:0007", {"component_index": 0}, "control_board"),
        ("MixedHashboardTypesInBay", {"component_index": 0}, "miner"),
        ("HbOverHeat", {"source": "hashboard", "slot": 3}, "board:2"),
        ("PsuFans", {"source": "psu", "slot": 1}, "psu:0"),
        ("FanSlow", {"source": "fan", "slot": 2}, "fan:2"),
        ("FanSlow", {"source": "fan", "slot": 0}, "fan"),
        ("PowerLost", {"source": "hashboard"}, "board"),
        ("InsufficientCooling", {"source": "rig", "slot": 2}, "miner"),
    ],
)
def test_a_code_of_protos_says_what_it_is_about(code: str, where: dict[str, object], component: str) -> None:
    assert proto_errors.component(Row(Trace(), where), code) == component


@pytest.mark.parametrize(("said", "codes"), [(14, ["14"]), (14.0, ["14"]), ("14", ["14"]), (0, []), ("none", [])])
def test_a_failure_of_vnishs_has_its_number_however_it_is_written(said: object, codes: list[str]) -> None:
    assert [part.code for part in vnish_states.failure(said) if isinstance(part, Fault)] == codes
