"""The closed list of questions: whatever the exporter may ever write to a miner's port 4028 is a member of it.

A firmware family declares its questions when it is imported; `seal` then closes the list, and from there on a Request,
the only thing that the transport writes, can be made of members alone. A control command cannot even be declared:
the grammar admits one lower-case word, or several after `get_`, and every word in NEVER is refused, among them `debug`
and `lockstats`, which act although they are called reads, and reads that carry secrets. Names from the configuration
never come here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import orjson

_WORD = re.compile(r"[a-z]{2,31}|get(_[a-z]{2,15}){1,3}", re.ASCII)
_PARAMETER = re.compile(r"[0-9]{1,2}", re.ASCII)  # a board's index; nothing else is ever needed

# What changes a miner, its pools, its log or its sessions on any firmware, makes it call out, or tells a secret.
NEVER: Final = frozenset(
    """
    switchpool enablepool disablepool addpool removepool poolpriority poolquota save quit restart zero hotplug
    setconfig debug lockstats privileged ascenable ascdisable ascidentify ascset pgaenable pgadisable
    pgaidentify pgaset gpuenable gpudisable gpurestart gpuintensity gpumem gpuengine gpufan gpuvddc pause
    resume reload reboot

    addgroup atmset autotunerset curtail disableboard enableboard fanset frequencyset frequencystop groupquota
    hashboardoptsset healthchipset healthctrlset immersionswitch kill ledset logoff logon logset netset
    pooloptsset powertargetset profilenew profilerem profilerestore profileset psuset rebootdevice removegroup
    resetconfig resetminer tempctrlset tempsensorset tunableswitch tunerswitch uninstallluxos updaterun
    updateset voltageset updatecheck session logs systemaudit

    get_token gettoken openwriteapi downloadlogs poweroff poweron setled factoryreset netconfig
    """.split()  # cgminer, bmminer, BOSminer; LuxOS; Whatsminer
)


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One read: `name` is its label as a section, `section` the key under which an answer holds its rows. There is one
    object for each."""

    name: str
    command: str
    section: str
    parameter: str = ""
    new_api: bool = False
    joinable: bool = True


_questions: dict[str, Question] = {}
_sealed = False


def declare(
    command: str, *, section: str = "", parameter: str = "", new_api: bool = False, alone: bool = False
) -> Question:
    """The question that asks `command`; declared twice, it is the same one. `alone` is what no firmware joins. Raises
    ValueError for what is no read."""
    if not _WORD.fullmatch(command) or command in NEVER or (parameter and not _PARAMETER.fullmatch(parameter)):
        raise ValueError(f"not a question: {command!r} {parameter!r}")
    name = command + ("_new_api" if new_api else "") + (f"_{parameter}" if parameter else "")
    joinable = not (parameter or new_api or alone)
    question = Question(name, command, section or command.upper(), parameter, new_api, joinable)
    if name not in _questions and _sealed:
        raise ValueError(f"the list of questions is closed: {name!r}")
    return _questions.setdefault(name, question)


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


@dataclass(frozen=True, slots=True)
class Request:
    """One line to write: a question, or several that the miner answers together. Raises ValueError for any other."""

    questions: tuple[Question, ...]
    wire: bytes = field(init=False)

    def __init__(self, questions: Sequence[Question]) -> None:
        members = tuple(questions)
        if not members or any(_questions.get(q.name) is not q for q in members):
            raise ValueError("a request is made of declared questions")
        if len(members) > 1 and not all(q.joinable for q in members):
            raise ValueError("a question that has to be asked alone cannot be joined")
        message: dict[str, object] = {"command": "+".join(q.command for q in members)}
        if members[0].parameter:
            message["parameter"] = members[0].parameter
        if members[0].new_api:
            message["new_api"] = True
        object.__setattr__(self, "questions", members)
        object.__setattr__(self, "wire", orjson.dumps(message) + b"\n")
