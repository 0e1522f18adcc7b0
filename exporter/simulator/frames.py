"""Whatsminer's API 3: four bytes of length, little-endian, and JSON, both ways."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, dump

_HEAD = 4

Part = Callable[[Moment], object]


@dataclass(frozen=True)
class Framed:
    """How a firmware speaks that is asked in frames."""

    description: str
    commands: Mapping[str, Mapping[str, Part]]
    """by command, and by parameter"""
    conditions: frozenset[str] = frozenset()
    fee: float = 0.0
    port: int = 4433
    moves: bool = False
    login: str = ""

    def whole(self, heard: bytes) -> bool:
        """Whether that is all of a request."""
        return len(heard) >= _HEAD + int.from_bytes(heard[:_HEAD], "little") and len(heard) > _HEAD

    def falls_over(self, request: bytes) -> bool:
        """Nothing stops it."""
        del request
        return False

    def respond(self, moment: Moment, request: bytes) -> bytes:
        """The frame that answers a frame. The parts of a status can be joined."""
        try:
            asked = json.loads(request[_HEAD:])
            command, parameters = str(asked["cmd"]), str(asked["param"]).split("+")
        except (ValueError, LookupError, TypeError):
            return _framed(_said(moment, "", "invalid request", -2))
        parts = self.commands.get(command, {})
        if not parts.keys() >= set(parameters):
            return _framed(_said(moment, command, "invalid command", -1))
        return _framed(_said(moment, command, {name: parts[name](moment) for name in parameters}, 0))

    def altered(self, answer: bytes, change: Callable[[bytes], bytes]) -> bytes:
        """The answer with its words changed, in a frame of the right length."""
        return _enclosed(change(answer[_HEAD:]))


def _said(moment: Moment, command: str, message: object, code: int) -> Row:
    return {"code": code, "when": moment.now, "msg": message, "desc": command}


def _framed(said: Row) -> bytes:
    return _enclosed(dump(said).encode())


def _enclosed(body: bytes) -> bytes:
    return len(body).to_bytes(_HEAD, "little") + body
