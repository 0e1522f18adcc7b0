"""Reading JSON as miners send it: each repair by its name, strict JSON untouched, and bounded time for the rest."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.core.errors import DecodeError, NotJson, WrongSpeaker
from exporter.parse.forgiving import DEPTH
from exporter.parse.jsontext import REPAIRS, parse
from tests.harness.places import CAPTURES
from tests.harness.steps import grows_linearly

MUTATIONS = CAPTURES / "_mutations"

# name of the repair, what comes, what is read
EXAMPLES: tuple[tuple[str, bytes, dict[str, Any]], ...] = (
    ("invalid_utf8", b'{"User":"m\xfcller"}', {"User": "m\ufffdller"}),
    ("control_character", b'{"a":"Tue Jul 8\n","b":1}', {"a": "Tue Jul 8\n", "b": 1}),
    ("invalid_escape", rb'{"v":"\'2020.REL\'"}', {"v": "'2020.REL'"}),
    ("invalid_escape", rb'{"v":"\ud800","w":"\ud83d\ude00"}', {"v": "\ufffd", "w": "\U0001f600"}),
    ("missing_comma", b'{"STATS":[{"a":1}{"b":2}]}', {"STATS": [{"a": 1}, {"b": 2}]}),
    ("missing_comma", b'{"a":"1""temp0":"2"}', {"a": "1", "temp0": "2"}),
    ("extra_comma", b'{"a":1,}', {"a": 1}),
    ("extra_comma", b'{"a":[,{"b":1}]}', {"a": [{"b": 1}]}),
    ("not_a_number", b'{"MHS av":nan,"MHS 5s":-inf,"a":1}', {"MHS av": None, "MHS 5s": None, "a": 1}),
    ("not_a_number", b'{"a":1e999,"b":2}', {"a": None, "b": 2}),
    ("list_as_object", b'{"error_code":["329":"2022-01-17"],"a":1}', {"error_code": [{"329": "2022-01-17"}], "a": 1}),
    ("missing_value", b'{"BYE","id":1}', {"id": 1}),
    ("duplicate_key", b'{"Miner":"2.0.0","Miner":"31.0",}', {"Miner": "31.0"}),
    ("quoted_object", b'{"code":"1","data":"{"a":"1","b":{"c":"[ {"d":2} ]"}, "e":"[]"} "}', {
        "code": "1", "data": {"a": "1", "b": {"c": [{"d": 2}]}, "e": "[]"},
    }),
    ("quoted_object", b'{"data":"[\n {"a":"{"},\n {"b":"[ "} ]\n","c":"{",}', {
        "data": [{"a": "{"}, {"b": "[ "}], "c": "{",
    }),
    ("comment", b'// 20250708\n// http://192.0.2.1/page\n\n{"a":1}', {"a": 1}),
    ("truncated", b'{"a":1,"b":[1,2', {"a": 1, "b": [1]}),
    ("truncated", b'{"a":1,"b":"cut', {"a": 1}),
    ("truncated", b'{"a":1,"b":12', {"a": 1}),
    ("truncated", b'{"a":1,"b"', {"a": 1}),
    ("truncated", b'{"a":{"b":1}', {"a": {"b": 1}}),
    ("trailing_text", b'{"a":1}"}', {"a": 1}),
    ("trailing_text", b'{"a":1}{"b":2}', {"a": 1}),
    ("text_mode", b"STATUS=S,Code=11|SUMMARY,Elapsed=5,MHS av=1.5|", {
        "STATUS": [{"STATUS": "S", "Code": "11"}],
        "SUMMARY": [{"Elapsed": "5", "MHS av": "1.5"}],
    }),
    ("text_mode", rb"STATUS=S,Code=7|POOL=0,User=a\,b\|c\=d|POOL=1,User=e|", {
        "STATUS": [{"STATUS": "S", "Code": "7"}],
        "POOL": [{"POOL": "0", "User": "a,b|c=d"}, {"POOL": "1", "User": "e"}],
    }),
    ("text_mode", b"STATUS=S,Code=70|STATS=0,MM ID0=Work[In Work, Board: 3 ] HW[0],MM Count=1|", {
        "STATUS": [{"STATUS": "S", "Code": "70"}],
        "STATS": [{"STATS": "0", "MM ID0": "Work[In Work, Board: 3 ] HW[0]", "MM Count": "1"}],
    }),
    ("text_mode", b"CMD=summary|STATUS=S,Code=11|SUMMARY,a=1|CMD=pools|STATUS=S,Code=7|POOL=0|", {
        "summary": [{"STATUS": [{"STATUS": "S", "Code": "11"}], "SUMMARY": [{"a": "1"}]}],
        "pools": [{"STATUS": [{"STATUS": "S", "Code": "7"}], "POOL": [{"POOL": "0"}]}],
    }),
)  # fmt: skip


@pytest.mark.parametrize(("repair", "raw", "expected"), EXAMPLES)
def test_each_defect_is_repaired_and_counted_by_its_name(repair: str, raw: bytes, expected: dict[str, Any]) -> None:
    document, repairs = parse(raw)
    assert document == expected
    assert repairs[repair] >= 1
    assert set(repairs) <= {repair, "trailing_text", "extra_comma", "not_a_number"}


def test_every_repair_has_an_example() -> None:
    assert {repair for repair, _, _ in EXAMPLES} == set(REPAIRS)


@pytest.mark.parametrize("end", [b"", b"\0", b"\n", b"\0\n", b"\0{garbage", b"  \r\n\0\0"])
def test_framing_is_no_defect(end: bytes) -> None:
    assert parse(b'{"a":1}' + end) == ({"a": 1}, {})


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", NotJson),
        (b"\0\0", NotJson),
        (b"[1]", NotJson),
        (b"null", NotJson),
        (b"5", NotJson),
        (b'"text"', NotJson),
        (b"Socket connect failed: Connection refused\n", NotJson),
        (b"{", None),
        (b"{]", NotJson),
        (b'{"a":1]', NotJson),
        (b'{"a"::1}', NotJson),
        (b'{"a":frobnicate}', NotJson),
        (b"{5:1}", NotJson),
        (b'{"a":' + b"[" * DEPTH + b"]" * DEPTH + b",}", NotJson),
        (b"HTTP/1.1 400 Bad Request\r\n", WrongSpeaker),
        (b"SSH-2.0-OpenSSH_9.6\r\n", WrongSpeaker),
        (b"\x16\x03\x01\x02\x00", WrongSpeaker),
        (b"<!DOCTYPE html>", WrongSpeaker),
        (b"220 ftp ready", WrongSpeaker),
    ],
)
def test_what_is_no_answer_is_a_typed_error(raw: bytes, error: type[DecodeError] | None) -> None:
    if error is None:
        assert parse(raw)[1] == Counter({"truncated": 1})
    else:
        with pytest.raises(error):
            parse(raw)


scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e307, 1e307)
documents = st.dictionaries(
    st.text(),
    st.recursive(
        scalars | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=12,
    ),
    max_size=6,
)


@given(documents, st.booleans(), st.sampled_from([None, 2]))
def test_strict_json_is_read_as_json(document: dict[str, Any], ascii_only: bool, indent: int | None) -> None:
    raw = json.dumps(document, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "surrogatepass")
    if b"\0" not in raw:
        assert parse(raw) == (json.loads(raw), {})


@given(st.lists(st.dictionaries(st.text(), scalars | st.text(), max_size=3), min_size=2, max_size=4))
def test_rows_without_commas_between_them(rows: list[dict[str, Any]]) -> None:
    raw = (
        b'{"STATS":[' + b"".join(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") for row in rows) + b"]}"
    )
    if b"\0" not in raw:
        quick, repairs = parse(raw)
        assert quick == parse(raw[:-1] + b",}")[0], "as the forgiving reader reads it"
        assert repairs["missing_comma"] == len(rows) - 1


@pytest.mark.parametrize("text", ["}{", "a}{b", '\\"}{', "}{}{", "{", "}"])
def test_no_comma_comes_into_a_string(text: str) -> None:
    raw = b'{"a":[{"b":' + json.dumps(text).encode() + b'}{"c":' + json.dumps(text).encode() + b"}]}"
    assert parse(raw) == ({"a": [{"b": text}, {"c": text}]}, {"missing_comma": 1})


@given(documents)
def test_the_forgiving_reader_agrees_with_the_strict_one(document: dict[str, Any]) -> None:
    """A comma too many makes the whole document go through it."""
    document["last"] = 1
    raw = json.dumps(document).encode()
    read, repairs = parse(raw[:-1] + b",}")
    assert read == json.loads(raw)
    assert repairs == Counter({"extra_comma": 1})


# What stands in strings looks like every defect there is; `nan` stands in a word.
INSIDE = [
    "binance.pool-a.example",
    "infinity.example",
    '"}{"',
    "},{",
    ",}",
    "[,{",
    '""temp0',
    "nan,inf,-inf",
    ':nan,"a":',
    "STATUS=S|",
    "\\'",
    '{"BYE"',
    "]}",
]


@pytest.mark.parametrize("text", INSIDE)
@pytest.mark.parametrize(
    "defect", [b'{"a":nan,"t":%s}', b'{"t":%s,}', b'{"x":[{}{}],"t":%s}', b'{"t":%s}"}', b'{"t":%s,"c":1']
)
def test_repairs_never_touch_text_inside_strings(text: str, defect: bytes) -> None:
    document, repairs = parse(defect % json.dumps(text).encode())
    assert document["t"] == text
    assert len(repairs) == 1


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    st.sampled_from([b'{"a":nan,"t":%s}', b'{"t":%s,,}']),
)
def test_any_text_survives_any_repair(text: str, defect: bytes) -> None:
    assert parse(defect.replace(b"%s", json.dumps(text).encode()))[0]["t"] == text


@pytest.mark.parametrize(
    ("raw", "document", "repairs"),
    [
        (b"[]", {"list": []}, {}),
        (b'[{"a":1}, {"b":[2]}]\n', {"list": [{"a": 1}, {"b": [2]}]}, {}),
        (b'[{"a":1}{"b":2}]', {"list": [{"a": 1}, {"b": 2}]}, {"missing_comma": 1}),
        (b'[{"a":1,},{"b":2}]', {"list": [{"a": 1}, {"b": 2}]}, {"extra_comma": 1}),
        (b'[{"a":1},{"b":', {"list": [{"a": 1}]}, {"truncated": 1}),
    ],
)
def test_a_list_of_objects_gets_a_name(raw: bytes, document: object, repairs: dict[str, int]) -> None:
    assert parse(raw) == (document, repairs)


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\ne1-. \n\x00ST=|').map(str.encode))
def test_anything_is_a_document_or_a_typed_error(raw: bytes) -> None:
    for text in (raw, b"{" + raw, b"STATUS=S," + raw):
        try:
            document, repairs = parse(text)
        except DecodeError:
            continue
        assert type(document) is dict
        assert set(repairs) <= set(REPAIRS)


NASTY = {
    "text mode, all commas and no bar": b"STATUS=S," + b"," * 500_000 + b"a" * 500_000,
    "quotes": b'{"a":"' + b'\\"' * 500_000,
    "brackets": b"{" + b"[" * 1_000_000,
    "pairs": b'{"a":' + b"[]" * 500_000,
    "commas": b'{"a":[' + b"," * 1_000_000,
    "digits": b'{"a":' + b"9" * 1_000_000 + b"}",
    "minus": b'{"a":' + b"-" * 1_000_000 + b"}",
    "escapes": b'{"a":"' + b"\\u0041" * 170_000 + b'",}',
    "strings": b'{"a":[' + b'"x"' * 330_000,
    "colons": b'{"a":["b"' + b':"c"' * 250_000,
    "space": b"{" + b" " * 1_000_000 + b"x",
    "bars": b"STATUS=S," + b"|" * 1_000_000,
    "fields": b"STATUS=S," + b"a=1," * 250_000,
    "commands": b"STATUS=S|" + b"CMD=x|STATUS=S|" * 66_000,
    "backslashes": b"STATUS=S,a=" + b"\\" * 1_000_000,
}


@pytest.mark.parametrize("name", NASTY)
def test_a_megabyte_made_to_hurt_is_read_in_bounded_work(name: str) -> None:
    """Twice the text takes twice the steps; in C no steps are seen: there the suite's limit for one test counts."""

    def read(size: int) -> None:
        with suppress(DecodeError):
            parse(NASTY[name][:size])

    grows_linearly(read, 5000)
    read(1_000_000)


