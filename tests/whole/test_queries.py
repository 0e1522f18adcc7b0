"""The questions of docs/queries.md are asked of made series, and their answers checked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from tests.harness.answers import Answer, Asked, check
from tests.harness.places import ROOT

QUESTION: Final = re.compile(r"^### (.+?)$(.+?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
QUERY: Final = re.compile(r"```promql\n(.+?)```", re.DOTALL)
MINUTES: Final = 90
NOW: Final = 80
"""the minute of the questions: longer than an hour after the beginning, and within a day"""


def asked() -> dict[str, str]:
    """The queries by their questions; a question of several queries numbers them."""
    found = {}
    for title, body in QUESTION.findall((ROOT / "docs" / "queries.md").read_text()):
        for number, query in enumerate(QUERY.findall(body)):
            found[f"{title} ({number})" if number else title] = query.strip()
    return found


def miner(name: str, place: str, model: str, series: dict[str, str]) -> dict[str, str]:
    """The series of a miner: what each one says, and its own; `name label="value"` stands for a series with a label."""
    number = "abcde".index(name)
    site, rack = place.split()
    algorithm = "scrypt" if model == "L7" else "sha256"
    version = "2" if name == "c" else "1"
    each = {
        "asic_up": ALWAYS,
        f'asic_target_info address="192.0.2.{number}"': ALWAYS,
        f'asic_miner_info model="{model}",algorithm="{algorithm}",firmware="stock",firmware_version="{version}",'
        f'mac="aa:bb:cc:00:00:0{number}"': ALWAYS,
        "asic_last_success_timestamp_seconds": "0+60x90",
        'asic_pool_info pool="0",host="one.example",kind="user"': ALWAYS,
        'asic_pool_active pool="0"': ALWAYS,
        **series,
    }
    placed = f'site="{site}",rack="{rack}",miner="{name}"'
    names = {key: key.partition(" ") for key in each}
    return {f"{names[key][0]}{{{placed}{',' * bool(names[key][2])}{names[key][2]}}}": of for key, of in each.items()}


ALWAYS: Final = f"1x{MINUTES}"
SERIES: Final = {
    **miner("a", "north r1", "S19", {
        "asic_hashrate_hashes_per_second": f"{90e12}x{MINUTES}",
        'asic_hashrate_nominal_hashes_per_second source="firmware"': f"{100e12}x{MINUTES}",
        'asic_power_watts source="measured"': f"3000x{MINUTES}",
        'asic_miner_state state="mining"': ALWAYS,
        "asic_share_difficulty_accepted_total": f"0+{81e12 * 60 / 2**32}x{MINUTES}",
        "asic_shares_accepted_total": f"0+95x{MINUTES}",
        "asic_shares_rejected_total": f"0+5x{MINUTES}",
        "asic_shares_stale_total": f"0+5x{MINUTES}",
        'asic_pool_shares_rejected_total pool="0"': f"0+5x{MINUTES}",
        'asic_board_chip_temperature_max_celsius board="0"': f"80x{MINUTES}",
        "asic_miner_uptime_seconds": f"9000+60x40 0+60x{MINUTES}",
    }),
    **miner("b", "north r2", "S19", {
        "asic_up": f"1x20 0x{MINUTES}",
        "asic_hashrate_hashes_per_second": f"{100e12}x20 stale",
        'asic_hashrate_nominal_hashes_per_second source="nameplate"': f"{100e12}x20 stale",
        "asic_last_success_timestamp_seconds": f"0+60x20 1200x{MINUTES}",
        'asic_pool_info pool="0",host="one.example",kind="user"': "1x20 stale",
    }),
    **miner("c", "south r1", "S21", {
        "asic_hashrate_hashes_per_second": f"{150e12}x{MINUTES}",
        'asic_hashrate_nominal_hashes_per_second source="firmware"': f"{200e12}x{MINUTES}",
        'asic_miner_state state="mining"': ALWAYS,
        'asic_boards_expected source="nameplate"': f"3x{MINUTES}",
        'asic_board_up board="0"': ALWAYS,
        'asic_board_up board="1"': ALWAYS,
        'asic_fans_expected source="nameplate"': f"2x{MINUTES}",
        'asic_fan_speed_rpm fan="0"': f"5000x{MINUTES}",
        'asic_board_chip_temperature_max_celsius board="0"': f"98x{MINUTES}",
        'asic_active_pool_expected check="host"': f"0x{MINUTES}",
    }),
    **miner("d", "south r1", "S21", {
        "asic_hashrate_hashes_per_second": f"0x{MINUTES}",
        'asic_hashrate_nominal_hashes_per_second source="firmware"': f"{200e12}x{MINUTES}",
        'asic_miner_state state="sleeping"': ALWAYS,
        'asic_curtailed source="remote"': ALWAYS,
        'asic_pool_active pool="0"': f"0x{MINUTES}",
    }),
    **miner("e", "south r1", "L7", {
        "asic_hashrate_hashes_per_second": f"{9e9}x{MINUTES}",
        'asic_hashrate_nominal_hashes_per_second source="firmware"': f"{9e9}x{MINUTES}",
        'asic_power_watts source="measured"': f"3400x{MINUTES}",
        'asic_pool_info pool="0",host="one.example",kind="user"': "_",
        'asic_pool_info pool="0",host="two.example",kind="user"': ALWAYS,
    }),
}  # fmt: skip

ANSWERS: Final[dict[str, Answer]] = {
    "How much hashrate is lost, in TH/s?": {"": 160},
    "At which site, in which rack?": {
        'site="north",rack="r1"': 10, 'site="north",rack="r2"': 100, 'site="south",rack="r1"': 50},
    "Of which model?": {'model="S19"': 110, 'model="S21"': 50},
    "What does that cost in a day?": {"": 7.2},
    "How much of its nominal hashrate does the farm reach?": {'algorithm="sha256"': 0.6, 'algorithm="scrypt"': 1},
    "How much does the whole farm hash?": {'algorithm="sha256"': 240, 'algorithm="scrypt"': 0.009},
    "Which model stays below what it should?": {'model="S21"': 0.75},
    "Do the pools accept what the miners claim?": {"": 0.9},
    "How much power is drawn, and how many miners say it?": {"": 6.4},
    "How much power is drawn, and how many miners say it? (1)": {"": 2},
    "How much power is drawn, and how many miners say it? (2)": {"": 5},
    "What does the power cost in a day?": {"": 9.216},
    "How many joules for a terahash, by model?": {'model="S19"': 33.333},
    "How many joules for a terahash, by model? (1)": {'model="S19"': 33.333},
    "Who rests now, and who is held back?": {'source="remote"': 1},
    "Who rests now, and who is held back? (1)": {'state="mining"': 2, 'state="sleeping"': 1},
    "Who lacks a board, and how many?": {'miner="c",site="south",rack="r1"': 1},
    "Who lacks a fan?": {'miner="c"': 1},
    "Who is nearest to its own limit of heat?": {'miner="a"': 15, 'miner="c"': -3},
    "Who is nearest to its own limit of heat? (1)": {'miner="c"': 98},
    "What is wrong now, by gravity?": {'gravity="1"': 1, 'gravity="2"': 3, 'gravity="3"': 0},
    "What is wrong now, by gravity? (1)": {
        'miner="c",problem="works for an unexpected pool",where="host",address="192.0.2.2"': 1},
    "Who works for which pool?": {'host="one.example"': 2, 'host="two.example"': 1},
    "Which pool rejects how much?": {'host="one.example"': 150},
    "Which miners have many shares rejected, or stale?": {'miner="a"': 0.05},
    "Which miners have many shares rejected, or stale? (1)": {'miner="a"': 0.05},
    "Where is that machine, and what is it?": {'miner="b",address="192.0.2.1",site="north",rack="r2",model="S19"': 1},
    "Which firmware runs on how many?": {
        'model="S19",firmware_version="1"': 2, 'model="S21",firmware_version="1"': 1,
        'model="S21",firmware_version="2"': 1, 'model="L7",firmware_version="1"': 1},
    "What happened last night?": {'miner="a",event="restart",detail="the mining process"': 1},
    "Who restarted most in the last day?": {'miner="a"': 1},
    "Whose readings are old?": {'miner="b"': 3600},
}  # fmt: skip


def whole(query: str, answer: Answer) -> tuple[str, Answer]:
    """The query by the labels that its answer names, and both in whole thousandths: last bits differ."""
    labels = ", ".join(re.findall(r'(\w+)="', next(iter(answer))))
    thousandths = {each: round(1000 * value) for each, value in answer.items()}
    return f"round(1000 * sum by ({labels}) ({query}))", thousandths


def test_every_question_has_an_answer() -> None:
    assert list(asked()) == list(ANSWERS)
    assert len({title.partition(" (")[0] for title in ANSWERS}) >= 20


@pytest.mark.program("promtool")
def test_queries_answer_their_questions(tmp_path: Path) -> None:
    answers = dict(whole(query, ANSWERS[title]) for title, query in asked().items())
    check([Asked("the questions", SERIES, answers, at=NOW)], tmp_path)


@pytest.mark.program("promtool")
def test_a_wrong_answer_is_told(tmp_path: Path) -> None:
    query, answer = whole(asked()["Of which model?"], {'model="S19"': 110})
    with pytest.raises(AssertionError, match="S21"):
        check([Asked("the questions", SERIES, {query: answer}, at=NOW)], tmp_path)
