"""The cgminer API as cgminer writes it: requests in JSON or text, joined commands, STATUS, sections, the final NUL."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import ClassVar, Literal

from exporter.simulator.dialect import REQUEST_BYTES, Dialect
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, dump

# Rows of these sections begin with their own number, which text mode writes in place of the section's name.
_NUMBERED = {"POOL", "ASC", "GPU", "STATS", "NOTIFY", "DEVDETAILS"}
_WRITES = frozenset({
    "switchpool", "enablepool", "disablepool", "addpool", "removepool", "poolpriority", "poolquota", "save", "quit",
    "restart", "zero", "hotplug", "setconfig", "debug", "lockstats", "privileged", "failover-only", "ascenable",
    "ascdisable", "ascset",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one command before it is written."""

    code: int
    message: str
    sections: Mapping[str, list[Row]] = field(default_factory=dict)
    status: str = "S"
    glue: str = ","
    """Text between two rows: empty for firmware that forgets the comma."""
    body: Row | None = None
    """The row under Msg, for firmware whose STATUS is a letter and no section."""


Handler = Callable[[Moment, str], Reply]
"""A function from a moment and a command's parameter to the reply."""
INVALID = Reply(14, "Invalid command", status="E")


@dataclass(frozen=True)
class Api(Dialect):
    """A firmware with the cgminer API on port 4028."""

    commands: Mapping[str, Handler]
    _: KW_ONLY
    joins: Literal["nested", "flat", "refused"] = "nested"
    """The answer to `a+b`: nested by command, flat in one object, or an error."""
    text: bool = True
    """True if requests that are not JSON are answered, too."""
    end: str = "\0"
    needs_newline: bool = False
    """True if the miner waits for the end of the request's line."""
    stalls: frozenset[str] = frozenset()
    """Commands that stop the server if their parameter is missing."""
    new_api: Mapping[str, Callable[[Moment], Row]] = field(default_factory=dict)
    """Functions from a moment to a whole document, by command that is sent with `new_api`."""
    misnamed: frozenset[str] = frozenset()
    """Fields of summary whose content differs from their name."""
    port: int = 4028
    moves: ClassVar[bool] = True

    def whole(self, heard: bytes) -> bool:
        """Return whether the request is complete: cgminer answers the first bytes that arrive."""
        return not self.needs_newline or b"\n" in heard

    def falls_over(self, request: bytes) -> bool:
        """Return whether the request stops the firmware's server."""
        try:
            asked = json.loads(request)
            return self._stalled(str(asked["command"]), str(asked.get("parameter", "")))
        except (ValueError, LookupError, TypeError, AttributeError):
            return False

    def respond(self, moment: Moment, request: bytes) -> bytes:
        """Return the bytes that answer a request; b"" for a request that stops the server."""
        text = request[:REQUEST_BYTES].split(b"\0")[0].decode(errors="replace").strip()
        if not text.startswith("{"):
            return self._text(moment, text).encode() if self.text else self._error(moment, 23, "Invalid JSON")
        try:
            asked = json.loads(text)
        except ValueError:
            return self._error(moment, 23, "Invalid JSON")
        command, parameter = asked.get("command"), str(asked.get("parameter", ""))
        if not isinstance(command, str):
            return self._error(moment, 24, "Missing JSON 'command'")
        if asked.get("new_api") is True and command in self.new_api:
            return (dump(self.new_api[command](moment)) + self.end).encode()
        if self._stalled(command, parameter):
            return b""
        return (self._json(moment, command, parameter) + self.end).encode()

    def altered(self, answer: bytes, change: Callable[[bytes], bytes]) -> bytes:
        """Return the answer with its text changed by `change`. The API has no framing."""
        return change(answer)

    def reply(self, moment: Moment, command: str, parameter: str = "") -> Reply:
        """Return the answer to one command before it is written."""
        if handler := self.commands.get(command):
            return handler(moment, parameter)
        return Reply(45, f"Access denied to '{command}' command", status="E") if command in _WRITES else INVALID

    def _stalled(self, command: str, parameter: str) -> bool:
        return not parameter and not self.stalls.isdisjoint(command.split("+"))

    def _json(self, moment: Moment, command: str, parameter: str) -> str:
        names = list(dict.fromkeys(command.split("+")))
        if len(names) == 1 or self.joins == "refused":
            return self._document(moment, self.reply(moment, command, parameter))
        replies = [(name, self.reply(moment, name, parameter)) for name in names]
        if self.joins == "nested":
            members = [f'"{name}":[{self._document(moment, reply)}]' for name, reply in replies]
        else:
            members = [_section(name, rows) for _, reply in replies for name, rows in reply.sections.items()]
            members.append(_section("STATUS", [self._status(moment, reply) for _, reply in replies]))
        return "{" + ",".join([*members, '"id":1']) + "}"

    def _text(self, moment: Moment, line: str) -> str:
        command, _, parameter = line.partition("|")
        names = [command] if self.joins == "refused" else list(dict.fromkeys(command.split("+")))
        parts = []
        for name in names:
            reply = self.reply(moment, name, parameter)
            lines = [_pairs("", self._status(moment, reply))]
            lines += [_pairs(section, row) for section, rows in reply.sections.items() for row in rows]
            parts.append(("" if len(names) == 1 else f"CMD={name}|") + "".join(lines))
        return "".join(parts) + self.end

    def _document(self, moment: Moment, reply: Reply) -> str:
        """Return the whole JSON document of one command."""
        if reply.body is not None:
            return dump({**self._status(moment, reply), "Msg": reply.body})
        members = [_section("STATUS", [self._status(moment, reply)])]
        members += [_section(name, rows, reply.glue) for name, rows in reply.sections.items()]
        return "{" + ",".join([*members, '"id":1']) + "}"

    def _status(self, moment: Moment, reply: Reply) -> Row:
        status: Row = {"STATUS": reply.status, "When": moment.now, "Code": reply.code, "Msg": reply.message}
        return {**status, "Description": self.description}

    def _error(self, moment: Moment, code: int, message: str) -> bytes:
        return (self._document(moment, Reply(code, message, status="E")) + self.end).encode()


def _section(name: str, rows: list[Row], glue: str = ",") -> str:
    return f'"{name}":[{glue.join(map(dump, rows))}]'


def _pairs(section: str, row: Row) -> str:
    """Return a row in text mode: `section,key=value,key=value|`."""
    heads = [] if not section or next(iter(row)) in _NUMBERED else [section]
    return ",".join([*heads, *(f"{key}={_escaped(value)}" for key, value in row.items())]) + "|"


def _escaped(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return "".join("\\" + char if char in "|,=\\" else char for char in text)
