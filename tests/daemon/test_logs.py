"""The log: one event is one line whatever it says, repeats are held back, and nobody has to read it."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exporter.daemon import logs
from exporter.daemon.logs import BURST, LENGTH, WAITING, Formatter, Handler, RateLimit, configure, event

PAIR = re.compile(r'(\w+)=(?:"((?:[^"\\]|\\["\\])*)"|([^\s"=]+))(?: |$)')
KEYS = st.sampled_from(("miner", "reason", "warning", "evidence"))
TEXTS = st.text() | st.text(st.characters(max_codepoint=0x2FFF))
VALUES = TEXTS | st.binary(max_size=9) | st.integers() | st.none() | st.floats()
NASTY = (
    "two\nlines", "cr\r", "\x1b[31mred", "nul\0", "\u2028", "\x85", "\x0b\x0c\x1c\x1d\x1e", "\ud800", "\u202eabc", '"',
    "\\", 'a" level=error msg="x', "", " ", "=", "\\n", "x" * 10_000, "ä⚡", "\ufeff",
)  # fmt: skip


class Count:
    def __init__(self) -> None:
        self.n = 0

    def __call__(self) -> None:
        self.n += 1


def record(message: str, raised: BaseException | None = None, **fields: object) -> logging.LogRecord:
    info = (type(raised), raised, None) if raised else None
    made = logging.LogRecord("exporter", logging.WARNING, "", 0, message, None, info)
    made.fields = fields
    return made


def pairs(line: str) -> dict[str, str]:
    """A logfmt line read back; fails where it is anything else."""
    found, at = {}, 0
    while at < len(line):
        match = PAIR.match(line, at)
        assert match, line[at:]
        found[match[1]] = re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3]
        at = match.end()
    return found


def is_one_line(line: str) -> bool:
    return len(line.splitlines()) == 1 and line.encode().isascii() == line.isascii() and "\x1b" not in line


@given(st.dictionaries(KEYS, VALUES), st.text())
def test_any_event_is_one_line_of_logfmt(fields: dict[str, object], error: str) -> None:
    line = Formatter("logfmt").format(record("a kind", ValueError(error), **fields))
    assert is_one_line(line)
    said = pairs(line)
    assert list(said)[:3] == ["time", "level", "msg"]
    assert set(said) == {"time", "level", "msg", "error", *fields}
    assert all(len(value) <= LENGTH for value in said.values())


@given(st.dictionaries(KEYS, VALUES), st.text())
@example({"miner": float("nan"), "reason": float("-inf")}, "")
def test_any_event_is_one_line_of_json(fields: dict[str, object], error: str) -> None:
    line = Formatter("json").format(record("a kind", ValueError(error), **fields))
    assert is_one_line(line)

    def constant(name: str) -> None:
        pytest.fail(f"{name} is no JSON")

    said = json.loads(line, parse_constant=constant)
    assert set(said) == {"time", "level", "msg", "error", *fields}
    for value in said.values():
        if isinstance(value, str):
            assert len(value) <= LENGTH
            assert is_one_line(value) or value == ""


def test_no_login_of_an_address_is_logged() -> None:
    said = "x" * (LENGTH - 20) + "stratum+tcp://wallet:hunter2/@pool.example:3333"
    for style in ("logfmt", "json"):
        assert "hunter2" not in Formatter(style).format(record("m", error=said))


@pytest.mark.parametrize("style", ["logfmt", "json"])
@pytest.mark.parametrize("text", NASTY)
def test_hostile_words_stay_inside_their_value(text: str, style: str) -> None:
    line = Formatter(style).format(record("miner is down", miner=text, reason="x"))
    assert is_one_line(line)
    said = json.loads(line) if style == "json" else pairs(line)
    assert list(said) == ["time", "level", "msg", "miner", "reason"]
    assert (said["level"], said["msg"], said["reason"]) == ("warn", "miner is down", "x")
    printable = re.sub("[\x00-\x1f\x7f-\x9f\u2028\u202e\ud800\ufeff]", "?", text)[:LENGTH]
    assert said["miner"] == printable


def test_repeats_of_one_kind_are_held_back_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("exporter.daemon.logs.time.monotonic", lambda: now)
    dropped = Count()
    limit = RateLimit(dropped)
    passed = sum(limit.filter(record("miner is down", miner=str(n))) for n in range(10_000))
    assert passed == BURST
    assert dropped.n == 10_000 - BURST
    assert limit.filter(record("another kind"))
    now = 60.0
    told, after = record("miner is down", miner="m1"), record("miner is down", miner="m2")
    assert limit.filter(told)
    assert limit.filter(after)
    assert told.__dict__["fields"] == {"miner": "m1", "held_back": 10_000 - BURST}
    assert after.__dict__["fields"] == {"miner": "m2"}
    assert sum(limit.filter(record("miner is down")) for _ in range(1000)) == min(BURST, 30) - 2
    for n in range(5000):
        limit.filter(record(f"kind {n}"))
    assert len(limit.buckets) <= 1000, "not even kinds without end cost memory"


@pytest.fixture
def quiet() -> Iterator[None]:
    """Puts the loggers back as they were."""
    root, level = logging.getLogger(), logs.log.level
    handlers, root_level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(root_level)
    logs.log.setLevel(level)


@pytest.mark.usefixtures("quiet")
def test_a_log_that_nobody_reads_never_blocks() -> None:
    reading, writing = os.pipe()
    dropped, lines, got = Count(), WAITING + 3000, b""
    stream = os.fdopen(writing, "w")
    handler = Handler(stream, dropped)
    handler.setFormatter(Formatter("logfmt"))

    def work() -> None:
        for n in range(lines):
            handler.handle(record("a kind", filler="x" * 300, n=n))

    worker = threading.Thread(target=work, daemon=True)
    try:
        worker.start()
        worker.join(20)
        assert not worker.is_alive(), "the work waits for the log"
        assert dropped.n > 0
        os.set_blocking(reading, False)
        end = time.monotonic() + 20
        while handler.lines.unfinished_tasks and time.monotonic() < end:
            with suppress(BlockingIOError):
                got += os.read(reading, 1 << 20)
        with suppress(BlockingIOError):
            got += os.read(reading, 1 << 20)
        assert got.count(b"\n") + dropped.n == lines, "written, or counted"
    finally:
        os.close(reading)  # whoever still writes gets an error now
        with suppress(BrokenPipeError):
            stream.close()


@pytest.mark.usefixtures("quiet")
def test_a_closed_log_is_counted_too() -> None:
    stream, dropped = io.StringIO(), Count()
    handler = Handler(stream, dropped)
    stream.close()
    handler.handle(record("a kind"))
    handler.drain(10)
    assert dropped.n == 1


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(("level", "seen"), [("debug", 4), ("info", 3), ("warn", 2), ("error", 1)])
def test_levels(level: str, seen: int) -> None:
    stream = io.StringIO()
    handler = configure(level, "logfmt", Count(), stream)
    for number in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        event(number, f"at {number}", n=number)
    logging.getLogger("aiohttp.access").info("a library's chatter")
    handler.drain(10)
    said = [pairs(line)["level"] for line in stream.getvalue().splitlines()]
    assert said == ["debug", "info", "warn", "error"][4 - seen :]


@pytest.mark.usefixtures("quiet")
def test_a_librarys_exception_is_one_line() -> None:
    stream = io.StringIO()
    handler = configure("info", "logfmt", Count(), stream)
    try:
        dict[str, int]()["first\nsecond"]
    except KeyError:
        logging.getLogger("aiohttp.server").exception("it %s", "broke")
    handler.drain(10)
    (line,) = stream.getvalue().splitlines()
    assert pairs(line)["msg"] == "it broke"
    assert pairs(line)["error"].startswith("KeyError: ")
    assert sys.exc_info() == (None, None, None)
