"""The fleet: which miners there are, where they listen, what befalls them, and a configuration that watches them."""

from __future__ import annotations

import ipaddress
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import cycle, islice

from exporter.simulator import (
    antminer,
    auradine,
    avalon,
    axeos,
    blackminer,
    braiins,
    braiins_rest,
    cgminer,
    dcentos,
    ebang,
    elphapex,
    epic,
    goldshell_mcb,
    iceriver,
    luxos,
    models,
    multminer,
    obelisk,
    openminer,
    proto,
    rare,
    sealminer,
    vnish,
    whatsminer,
    whatsminer_v3,
)
from exporter.simulator.faults import FAULTS
from exporter.simulator.life import CONDITIONS, Life
from exporter.simulator.locks import KEY
from exporter.simulator.models import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.speech import Speech

RARE = ("innosilicon", "minerva", "strongu", "ibelink", "bw", "dayun", "spondoolies", "goldshell", "mara")
PAGES = (
    "axeos",
    "nerdqaxe",
    "epic",
    "proto",
    "elphapex",
    "goldshell_mcb",
    "openminer",
    "braiins_rest",
    "iceriver",
    "multminer",
    "obelisk",
    "ebang",
)
FAMILIES = (
    "antminer",
    "braiins",
    "luxos",
    "dcentos",
    "cgminer",
    "vnish",
    "whatsminer",
    "sealminer",
    "auradine",
    "blackminer",
    "avalon",
    *RARE,
    *PAGES,
    "whatsminer_v3",
)
_RACKS = 4
# The mix of a fleet, in turn; the families that are seen most come first. Its length is no multiple of three, as every
# third miner has a condition.
_MIX: tuple[tuple[str, Machine, Speech], ...] = (
    ("antminer", models.S19_PRO, antminer.S19),
    ("luxos", models.S19K_PRO, luxos.LUXOS),
    ("braiins", models.S19, braiins.BOSER),
    ("antminer", models.S21, antminer.S21),
    ("vnish", models.S17, vnish.VNISH),
    ("antminer", models.S9, antminer.BMMINER),
    ("dcentos", models.S9, dcentos.DCENTOS),
    ("luxos", models.S21, luxos.LUXOS),
    ("cgminer", models.COMPAC, cgminer.CGMINER),
    ("whatsminer", models.M50, whatsminer.BTMINER),
    ("avalon", models.A1346, avalon.A13),
    ("antminer", models.S19J_PRO, antminer.S19),
    ("braiins", models.S9, braiins.BOSMINER),
    ("cgminer", models.GPU_RIG, cgminer.SGMINER),
    ("luxos", models.S19_PRO_HYD, luxos.LUXOS),
    ("antminer", models.S19, antminer.S19),
    ("antminer", models.S21, antminer.S21),
    ("luxos", models.S19K_PRO, luxos.LUXOS),
    ("sealminer", models.SEAL_A2, sealminer.SEALMINER),
    ("auradine", models.AT1500, auradine.AURADINE),
    ("blackminer", models.VOLCMINER_D1, blackminer.BLACKMINER),
    ("innosilicon", models.DRAGONMINT_T1, rare.DRAGONMINT),
    ("minerva", models.MV7, rare.MINERVA),
    ("strongu", models.STU_U6, rare.STRONGU),
    ("ibelink", models.BM_N1_MAX, rare.IBELINK),
    ("bw", models.BW_L21, rare.BW),
    ("dayun", models.ZIG_Z1, rare.DAYUN),
    ("spondoolies", models.SPX36, rare.SPONDOOLIES),
    ("axeos", models.BITAXE_GAMMA, axeos.BITAXE),
    ("whatsminer_v3", models.M60S, whatsminer_v3.WHATSMINER_V3),
    ("braiins_rest", models.S21, braiins_rest.BRAIINS_REST),
    ("epic", models.S19J_PRO, epic.EPIC),
    ("nerdqaxe", models.NERDQAXE, axeos.NERDAXE),
    ("goldshell", models.KD5, rare.GOLDSHELL),
    ("goldshell_mcb", models.CK5, goldshell_mcb.MCB),
    ("elphapex", models.DG1_PLUS, elphapex.ELPHAPEX),
    ("proto", models.PROTO_RIG, proto.PROTO),
    ("openminer", models.B8, openminer.OPENMINER),
    ("mara", models.S19J_PRO, rare.MARA),
    ("iceriver", models.KS3M, iceriver.ICERIVER),
    ("obelisk", models.SC1_SLIM, obelisk.OBELISK),
    ("multminer", models.MULTMINER_M1, multminer.MULTMINER),
    ("ebang", models.EBIT_E9, ebang.EBANG),
    ("antminer", models.S19, antminer.S19),
)


