"""Recorded answers broken in many places: polls stay sound, and what is not said is never shown as a number.

A sample of the cases is tried, the same at each run; with TORTURE=1 all of them are.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from string import digits

import pytest

from exporter.core.errors import REASONS
from exporter.core.values import host_port
from tests.harness.compared import DERIVED, NAMES, changed, document_of, kept
from tests.harness.mutation import Path, Series, least, paths, replaced, rows, rows_of, series, with_null
from tests.harness.recorded import LIMIT, RECORDINGS, Recording, exposition, outside_of_time, settle
from tests.harness.wounds import ALL, some, ways

each = pytest.mark.parametrize(
    "recording", [least(recording) for recording in RECORDINGS], ids=lambda r: f"{r.family}-{r.name}"
)

# Instead of a value, nothing: what was read before is read still, or is absent.
NOTHING = {"null": b"null", "text": b'""', "list": b"[]", "object": b"{}", "gone": None, "deep": b"[" * 40 + b"]" * 40}
# Instead of a value, another: it may be believed, but it makes no zeros.
ANOTHER = {"true": b"true", "negative": b"-1", "huge": b"1e308", "not a number": b'"NaN"', "words": b'"out of order"'}
UNREADABLE = {"endless": b"9" * 400, "surrogate": rb'"\ud800"'}  # by a strict parser: slower

# What shows which of the zeros beside it are fans that stand still, or shares of work that was done.
FITTED = (
    *("fan_num", "Fan Speed In", "Fan Speed Out"),
    *("fan-speed-in", "fan-speed-out"),
    ("nerdqaxe_nodes", "active"),
    "hr_realtime",  # of VNish
)
# What a firmware's page leaves out while the owner never set it: another page has the defaults that are then in force.
UNSET = {("miner_configuration", "temperature"), ("grpc_miner_configuration", "temperature")}
# What is "" on a miner that has no cable: it is then known by its other address.
WIRELESS = ("fluminer_overview", "data", "minerInfo", "macAddress")
# Of these, 0 is the opposite of a word that was replaced by another.
WORDS = re.compile(r"asic_(pool_up|pool_active|board_up|miner_state|tuner_state|curtailed)\{")


BOARD = re.compile(r'board="([^"]*)"')
HOST = re.compile(r'^asic_pool_info\{.*,host="([^"]*)"')


def addressing(document: object, before: Series) -> set[str]:
    """The keys that hold the address of a pool in one place and "" in another: an empty slot, which is no pool.

    Keys that differ by the number at their end are one."""
    shown = {host for line in before for host in HOST.findall(line)}
    hosts = shown | {host.rpartition(":")[0] for host in shown} - {""}
    places = [(path[-1], value) for path, value in paths(document) if isinstance(value, str)]
    keys = [(key, key.rstrip(digits), value) for key, value in places if isinstance(key, str)]
    full = {stem for _, stem, value in keys if host_port(value) in hosts}
    return {key for key, stem, value in keys if stem in full & {stem for _, stem, value in keys if value == ""}}


def naming(document: object, before: Series) -> set[Path]:
    """The places that say which thing a row is about, and those that hold such a place."""
    found, keys = [path for path, _ in paths(document)], NAMES | addressing(document, before)
    held = [path for path in found if str(path[-1]) in keys - {"ID", "TEMP"}]
    return {path[:n] for path in held for n in range(1, len(path))} | {
        path for path in found if not keys.isdisjoint(map(str, path))
    }


def place(path: Path) -> str:
    """A place by its keys: data.boards.0."""
    return ".".join(map(str, path))


def replacing(name: str, path: Path, kind: str) -> str:
    return f"the answer {name} had {kind!r} at {place(path)}"


def cutting(name: str, cut: bytes) -> str:
    return f"the answer {name} was cut at byte {len(cut)}"


@each
def test_an_empty_value_is_never_shown_as_a_number(recording: Recording) -> None:
    before, names = series(recording, recording.answers), dict[str, set[Path]]()
    for name, document, path, kind in ways(recording, NOTHING):
        renames = path in (names.get(name) or names.setdefault(name, naming(document, before)))
        if (kind == "gone" and (name, *path) in UNSET) or (kind == "text" and (name, *path) == WIRELESS):
            continue
        after = series(recording, {**recording.answers, name: replaced(document, path, NOTHING[kind])})
        for line, value in after.items():
            if before.get(line) != value and not renames and not DERIVED.match(line):
                assert kept(before, line, value), changed(replacing(name, path, kind), before, line, value)


@each
def test_a_wrong_value_makes_no_zeros(recording: Recording) -> None:
    chance = random.Random(recording.name)
    before, names = series(recording, recording.answers), dict[str, set[Path]]()
    boards = {board for line in before for board in BOARD.findall(line)}
    for name, document, path, kind in ways(recording, ANOTHER | UNREADABLE):
        renames = path in (names.get(name) or names.setdefault(name, naming(document, before)))
        fitted = not {path[-1], (name, path[-1])}.isdisjoint(FITTED)
        if renames or fitted or (kind in UNREADABLE and chance.random() > 0.2):
            continue
        literal = (ANOTHER | UNREADABLE)[kind]
        after = series(recording, {**recording.answers, name: replaced(document, path, literal)})
        for line in [line for line, value in after.items() if float(value) == 0]:
            known = boards.issuperset(BOARD.findall(line))  # in the slot that was empty there is something now
            if known and not WORDS.match(line):
                zero = float(before.get(line, "nan")) == 0
                assert zero, changed(replacing(name, path, kind), before, line, after[line])


def cuts(name: str, raw: bytes, ends: Iterable[int]) -> Iterator[bytes]:
    """The answer cut at each end in turn, without those in which the same is read as in the one before."""
    last = ""
    for end in ends:
        if (found := repr(rows({name: raw[:end]}))) != last:
            yield raw[:end]
        last = found


@each
def test_a_cut_answer_loses_readings_and_changes_none(recording: Recording) -> None:
    if recording.name == "duplicate-keys":
        pytest.skip("what makes its earlier values void stands behind them")
    chance = random.Random(recording.name)
    before = series(recording, recording.answers)
    for name, raw in recording.answers.items():
        ends = some(sorted(chance.sample(range(len(raw)), min(len(raw), 30))), recording)
        for cut in cuts(name, raw, ends):
            after = series(recording, {**recording.answers, name: cut})
            for line, value in after.items():
                if not DERIVED.match(line):
                    assert kept(before, line, value), changed(cutting(name, cut), before, line, value)


@each
def test_every_answer_cut_at_every_byte_ends_as_readings_or_a_typed_error(recording: Recording) -> None:
    """Each answer by itself: what is left of it says what it said before, and no zero that was not there."""
    for name, raw in recording.answers.items():
        before = series(recording, {name: raw})
        for cut in cuts(name, raw, some(range(len(raw)), recording)):
            after = series(recording, {name: cut})
            modelled = any('model="' in line for line in after)  # without its model's name, GHS means what it says
            for line, value in after.items():
                unit = "hash" in line and not modelled
                if recording.name != "duplicate-keys" and not unit and not DERIVED.match(line):
                    assert kept(before, line, value), changed(cutting(name, cut), before, line, value)


@each
def test_flipped_bytes_never_break_a_decoder(recording: Recording) -> None:
    chance = random.Random(recording.name)
    for name, raw in recording.answers.items():
        for _ in range(40 if ALL else 10):
            flipped = bytearray(raw)
            for at in chance.sample(range(len(raw)), chance.randint(1, 4)):
                flipped[at] = chance.choice([0, 1 << chance.randrange(8) ^ flipped[at], chance.choice(b'{}[]",:\\-.')])
            series(recording, {**recording.answers, name: bytes(flipped)})


@each
def test_of_a_key_that_comes_twice_the_last_counts(recording: Recording) -> None:
    before = series(recording, recording.answers)
    for name, raw in recording.answers.items():
        twice = re.sub(rb'("[^"\\]{2,40}") ?:(?=[\d"])', rb"\1:7,\1:", raw)
        assert series(recording, {**recording.answers, name: twice}) == before


@each
async def test_a_poll_of_a_broken_miner_ends_as_readings_or_a_counted_reason(recording: Recording) -> None:
    chance = random.Random(recording.name)
    for _ in range(20 if ALL else 5):
        broken = {name: chance.choice(wounds)(raw, chance) for name, raw in recording.answers.items()}
        with outside_of_time():
            of, outcome = await settle(Recording(recording.name, recording.family, broken))
        assert outcome.bugs == []
        if outcome.error is not None:
            assert list(of.failures) == [outcome.error.reason]
            assert outcome.error.reason in set(REASONS) - {"internal"}
            assert {line.partition("{")[0] for line in exposition(of).splitlines() if not line.startswith("#")} == {
                "asic_up",
                "asic_target_info",
                "asic_poll_duration_seconds",
                "asic_series_dropped_total",
                "asic_poll_failures_total",
            } | ({"asic_last_success_timestamp_seconds"} if of.last_success else set())
        else:
            assert of.up
            assert exposition(of).count("\n") < LIMIT


def cut(raw: bytes, chance: random.Random) -> bytes:
    return raw[: chance.randrange(len(raw))]


def swapped(raw: bytes, chance: random.Random) -> bytes:
    a, b = sorted(chance.sample(range(len(raw)), 2))
    return raw[:a] + raw[b:] + raw[a:b]


def noise(raw: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(min(len(raw), 400))


def whole(raw: bytes, chance: random.Random) -> bytes:
    return raw


wounds = (cut, swapped, noise, whole, whole)


OF_ALL = ("asic_hashrate_window", "asic_pool_priority", "asic_pool_active")  # sums, and what a place among all says
NUMBER = re.compile(r'(?<=")(\d+)(?="|\.)')


def shifted(line: str) -> Iterator[str]:
    """The series as it was called when each of its numbers was one less."""
    for number in NUMBER.finditer(line):
        yield line[: number.start()] + str(int(number[0]) - 1) + line[number.end() :]
    yield line.replace('"1.', '"')  # of a list in a list


@each
def test_no_value_moves_to_another_thing_with_a_row_that_is_none(recording: Recording) -> None:
    """Null in a row's place takes that row's series alone. Null before the first row changes nothing, or, where things
    are told apart by their places alone, all of them move by one."""
    before = series(recording, recording.answers)
    for name, raw in recording.answers.items():
        document = document_of(raw)
        for path in rows_of(document):
            for insert in (False, True):
                after = series(recording, {**recording.answers, name: with_null(document, path, insert=insert)})
                for line, value in after.items():
                    if DERIVED.match(line) or line.startswith(OF_ALL):
                        continue
                    moved = insert and any(kept(before, other, value) for other in shifted(line))
                    wound = f"null {'before' if insert else 'in place of'} the first row of {place(path)} of {name}"
                    assert moved or kept(before, line, value), changed(wound, before, line, value)
