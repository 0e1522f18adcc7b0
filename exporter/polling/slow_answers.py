"""Answers that stay valid for minutes: kept as compressed bytes until their questions are asked again."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Final

from exporter.parse.answers import Answers, read
from exporter.questions import Question

VERSIONS: Final = count(1)  # of the slow answers of all miners; 0 stands for none


@dataclass(frozen=True, slots=True)
class SlowAnswer:
    """An answer as the miner sent it, compressed, and the questions that it answers.

    `at` is unix time to the millisecond, to be shown. `since` is monotonic, and 0.0 unless a question is hourly:
    a wall clock steps, and must not decide when to ask again.
    """

    questions: tuple[Question, ...]
    compressed: bytes
    at: float
    since: float

    def stands(self, fresh: set[str], since: float) -> bool:
        """Test whether the answer holds: a question of it is `fresh`, or hourly and answered after `since`."""
        return any(q.name in fresh or (q.hourly and self.since > since) for q in self.questions)


def compress(questions: tuple[Question, ...], raw: bytes, at: float, now: float) -> SlowAnswer:
    """Return the slow answer of the bytes that came at `at`, unix time, and `now`, monotonic time."""
    since = now if any(question.hourly for question in questions) else 0.0
    return SlowAnswer(questions, zlib.compress(raw, 1), round(at, 3), since)


def filtered(answers: tuple[SlowAnswer, ...], good: Callable[[SlowAnswer], bool]) -> tuple[SlowAnswer, ...]:
    """Return the answers that pass the test `good`; the same object if all do, so that a change can be told."""
    return answers if all(map(good, answers)) else tuple(filter(good, answers))


def unpack(slow_answers: Iterable[SlowAnswer], fresh: set[str]) -> Answers:
    """Read slow answers again, but for those whose questions are all `fresh`, which were answered in this poll."""
    answers = Answers()
    for answer in slow_answers:
        if not fresh.issuperset(question.name for question in answer.questions):
            read(answers, answer.questions, zlib.decompress(answer.compressed))
    answers.repairs.clear()  # counted when the answers came
    return answers


@lru_cache(256)
def times(questions: tuple[Question, ...]) -> tuple[str, ...]:
    """Name the inputs of a plan that tell when those questions were answered."""
    return tuple([f"at {question.name}" for question in questions])
