"""The manual reads that several families share: commands that forks of cgminer kept, for a person with `query --ask`.

Quirks: a read that takes a board always gets a board here, because LUXminer hangs for seconds on a bare `voltageget`.
"""

from __future__ import annotations

from typing import Final

from exporter.questions import Question, by_hand, line

BOARDS: Final = ("0", "1", "2")
SECTIONS: Final = {"asccount": "ASCS", "edevs": "DEVS", "estats": "STATS", "autotunerget": "AUTOTUNER"}


def reads(words: str) -> tuple[Question, ...]:
    """Return the questions of these commands."""
    return tuple(line(word, section=SECTIONS.get(word, "")) for word in words.split())


def of_each_board(words: str) -> tuple[Question, ...]:
    """Return the questions of these commands, each for every board."""
    return tuple(line(word, parameter=board) for word in words.split() for board in BOARDS)


# Every fork of cgminer kept these, also where it lost the rest; `check` tells which commands a fork knows.
FORK: Final = (
    *reads("asccount coin config devdetails devs edevs estats stats"),
    *(by_hand("check", read) for read in ("coin", "estats", "notify")),
)
CGMINER: Final = (*FORK, *of_each_board("asc"), *reads("lcd notify"), by_hand("privileged"))
