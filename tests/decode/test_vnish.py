"""What VNish's pages say of its state, its presets and its parts, and the like of Nonce and of an Antminer's chips."""

from __future__ import annotations

from typing import Any

import pytest

from exporter import decode
from exporter.core.vocabulary import Board, BoardInfo, Chip, Curtailment, Device, MinerState, Part
from exporter.decode import nonce
from exporter.decode.antminer import chips
from exporter.decode.vnish import parts, states
from exporter.parse.answers import Answers
from exporter.parse.rows import Reading
from tests.harness.mutation import plainly

NOW = 1_751_990_400.0


def read(family: str, *, chips: bool = False, **rows: Any) -> list[Part]:
    reading = Reading(Answers(rows={name: [row] for name, row in rows.items()}), NOW, chips=chips)
    decoded = decode.decode(decode.by_name(family), reading)
    assert decoded.problems == {}
    return plainly(list(decoded.parts.values()))


@pytest.mark.parametrize(
    ("said", "on", "left"),
    [(70, 1, 0.7), ("20", 1, 0.2), (100, 0, None), (0, None, None), (120, None, None), (None, None, None)],
)
def test_a_throttle_counts_below_a_hundred(said: object, on: int | None, left: float | None) -> None:
    parts = read("vnish_web", vnish_status={"throttled": said, "miner_state": "mining"})
    (found,) = [part for part in parts if isinstance(part, Curtailment)]
    assert (found.source, found.curtailed, found.curtailment_target_ratio) == ("user", on, left)


@pytest.mark.parametrize("word", ["stopped", "shutting-down", "failure", "a new word", None])
def test_a_miner_that_does_not_work_may_be_held_back_although_it_is_not_throttled(word: object) -> None:
    parts = read("vnish_web", vnish_status={"throttled": 100, "miner_state": word})
    assert next(part.curtailed for part in parts if isinstance(part, Curtailment)) is None


@pytest.mark.parametrize("word", states.STATES)
def test_every_state_is_known_and_timed_for_mining_alone(word: str) -> None:
    found = read("vnish_web", vnish_status={"miner_state": word, "miner_state_time": 400})
    assert [part.state for part in found if isinstance(part, MinerState) and part.miner_state] == [states.STATES[word]]
    (device,) = [part for part in found if isinstance(part, Device)]
    assert device.miner_state_since_timestamp_seconds == (NOW - 400 if word == "mining" else None)


@pytest.mark.parametrize(
    ("pretty", "watts", "rate"),
    [
        ("2800 watt ~ 188 TH", 2800, 188e12),
        ("3050 watt ~ 102.5 TH", 3050, 102.5e12),
        ("3300 watt ~ 16500 MH", 3300, 16.5e9),
        ("3300 watt ~ much", 3300, None),
        ("Disabled", None, None),
        ("0 watt ~ 0 TH", None, 0),
        (2800, None, None),
        (None, None, None),
    ],
)
def test_a_preset_says_its_watts_and_its_rate(pretty: object, watts: float | None, rate: float | None) -> None:
    assert (states.watts(pretty), states.rate(pretty)) == (watts, rate)


@pytest.mark.parametrize(("first", "named"), [(1, ["1", "2", "3"]), (0, [])])
def test_boards_of_the_factory_are_those_of_the_summary_or_nobodys(first: int, named: list[str]) -> None:
    found = read(
        "vnish_web",
        vnish_summary={"chains": [{"id": n} for n in (1, 2, 3)]},
        vnish_factory={"chains": [{"id": first + n, "serial": f"HB{n}", "board_model": "BHB"} for n in range(3)]},
    )
    assert [part.board for part in found if isinstance(part, BoardInfo)] == named


@pytest.mark.parametrize(
    ("said", "slow"),
    [
        ([{"throttled": True}, {"throttled": False}, {"throttled": True}], 2),
        ([{"throttled": False}], 0),
        ([{"throttled": True}, {}], None),
        ([{"throttled": True}, None], None),
        ([], None),
    ],
)
def test_throttled_chips_are_counted_if_each_tells(said: object, slow: int | None) -> None:
    found = [part for part in read("vnish_web", vnish_boards={"id": 1, "chips": said}) if isinstance(part, Board)]
    assert next((part.chips_throttled for part in found), None) == slow


@pytest.mark.parametrize(
    ("grade", "well"), [("grey", 1), ("orange", 0), ("red", 0), ({"status": "red"}, 0), ("", None)]
)
def test_a_chip_is_healthy_by_its_colour(grade: object, well: int | None) -> None:
    assert parts.healthy(grade) == well


@pytest.mark.parametrize(
    ("good", "age", "shown"),
    [
        *((True, age, 3500) for age in (0, 30_000)),
        *((True, age, None) for age in (30_001, -1, None)),
        *((flag, 0, None) for flag in (False, None)),
    ],
)
def test_a_supply_of_nonces_is_read_while_flagged_and_fresh(good: object, age: object, shown: int | None) -> None:
    assert nonce.valid(3500, good, age) == shown


@pytest.mark.parametrize(
    ("letters", "fitted", "marks"),
    [
        (" oox xo--", 5, [1, 1, 0, 0, 1, None, None]),
        (" oox xo", 120, []),  # a map that somebody shortened
        ("oo?", 3, []),
        ("", 0, []),
        (None, 3, []),
    ],
)
def test_a_map_of_chips_shows_all_chips_or_none(letters: object, fitted: int, marks: list[int | None]) -> None:
    assert chips.marks(letters, fitted) == marks


def test_chips_are_opt_in() -> None:
    row = {"GHS 5s": 3, "chain_acn1": 3, "chain_acs1": " ox o", "freqs1": "500,510,505", "chip_hashrate1": "1,0.9,1.1"}
    row["chain_rate1"] = "3"
    header = {"Type": "Antminer S9"}
    for opted in (True, False):
        found = [part for part in read("antminer", chips=opted, stats=header | row) if isinstance(part, Chip)]
        shown = [(chip.healthy, chip.frequency_hertz, chip.hashrate_hashes_per_second) for chip in found]
        assert shown == ([(1, 500e6, 1e9), (0, 510e6, 0.9e9), (1, 505e6, 1.1e9)] if opted else [])
