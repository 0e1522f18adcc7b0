"""The closed list of questions: whatever the exporter may ever ask of a miner, on port 4028, in frames or by gRPC on
another port, or of its web server.

A firmware family declares its questions when it is imported; `seal` then closes the list, and from there on a Request,
the only thing that the transport writes, can be made of members alone. A control command cannot even be declared:
the grammar admits one lower-case word, or several after `get_`, and every word in NEVER is refused, among them `debug`
and `lockstats`, which act although they are called reads, and reads that carry secrets. Names from the configuration
never come here.

On a miner GET is not safe: `GET /cgi-bin/reboot.cgi` reboots it. So a web page is a question by its exact path, and a
path with a word that acts cannot be declared, and the few that are read by POST are a closed list with what is posted
to each. In frames, which carry commands that act as well, there are two commands with a few parameters each, and no
other can be declared: among the rest is one that tells a salt. By gRPC there are the methods of one list by their whole
names, and what is asked of them is always empty. A line of the API can also be posted, to one path, where firmware
takes it there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import orjson

from exporter.questions.readonly import ACTS, BY_HAND, CALLS, FRAMED, NEVER, POSTED, QUERIES, READS

_WORD = re.compile(r"[a-z]{2,31}|get(_[a-z]{2,15}){1,3}", re.ASCII)
_PARAMETER = re.compile(r"[0-9]{1,2}", re.ASCII)  # a board's index; nothing else is ever needed
_PATH = re.compile(r"(?:/[a-z0-9]+(?:[_.\-][a-z0-9]+){0,5}){1,6}/?", re.ASCII)


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One read: `name` is its label as a section, `section` the key under which an answer holds its rows; "" where all
    of the answer is one row. With a `path` it is a page of the miner's web server, which listens at `port`; with a
    `call` it is that method by gRPC; with a port alone it goes there in a frame. `instead` of a command that the
    firmware may not know, it is asked only where that is so. There is one object for each."""

    name: str
    command: str
    section: str
    parameter: str = ""
    new_api: bool = False
    joinable: bool = True
    path: str = ""
    port: int = 0
    call: str = ""
    login: str = ""  # the family whose credentials the page needs
    locked: bool = False  # a page that is asked only where such credentials are configured, or instead of another
    instead: str = ""  # the name of that other question
    posted: bool = False  # a page that is one of POSTED
    hourly: bool = False  # asked once an hour at most, of what a family asks slowly
    by_hand: bool = False  # whether a person alone may ask it
    excerpt: Callable[[dict[str, Any]], dict[str, Any]] | None = None  # of a long answer what is worth keeping

    @property
    def framed(self) -> bool:
        """Whether it is asked in a frame."""
        return bool(self.port) and not (self.path or self.call)


IDENTITY_ONLY: Final[set[str]] = set()  # the names of questions whose answers tell who the miner is, not how it fares
_questions: dict[str, Question] = {}
_posted: set[Question] = set()
_sealed = False


def declare(
    command: str, *, section: str = "", parameter: str = "", new_api: bool = False, alone: bool = False
) -> Question:
    """The question that asks `command`; declared twice, it is the same one. `alone` is what no firmware joins. Raises
    ValueError for what is no read."""
    if not _reads(command) or command in BY_HAND or (parameter and not _PARAMETER.fullmatch(parameter)):
        raise ValueError(f"not a question: {command!r} {parameter!r}")
    name = command + ("_new_api" if new_api else "") + (f"_{parameter}" if parameter else "")
    joinable = not (parameter or new_api or alone)
    return _add(Question(name, command, section or command.upper(), parameter, new_api, joinable))


def by_hand(command: str, parameter: str = "") -> Question:
    """The question that asks one of BY_HAND, alone; `check` takes the name of a read. Raises ValueError for another."""
    if command not in BY_HAND or (command == "check") != bool(parameter) or not _reads(parameter or "version"):
        raise ValueError(f"not a question: {command!r} {parameter!r}")
    name = command + (f"_{parameter}" if parameter else "")
    return _add(Question(name, command, command.upper(), parameter, joinable=False, by_hand=True))


def _reads(command: str) -> bool:
    """Whether it is spelt like a read and is not known to act."""
    return _WORD.fullmatch(command) is not None and command not in NEVER


def page(
    name: str,
    path: str,
    *,
    section: str = "",
    port: int = 80,
    login: str = "",
    locked: bool = False,
    hourly: bool = False,
    instead: str = "",
    posted: bool = False,
    excerpt: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
) -> Question:
    """The question that gets the page at `path`; declared twice, it is the same. Raises ValueError for one that acts.
    A page that needs a login names the family whose credentials it is; `locked` is one that is not tried without.
    One of POSTED is `posted`. Of a long one that is asked slowly, `excerpt` makes what is kept until it is asked anew.
    """
    words = set(re.split(r"[/_.\-]", path))
    reads = path in READS or (_PATH.fullmatch(path) and words.isdisjoint(ACTS | NEVER))
    if not reads or not 0 < port < 65536 or (posted and path not in POSTED):
        raise ValueError(f"not a page that is read: {path!r}")
    return _add(
        Question(
            name,
            "",
            section,
            joinable=False,
            path=path,
            port=port,
            login=login,
            locked=locked or bool(instead),
            instead=instead,
            posted=posted,
            hourly=hourly,
            excerpt=excerpt,
        )
    )


