"""Another device of the same family: a board, pool, fan or sensor more or less, another model, a field that is missing.

Each recorded miner is turned into such devices, and what is the same on both is read as before."""

from __future__ import annotations

import copy
import re
from typing import Any

import orjson
import pytest

from tests.harness.compared import DERIVED, NAMES, kept
from tests.harness.mutation import Path, Series, at, least, paths, replaced, series, typical
from tests.harness.recorded import RECORDINGS, Recording
from tests.harness.wounds import documents, ways

each = pytest.mark.parametrize(
    "recording", [least(recording) for recording in RECORDINGS], ids=lambda r: f"{r.family}-{r.name}"
)

THING = re.compile(r'(board|pool|fan|psu|code)="([^"]*)"')
ALIGNED = frozenset(("edevs",))  # beside it is a list of as many temperatures
SLOT = re.compile(
    r"^(chain_\w*?|chip_hashrate|freq_avg|freqs?|frequency|temp|temp\d_|temp_(?!max)\w+?|voltage|chipTemp"
    r"|CHAIN AVG HASHRATE)"
    r"([1-9]|1[0-6])$",
    re.ASCII,
)
BOARD = re.compile(r'board="(\d+)"')
COUNTED = re.compile(r'source="nameplate"')
# By which of its keys a row says which thing it is about, the first that it has.
NUMBERS = (
    *("ASC", "GPU", "PGA", "POOL", "Slot", "slot", "index", "Index", "HashchainIndex", "position", "dragid", "FAN"),
    *("DEVDETAILS", "TEMP", "NOTIFY", "Chain ID", "pool-priority", "id", "ID"),
)
MODELS = frozenset(("Type", "Model", "model", "minertype", "deviceModel", "minerModel", "miner_model", "product_name"))
# What a miner counts or sums up over its things, and so changes with them.
SUMS = re.compile(
    r"asic_(hashrate_(window_|nominal_)?hashes|hashes_total|shares_|hardware_errors_total|power_watts|power_limit|miner_state|tuner_state"
    r"|miner_uptime|pool_active|pool_last_share|\w+_info|fan_)"
)
APART = re.compile(r"asic_(\w+_info|chip_\w+)\{")  # one field may list all chips of a board
MOST_LOST = 13  # with one field gone: a miner's state and its tuner's, which are twelve series, and the time since then
# By these it is known that there is anything; and Blackminer's page has a whole row as the text of its first field.
THERE = frozenset(("asic_num", "Chip Count", "Num active chips", "code", "cn"))
# Apollo's old files stay when it stops, and its units stand in the order of their names.
ROWS = {("miner_status", "freq"), ("futurebit_stats", "status"), ("futurebit_stats", "uuid")}
TEMPERATURES = re.compile(r"(?<!board-)temp|Data$", re.IGNORECASE)
DASHED = re.compile(r"\d+(?:-\d+){2,}")


def changed(document: Any, path: Path, value: object) -> Any:
    """The document with another value in that place."""
    other = copy.deepcopy(document)
    at(other, path[:-1])[path[-1]] = value
    return other


def read(recording: Recording, name: str, document: object) -> Series:
    return series(recording, {**recording.answers, name: orjson.dumps(document)})


def numbered(rows: Any) -> str:
    """The key under which several rows have a number each, and so are several things; "" where they are not."""
    if not isinstance(rows, list) or len(rows) < 2 or not all(isinstance(row, dict) for row in rows):
        return ""
    found = (key for key in NUMBERS if all(str(row.get(key, "")).isdigit() for row in rows))
    return next((key for key in found if len({str(row[key]) for row in rows}) == len(rows)), "")


def things(lines: set[str]) -> set[tuple[str, str]]:
    """Which thing each of the series is about; a part of one counts as it."""
    found = [match for line in lines if (match := THING.search(line))]
    return {(match[1], match[2].partition(".")[0]) for match in found}


@each
def test_with_one_thing_less_the_others_stay(recording: Recording) -> None:
    before = series(recording, recording.answers)
    for name, document in documents(recording):
        for path in [path for path, value in paths(document) if numbered(value)]:
            if path[-1] not in ALIGNED:
                after = read(recording, name, changed(document, path, at(document, path)[:-1]))
                lost = {line for line in before if not kept(after, line, before[line]) and not DERIVED.match(line)}
                assert len(things({line for line in lost if not SUMS.match(line)})) <= 1, (name, path, sorted(lost))