ODD = {
    "bars": b"STATUS=S," + b"|" * 262_000,
    "commas in text mode": b"STATUS=S," + b"," * 262_000,
    "fields": b"STATUS=S," + b"a=1," * 65_000,
    "commands": b"STATUS=S,|" + b"CMD=x|STATUS=S|" * 17_000,
    "backslashes": b"STATUS=S,a=" + b"\\x" * 131_000 + b"|",
    "nan in a list": b'{"a":[' + b"nan," * 65_000,
    "halves of characters": b"{" + b'"\\x":"\\ud800",' * 16_000,
    "escapes in one text": b'{"a":"' + b"\\x" * 131_000 + b'"}',
    "missing commas": b"{" + b'"a":1 ' * 43_000,
    "commas": b"{" + b"," * 262_000,
    "members": b"{,," + b'"a":"b",' * 32_000,
    "rows": b'{"b":[,' + b'{"a":1},' * 32_000,
}


@pytest.mark.parametrize("name", ODD)
def test_an_answer_of_odd_text_alone_is_given_up(name: str) -> None:
    """All that is read at once holds up every other poll."""
    with pytest.raises(NotJson, match=r"take too long|more sections or fields"):
        parse(ODD[name])


def test_a_long_answer_with_one_defect_is_read() -> None:
    """A whole member is one step, so that the limit is far beyond what any miner says."""
    rows = [{"Chip": n, "Frequency": 512.5, "Status": "Alive", "Errors": n} for n in range(1000)]
    said = orjson.dumps({"CHIPS": rows}).replace(b"}]}", b"},]}")
    assert parse(said) == ({"CHIPS": rows}, {"extra_comma": 1})
    assert parse(orjson.dumps({"CHIPS": rows})[:-3])[0] == {"CHIPS": rows[:-1]}


@pytest.mark.skipif(not MUTATIONS.is_dir(), reason="no shared captures here")
def test_recorded_defects_are_read() -> None:
    for file in sorted(MUTATIONS.glob("*.json")):
        if file.name == "meta.json":
            continue
        raw = file.read_bytes()
        if file.name.startswith("http"):
            with pytest.raises(WrongSpeaker):
                parse(raw)
        elif file.name == "avalon-leading-comma-garbage.json":
            with pytest.raises(NotJson):
                parse(raw)
        else:
            document, repairs = parse(raw)
            assert document, file.name
            assert set(repairs) <= set(REPAIRS), file.name
