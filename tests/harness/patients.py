"""Simulated miners that fall ill at a signal, and a process that serves them.

They are well before, so that an alert that compares with the past sees one.
"""

from __future__ import annotations

import asyncio
import copy
import json
import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from signal import SIGUSR1
from typing import Any, cast

import yaml

from exporter import simulator
from exporter.daemon import loop
from exporter.simulator.dialect import Dialect
from exporter.simulator.life import Life, Spell
from exporter.simulator.logins import KEY
from exporter.simulator.mix import MIX
from exporter.simulator.moment import Moment

GONE: Any = object()
"""what a field becomes that is no longer said"""
SERVE = "import sys; from tests.harness import patients; patients.serve(*sys.argv[1:])"
WEB = 80
LONG = 90_000.0  # seconds between two restarts of a miner

Change = Callable[[Any, Mapping[str, Any], float], Any]
"""what a field becomes, from what it was, its row, and the seconds since the fault began"""


@dataclass(frozen=True)
class Ill:
    """A miner with a fault: a condition of the simulator, other values of fields, or silence.

    `fields` are found by their names wherever they stand in an answer. A name "a+b" adds the field b beside the field
    a. A value is what the field becomes, or a `Change`. `silent` tells by the seconds since the fault began whether
    the miner answers nothing. `target` are more keys of the miner in the exporter's configuration.
    """

    family: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    condition: str | None = None
    model: str = ""
    silent: Callable[[float], bool] | None = None
    fault: str | None = None
    target: Mapping[str, Any] = field(default_factory=dict)
    always: bool = False


@dataclass
class Onset:
    """When faults begin, in unix time; not yet at first."""

    time: float = math.inf


@dataclass(eq=False)
class Patient(simulator.Miner):
    """A miner that is well until the onset."""

    ill: Ill
    onset: Onset

    @cached_property
    def well(self) -> Life:
        return self.lived(None)

    @cached_property
    def life(self) -> Life:
        return self.lived(self.ill.condition)

    def lived(self, condition: str | None) -> Life:
        """Return a life whose process began long ago, and whose condition stays."""
        life = Life(self.key, self.machine, condition, fee=self.dialect.fee)
        if condition != "restless":
            life.span, life.phase = LONG, (self.clock() - LONG / 2) / LONG % 1
        if condition:
            life.spell = Spell(1, 1)
        return life

    def moment(self) -> Moment:
        now = self.clock()
        return Moment(self.name, self.life if now >= self.onset.time or self.ill.always else self.well, now)


def patient(name: str, ill: Ill, host: str, onset: Onset) -> Patient:
    """Return the miner of that name at that address."""
    kind = next(each for each in MIX if each.family == ill.family and ill.model in ("", each.machine.short))
    assert ill.condition is None or kind.shows(ill.condition), f"{name}: {ill.family} does not show {ill.condition}"
    dialect = changed(kind.dialect, ill, onset)
    port = kind.dialect.port
    return Patient(name, kind.family, kind.machine, dialect, host, port, ill.fault, None, name, time.time, ill, onset)


def changed(dialect: Dialect, ill: Ill, onset: Onset) -> Dialect:
    """Return the dialect with other answers from the onset on."""
    if not ill.fields and not ill.silent:
        return dialect

    def respond(moment: Moment, request: bytes) -> bytes:
        since = moment.time - onset.time
        answer = dialect.respond(moment, request)
        if since < 0 and not ill.always:
            return answer
        if ill.silent and ill.silent(since):
            return b""
        return dialect.altered(answer, lambda text: rewritten(text, ill.fields, since)) if ill.fields else answer

    other = copy.copy(dialect)
    object.__setattr__(other, "respond", respond)
    return other


def rewritten(text: bytes, fields: Mapping[str, Any], since: float) -> bytes:
    """Return a JSON text with other values; a text that is no JSON stays."""
    body = text.rstrip(b"\0")
    try:
        document = json.loads(body)
    except ValueError:
        return text
    change(document, fields, since)
    return json.dumps(document, separators=(",", ":")).encode() + text[len(body) :]


def change(node: object, fields: Mapping[str, Any], since: float) -> None:
    """Give the fields other values, wherever they are below the node."""
    if isinstance(node, list):
        for each in node:
            change(each, fields, since)
    elif isinstance(node, dict):
        row = dict(node)
        for key, value in fields.items():
            beside, _, added = key.partition("+")
            if beside in row:
                name = added or beside
                node[name] = value(row.get(name), row, since) if callable(value) else value
                if node[name] is GONE:
                    del node[name]
        for each in node.values():
            change(each, fields, since)


def patients(name: str, ills: Sequence[Ill], network: str, first: int, onset: Onset) -> list[Patient]:
    """Return a miner for each, called by that name and a number; `network` is the address but for its last number."""
    return [patient(f"{name} {n}", ill, f"{network}{first + n}", onset) for n, ill in enumerate(ills, 1)]


def configured(miners: Sequence[Patient], poll: float, more: Mapping[str, Any]) -> str:
    """Return the exporter's configuration for these miners: a group for each fault, polled so often."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for miner in miners:
        target = {"host": miner.host, "name": miner.name, "labels": {"rack": "r1"}, **miner.ill.target}
        if miner.dialect.port == WEB:  # a port 80 that is slow to answer is not tried again for ten minutes
            target["family"] = miner.family
        if miner.dialect.login:
            target["credentials"] = {miner.dialect.login: "simulated"}
        groups.setdefault(miner.name.rpartition(" ")[0], []).append(target)
    seconds = f"{poll:g}s"
    credentials = {"simulated": {"username": KEY.username, "password": KEY.password}}
    settings: dict[str, Any] = {"global": {"interval": seconds, "timeout": seconds}, "credentials": credentials}
    settings["groups"] = [{"name": name, "targets": targets} for name, targets in groups.items()]
    return yaml.safe_dump(settings | dict(more), sort_keys=False)


def serve(module: str, *sites: str) -> None:
    """Serve the miners of sites, which `module.miners` makes, until the process is killed. SIGUSR1 is the onset."""
    __import__(module)
    make = cast("Callable[[str, Onset], list[Patient]]", sys.modules[module].miners)
    onset = Onset()
    miners = [miner for name in sites for miner in make(name, onset)]

    async def forever() -> None:
        asyncio.get_running_loop().add_signal_handler(SIGUSR1, lambda: setattr(onset, "time", time.time()))
        async with simulator.serving(miners) as served:
            assert len(served) == len(miners), "some ports are not for this user"
            print("listening", flush=True)  # noqa: T201 - the parent waits for the word
            await asyncio.Event().wait()

    loop.run(forever())
