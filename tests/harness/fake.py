"""A miner without a socket, whose every word can be replaced by a rule, polled in virtual time."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from exporter.core.errors import Refused
from exporter.polling.outcome import Outcome
from exporter.polling.poll import poll
from exporter.polling.target import Target
from exporter.questions import Request
from exporter.simulator import Miner, answer, fleet
from tests.harness.support import SERIES, target

UNKNOWN = b'{"STATUS":[{"STATUS":"E","Code":14,"Msg":"Invalid command"}],"id":1}\0'
STRANGE = b'{"anything":[],"id":1}\0'
INTERVAL = 30.0
HOUR = 3600.0
Rule = bytes | type[BaseException]


def miner(family: str, short: str = "") -> Miner:
    return next(m for m in fleet(16, families=[family]) if short in m.machine.short and not m.condition)


class Fake:
    """Says what the simulated miner says, unless a rule for the command says otherwise; notes what it is asked."""

    def __init__(self, of: Miner, **changes: Any) -> None:
        self.miner = of
        self.target: Target = target(interval=INTERVAL, **changes)
        self.rules: dict[str, Rule] = {}
        self.heard: list[str] = []
        self.busy = False

    async def ask(self, request: Request) -> bytes:
        assert not self.busy, "two asks at once"
        self.busy = True
        try:
            await asyncio.sleep(0.01)
            if request.question.off_api_port:
                raise Refused("nothing else listens")
            said = json.loads(request.wire)
            self.heard.append(":".join(filter(None, (said["command"], said.get("parameter")))))
            rule = self.rules.get(said["command"], self.rules.get("*" if "+" not in said["command"] else "+"))
            if rule is TimeoutError:
                await asyncio.Event().wait()
            if isinstance(rule, type):
                raise rule("a rule")
            return answer(self.miner, request.wire) if rule is None else rule
        finally:
            self.busy = False

    async def poll(self, after: float = INTERVAL) -> Outcome:
        """One poll, some time after the last; `heard` is then what this poll asked."""
        await asyncio.sleep(after)
        self.heard = []
        return await poll(self.target, self.ask, SERIES)

    @property
    def family(self) -> str:
        return self.target.learnt.family.name if self.target.learnt.family else ""
