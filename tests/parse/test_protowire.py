"""The reader of protobuf messages: all that a table can name, and whatever else may come."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exporter.core.errors import WrongShape
from exporter.decode import families
from exporter.decode.braiins.grpc import LOGIN
from exporter.parse.jsontext import LIST
from exporter.parse.protobuf import BITS32, BITS64, BYTES, ROWS, VARINT, Table, read
from exporter.questions import REGISTRY, Call
from exporter.questions.readonly import CALLS
from exporter.transport.braiins_messages import ANSWERS, TABLE, document
from tests.harness.protowriter import PLAIN, field, varint, write
from tests.harness.recorded import RECORDINGS

SMALL: Table = {
    "All": {
        1: ("whole", "uint"),
        2: ("signed", "int"),
        3: ("flag", "bool"),
        4: ("real", "double"),
        5: ("name", "text"),
        6: ("inner", "Inner"),
        7: ("rows", "Inner*"),
        8: ("perhaps", "uint?"),
        9: ("deep.under", "Inner"),
        10: ("wrapped", "Wrapped"),
    },
    "Inner": {1: ("value", "uint")},
    "Wrapped": {1: ("", "uint")},
}
NOTHING = {"whole": 0, "signed": 0, "flag": False, "real": 0.0, "rows": []}


def test_what_is_left_out_is_zero_or_unknown() -> None:
    assert read(b"", "All", SMALL) == NOTHING
    assert read(bytes.fromhex("3200"), "All", SMALL) == NOTHING | {"inner": {"value": 0}}
    assert read(bytes.fromhex("4000"), "All", SMALL) == NOTHING | {"perhaps": 0}
    assert read(bytes.fromhex("5200"), "All", SMALL) == NOTHING | {"wrapped": 0}


def test_every_type_of_field_is_read() -> None:
    raw = bytes.fromhex("089601 10ffffffffffffffffff01 1801 210000000000000440 2a0568c3a96cff 32020807 3a00 3a020801")
    raw += bytes.fromhex("4a020803 52020809")
    assert read(raw, "All", SMALL) == {
        "whole": 150,
        "signed": -1,
        "flag": True,
        "real": 2.5,
        "name": "h\u00e9l\ufffd",
        "inner": {"value": 7},
        "rows": [{"value": 0}, {"value": 1}],
        "deep": {"under": {"value": 3}},
        "wrapped": 9,
    }


@pytest.mark.parametrize("number", [1, 6, 99])
def test_what_is_no_field_of_ours_or_another_kind_is_skipped(number: int) -> None:
    stranger = field(number, BITS32, b"abcd") + field(number + 100, BITS64, b"abcdefgh") + field(77, BYTES, b"\xff")
    assert read(stranger + field(8, VARINT, varint(5)), "All", SMALL) == NOTHING | {"perhaps": 5}
    other = field(number, VARINT if number == 6 else BYTES, varint(1))
    assert read(other, "All", SMALL) == NOTHING


@pytest.mark.parametrize(
    "raw",
    ["08", "0880", "08" + "ff" * 10, "0a", "0a05", "2a05616263", "2100", "0b", "0c", "0e", "0f", "00", "0001",
     "3203080", "320180", "2affffffffffffffffff01", "55010203"],
)  # fmt: skip
def test_what_is_no_message_is_refused(raw: str) -> None:
    with pytest.raises(WrongShape, match="no message"):
        read(bytes.fromhex(raw if len(raw) % 2 == 0 else raw + "0"), "All", SMALL)


def test_a_list_has_an_end() -> None:
    assert len(read(field(7, BYTES, b"") * (ROWS + 50), "All", SMALL)["rows"]) == ROWS


@given(st.binary(max_size=300), st.sampled_from(sorted(ANSWERS)))
@example(b"\x0a\x80", LOGIN.path)
def test_whatever_comes_it_is_read_or_refused(raw: bytes, method: str) -> None:
    try:
        said = document(method, raw)
    except WrongShape:
        return
    assert isinstance(said, dict)


def objects(message: str) -> st.SearchStrategy[dict[str, Any]]:
    """Documents of a message of ours, as the reader gives them."""
    drawn = {}
    for name, kind in TABLE[message].values():
        plain = {
            "uint": st.integers(0, 2**64 - 1),
            "int": st.integers(-(2**63), 2**63 - 1),
            "bool": st.booleans(),
            "double": st.floats(allow_nan=False),
            "text": st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
        }
        bare = kind.rstrip("?*")
        drawn[name] = plain[bare] if bare in plain else objects(bare)
        if kind.endswith("*"):
            drawn[name] = st.lists(drawn[name], max_size=3)
    sure = {n for n, k in TABLE[message].values() if k in PLAIN or k.endswith("*")}
    found = st.fixed_dictionaries(
        {name: drawn[name] for name in drawn if name in sure},
        optional={name: drawn[name] for name in drawn if name not in sure},
    )
    return found.map(lambda said: said.get("", said)).map(nested)


def nested(said: Any) -> Any:
    """The same, with what has a dot in its name where it belongs."""
    for name in [name for name in said if "." in name] if isinstance(said, dict) else []:
        outer, last = name.split(".")
        said.setdefault(outer, {})[last] = said.pop(name)
    return said


@given(st.sampled_from(sorted(set(ANSWERS.values()))).flatmap(lambda m: st.tuples(st.just(m), objects(m))))
def test_what_is_written_is_read(case: tuple[str, dict[str, Any]]) -> None:
    message, said = case
    assert read(write(said, message, TABLE), message, TABLE) == said


def fixtures() -> Iterator[Any]:
    families()
    calls = {question.name: question.method for question in REGISTRY if isinstance(question, Call)}
    for recording in RECORDINGS:
        for name, raw in recording.answers.items():
            if name in calls:
                yield pytest.param(calls[name], raw, id=f"{recording.name}-{name}")


@pytest.mark.parametrize(("method", "raw"), list(fixtures()))
def test_the_fixtures_are_what_comes_over_the_wire(method: str, raw: bytes) -> None:
    said = json.loads(raw)
    wire = write(said, ANSWERS[method], TABLE)
    assert document(method, wire) == said
    random_ = random.Random(f"{method} {len(raw)}")
    for _ in range(300):
        broken = bytearray(wire)
        for _ in range(random_.randint(1, 3)):
            if broken:
                broken[random_.randrange(len(broken))] = random_.randrange(256)
        with suppress(WrongShape):
            document(method, bytes(broken[: random_.randint(0, len(broken))]))


def test_the_table_is_whole_and_has_no_circles() -> None:
    assert set(ANSWERS) == CALLS | {LOGIN.path}

    def depth(message: str) -> int:
        inner = [kind.rstrip("?*") for _, kind in TABLE[message].values()]
        return 1 + max([depth(kind) for kind in inner if kind not in (*PLAIN, "text")], default=0)

    assert max(map(depth, TABLE)) < 10
    used = {kind.rstrip("?*") for message in TABLE.values() for _, kind in message.values()}
    assert set(TABLE) <= used | set(ANSWERS.values())
    assert TABLE["Groups"][1][0] == LIST


def test_nothing_secret_is_in_the_table() -> None:
    names = {name for message in TABLE.values() for name, _ in message.values()}
    assert not [name for name in names if "pass" in name]
