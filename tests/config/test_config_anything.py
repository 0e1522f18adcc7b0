"""The configuration given anything at all: it is read, or refused with places that exist, and nothing else happens."""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.config import ConfigError, parse
from tests.harness.places import CONFIG

FAMILIES = frozenset({"antminer", "braiins", "whatsminer"})
VALID = yaml.safe_load((CONFIG / "everything.good.yml").read_text())

words = st.sampled_from(
    [
        "",
        "a",
        "10.0.0.1",
        "10.0.0.0/30",
        "10.0.0-3.1-9",
        "::1",
        "[::1]:80",
        "30s",
        "1h",
        "no",
        "010",
        "1:30",
        "shed",
        "antminer",
        "*",
        "(",
        "110 TH/s",
        "\0",
        "\ud800",
        "\u2028",
        "<<",
        "x" * 2000,
    ]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | words | st.text(max_size=20)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4), max_leaves=10
)
syntax = st.text(st.sampled_from(list("ab01:.-?*&!|>%@`{}[],#'\" \n\t\\<~")) | st.characters(), max_size=200)


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for step, inner in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from paths(inner, (*path, step))


def check(content: bytes) -> None:
    try:
        config = parse(
            content, CONFIG / "x.yml", families=FAMILIES, reserved=frozenset({"board"}), environ={"SHED_PASSWORD": "x"}
        )
    except ConfigError as error:
        check_places(content, error)
        return
    assert all(0 < target.timeout <= target.interval for target in config.targets)
    assert len({target.name for target in config.targets}) == len(config.targets)


def check_places(content: bytes, error: ConfigError) -> None:
    lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", content.decode(errors="replace"))
    assert len(str(error).split("\n")) == len(error.problems) > 0
    for problem in error.problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
    assert error.problems == sorted(error.problems, key=lambda problem: (problem.line, problem.column))


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    check(content)


@settings(deadline=None, max_examples=500)
@given(syntax)
def test_any_text(text: str) -> None:
    check(text.encode("utf-8", "surrogatepass"))


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(list(paths(VALID))), values)
def test_any_value_at_any_key(path: tuple[Any, ...], value: Any) -> None:
    document = deepcopy(VALID)
    place: Any = {"": document}
    for step in ("", *path)[:-1]:
        place = place[step]
    place[("", *path)[-1]] = value
    root = value if not path else document
    check(yaml.safe_dump(root, allow_unicode=True).encode("utf-8", "surrogatepass"))


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_any_cut_and_any_change_of_a_character(data: st.DataObject) -> None:
    text = (CONFIG / "everything.good.yml").read_text()
    at = data.draw(st.integers(0, len(text) - 1))
    check(
        (
            text[:at] + data.draw(st.sampled_from(["", "\t", ":", "- ", "&a ", "*a", "{", "\n", "\0"])) + text[at + 1 :]
        ).encode()
    )
    check(text[:at].encode())
