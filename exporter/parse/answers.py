"""Bytes of an answer in, rows out: STATUS is checked, and joined answers, nested or flat, are taken apart.

An answer of the cgminer API is `{"STATUS":[...],"SUMMARY":[{...}],"id":1}`. A joined answer is
`{"summary":[{...}],"devs":[{...}],"id":1}`, or on some firmware all sections merged into one object. STATUS decides (S,
I and W are good), never its Code alone. A frame is `{"code":0,"msg":{"summary":{...}}}`; any code but 0 is an error.
Budget: 3 µs for a KB, 2 µs of them in the JSON parser.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NoReturn

from exporter.core.errors import DecodeError, Denied, NotJson, Unsupported, WrongShape, without_traceback
from exporter.core.tracing import untraced
from exporter.core.values import number, text
from exporter.parse.jsontext import Document, Repairs, parse
from exporter.parse.sections import RawRow, found, rows_of
from exporter.questions import Frame, Page, Question

_text = untraced(text)
_UNKNOWN = re.compile(r"invalid (?:command|cmd)|unknown command|deprecated|not supported|unsupported", re.IGNORECASE)
_NO_SUCH = (-1, -2, -3)  # codes of frames for an unknown command, an unknown parameter, a missing parameter
_LEFT_OUT = "error-code"  # a section that frames lack while the miner has no errors
NONE = (6, 8, 10)  # codes of "No GPUs", "No pools" and "No ASCs/PGAs": the answer is an empty list
_LISTS = ("DEVS", "DEVDETAILS", "NOTIFY", "POOLS")


@dataclass(slots=True)
class Answers:
    """The answers of a miner, by the name of the question.

    * rows: the rows of the question's section
    * beside: the document of these rows, with all sections of the answer, such as METADATA beside TEMPS
    * descriptions: the Description in STATUS
    * problems: the error of a question whose answer could not be read
    * repairs: how often each repair was needed, by the name of the repair"""

    rows: dict[str, list[RawRow]] = field(default_factory=dict)
    beside: dict[str, Document] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    problems: dict[str, DecodeError] = field(default_factory=dict)
    repairs: Repairs = field(default_factory=partial(Repairs, int))

    def row(self, name: str) -> RawRow:
        """Return the first row of a section; {} if there is none."""
        rows = self.rows.get(name)
        return rows[0] if rows else {}

    def update(self, newer: Answers) -> None:
        """Add newer answers. Where a newer answer is a problem, the older rows of the section stay as well."""
        self.rows.update(newer.rows)
        self.beside.update(newer.beside)
        self.descriptions.update(newer.descriptions)
        for name in newer.rows:
            self.problems.pop(name, None)
        self.problems.update(newer.problems)
        for name, times in newer.repairs.items():
            self.repairs[name] += times

    def described(self, pattern: str) -> str:
        """Return evidence in words if `pattern`, a regular expression, matches the start of a Description; else ""."""
        for section, description in self.descriptions.items():
            if re.match(pattern, description):
                return f"Description of {section} is {description!r}"
        return ""

    def drop(self, name: str, problem: DecodeError | None = None) -> None:
        """Remove the answer of a section; `problem` is the reason, if there is one."""
        self.rows.pop(name, None)
        self.beside.pop(name, None)
        self.descriptions.pop(name, None)
        if problem is not None:
            self.problems[name] = problem

    def others(self, name: str, section: str) -> list[RawRow]:
        """Return the rows of another section in the same answer, such as METADATA in the answer to temps."""
        return rows_of(self.beside.get(name, {}).get(section), section) or []


def read(answers: Answers, questions: Sequence[Question], raw: bytes) -> None:
    """Add the sections of `raw`, the answer to `questions`; an unreadable section is a problem of its question."""
    try:
        document, repairs = parse(raw)
    except DecodeError as error:
        answers.problems.update(dict.fromkeys([q.name for q in questions], without_traceback(error)))
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
            left_out = len(questions) > 1 and part is document  # the firmware does not know the command
            answers.problems[question.name] = (
                Unsupported("left out of the joined answer") if left_out else without_traceback(error)
            )
            continue
        except DecodeError as error:
            answers.problems[question.name] = without_traceback(error)
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
    """Return the content of a frame, or the excerpt of a page or call."""
    first = questions[0]
    if isinstance(first, Frame):
        return _unframed(document, questions)
    return document if first.excerpt is None else first.excerpt(document)


def _unframed(document: Document, questions: Sequence[Question]) -> Document:
    """Return the sections of a frame that were asked for, in the shape of other answers; the rest may hold secrets."""
    code, message = number(document.get("code")), document.get("msg")
    if code is None:
        return {}
    if code != 0:
        known = 14 if code in _NO_SUCH else None
        return {"STATUS": [{"STATUS": "E", "Code": known, "Msg": text(message) or f"code {code}"}]}
    if not isinstance(message, dict):
        return {}
    if not questions[0].section:  # a command without a parameter, which answers with settings alone
        return message
    found = {q.section: message[q.section] for q in questions if q.section in message}
    if questions[0].section == _LEFT_OUT:
        found[_LEFT_OUT] = found.get(_LEFT_OUT) or []
    return found


def _member(document: Document, question: Question) -> Document:
    """Return the part of a joined answer for `question`; the whole answer if the firmware merges all sections."""
    part = document.get(question.name)  # the parts of a join are named by their commands
    if isinstance(part, list) and part:
        part = part[0]
    return part if isinstance(part, dict) and ("STATUS" in part or question.section in part) else document


def _status(document: Document) -> RawRow:
    status = document.get("STATUS")
    if isinstance(status, list) and status:
        status = status[0]
    if isinstance(status, dict):
        return status
    # A Whatsminer gives the letter in place of the object, and Code, Msg and Description beside the letter.
    return {**document, "STATUS": status} if isinstance(status, str) else {}


def _section(document: Document, status: RawRow, question: Question, *, alone: bool) -> list[RawRow]:
    """Return the rows of the question's section. Raises Unsupported, Denied or WrongShape.

    Rows under Msg count only in an answer to this question `alone`."""
    letter, section = status.get("STATUS"), question.section
    if letter in ("E", "F"):
        message = text(status.get("Msg")) or text(status.get("Description"))
        if section in _LISTS and number(status.get("Code")) in NONE:
            return []
        _refuse(message, known=number(status.get("Code")) != 14)
    if not document and isinstance(question, Page):
        raise WrongShape("an empty page")
    content = document.get(section)
    rows = rows_of(content, section) if isinstance(content, list) else None
    if rows:
        return rows
    if question.off_api_port:
        rows = rows_of(content if section else document, section)
    if not rows and not (question.off_api_port and rows is not None):
        rows = found(document, status, section, alone=alone)
    if rows is None and not question.off_api_port and (error := text(document.get("error"))):
        _refuse(error)
    if rows is None:
        raise WrongShape(f"no {section} in the answer")
    return rows


def _refuse(message: str, *, known: bool = True) -> NoReturn:
    """Raise Unsupported or Denied with a miner's `message`; a question that is not `known` is Unsupported."""
    if not known or _UNKNOWN.search(message):
        raise Unsupported(message)
    raise Denied(message)
