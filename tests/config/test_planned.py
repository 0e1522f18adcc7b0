"""The times at which a miner is planned to be off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.config.planned import DAY, DAYS, PlannedOff, times_off
from exporter.config.yamltree import Mark, Scalar, Seq


def scalar(text: str, kind: str = "text") -> Scalar:
    return Scalar(text, kind, Mark(1, 1))


def planned(*texts: str) -> PlannedOff:
    nodes = Seq(Mark(1, 1))
    nodes.extend(map(scalar, texts))
    found = times_off(nodes)
    assert found is not None
    return found


def minute(text: str) -> tuple[int, int]:
    """The day and the minute of "tue 23:15"."""
    day, time = text.split()
    hours, minutes = time.split(":")
    return DAYS.index(day), 60 * int(hours) + int(minutes)


@pytest.mark.parametrize(
    ("times", "off", "on"),
    [
        (["22:00-06:00"], ["mon 22:00", "tue 05:59", "mon 00:00", "sun 23:59"], ["mon 06:00", "mon 21:59"]),
        (["mon-fri 17:00-21:00"], ["mon 17:00", "fri 20:59"], ["sat 17:00", "mon 16:59", "fri 21:00"]),
        (["fri 22:00-06:00"], ["fri 22:00", "sat 05:59"], ["fri 05:00", "sat 22:00", "sat 06:00"]),
        (["sun 22:00-06:00"], ["mon 03:00"], ["sun 03:00"]),
        (["sat,sun 00:00-24:00"], ["sat 00:00", "sun 23:59"], ["fri 23:59", "mon 00:00"]),
        (["sat-mon 08:00-09:00"], ["sat 08:00", "mon 08:30"], ["tue 08:00"]),
        (["01:00-02:00", "tue 03:00-04:00"], ["mon 01:30", "tue 03:30"], ["mon 03:30"]),
    ],
)
def test_times_hold_when_they_say(times: list[str], off: list[str], on: list[str]) -> None:
    found = planned(*times)
    assert [at for at in off if not found.holds(*minute(at))] == []
    assert [at for at in on if found.holds(*minute(at))] == []


def test_true_is_always_and_false_is_no_plan() -> None:
    always = times_off(scalar("true", "boolean"))
    assert always is not None
    assert all(always.holds(day, minute) for day in range(7) for minute in range(DAY))
    assert times_off(scalar("false", "boolean")) is None


@given(st.sets(st.sampled_from(DAYS), min_size=1), st.integers(0, DAY - 1), st.integers(0, DAY - 1))
def test_a_span_lasts_as_long_as_it_says(days: set[str], begin: int, end: int) -> None:
    if begin == end:
        return
    times = f"{','.join(sorted(days))} {begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"
    found = planned(times)
    held = sum(found.holds(day, minute) for day in range(7) for minute in range(DAY))
    assert held == len(days) * ((end - begin) % DAY)


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("yes", "boolean", "expected true or false, found yes"),
        ("22:00", "text", 'expected true or times such as "22:00-06:00" or "sat,sun 08:00-12:00", found'),
        ("mo 22:00-23:00", "text", "mo is no day; days are mon, tue, wed, thu, fri, sat, sun"),
        ("22:00-22:00", "text", "a time that ends when it begins; write true for always"),
        ("22:60-23:00", "text", "22:60 is no time of a day"),
        ("22:00-24:01", "text", "24:01 is no time of a day"),
        ("7", "integer", "expected true or times such as"),
    ],
)
def test_what_is_no_time_is_told(text: str, kind: str, message: str) -> None:
    with pytest.raises(ValueError, match="^" + message.replace("(", r"\(")):
        times_off(scalar(text, kind))