@dataclass(eq=False)
class Miner:
    """One simulated miner: its name, what it is, where it listens and how it misbehaves, if it does."""

    name: str
    family: str
    machine: Machine
    dialect: Speech
    host: str
    port: int
    fault: str | None
    condition: str | None
    key: str
    """what its dice are drawn by"""
    clock: Callable[[], float]

    @property
    def model(self) -> str:
        """The maker's name of the model."""
        return self.machine.name

    @cached_property
    def life(self) -> Life:
        return Life(self.key, self.machine, self.condition, fee=self.dialect.fee)

    def moment(self) -> Moment:
        """The miner as it is now."""
        return Moment(self.name, self.life, self.clock())


def fleet(
    count: int,
    *,
    listen: str = "127.28.0.0/16",
    families: Sequence[str] | None = None,
    faults: bool = False,
    seed: int = 1,
    clock: Callable[[], float] = time.time,
) -> list[Miner]:
    """`count` miners on the addresses of the network `listen`, the same for the same arguments.

    About one in three has a condition such as a failing board; with `faults` about one in six misbehaves on the wire.
    Raises ValueError for an unknown family and for a network with fewer addresses than miners.
    """
    network = ipaddress.ip_network(listen, strict=False)
    first = 0 if network.num_addresses <= 2 else 1
    if count > network.num_addresses - 2 * first:
        raise ValueError(f"{count} miners do not fit into {network}")
    if unknown := set(families or ()) - set(FAMILIES):
        raise ValueError(f"unknown families: {', '.join(sorted(unknown))}; known are {', '.join(FAMILIES)}")
    kinds = [kind for kind in _MIX if not families or kind[0] in families]
    turn, numbers = list(CONDITIONS), Counter[str]()
    miners = []
    for index, (family, machine, dialect) in enumerate(islice(cycle(kinds), count)):
        numbers[machine.short] += 1
        # A turn of the conditions that skips nobody: the first in line that this miner can show.
        condition = next(filter(_shown_by(machine, dialect), turn), None) if index % 3 == 1 else None
        if condition:
            turn.remove(condition)
            turn.append(condition)
        name, place = f"{machine.short}-{numbers[machine.short]:02d}", (str(network[first + index]), dialect.port)
        miners.append(Miner(name, family, machine, dialect, *place, None, condition, f"{seed}/{index}", clock))
    if faults:
        _spread_faults(miners, random.Random(seed))
    return miners


def _shown_by(machine: Machine, dialect: Speech) -> Callable[[str], bool]:
    return lambda condition: condition in dialect.conditions and (condition != "failed_fan" or machine.fans > 0)


def _spread_faults(miners: list[Miner], dice: random.Random) -> None:
    """Faults go to miners in good health, so that they hide no condition; each fault comes before any comes twice."""
    healthy = [miner for miner in miners if miner.condition is None]
    names = dice.sample(list(FAULTS), len(FAULTS))
    chosen = dice.sample(healthy, min(max(len(miners) // 6, 1), len(healthy)))
    for miner, fault in zip(chosen, cycle(names), strict=False):
        miner.fault = fault


def answer(miner: Miner, request: bytes) -> bytes:
    """The bytes that the miner answers now; its fault is not applied. Empty where the request stops its server."""
    return miner.dialect.respond(miner.moment(), request)


def configuration(miners: Sequence[Miner]) -> str:
    """A YAML configuration for these miners, as they listen now: one group per family and model."""
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