def frame(name: str, command: str, parameter: str, *, port: int = 4433) -> Question:
    """The question that asks `command` with `parameter` in a frame; declared twice, it is the same. Raises ValueError
    for what is not in FRAMED. The parts of a miner's status can be joined."""
    if parameter not in FRAMED.get(command, ()) or not 0 < port < 65536:
        raise ValueError(f"not a question in a frame: {command!r} {parameter!r}")
    joinable = command == "get.miner.status"
    return _add(Question(name, command, parameter, parameter, joinable=joinable, port=port))


def post(*questions: Question) -> None:
    """Declares that these may be posted to POST too. Raises ValueError for what is no line of the API."""
    if _sealed or any(_questions.get(q.name) is not q or q.port or q.by_hand for q in questions):
        raise ValueError("not questions that can be posted")
    _posted.update(questions)


def call(name: str, method: str, *, section: str = "", login: str, port: int = 50051) -> Question:
    """The question that calls `method` by gRPC with nothing; declared twice, it is the same. Raises ValueError for one
    that is not in CALLS. It is not tried without the credentials of the family `login`."""
    if method not in CALLS or not 0 < port < 65536:
        raise ValueError(f"not a method that is called: {method!r}")
    return _add(Question(name, "", section, joinable=False, port=port, call=method, login=login, locked=True))


def _add(question: Question) -> Question:
    if question.name not in _questions and _sealed:
        raise ValueError(f"the list of questions is closed: {question.name!r}")
    return _questions.setdefault(question.name, question)


def identity_only(question: Question) -> Question:
    """Declares that whoever answers no more than this is down."""
    IDENTITY_ONLY.add(_add(question).name)
    return question


def seal() -> None:
    """Closes the list: from here on nothing can be added."""
    global _sealed  # noqa: PLW0603 - the list is closed once for the whole process, and that is its point
    _sealed = True


def questions() -> tuple[Question, ...]:
    """Every member of the list, by name."""
    return tuple(_questions[name] for name in sorted(_questions))


@lru_cache(1024)
def request(*questions: Question) -> Request:
    """The request that asks those questions. Raises ValueError."""
    return Request(questions)


@lru_cache(1024)
def posted(*questions: Question) -> Request:
    """The same as a request to be posted. Raises ValueError."""
    return Request(questions, posted=True)


@dataclass(frozen=True, slots=True)
class Request:
    """One line to write: a question, or several that the miner answers together; or one page to get or method to call,
    and then `wire` only says which; or what goes in a frame. A line that is `posted` is the body of a POST. Raises
    ValueError for any other."""

    questions: tuple[Question, ...]
    wire: bytes = field(init=False)
    posted: bool

    @property
    def page(self) -> Question | None:
        """The page to get, where it is one."""
        return self.questions[0] if self.questions[0].path else None

    @property
    def frame(self) -> bytes:
        """The line with its length in front and no line end, where it goes in a frame; else nothing."""
        body = self.wire[:-1] if self.questions[0].framed else b""
        return len(body).to_bytes(4, "little") + body if body else b""

    def __init__(self, questions: Sequence[Question], *, posted: bool = False) -> None:
        members = tuple(questions)
        if not members or any(_questions.get(q.name) is not q for q in members):
            raise ValueError("a request is made of declared questions")
        if len(members) > 1 and not all(q.joinable for q in members):
            raise ValueError("a question that has to be asked alone cannot be joined")
        if len({q.port for q in members}) > 1:
            raise ValueError("questions of two ports cannot be joined")
        if posted and not _posted.issuperset(members):
            raise ValueError("not a request that can be posted")
        object.__setattr__(self, "posted", posted)
        object.__setattr__(self, "questions", members)
        if members[0].path:
            object.__setattr__(self, "wire", _page_line(members[0]))
            return
        if members[0].call:
            object.__setattr__(self, "wire", f"CALL :{members[0].port}/{members[0].call}\n".encode())
            return
        if members[0].framed:
            asked = {"cmd": members[0].command, "param": "+".join(q.parameter for q in members)}
            object.__setattr__(self, "wire", orjson.dumps(asked) + b"\n")
            return
        message: dict[str, object] = {"command": "+".join(q.command for q in members)}
        if members[0].parameter:
            message["parameter"] = members[0].parameter
        if members[0].new_api:
            message["new_api"] = True
        object.__setattr__(self, "wire", orjson.dumps(message) + b"\n")


def _page_line(page: Question) -> bytes:
    """Which page it is, in words: what goes to a web server is made where it is sent."""
    if page.posted:
        query, body = POSTED[page.path]
        return b" ".join([b"POST", f":{page.port}{page.path}{query}".encode(), body]) + b"\n"
    return f"GET :{page.port}{page.path}{QUERIES.get(page.path, '')}\n".encode()
