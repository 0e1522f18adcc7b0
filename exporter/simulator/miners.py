"""The fleet: its miners, their conditions and faults, and a configuration of the exporter that polls them."""

from __future__ import annotations

import ipaddress
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import cycle, islice

from exporter.simulator.dialect import Dialect
from exporter.simulator.faults import FAULTS
from exporter.simulator.life import CONDITIONS, Life
from exporter.simulator.logins import KEY
from exporter.simulator.machine import Machine
from exporter.simulator.mix import FAMILIES, MIX
from exporter.simulator.moment import Moment

_RACKS = 4
_ILL = 3  # one miner in three has a condition
_FAULTY = 6  # one miner in six has a fault, if faults are wanted


@dataclass(eq=False)
class Miner:
    """A simulated miner."""

    name: str
    family: str
    """Name of the exporter's family for the miner."""
    machine: Machine
    dialect: Dialect
    host: str
    port: int
    fault: str | None
    """Misbehaviour on the wire, a key of FAULTS."""
    condition: str | None
    """Trouble that the answers show, a key of CONDITIONS."""
    key: str
    """Seed of the miner's random numbers."""
    clock: Callable[[], float]

    @property
    def model(self) -> str:
        """The maker's name of the model."""
        return self.machine.name

    @cached_property
    def life(self) -> Life:
        return Life(self.key, self.machine, self.condition, fee=self.dialect.fee)

    def moment(self) -> Moment:
        """Return the state of the miner now."""
        return Moment(self.name, self.life, self.clock())


def fleet(
    count: int = len(MIX),
    *,
    listen: str = "127.28.0.0/16",
    families: Sequence[str] | None = None,
    faults: bool = False,
    seed: int = 1,
    clock: Callable[[], float] = time.time,
) -> list[Miner]:
    """Return `count` miners on the addresses of the network `listen`, the same for the same arguments.

    One in three has a condition such as a failing board; with `faults` one in six misbehaves on the wire.
    Raises ValueError for an unknown family and for a network with fewer addresses than miners.
    """
    network = ipaddress.ip_network(listen, strict=False)
    first = 0 if network.num_addresses <= 2 else 1
    if count > network.num_addresses - 2 * first:
        raise ValueError(f"{count} miners do not fit into {network}")
    if unknown := set(families or ()) - set(FAMILIES):
        raise ValueError(f"unknown families: {', '.join(sorted(unknown))}; known are {', '.join(FAMILIES)}")
    kinds = [kind for kind in MIX if not families or kind.family in families]
    turn, numbers = list(CONDITIONS), Counter[str]()
    miners = []
    for index, kind in enumerate(islice(cycle(kinds), count)):
        machine, dialect = kind.machine, kind.dialect
        numbers[machine.short] += 1
        # The conditions take turns: the first condition that this kind shows is taken, and goes to the end.
        condition = next(filter(kind.shows, turn), None) if _ill(index, len(kinds)) else None
        if condition:
            turn.remove(condition)
            turn.append(condition)
        name, place = f"{machine.short}-{numbers[machine.short]:02d}", (str(network[first + index]), dialect.port)
        miners.append(Miner(name, kind.family, machine, dialect, *place, None, condition, f"{seed}/{index}", clock))
    if faults:
        _spread_faults(miners, random.Random(seed))
    return miners


def _ill(index: int, kinds: int) -> bool:
    """Return whether the miner has a condition; each kind is ill in some rounds of the mix, and well in others."""
    later = index // kinds if kinds % _ILL == 0 else 0
    return (index + later) % _ILL == 1


def _spread_faults(miners: list[Miner], dice: random.Random) -> None:
    """Give faults to miners without a condition; each fault comes once before any comes twice."""
    healthy = [miner for miner in miners if miner.condition is None]
    names = dice.sample(list(FAULTS), len(FAULTS))
    chosen = dice.sample(healthy, min(max(len(miners) // _FAULTY, 1), len(healthy)))
    for miner, fault in zip(chosen, cycle(names), strict=False):
        miner.fault = fault


def answer(miner: Miner, request: bytes) -> bytes:
    """Return the miner's answer now, without its fault; empty for a request that stops the miner's server."""
    return miner.dialect.respond(miner.moment(), request)


def configuration(miners: Sequence[Miner]) -> str:
    """Return the exporter's YAML for these miners, at their current addresses: a group per family and model."""
    groups: dict[str, list[Miner]] = {}
    for miner in miners:
        groups.setdefault(f"{miner.family}-{miner.machine.short}", []).append(miner)
    order = {id(miner): index for index, miner in enumerate(miners)}
    lines = ["global:", "  interval: 5s", "  timeout: 4s"]
    if any(miner.dialect.login for miner in miners):
        lines += ["credentials:", f"  simulated: {{username: {KEY.username}, password: {KEY.password}}}"]
    lines.append("groups:")
    for name, members in groups.items():
        lines.append(f"  - name: {name}")
        if login := members[0].dialect.login:
            lines.append(f"    credentials: {{{login}: simulated}}")
        lines.append("    targets:")
        for miner in members:
            port = "" if miner.port == miner.dialect.port else f", port: {miner.port}"
            rack = f"r{order[id(miner)] % _RACKS + 1}"
            lines.append(f"      - {{host: {miner.host}, name: {miner.name}{port}, labels: {{rack: {rack}}}}}")
    return "\n".join(lines) + "\n"
