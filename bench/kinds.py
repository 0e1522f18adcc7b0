"""The kinds of miners that are measured, and the answers of each, made ahead of time by the project's own simulator."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from exporter import decode
from exporter.config import TargetSpec
from exporter.core.errors import Refused
from exporter.polling.poll import poll
from exporter.polling.target import Target
from exporter.questions import Request
from exporter.simulator import antminers
from exporter.simulator.api import Api
from exporter.simulator.dialects import antminer, braiins, cgminer, dcentos, luxos, vnish
from exporter.simulator.life import Life
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment

START: Final = 1_751_990_400.0
STEP: Final = 15.0  # seconds of the miner's life between two of its answers
SERIES: Final = 10_000  # the daemon's defaults
ANSWER_BYTES: Final = 1 << 18
SPEC: Final = TargetSpec(
    name="bench",
    host="127.0.0.1",
    port=4028,
    group="bench",
    labels=(("farm", "north"), ("rack", "r12")),
    interval=15.0,
    timeout=5.0,
    family=None,
    chips=False,
    workers=False,
    credentials={},
    expect=None,
)


@dataclass(frozen=True)
class Kind:
    """A machine with a firmware, in good health."""

    name: str
    machine: Machine
    dialect: Api

    @cached_property
    def life(self) -> Life:
        return Life(self.name, self.machine, fee=self.dialect.fee)

    def answer(self, request: bytes, step: int = 0) -> bytes:
        """What it answers at that step of its life; it is two hours old at the first, and dies within none to come."""
        time = self.life.started(START) + 7200.5 + step * STEP
        return self.dialect.respond(Moment("rig", self.life, time), request)

    async def asked(self) -> tuple[list[Request], set[Request]]:
        """What a poll of it asks once the miner is known, and everything that was asked until then."""
        ever: set[Request] = set()

        async def ask(request: Request) -> bytes:
            if request.question.off_api_port:  # the fleet has nothing but the API
                raise Refused("nothing listens")
            ever.add(request)
            return self.answer(request.wire)

        target = Target(SPEC)
        for _ in range(3):
            outcome = await poll(target, ask, SERIES)
            if outcome.error is not None:
                raise RuntimeError(f"{self.name}: {outcome.error}")
        return list(outcome.session.requests), ever


# Bitmain's own firmware knows joined questions up to the S17; joined, its S19 dialect is what most measurements poll.
S19: Final = Kind("S19 Pro, joined", antminers.S19_PRO, replace(antminer.STOCK, joins="nested"))
KINDS: Final = (
    S19,
    Kind("S19 Pro, one by one", antminers.S19_PRO, antminer.STOCK),
    Kind("S21", antminers.S21, antminer.STOCK_NEW_API),
    Kind("S9, bmminer", antminers.S9, antminer.BMMINER),
    Kind("S17, Vnish", antminers.S17, vnish.VNISH),
    Kind("S19, BOSer", antminers.S19, braiins.BOSER),
    Kind("S9, BOSminer+", antminers.S9, braiins.BOSMINER),
    Kind("S19k Pro, LuxOS", antminers.S19K_PRO, luxos.LUXOS),
    Kind("S9, DCENT_OS", antminers.S9, dcentos.DCENTOS),
    Kind("Compac F, cgminer", cgminer.COMPAC, cgminer.CGMINER),
    Kind("GPU rig, sgminer", cgminer.GPU_RIG, cgminer.SGMINER),
)


def key(request: bytes) -> str:
    """How the fleet names a request: its command, and its parameter and flag where it has them."""
    asked = json.loads(request)
    parameter = f"|{asked['parameter']}" if asked.get("parameter") else ""
    return f"{asked['command']}{parameter}{'|new_api' if asked.get('new_api') else ''}"


def answers(kind: Kind, also: Iterable[str] = (), *, steps: int) -> Mapping[str, list[bytes]]:
    """Everything that it may be asked, by key, with `steps` answers to what every poll asks and to the commands `also`.

    The empty key has the answer to what the firmware does not know."""
    often, ever = asyncio.run(kind.asked())
    lines = {key(request.wire): request.wire for request in ever}
    lines |= {name: json.dumps({"command": name}).encode() for name in (*kind.dialect.commands, *also)}
    moving = {key(request.wire) for request in often} | set(also)
    found = {
        name: [kind.answer(line, step) for step in range(steps if name in moving else 1)]
        for name, line in lines.items()
    }
    return found | {"": [kind.answer(b'{"command":"nonsense"}')]}


Ask = Callable[[Request], Awaitable[bytes]]
decode.families()  # closes the list of questions, so that requests can be made
