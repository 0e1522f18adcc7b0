"""Frames: commands of Whatsminer's second API, on a port of its own, each with its length in front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from exporter.questions.question import Question, check_port
from exporter.questions.readonly import FRAMED

JOINED: Final = "get.miner.status"  # the command whose parameters can be joined by plus signs


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Frame(Question):
    """A command with its parameter: `{"cmd":"get.device.info","param":"miner"}`; a parameter of "" is left out.

    Raises ValueError for a command or parameter outside of FRAMED."""

    command: str
    parameter: str
    port: int = 4433

    def __post_init__(self) -> None:
        check_port(self.name, self.port)
        if self.parameter not in FRAMED.get(self.command, ()):
            raise ValueError(f"{self.command!r} with {self.parameter!r}: not in FRAMED (questions/readonly.py)")

    @property
    def joinable(self) -> bool:
        """Tell whether the command is JOINED, whose parameters go into one frame."""
        return self.command == JOINED

    def text(self, members: Sequence[Frame]) -> str:
        """Spell the frame without its length: `{"cmd":"get.miner.status","param":"summary+pools"}`."""
        parameters = "+".join([frame.parameter for frame in members])
        return orjson.dumps({"cmd": self.command} | ({"param": parameters} if parameters else {})).decode()

    def wire(self, members: Sequence[Frame]) -> bytes:
        """Make the frame: four bytes of length, little-endian, then the JSON."""
        body = self.text(members).encode()
        return len(body).to_bytes(4, "little") + body
