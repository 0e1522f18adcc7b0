"""Whatsminer's error codes and units, where the recorded miners do not show them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from exporter.decode.common.faults import INFO, WARNING
from exporter.decode.whatsminer.codes import CASES, CODES, KINDS, about
from exporter.decode.whatsminer.psu import cooling, fan, output_volts
from exporter.decode.whatsminer.v3_boards import detected, rated
from exporter.polling.poll import poll
from tests.harness.mutation import Series, series
from tests.harness.recorded import LIMIT, Recording, exposition, outside_of_time, settle

ROW: dict[str, Any] = {"MHS 1m": 140_000_000, "MHS av": 120_000_000, "Factory GHS": 166_000}


@pytest.mark.parametrize(
    ("code", "component"),
    [
        (110, "fan:in"),
        (131, "fan:out"),
        (205, "psu:0"),
        (301, "board:1"),
        (329, "control_board"),
        (380, "environment"),
        (532, "board:2"),
        (600, "environment"),
        (722, "board:2"),
        (2022, "pool"),
        (2340, "miner"),
        (5072, "board:2"),
        (5213, "board:1"),
        (561042, "board:1"),
        (8410, "firmware"),
        (100001, "firmware"),
        (9999, "miner"),
        (77777, "miner"),
        (12, "miner"),
    ],
)
def test_what_a_code_is_about(code: int, component: str) -> None:
    assert about(code)[0] == component


def test_components_and_severities_are_few() -> None:
    listed = [*KINDS.values(), *CASES.values(), *CODES.values()]
    assert {severity for _, severity in listed} == {INFO, WARNING, "critical"}
    words = {component.partition(":")[0] for component, _ in listed}
    assert words == {"board", "control_board", "environment", "fan", "firmware", "miner", "pool", "psu"}


def read(summary: dict[str, Any] | None, *boards: dict[str, Any], **others: dict[str, Any]) -> Series:
    """What is read where these rows are answered; the others are what stands under Msg."""
    answers = {name: orjson.dumps({"STATUS": "S", "Code": 131, "Msg": row}) for name, row in others.items()}
    if summary is not None:
        answers["summary"] = orjson.dumps({"STATUS": "S", "Code": 131, "Msg": summary})
    if boards:
        rows = [{"Slot": slot, **row} for slot, row in enumerate(boards)]
        answers["edevs"] = orjson.dumps({"STATUS": [{"STATUS": "S"}], "DEVS": rows})
    return series(Recording("rig", "whatsminer", answers), answers)


def rate(found: Series, board: int) -> float | None:
    value = found.get(f'asic_board_hashrate_hashes_per_second{{miner="rig",board="{board}"}}')
    return None if value is None else float(value)


@pytest.mark.parametrize(
    ("summary", "said", "nominal", "expected"),
    [
        (ROW, 46.5, None, 46.5e12),  # the summary tells that these are TH/s
        (ROW, 46_500_000.0, None, 46.5e12),
        (ROW, 0.0, None, 0.0),
        (None, 46.5, 55_400, 46.5e12),  # and so does what a board should reach
        (None, 46_500_000.0, 55_400, 46.5e12),
        ({"MHS 1m": 0, "MHS av": 5}, 21.5, 55_400, 21.5e12),
        (None, 46.5, None, None),  # it cannot be told
    ],
)
def test_the_unit_of_boards(
    summary: dict[str, Any] | None, said: float, nominal: int | None, expected: float | None
) -> None:
    row = {"MHS 1m": said, "Effective Chips": 215} | ({} if nominal is None else {"Factory GHS": nominal})
    found = read(summary, row, row, row)
    assert rate(found, 1) == (None if expected is None else pytest.approx(expected))


def states(found: Series) -> list[str]:
    return [
        line.partition('state="')[2].partition('"')[0]
        for line, value in found.items()
        if "_state" in line and value == "1"
    ]


@pytest.mark.parametrize(
    ("row", "done", "off", "errors", "expected"),
    [
        (ROW, 1, "false", [], ["mining"]),
        (ROW, 0, "false", [], ["starting"]),
        (ROW, 1, "true", [], ["mining"]),  # that it was off is older than that it hashes
        ({"MHS 1m": 0}, 1, "true", ["329"], ["sleeping"]),
        ({"MHS 1m": 0}, 1, "false", ["350"], ["faulted"]),
        ({"MHS 1m": 0}, 1, "false", ["2021"], []),
        ({}, 1, "true", [], ["sleeping"]),
    ],
)
def test_the_state(row: dict[str, Any], done: int, off: str, errors: list[str], expected: list[str]) -> None:
    board = {"MHS 1m": 0, "Upfreq Complete": done}
    said = {"error_code": [{code: "2025-07-08 11:28:11"} for code in errors]}
    assert states(read(row, board, status={"btmineroff": off}, get_error_code=said)) == expected
    assert states(read(row, board, status={"mineroff": off}, get_error_code=said)) == expected


NO_WORK = {"MHS 1m": 0}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"mineroff": "true", "mineroff_reason": "by whatsminer api"}, "1"),
        ({"mineroff": "true", "mineroff_reason": ""}, None),
        ({"mineroff": "true", "mineroff_reason": "power off by button"}, None),
        ({"mineroff": "false", "mineroff_reason": ""}, "0"),
        ({"mineroff": "", "mineroff_reason": ""}, None),
        ({"btmineroff": "true"}, None),
    ],
)
def test_who_holds_a_miner_back(status: dict[str, Any], expected: str | None) -> None:
    assert read(NO_WORK, status=status).get('asic_curtailed{miner="rig",source="remote"}') == expected
    awake = read(ROW, status=status).get('asic_curtailed{miner="rig",source="remote"}')
    assert awake == (expected if expected == "0" else None), "the switch was read before the miner woke"


@pytest.mark.parametrize(
    ("target", "expected"), [(622, 622e6), (0, None), (-5, None), (100, None), (107.5, 107.5e6), ("n/a", None)]
)
def test_a_target_of_the_clock_is_no_percentage(target: object, expected: float | None) -> None:
    found = read({**ROW, "Target Freq": target}).get('asic_board_frequency_target_hertz{miner="rig"}')
    assert (None if found is None else float(found)) == expected


def of_api_3(**parts: Any) -> Series:
    """What is read where these parts are answered; a part without a name of its own is the whole answer."""
    sections = {"v3_miner": "miner", "v3_summary": "summary", "v3_error_code": "error-code"}
    answers = {
        name: orjson.dumps({"code": 0, "msg": {sections[name]: part} if name in sections else part})
        for name, part in {"v3_miner": {"type": "M60S_VK30", "board-num": "3"}, **parts}.items()
    }
    return series(Recording("rig", "whatsminer_v3", answers), answers)


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        ("CST-8", "2025-07-08 20:00:00", 1751976000),
        ("<+0330>-3:30", "2025-07-08 15:30:00", 1751976000),
        ("EST5", "2025-07-08 07:00:00", 1751976000),
        ("UTC0", "2025-07-08 12:00:00", 1751976000),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2025-07-08 14:00:00", None),  # the summers of a zone are not known
        ("", "2025-07-08 12:00:00", None),
        ("CST-8", "1970-01-02 11:28:11", None),  # a clock that was never set
        ("CST-8", "2025-07-10 12:00:00", None),
        ("CST-8", "2025-13-40 12:00:00", None),
        ("CST-8", 12345, None),
    ],
)
def test_the_time_of_the_latest_fault(zone: str, at: object, expected: int | None) -> None:
    codes = [{"233": "2025-06-08 12:00:00"}] if expected else []
    found = of_api_3(v3_error_code=[{"531": at, "reason": "x"}, *codes], v3_system_setting={"timezone": zone})
    name = 'asic_last_fault_timestamp_seconds{miner="rig",code="531",component="board:1"}'
    assert found.get(name) == (None if expected is None else str(expected))
    assert [line for line in found if line.startswith("asic_last_fault")] == [name] * (expected is not None)


@pytest.mark.parametrize(
    ("working", "at", "expected"),
    [
        ("false", "2025-07-08 15:01:12", ["faulted"]),
        ("false", "2025-06-08 15:01:12", ["sleeping"]),
        ("false", "1970-01-02 11:28:11", ["faulted"]),
        ("true", "2025-06-08 15:01:12", ["faulted"]),
    ],
)
def test_a_fault_of_last_month_puts_no_miner_to_sleep(working: str, at: str, expected: list[str]) -> None:
    miner = {"type": "M60S_VK30", "working": working}
    found = of_api_3(v3_miner=miner, v3_summary={"hash-realtime": 0}, v3_error_code=[{"205": at}])
    assert states(found) == expected


@pytest.mark.parametrize(
    ("percent", "curtailed", "share"),
    [(0, "0", None), (62, "1", "0.62"), (100, "0", None), ("62", "1", "0.62"), ("n/a", None, None), (None, None, None)],
)
def test_a_power_percentage_holds_a_miner_back(percent: object, curtailed: str | None, share: str | None) -> None:
    setting = {"power-percent": percent, "power-mode": "normal"}
    found = of_api_3(v3_miner={"type": "M60S_VK30", "working": "true"}, v3_miner_setting=setting)
    assert found.get('asic_curtailed{miner="rig",source="remote"}') == curtailed
    assert found.get('asic_curtailment_target_ratio{miner="rig",source="remote"}') == share


@pytest.mark.parametrize(
    ("raw", "each", "all_"),
    [
        ("33231:34095:34306:", [33231e9, 34095e9, 34306e9], 101632e9),
        ("33780:33484:34102:0", [33780e9, 33484e9, 34102e9, 0], 101366e9),
        ("-1:-1:-1", [], None),
        ("33231:-1:34306", [], None),
        ("0:0:0", [0, 0, 0], None),
        ("", [], None),
        (33231, [], None),
    ],
)
def test_what_the_slots_should_reach(raw: object, each: list[float], all_: float | None) -> None:
    assert (detected(raw), rated(raw)) == (each, all_)


@pytest.mark.parametrize(("booted", "expected"), [(1175, "1175"), (90, None), (0, None), (None, None)])
def test_nobody_mines_longer_than_since_the_boot(booted: int | None, expected: str | None) -> None:
    found = of_api_3(v3_summary={"elapsed": 1074, "bootup-time": booted})
    assert found.get('asic_device_uptime_seconds{miner="rig"}') == expected


@pytest.mark.parametrize("listed", [["531"], [531], [{"531": "2025-07-08 11:28:11", "reason": "Slot1 not found."}]])
def test_codes_are_words_numbers_or_keys(listed: list[object]) -> None:
    found = read(ROW, get_error_code={"error_code": listed})
    faults = [line.removeprefix('asic_fault{miner="rig",') for line in found if line.startswith("asic_fault")]
    assert faults == ['code="531",component="board:1",severity="critical"}']


@pytest.mark.parametrize("mark", ["btmineroff", "mineroff"])
async def test_who_is_met_asleep_is_known_by_its_status(mark: str) -> None:
    off = orjson.dumps({"STATUS": "S", "Code": 131, "Msg": {mark: "true"}, "Description": ""})
    with outside_of_time():
        of, outcome = await settle(Recording("rig", "whatsminer", {"status": off}))
    assert outcome.error is None
    assert 'asic_miner_state{miner="rig",state="sleeping"} 1' in exposition(of)


OFF = b'{"STATUS":"S","Code":131,"Msg":{"btmineroff":"true"},"Description":"whatsminer v1.3"}'


async def test_what_was_switched_off_is_asleep_and_read_again_when_it_wakes() -> None:
    """Switched off, `status` is all that it answers; it takes a minute, and no hour, to be read again."""
    awake = {
        "summary": orjson.dumps({"STATUS": "S", "Code": 131, "Msg": ROW}),
        "edevs": orjson.dumps({"STATUS": [{"STATUS": "S"}], "DEVS": [{"Slot": 0, "MHS 1m": 46e6, "PCB SN": "A"}]}),
        "status": OFF.replace(b"true", b"false"),
    }
    hashing, off = Recording("rig", "whatsminer", awake), Recording("rig", "whatsminer", {"status": OFF})
    with outside_of_time() as clock:
        of, _ = await settle(hashing)
        for _ in range(20):
            clock.passed += 15
            outcome = await poll(of, off.ask, LIMIT)
            page = exposition(of)
            assert outcome.error is None
            assert 'asic_miner_state{miner="rig",state="sleeping"} 1' in page
            assert "asic_hashrate_hashes_per_second{" not in page
        for _ in range(5):
            clock.passed += 15
            await poll(of, hashing.ask, LIMIT)
        page = exposition(of)
    assert 'asic_miner_state{miner="rig",state="mining"} 1' in page
    assert 'asic_board_hashrate_hashes_per_second{miner="rig",board="0"} 4' in page


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (1936, 19.36),
        (19.36, 19.36),
        ("19360", 19.36),
        (1238, 12.38),
        (8, 8),
        (2, None),
        (499, None),
        (60_000, None),
        (0, None),
        ("n/a", None),
    ],
)
def test_the_scale_of_a_voltage_at_the_output(said: object, expected: float | None) -> None:
    assert output_volts(said) == expected


def test_a_supply_in_a_liquid_has_no_fan() -> None:
    assert fan(49.7, 49.7, 55.9) is None
    assert fan(6000, 44.1, None) is None
    assert fan(55.9, None, 55.9) is None
    assert fan(49.7, None, None) is None, "no fan turns so slowly"
    assert fan(6344, None, 41.0) == 6344


@pytest.mark.parametrize(
    ("model", "liquid", "flooded", "blown", "expected"),
    [
        ("M53S VH30", None, None, False, "hydro"),
        ("M66 VK20", None, None, False, "immersion"),
        ("M64 VL40", 49.7, None, False, "hydro"),
        ("M7BS VM30", 44.1, None, False, "hydro"),
        ("M30S+ VE40", None, True, False, "immersion"),
        ("M30S+ VE40", None, False, False, "air"),
        ("M3", None, None, True, "air"),
        ("M10", None, None, True, "air"),
        ("", None, True, False, ""),
        ("", None, None, False, ""),
    ],
)
def test_how_a_model_is_cooled(
    model: str, liquid: float | None, flooded: bool | None, blown: bool, expected: str
) -> None:
    assert cooling(model, liquid, flooded=flooded, blown=blown) == expected


@pytest.mark.parametrize(
    ("row", "up", "pool"),
    [
        ({"status": "alive", "stratum-active": True, "pool-priority": 0, "id": 1}, "1", "0"),
        ({"status": "dead", "stratum-active": False, "id": 1}, "0", "1"),
        ({"status": "dead", "stratum-active": True, "id": 1}, None, "1"),
        ({"status": "connecting", "stratum-active": False, "id": 1}, None, "1"),
        ({"status": "alive"}, "1", "0"),
    ],
)
def test_a_pool_of_api_3(row: dict[str, Any], up: str | None, pool: str) -> None:
    said = {"code": 0, "msg": {"pools": [{"url": "stratum+tcp://pool.example.net:3333", **row}]}}
    who = {"code": 0, "msg": {"miner": {"type": "M64_VL40", "board-num": "4"}}}
    answers = {"v3_pools": orjson.dumps(said), "v3_miner": orjson.dumps(who)}
    found = series(Recording("rig", "whatsminer_v3", answers), answers)
    assert found.get(f'asic_pool_up{{miner="rig",pool="{pool}"}}') == up
    assert f'asic_pool_info{{miner="rig",pool="{pool}",host="pool.example.net:3333",kind="user"}}' in found


@pytest.mark.parametrize(
    ("row", "board"),
    [
        ({"slot": 2, "ID": "SM7", "temp_1": 71.5}, "2"),
        ({"ID": "SM1", "temp_1": 71.5}, "1"),
        ({"ID": "BTM0", "temp_1": 71.5}, "0"),
        ({"ID": "POOL0", "Work Diff": 512.0}, None),
    ],
)
def test_the_boards_of_the_oldest_stand_in_stats(row: dict[str, Any], board: str | None) -> None:
    summary = {"MHS 5s": 11e6, "Fan Speed In": 5700, "freq_avg": 635}
    answers = {
        "summary": orjson.dumps({"STATUS": [{"STATUS": "S"}], "SUMMARY": [summary]}),
        "stats": orjson.dumps({"STATUS": [{"STATUS": "S"}], "STATS": [row]}),
    }
    found = series(Recording("rig", "whatsminer", answers), answers)
    boards = [key for key in found if key.startswith("asic_board_temperature_celsius")]
    assert boards == (
        []
        if board is None
        else [f'asic_board_temperature_celsius{{miner="rig",board="{board}",location="pcb",sensor="1"}}']
    )
