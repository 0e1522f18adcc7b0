"""Fields that no firmware was seen to send."""

from __future__ import annotations

from exporter.decode.common import known
from exporter.parse.answers import Answers

BOARD = {"index": 0, "present": True}


def unknown(section: str, row: dict[str, object]) -> dict[str, int]:
    answers = Answers()
    answers.rows[section] = [row]
    return known.unknown(answers)


def test_a_new_key_of_a_row_or_of_an_object_in_it_is_noticed() -> None:
    assert unknown("mara_hashboards", {"hashboards": [BOARD]}) == {}
    assert unknown("mara_hashboards", {"hashboards": [BOARD, {**BOARD, "mood": 1}], "moods": 2}) == {
        "mara_hashboards": 2
    }
    assert unknown("proto_telemetry", {"miner": {"mood1": 1, "mood2": 2}}) == {"proto_telemetry": 1}


def test_keys_that_are_data_are_accepted() -> None:
    assert unknown("miner_errors", {"logged": {"anything at all": 1}}) == {}


def test_a_long_list_is_not_read_to_its_end() -> None:
    chips = [{"id": n, "".join(map(chr, (97 + n // 26, 97 + n % 26))): n} for n in range(600)]
    assert unknown("vnish_chains", {"chips": chips}) == {"vnish_chains": known.OBJECTS}
