"""From the bytes of the cgminer API to rows: STATUS judged, joins taken apart whether they come nested or flat.

An answer is `{"STATUS":[...],"SUMMARY":[{...}],"id":1}`; a join is `{"summary":[{...}],"devs":[{...}],"id":1}`, or, on
some firmware, all sections merged into one object. STATUS decides (S and I are good, W too), never its Code alone. In
frames it is `{"code":0,"msg":{"summary":{...}}}`, and a code other than 0 is an error.
Budget: 3 µs for a KB, of which the JSON parser takes two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NoReturn

from exporter.core.errors import DecodeError, Denied, NotJson, Unsupported, WrongShape, kept
from exporter.core.tracing import untraced
from exporter.core.values import number, text
from exporter.parse.jsontext import Document, Repairs, parse
from exporter.parse.sections import RawRow, found, rows_of
from exporter.questions import Frame, Page, Question

_text = untraced(text)  # of what is never live
_UNKNOWN = re.compile(r"invalid (?:command|cmd)|unknown command|deprecated|not supported|unsupported", re.IGNORECASE)
_NO_SUCH = (-1, -2, -3)  # codes in frames: no such command, no such parameter, no parameter
_LEFT_OUT = "error-code"  # is not there where there are none
NONE = (6, 8, 10)  # the codes of "No GPUs", "No pools" and "No ASCs/PGAs": the list was answered, and is empty
_LISTS = ("DEVS", "DEVDETAILS", "NOTIFY", "POOLS")


@dataclass(slots=True)
class Answers:
    """What a miner said: per section its rows, its other sections (METADATA beside TEMPS), and what went wrong."""

    rows: dict[str, list[RawRow]] = field(default_factory=dict)
    beside: dict[str, Document] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    problems: dict[str, DecodeError] = field(default_factory=dict)
    repairs: Repairs = field(default_factory=partial(Repairs, int))

    def row(self, name: str) -> RawRow:
        """The first row of a section; {} where there is none."""
        rows = self.rows.get(name)
        return rows[0] if rows else {}

    def update(self, newer: Answers) -> None:
        """Adds what a newer answer says. Where that cannot be read, the older rows stand beside the problem."""
        self.rows.update(newer.rows)
        self.beside.update(newer.beside)
        self.descriptions.update(newer.descriptions)
        for name in newer.rows:
            self.problems.pop(name, None)
        self.problems.update(newer.problems)
        for name, times in newer.repairs.items():
            self.repairs[name] += times

    def described(self, pattern: str) -> str:
        """The evidence that some answer's Description begins like `pattern`; "" where none does."""
        for section, description in self.descriptions.items():
            if re.match(pattern, description):
                return f"Description of {section} is {description!r}"
        return ""

    def drop(self, name: str, problem: DecodeError | None = None) -> None:
        """Forgets a section's answer, and says why where there is a reason."""
        self.rows.pop(name, None)
        self.beside.pop(name, None)
        self.descriptions.pop(name, None)
        if problem is not None:
            self.problems[name] = problem

    def others(self, name: str, section: str) -> list[RawRow]:
        """The rows of another section in the same answer, such as METADATA in that of temps."""
        return rows_of(self.beside.get(name, {}).get(section), section) or []


def read(answers: Answers, questions: Sequence[Question], raw: bytes) -> None:
    """Adds what `raw`, the answer to `questions`, says. A part that cannot be read becomes a problem of its section."""
    try:
        document, repairs = parse(raw)
    except DecodeError as error:
        answers.problems.update(dict.fromkeys([q.name for q in questions], kept(error)))
        return
    for name, times in repairs.items():
        answers.repairs[name] += times
    if questions[0].off_api_port:
        document = _off_api_port(document, questions)
    for question in questions:
        part = document if len(questions) == 1 else _member(document, question)
        status = _status(part)
        try:
            rows = _section(part, status, question, alone=len(questions) == 1 or part is not document)
        except WrongShape as error:
            left_out = len(questions) > 1 and part is document  # a join answers what it knows
            answers.problems[question.name] = Unsupported("left out of the joined answer") if left_out else kept(error)
            continue
        except DecodeError as error:
            answers.problems[question.name] = kept(error)
            continue
        if not rows and "truncated" in repairs:
            answers.problems[question.name] = NotJson("cut off before the end of its first row")
            continue
        answers.rows[question.name] = rows
        answers.beside[question.name] = part
        answers.problems.pop(question.name, None)
        if description := _text(status.get("Description")):
            answers.descriptions[question.name] = description


def _off_api_port(document: Document, questions: Sequence[Question]) -> Document:
    """Take an answer out of its frame, or the excerpt that is kept out of a page."""
    first = questions[0]
    if isinstance(first, Frame):
        return _unframed(document, questions)
    return first.excerpt(document) if isinstance(first, Page) and first.excerpt is not None else document


def _unframed(document: Document, questions: Sequence[Question]) -> Document:
    """What a frame says of the questions, in the shape of the other answers, and nothing else: it may tell secrets."""
    code, said = number(document.get("code")), document.get("msg")
    if code is None:
        return {}
    if code != 0:
        known = 14 if code in _NO_SUCH else None
        return {"STATUS": [{"STATUS": "E", "Code": known, "Msg": text(said) or f"code {code}"}]}
    found = {q.section: said[q.section] for q in questions if q.section in said} if isinstance(said, dict) else {}
    if isinstance(said, dict) and questions[0].section == _LEFT_OUT:
        found[_LEFT_OUT] = found.get(_LEFT_OUT) or []
    return found


def _member(document: Document, question: Question) -> Document:
    """The part of a joined answer that answers `question`; the whole where the firmware merges all sections."""
    part = document.get(question.name)  # what is joined is named by its command
    if isinstance(part, list) and part:
        part = part[0]
    return part if isinstance(part, dict) and ("STATUS" in part or question.section in part) else document


def _status(document: Document) -> RawRow:
    status = document.get("STATUS")
    if isinstance(status, list) and status:
        status = status[0]
    if isinstance(status, dict):
        return status
    # Whatsminer: the letter itself, beside Code, Msg and Description
    return {**document, "STATUS": status} if isinstance(status, str) else {}


def _section(document: Document, status: RawRow, question: Question, *, alone: bool) -> list[RawRow]:
    """The rows of the question's section; under Msg only in an answer to this question `alone`."""
    letter, section = status.get("STATUS"), question.section
    if letter in ("E", "F"):
        message = text(status.get("Msg")) or text(status.get("Description"))
        if section in _LISTS and number(status.get("Code")) in NONE:
            return []
        _refuse(message, known=number(status.get("Code")) != 14)
    if not document and isinstance(question, Page):
        raise WrongShape("a page that says nothing")
    said = document.get(section)
    rows = rows_of(said, section) if isinstance(said, list) else None
    if rows:
        return rows
    if question.off_api_port:
        rows = rows_of(said if section else document, section)
    if not rows and not (question.off_api_port and rows is not None):
        rows = found(document, status, section, alone=alone)
    if rows is None and not question.off_api_port and (error := text(document.get("error"))):
        _refuse(error)
    if rows is None:
        raise WrongShape(f"no {section} in the answer")
    return rows


def _refuse(message: str, *, known: bool = True) -> NoReturn:
    """Raises what the miner's message comes to."""
    if not known or _UNKNOWN.search(message):
        raise Unsupported(message)
    raise Denied(message)
