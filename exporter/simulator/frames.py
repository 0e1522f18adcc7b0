"""Whatsminer's API 3: requests and answers are JSON after four bytes of length, little-endian."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass

from exporter.simulator.dialect import Dialect
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, dump

_HEAD = 4

Part = Callable[[Moment], object]


@dataclass(frozen=True)
class Frames(Dialect):
    """A firmware with API 3, whose requests and answers are frames."""

    commands: Mapping[str, Mapping[str, Part]]
    """Parts of the answers, by command and parameter. The part of the parameter "" is the whole answer."""
    _: KW_ONLY
    port: int = 4433

    def whole(self, heard: bytes) -> bool:
        """Return whether the frame has all its bytes."""
        return len(heard) >= _HEAD + int.from_bytes(heard[:_HEAD], "little") and len(heard) > _HEAD

    def respond(self, moment: Moment, request: bytes) -> bytes:
        """Return the frame that answers a frame; a command's parameters can be joined by `+`."""
        try:
            asked = json.loads(request[_HEAD:])
            command, parameters = str(asked["cmd"]), str(asked.get("param", "")).split("+")
        except (ValueError, LookupError, TypeError, AttributeError):
            return _framed(_document(moment, "", "invalid request", -2))
        parts = self.commands.get(command, {})
        if not parts.keys() >= set(parameters):
            return _framed(_document(moment, command, "invalid command", -1))
        content = {name: parts[name](moment) for name in parameters}
        return _framed(_document(moment, command, content.get("", content), 0))

    def altered(self, answer: bytes, change: Callable[[bytes], bytes]) -> bytes:
        """Return the answer with its text changed, in a frame of the right length."""
        return _enclosed(change(answer[_HEAD:]))


def _document(moment: Moment, command: str, message: object, code: int) -> Row:
    return {"code": code, "when": moment.now, "msg": message, "desc": command}


def _framed(document: Row) -> bytes:
    return _enclosed(dump(document).encode())


def _enclosed(body: bytes) -> bytes:
    return len(body).to_bytes(_HEAD, "little") + body
