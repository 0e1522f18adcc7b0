"""The reads that a person may ask of a miner with `query --ask` and that no poll asks, by family: a closed list.

What it does not name is not asked: a firmware is asked what its own documents or its ancestor's call a read. `asc` and
the others that take a board always come with one: LUXminer that is asked `voltageget` without one hangs for seconds.
"""

from __future__ import annotations

from typing import Final

from exporter.decode import Family
from exporter.questions import Question, by_hand, line

BOARDS: Final = ("0", "1", "2")
SECTIONS: Final = {"asccount": "ASCS", "edevs": "DEVS", "estats": "STATS", "autotunerget": "AUTOTUNER"}


def _plain(words: str) -> tuple[Question, ...]:
    return tuple(line(word, section=SECTIONS.get(word, "")) for word in words.split())


def _each_board(words: str) -> tuple[Question, ...]:
    return tuple(line(word, parameter=board) for word in words.split() for board in BOARDS)


# Every fork of cgminer kept these, whatever became of the rest; `check` says whether it did.
_FORK: Final = (
    *_plain("asccount coin config devdetails devs edevs estats stats"),
    *(by_hand("check", read) for read in ("coin", "estats", "notify")),
)
_CGMINER: Final = (*_FORK, *_each_board("asc"), *_plain("lcd notify"), by_hand("privileged"))
_NEW_API: Final = tuple(line(word, new_api=True) for word in ("summary", "pools", "rate", "warning"))
_LUXOS: Final = (
    *_plain("asccount coin devdetails edevs estats lcd"),
    *_plain("autotunerget groups hashboardopts healthctrl limits poolopts psuget tempsensor tunerstatus"),
    *_each_board("asc frequencyget voltageget"),
    *(by_hand("check", read) for read in ("coin", "estats")),
    by_hand("session"),
)

LIST: Final = {
    "antminer": (*_CGMINER, *_NEW_API),
    "auradine": _plain("asccount"),
    "avalon": _FORK,
    "blackminer": _CGMINER,
    "braiins": (*_FORK, *_each_board("asc"), *_plain("lcd")),
    "bw": _FORK,
    "cgminer": (*_CGMINER, *_plain("pgacount usbstats dbgstats"), line("pga", parameter="0")),
    "dayun": _FORK,
    "dcentos": (*_FORK, *_each_board("asc"), by_hand("privileged"), by_hand("session")),
    "goldshell": _FORK,
    "ibelink": _FORK,
    "innosilicon": _FORK,
    "luxos": _LUXOS,
    "mara": _FORK,
    "minerva": _FORK,
    "sealminer": _FORK,
    "spondoolies": _FORK,
    "strongu": _FORK,
    "vnish": _CGMINER,
}
NAMES: Final = frozenset(question.name for questions in LIST.values() for question in questions)


def reads(family: Family) -> dict[str, Question]:
    """What may be asked of that family by hand, by name: the list without what its polls ask anyway."""
    polled = {question.name for question in (*family.fast, *family.instead.values(), *family.slow)}
    return {question.name: question for question in LIST.get(family.name, ()) if question.name not in polled}
