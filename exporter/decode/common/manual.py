"""The manual reads that several families share: commands for `query --ask` that forks of cgminer kept.

Quirks: a command with a board parameter is always sent with a board, because LUXminer hangs for seconds on a bare
`voltageget`.
"""

from __future__ import annotations

from typing import Final

from exporter.questions import Question, by_hand, line

BOARDS: Final = ("0", "1", "2")
SECTIONS: Final = {"asccount": "ASCS", "edevs": "DEVS", "estats": "STATS", "autotunerget": "AUTOTUNER"}


def reads(words: str) -> tuple[Question, ...]:
    """Return a question for each command in `words`, which are separated by spaces."""
    return tuple(line(word, section=SECTIONS.get(word, "")) for word in words.split())


def of_each_board(words: str) -> tuple[Question, ...]:
    """Return a question for each command in `words` and each board."""
    return tuple(line(word, parameter=board) for word in words.split() for board in BOARDS)


# The commands that every fork of cgminer kept. `check` tells which commands a fork knows.
FORK: Final = (
    *reads("asccount coin config devdetails devs edevs estats stats"),
    *(by_hand("check", read) for read in ("coin", "estats", "notify")),
)
CGMINER: Final = (*FORK, *of_each_board("asc"), *reads("lcd notify"), by_hand("privileged"))
