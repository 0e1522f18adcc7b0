"""The farm: racks of simulated miners at several sites, and the exporter's configuration for each site."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from exporter.simulator import MIX, Miner
from exporter.simulator.logins import KEY

NETWORK = "127.28.0.0/16"
RACK = 20
# The kind of miner of each rack, by family and maker's name, and the site of the rack.
RACKS = (
    ("antminer", "Antminer S21", "north"),
    ("whatsminer", "Whatsminer M50", "north"),
    ("braiins", "Antminer S19", "north"),
    ("antminer", "Antminer S19 Pro", "north"),
    ("whatsminer_v3", "Whatsminer M60S", "north"),
    ("luxos", "Antminer S21", "south"),
    ("vnish_web", "Antminer S19k Pro", "south"),
    ("antminer", "Antminer S19j Pro", "south"),
    ("braiins_rest", "Antminer S21", "north"),
    ("antminer", "Antminer S21", "north"),
    ("luxos", "Antminer S19k Pro", "east"),
    ("antminer", "Antminer S19", "east"),
    ("elphapex", "Elphapex DG1+", "south"),
    ("iceriver", "IceRiver KS3M", "south"),
    ("avalon", "AvalonMiner 1346", "north"),
)
KINDS = {(kind.family, kind.machine.name): kind for kind in MIX}


@dataclass(eq=False)
class Place:
    """A miner and where it stands."""

    miner: Miner
    site: str
    building: str
    rack: str

    @property
    def labels(self) -> dict[str, str]:
        return {"building": self.building, "rack": self.rack, "site": self.site}


def farm(count: int, *, seed: int, clock: Callable[[], float], listen: str = NETWORK) -> list[Place]:
    """Return `count` healthy miners in racks of RACK, the same for the same arguments.

    Raises ValueError for a network with fewer addresses than miners."""
    network = ipaddress.ip_network(listen)
    if count > network.num_addresses - 2:
        raise ValueError(f"{count} miners do not fit into {network}")
    size = min(RACK, -(-count // len(RACKS)))
    numbers = Counter[str]()
    places = []
    for index in range(count):
        rack = index // size
        family, model, site = RACKS[rack % len(RACKS)]
        kind = KINDS[family, model]
        numbers[kind.machine.short] += 1
        name = f"{kind.machine.short}-{numbers[kind.machine.short]:0{len(str(count)) - 1}d}"
        host, key = str(network[index + 1]), f"history/{seed}/{index}"
        miner = Miner(name, family, kind.machine, kind.dialect, host, kind.dialect.port, None, None, key, clock)
        places.append(Place(miner, site, "ab"[rack // len(RACKS) % 2 if count > 600 else rack % 2], f"r{rack + 1:02d}"))
    return places


def configuration(places: Sequence[Place], *, interval: int, expect: str = "") -> str:
    """Return the exporter's YAML for these miners: a group for each family and model; `expect` is for all of them."""
    return "\n".join(_lines(places, interval, expect)) + "\n"


def _lines(places: Sequence[Place], interval: int, expect: str) -> Iterator[str]:
    yield from ("global:", f"  interval: {interval}s", "  timeout: 5s")
    yield from ("credentials:", f"  simulated: {{username: {KEY.username}, password: {KEY.password}}}", "groups:")
    groups: dict[str, list[Place]] = {}
    for place in places:
        groups.setdefault(f"{place.miner.family}-{place.miner.machine.short}", []).append(place)
    for name, members in groups.items():
        yield f"  - name: {name}"
        if login := members[0].miner.dialect.login:
            yield f"    credentials: {{{login}: simulated}}"
        if expect:
            yield f"    expect: {expect}"
        yield "    targets:"
        for place in members:
            miner = place.miner
            port = "" if miner.port == miner.dialect.port else f", port: {miner.port}"
            labels = ", ".join(f"{label}: {value}" for label, value in place.labels.items())
            yield f"      - {{host: {miner.host}, name: {miner.name}{port}, labels: {{{labels}}}}}"
