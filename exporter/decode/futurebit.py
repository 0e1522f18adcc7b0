"""FutureBit's Apollo BTC, II and III: one query of GraphQL on port 5000, of the fields that need no login.

Quirks: other fields of `Miner` start and stop the miner, so the query is fixed. The statistics are files of the mining
program, one for each unit, which stay when the program stops; only `online` tells that. Units come in any order. An
`int_30` is about the last 30 seconds, an `int_0` about the time since the start. Rates are GH/s. Of a unit with several
boards, the query gives only the first board.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from exporter.core import vocabulary as v
from exporter.core.tracing import static, traceable, truthy
from exporter.core.values import celsius, count, mac, number, positive, ratio, shares, text
from exporter.decode.common.flags import switch
from exporter.decode.common.nested import at, complete, how_long, inner
from exporter.decode.common.poolvalues import address
from exporter.decode.common.sums import total
from exporter.decode.family import Family
from exporter.parse.rows import Reading
from exporter.questions import page

STATS: Final = page("futurebit_stats", "/api/graphql", port=5000, posted=True, section="data")

MODELS: Final = {"v1": "Apollo BTC", "v2": "Apollo II", "v3": "Apollo III"}
WINDOWS: Final = (("int_30", "30s"), ("int_300", "5m"), ("int_900", "15m"), ("int_3600", "1h"), ("int_0", "average"))
RUNNING: Final = ("online", "true")  # pending is a start whose files are still old, or a stop of some seconds
OFFLINE: Final = ("offline", "false")


@traceable
def by_name(stats: object) -> list[object]:
    """Return the units in the order of their names; none of a list with a gap."""
    return sorted(complete(stats), key=lambda unit: str(at(unit, "uuid")))


def units(reading: Reading, *, stopped: bool = False) -> list[Any]:
    """Return the units whose mining program runs, or may have `stopped`; none of a truncated list."""
    if "truncated" in reading.answers.repairs or not (stopped or status(reading) in RUNNING):
        return []
    found = by_name(at(inner(reading.row("futurebit_stats"), "Miner")["stats"], "result", "stats"))
    return [at(found, n) for n in range(static(how_long(found)))]


def ordered(found: list[Any]) -> bool:
    """Tell whether each of several units has a name, so that their order is known."""
    return len(found) < 2 or all(static(truthy(text(at(unit, "uuid")))) for unit in found)


def status(reading: Reading) -> str:
    """Return the word for the mining program: online, offline, pending or error; true or false in old versions."""
    raw = static(at(inner(reading.row("futurebit_stats"), "Miner")["online"], "result", "online", "status"))
    return str(raw).lower() if isinstance(raw, (str, bool)) else ""


def miner(reading: Reading) -> Iterator[v.Part]:
    """Yield the sums over all units; values that have no sum only of a single unit."""
    found = units(reading)
    rates = {key: total(*[rate(unit, key) for unit in found]) for key, _ in WINDOWS}
    alone = found[0] if len(found) == 1 else None
    yield v.Miner(
        miner_uptime_seconds=count(at(alone, "master", "upTime")),
        hashrate_hashes_per_second=rates["int_30"],
        shares_accepted_total=total(*[share(unit, "sharesAccepted") for unit in found]),
        shares_rejected_total=total(*[share(unit, "sharesRejected") for unit in found]),
        hardware_errors_total=total(*[since_start(unit, "errors") for unit in found]),
        hardware_error_ratio=ratio(count(at(alone, "master", "intervals", "int_0", "errorRate"))),
    )
    for key, window in WINDOWS:
        yield v.HashrateWindow(window, rates[key])
    yield v.Power("firmware", total(*[positive(at(unit, "master", "boardsW")) for unit in found]))
    yield v.Device(overheats_total=total(*[count(at(unit, "slots", "int_0", "overheats")) for unit in found]))
    word = status(reading)
    mining = static(truthy(rates["int_30"]))
    yield from v.miner_states("idle" if word in OFFLINE else "mining" if mining else None)


def rate(unit: Any, interval: str) -> Any:
    """Return the hashrate of a unit, by the solutions of its chips."""
    return number(count(at(unit, "master", "intervals", interval, "bySol")), 1e9)


def since_start(unit: Any, key: str) -> Any:
    return count(at(unit, "master", "intervals", "int_0", key))


def share(unit: Any, key: str) -> Any:
    return shares(at(unit, "pool", "intervals", "int_0", key))


def boards(reading: Reading) -> Iterator[v.Part]:
    """Yield a board for each unit, numbered by the order of the units' names."""
    found = units(reading)
    for place, unit in enumerate(found if ordered(found) else ()):
        label = str(place)
        yield v.Board(
            label,
            hashrate_hashes_per_second=rate(unit, "int_30"),
            current_amperes=positive(at(unit, "master", "boardsI")),
            power_watts=positive(at(unit, "master", "boardsW")),
            hardware_errors_total=since_start(unit, "errors"),
            restarts_total=since_start(unit, "chipRestarts"),
        )
        yield v.BoardInfo(label, name=text(at(unit, "uuid")))
        if static(count(at(unit, "master", "boards"))) in (None, 1):
            slot = at(unit, "slots", "int_0")
            yield v.Board(label, up=switch(at(slot, "pwrOn")), chips=positive(at(slot, "chips")))
            for n, key in enumerate(("temperature", "temperature1")):
                yield v.BoardSensor(label, "pcb", str(n), celsius(at(slot, key)))
        fans = at(unit, "fans", "int_0", "rpm")
        for n in range(static(how_long(fans))):
            yield v.Fan(str(n) if len(found) == 1 else f"{label}.{n}", count(at(fans, n)))


def pool(reading: Reading) -> Iterator[v.Part]:
    """Yield the pool, which all units share."""
    found = units(reading)
    host = at(found[0], "pool", "host") if found else None
    if not static(truthy(text(host))):
        return
    user = text(at(found[0], "pool", "userName")) if reading.workers else ""
    yield v.PoolInfo("0", address(host, at(found[0], "pool", "port")), "user", user)
    yield v.Pool(
        "0",
        shares_accepted_total=total(*[share(unit, "sharesAccepted") for unit in found]),
        shares_rejected_total=total(*[share(unit, "sharesRejected") for unit in found]),
        difficulty=positive(at(found[0], "pool", "diff")) if len(found) == 1 else None,
        reconnects_total=total(*[share(unit, "reconnections") for unit in found]),
    )


def identity(reading: Reading) -> Iterator[v.Part]:
    found = units(reading, stopped=True)
    models = {MODELS.get(text(static(at(unit, "version"))), "") for unit in found}
    first = found[0] if found and ordered(found) else None
    yield v.MinerInfo(
        make="FutureBit",
        model=models.pop() if len(models) == 1 else "",
        firmware="stock",
        firmware_version=text(at(first, "versions", "miner")) if len(found) == 1 else "",
        mac=mac(at(first, "master", "hwAddr")),
        algorithm="sha256",
    )


def recognise(reading: Reading) -> str:
    row = inner(reading.row("futurebit_stats"), "Miner")
    return "/api/graphql with Miner.stats" if "stats" in row and "online" in row else ""


FAMILY = Family(
    name="futurebit",
    rank=204,
    documented=True,
    recognise=recognise,
    sections=tuple(("futurebit_stats", each) for each in (miner, boards, pool, identity)),
    fast=(STATS,),
    fingerprint=STATS,
)
