"""The times at which a miner is planned to be off, as the configuration writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from exporter.config.scalars import bounded, flag
from exporter.config.yamltree import Scalar, found

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY: Final = 24 * 60  # minutes
MOST: Final = 32  # spans of times
_SPAN: Final = re.compile(r"(?:([a-z,-]+) +)?(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """A span of each of some days, from a minute of the day to another; a span that ends earlier ends the next day."""

    days: frozenset[int]  # of the span's begin; 0 is Monday
    begin: int
    end: int

    def holds(self, day: int, minute: int) -> bool:
        """Tell whether the span holds at a minute of a day of the week."""
        if self.begin < self.end:
            return day in self.days and self.begin <= minute < self.end
        return (day in self.days and minute >= self.begin) or ((day - 1) % 7 in self.days and minute < self.end)


@dataclass(frozen=True, slots=True)
class PlannedOff:
    """The spans in which a miner is planned to be off, by the local time of the exporter."""

    spans: tuple[Span, ...]

    def holds(self, day: int, minute: int) -> bool:
        """Tell whether the miner is planned to be off at a minute of a day of the week; 0 is Monday."""
        return any(span.holds(day, minute) for span in self.spans)


ALWAYS: Final = PlannedOff((Span(frozenset(range(7)), 0, DAY),))


def times_off(node: object) -> PlannedOff | None:
    """Read `true`, a span or a list of spans; `false` is None. Raises ValueError.

    A span is "22:00-06:00", or with days "mon-fri 17:00-21:00" and "sat,sun 00:00-24:00"."""
    if isinstance(node, Scalar) and node.kind == "boolean":
        return ALWAYS if flag(node) else None
    nodes = node if isinstance(node, list) else [node]
    if len(nodes) > MOST:
        raise ValueError(f"{len(nodes)} times; at most {MOST} are allowed")
    return PlannedOff(tuple(map(_span, nodes)))


def _span(node: object) -> Span:
    match = _SPAN.fullmatch(bounded(node.text, 128)) if isinstance(node, Scalar) else None
    if match is None:
        raise ValueError(f'expected true or times such as "22:00-06:00" or "sat,sun 08:00-12:00", found {found(node)}')
    begin, end = _minute(match[2], match[3]), _minute(match[4], match[5])
    if begin == end:
        raise ValueError("a time that ends when it begins; write true for always")
    return Span(_days(match[1]) if match[1] else frozenset(range(7)), begin, end)


def _minute(hours: str, minutes: str) -> int:
    minute = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or minute > DAY:
        raise ValueError(f"{hours}:{minutes} is no time of a day")
    return minute


def _days(written: str) -> frozenset[int]:
    """Read days such as sat,sun and ranges such as mon-fri; a range may go over Sunday."""
    days: set[int] = set()
    for part in written.split(","):
        first, _, last = part.partition("-")
        for name in (first, last or first):
            if name not in DAYS:
                raise ValueError(f"{name} is no day; days are {', '.join(DAYS)}")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        days.update((begin + number) % 7 for number in range((end - begin) % 7 + 1))
    return frozenset(days)