@each
def test_with_one_thing_more_the_others_stay(recording: Recording) -> None:
    before = series(recording, recording.answers)
    for name, document in documents(recording):
        for path in [path for path, value in paths(document) if numbered(value)]:
            rows = at(document, path)
            key = numbered(rows)
            if path[-1] not in ALIGNED:
                number = type(rows[-1][key])(max(int(row[key]) for row in rows) + 1)
                after = read(recording, name, changed(document, path, [*rows, {**rows[-1], key: number}]))
                for line, value in before.items():
                    if not DERIVED.match(line) and not SUMS.match(line) and "_expected{" not in line:
                        assert kept(after, line, value), (name, path, line, value, after.get(line))


@each
def test_boards_in_other_slots_are_read_alike(recording: Recording) -> None:
    """Of stats as Bitmain began it: the boards of one model stand where those of another do."""
    for name, document in documents(recording):
        rows = [row for path, row in paths(document) if isinstance(row, dict) and "chain_acn1" in row]
        counted = not {"stats_new_api", "vnish_summary", "fdminer_eeprom"}.isdisjoint(
            recording.answers
        )  # there boards are numbered apart
        if not rows or recording.family == "luxos" or counted:
            continue
        before = series(recording, recording.answers)
        for row in rows:
            moved = {SLOT.sub(lambda m: f"{m[1]}{rotated(m[2])}", key): value for key, value in row.items()}
            row.clear()
            row.update(moved)
        after = read(recording, name, document)
        wanted = {BOARD.sub(lambda m: f'board="{rotated(m[1])}"', line): value for line, value in before.items()}
        assert {line: value for line, value in after.items() if not DERIVED.match(line)} == {
            line: value for line, value in wanted.items() if not DERIVED.match(line)
        }


def rotated(slot: str) -> str:
    """Another of the sixteen slots."""
    return str((int(slot) + 4) % 16 + 1)


@each
def test_another_model_is_read_as_well(recording: Recording) -> None:
    before = series(recording, recording.answers)
    for name, document in documents(recording):
        for path, value in list(paths(document)):
            if path[-1] in MODELS and isinstance(value, str) and value:
                other = replaced(document, path, orjson.dumps(f"{value} Q9"))
                after = series(recording, {**recording.answers, name: other})
                for line, said in before.items():
                    if "_info{" not in line and not COUNTED.search(line):
                        assert after.get(line) == said, (name, path, line)


@each
def test_a_sensor_more_or_less_changes_no_other(recording: Recording) -> None:
    before = series(recording, recording.answers)
    for name, document in documents(recording):
        for path in typical(document):
            value = at(document, path)
            if not any(isinstance(step, str) and TEMPERATURES.search(step) for step in path):
                continue
            if isinstance(value, list) and len(value) > 1 and all(isinstance(each, int | float) for each in value):
                more, less = orjson.dumps([*value, 41]), orjson.dumps(value[:-1])
            elif isinstance(value, str) and DASHED.fullmatch(value):
                more, less = orjson.dumps(f"{value}-41"), orjson.dumps(value.rpartition("-")[0])
            else:
                continue
            for other, wanted in ((more, 0), (less, 1)):
                after = series(recording, {**recording.answers, name: replaced(document, path, other)})
                lost = [line for line in before if line not in after and not DERIVED.match(line)]
                assert len(lost) <= wanted, (name, path, lost)


@each
def test_without_one_field_the_reading_stays_whole(recording: Recording) -> None:
    before = series(recording, recording.answers)
    for name, document, path, _ in ways(recording, {"gone": None}):
        value = at(document, path)
        if isinstance(value, list | dict) or len(str(value)) > 500 or path[-1] in NAMES | THERE:
            continue
        if (name, path[-1]) in ROWS:
            continue
        after = series(recording, {**recording.answers, name: replaced(document, path, None)})
        lost = [line for line in before if not APART.match(line) and line not in after]
        assert len(lost) <= MOST_LOST, (name, path, lost)
