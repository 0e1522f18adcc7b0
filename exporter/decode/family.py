"""The declaration of a firmware family: its questions, how it is recognised, and the decoders of its answers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Final

from exporter.core.vocabulary import Part
from exporter.parse.answers import Answers
from exporter.parse.rows import Reading, Row
from exporter.questions import Question

Decoder = Callable[[Reading], Iterator[Part]]
FALLBACK: Final = "cgminer"  # the family of a miner that speaks the cgminer dialect without the marks of another family


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A firmware family. A module that assigns a Family to the name FAMILY is found by import, without a list of
    modules."""

    # The name, which is also the label `family` of its miners, and the folder of its fixtures.
    name: str
    # The place in the order of recognition, unique: specific firmware (low) before a generic dialect (high).
    rank: int
    # The function that returns the evidence for this firmware in words, "" without evidence; defined in the family's
    # module.
    recognise: Callable[[Reading], str]
    # The questions of every poll.
    fast: tuple[Question, ...]
    # The questions asked every few minutes: identity, settings and other values that seldom change.
    slow: tuple[Question, ...] = ()
    # The decoders in their order, each with the name of the question whose answer it needs; "" runs after any answer.
    sections: tuple[tuple[str, Decoder], ...]
    # The question that recognises a miner whose port 4028 is closed; a line of the API is posted to its web server.
    fingerprint: Question | None = None
    # The family name in the labels of the miners, if the family is a second surface of the same firmware; else "".
    shown: str = ""
    # The families that read more of the same miner, best first; tried if credentials for them are configured.
    better: tuple[str, ...] = ()
    # The replacements of fast questions on firmware that does not know them, by the fast question's name.
    instead: dict[str, Question] = field(default_factory=dict)
    # A key by a question's name: an answer without the key counts as not understood.
    required_keys: dict[str, str] = field(default_factory=dict)
    # The function that returns the questions about single chips. These questions are opt-in and asked one after the
    # other.
    boards: Callable[[Answers], list[Question]] | None = None
    # The questions for `query --ask` besides the polled questions: only commands of port 4028.
    manual: tuple[Question, ...] = ()
    # Whether the answers are known from public documents alone, and not from a recorded miner.
    documented: bool = False
    # Seconds that the firmware needs between two connections.
    connection_gap: float = 0.0
    # The function that hides placeholder fields of a row, before any decoder reads the row.
    prepare: Callable[[Row], None] | None = None

    @property
    def module(self) -> ModuleType:
        """The module that declares the family; its docstring has the quirks."""
        return sys.modules[self.recognise.__module__]

    @property
    def generic(self) -> bool:
        """Tell whether this is the fallback family, which fits nearly any firmware with the cgminer dialect."""
        return self.name == FALLBACK

    def polled(self) -> tuple[Question, ...]:
        """Return all questions that polls ask by default, including the replacements."""
        return (*self.fast, *self.instead.values(), *self.slow)

    def reads(self) -> dict[str, Question]:
        """Return the manual reads by name, without the questions that polls ask anyway."""
        polled = {question.name for question in self.polled()}
        return {question.name: question for question in self.manual if question.name not in polled}

    def hurry(self, timeout: float) -> str:
        """Return the reason why `timeout`, in seconds, is too short for the connection gaps of a poll; "" for none.

        A poll that asks everything makes three connections: recognition, fast questions, slow questions."""
        pauses = 2 * self.connection_gap
        if not self.connection_gap or timeout > pauses:
            return ""
        return (
            f"{self.name} needs a pause of {self.connection_gap:g} s between two connections, {pauses:g} s of a poll "
            f"that asks everything: a timeout of {timeout:g} s, which is at most the interval, is too short"
        )
