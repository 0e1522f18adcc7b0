"""Lines: commands of the cgminer API, on port 4028 or the configured port."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import orjson

from exporter.questions.question import Question
from exporter.questions.readonly import BY_HAND, NEVER

_WORD: Final = re.compile(r"[a-z]{2,31}|get(_[a-z]{2,15}){1,3}", re.ASCII)
_PARAMETER: Final = re.compile(r"[0-9]{1,2}", re.ASCII)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Line(Question):
    """A command, with an optional parameter: `{"command":"healthchipget","parameter":"0"}`.

    Raises ValueError for a command that is no read."""

    command: str
    parameter: str = ""  # the index of a board, or the read that `check` asks about
    new_api: bool = False  # Antminer's second format of an answer
    joinable: bool = False
    by_hand: bool = False  # asked by `query --ask` alone

    off_api_port: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_word(self.command)
        if (self.command in BY_HAND) is not self.by_hand:
            raise ValueError(f"{self.command!r}: `by_hand` alone declares members of BY_HAND (questions/readonly.py)")
        if self.by_hand and (self.command == "check") is not bool(self.parameter):
            raise ValueError(f"{self.command!r} with {self.parameter!r}: `check` alone takes a parameter, a read")
        if self.by_hand and self.parameter:
            check_word(self.parameter)
        elif self.parameter and not _PARAMETER.fullmatch(self.parameter):
            raise ValueError(f"{self.command!r} with {self.parameter!r}: a parameter is a board's index, 0 to 99")
        if self.joinable and (self.parameter or self.new_api or self.by_hand):
            raise ValueError(f"{self.name!r}: a line with a parameter has to be asked alone")

    def text(self, members: Sequence[Line]) -> str:
        """Spell the line in JSON: `{"command":"summary+devs"}`."""
        message: dict[str, object] = {"command": "+".join([line.command for line in members])}
        if self.parameter:
            message["parameter"] = self.parameter
        if self.new_api:
            message["new_api"] = True
        return orjson.dumps(message).decode()

    def wire(self, members: Sequence[Line]) -> bytes:
        """Return the bytes to write: the JSON and a line end."""
        return self.text(members).encode() + b"\n"


def check_word(command: str) -> None:
    """Raise ValueError for a command that acts, that tells a secret, or that is spelt unlike any read."""
    if command in NEVER:
        raise ValueError(f"{command!r}: the command acts or tells a secret (NEVER in questions/readonly.py)")
    if not _WORD.fullmatch(command):
        odd = re.search(r"[^a-z_]", command)
        why = f"; {odd[0]!r} is no lower-case letter" if odd else ""
        raise ValueError(f"{command!r}: a command is one lower-case word, or up to three after 'get_'{why}")
