"""The cgminer API as cgminer writes it: requests in JSON or text, joined commands, STATUS, sections, the final NUL."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, dump
from exporter.simulator.speech import REQUEST_BYTES

# Rows of these sections begin with their own number, which in text mode stands in for the section's name.
_NUMBERED = {"POOL", "ASC", "GPU", "STATS", "NOTIFY", "DEVDETAILS"}
_WRITES = frozenset({
    "switchpool", "enablepool", "disablepool", "addpool", "removepool", "poolpriority", "poolquota", "save", "quit",
    "restart", "zero", "hotplug", "setconfig", "debug", "lockstats", "privileged", "failover-only", "ascenable",
    "ascdisable", "ascset",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reply:
    """One command's answer, not yet in bytes."""

    code: int
    message: str
    sections: Mapping[str, list[Row]] = field(default_factory=dict)
    status: str = "S"
    glue: str = ","
    """what stands between two rows: nothing, in the firmware that forgets the comma"""
    body: Row | None = None
    """what stands under Msg, where STATUS is a letter and not a section"""


Handler = Callable[[Moment, str], Reply]
INVALID = Reply(14, "Invalid command", status="E")


@dataclass(frozen=True)
class Dialect:
    """How one firmware speaks."""

    description: str
    commands: Mapping[str, Handler]
    joins: str = "nested"
    """`a+b` is answered `nested` by command, `flat` in one object, or `refused`"""
    text: bool = True
    """whether it also answers requests that are not JSON"""
    end: str = "\0"
    needs_newline: bool = False
    """whether it waits for the end of the line before it answers"""
    stalls: frozenset[str] = frozenset()
    """commands that stop its server when they come without their parameter"""
    new_api: Mapping[str, Callable[[Moment], Row]] = field(default_factory=dict)
    conditions: frozenset[str] = frozenset()
    """what can befall a miner with this firmware and be seen in its answers"""
    fee: float = 0.0
    """part of the work that goes to the firmware's maker, as a pool of its own"""
    port: int = 4028
    moves: bool = True
    login: str = ""

    def whole(self, heard: bytes) -> bool:
        """Whether that is all of a request."""
        return not self.needs_newline or b"\n" in heard

    def falls_over(self, request: bytes) -> bool:
        """Whether that request stops the firmware's server."""
        try:
            asked = json.loads(request)
            return _stalled(self, str(asked["command"]), str(asked.get("parameter", "")))
        except (ValueError, LookupError, TypeError, AttributeError):
            return False

    def respond(self, moment: Moment, request: bytes) -> bytes:
        """The bytes that answer a request."""
        return respond(self, moment, request)

    def altered(self, answer: bytes, change: Callable[[bytes], bytes]) -> bytes:
        """The answer with its words changed."""
        return change(answer)


def respond(dialect: Dialect, moment: Moment, request: bytes) -> bytes:
    """The bytes that answer a request."""
    text = request[:REQUEST_BYTES].split(b"\0")[0].decode(errors="replace").strip()
    if not text.startswith("{"):
        return _text(dialect, moment, text).encode() if dialect.text else _error(dialect, moment, 23, "Invalid JSON")
    try:
        asked = json.loads(text)
    except ValueError:
        return _error(dialect, moment, 23, "Invalid JSON")
    command = asked.get("command")
    if not isinstance(command, str):
        return _error(dialect, moment, 24, "Missing JSON 'command'")
    if asked.get("new_api") is True and command in dialect.new_api:
        return (dump(dialect.new_api[command](moment)) + dialect.end).encode()
    if _stalled(dialect, command, str(asked.get("parameter", ""))):
        return b""
    return (_json(dialect, moment, command, str(asked.get("parameter", ""))) + dialect.end).encode()


def _stalled(dialect: Dialect, command: str, parameter: str) -> bool:
    return not parameter and not dialect.stalls.isdisjoint(command.split("+"))


def _json(dialect: Dialect, moment: Moment, command: str, parameter: str) -> str:
    names = list(dict.fromkeys(command.split("+")))
    if len(names) == 1 or dialect.joins == "refused":
        return _document(dialect, moment, _reply(dialect, moment, command, parameter))
    replies = [(name, _reply(dialect, moment, name, parameter)) for name in names]
    if dialect.joins == "nested":
        members = [f'"{name}":[{_document(dialect, moment, reply)}]' for name, reply in replies]
    else:
        members = [_section(name, rows) for _, reply in replies for name, rows in reply.sections.items()]
        members.append(_section("STATUS", [_status(dialect, moment, reply) for _, reply in replies]))
    return "{" + ",".join([*members, '"id":1']) + "}"


def _text(dialect: Dialect, moment: Moment, line: str) -> str:
    command, _, parameter = line.partition("|")
    names = list(dict.fromkeys(command.split("+")))
    if dialect.joins == "refused":
        names = [command]
    parts = []
    for name in names:
        reply = _reply(dialect, moment, name, parameter)
        rows = [_pairs("", _status(dialect, moment, reply))]
        rows += [_pairs(section, row) for section, rows_ in reply.sections.items() for row in rows_]
        parts.append(("" if len(names) == 1 else f"CMD={name}|") + "".join(rows))
    return "".join(parts) + dialect.end


def _pairs(section: str, row: Row) -> str:
    heads = [] if not section or next(iter(row)) in _NUMBERED else [section]
    return ",".join([*heads, *(f"{key}={_escaped(value)}" for key, value in row.items())]) + "|"


def _escaped(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return "".join("\\" + char if char in "|,=\\" else char for char in text)


def _reply(dialect: Dialect, moment: Moment, name: str, parameter: str) -> Reply:
    if handler := dialect.commands.get(name):
        return handler(moment, parameter)
    return Reply(45, f"Access denied to '{name}' command", status="E") if name in _WRITES else INVALID


def _document(dialect: Dialect, moment: Moment, reply: Reply) -> str:
    """One command's whole JSON document."""
    if reply.body is not None:
        return dump({**_status(dialect, moment, reply), "Msg": reply.body})
    members = [_section("STATUS", [_status(dialect, moment, reply)])]
    members += [_section(name, rows, reply.glue) for name, rows in reply.sections.items()]
    return "{" + ",".join([*members, '"id":1']) + "}"


def _section(name: str, rows: list[Row], glue: str = ",") -> str:
    return f'"{name}":[{glue.join(map(dump, rows))}]'


def _status(dialect: Dialect, moment: Moment, reply: Reply) -> Row:
    status: Row = {"STATUS": reply.status, "When": moment.now, "Code": reply.code, "Msg": reply.message}
    return {**status, "Description": dialect.description}


def _error(dialect: Dialect, moment: Moment, code: int, message: str) -> bytes:
    return (_document(dialect, moment, Reply(code, message, status="E")) + dialect.end).encode()
