"""NerdQAxe by the second version of its pages, for firmware without the first one, by which `axeos` reads it.

Odd about it: what the first version says in thousandths is said in volts and amperes here; the dashboard has the
readings, and another page the names; a second pool may be a stand-in, or get its part of the work.
"""

from __future__ import annotations

from collections.abc import Iterator

from exporter.decode import Family
from exporter.decode.axeos import BOARD, celsius_there, difficulty
from exporter.decode.cgminer import switch
from exporter.decode.faults import CRITICAL
from exporter.decode.nested import at, how_long, inner
from exporter.decode.poolvalues import address
from exporter.decode.rows import Reading, Row
from exporter.decode.sensors import chip_range
from exporter.live import door, fact, holds
from exporter.questions import introduction, page
from exporter.values import count, flag, mac, number, positive, ratio, shares, text
from exporter.vocabulary import (
    Board,
    BoardInfo,
    BoardSensor,
    Fan,
    Fault,
    HashrateWindow,
    Miner,
    MinerInfo,
    Part,
    Pool,
    PoolInfo,
    Power,
    Psu,
    Sensor,
    miner_states,
)

DASHBOARD = page("nerdqaxe_dashboard", "/api/v2/dashboard")
SYSTEM = introduction(page("nerdqaxe_system", "/api/v2/system"))

WINDOWS = (("hashRate1m", "1m"), ("hashRate10m", "10m"), ("hashRate1h", "1h"), ("hashRate1d", "24h"))
FAILOVER = 0  # the mode in which one pool gets all the work


def readings(reading: Reading) -> Iterator[Part]:
    row = reading.row("nerdqaxe_dashboard")
    mined, power = inner(row, "performance"), inner(row, "power")
    rate = number(count(mined["hashRate"]), 1e9)
    yield Miner(
        hashrate_hashes_per_second=rate,
        device_uptime_seconds=count(inner(row, "system")["uptime"]),
        shares_accepted_total=count(mined["sharesAccepted"]),
        shares_rejected_total=count(mined["sharesRejected"]),
        best_share_difficulty=difficulty(mined["bestSessionDiff"]),
    )
    for key, window in WINDOWS:
        yield HashrateWindow(window, number(count(mined[key]), 1e9))
    yield Power("measured", positive(power["watts"]))
    yield Psu("0", input_volts=positive(power["voltage"]), input_amperes=positive(power["currentA"]))
    yield Board(
        BOARD,
        hashrate_hashes_per_second=rate,
        chips=positive(mined["asicCount"]),
        frequency_hertz=number(positive(mined["frequency"]), 1e6),
        voltage_volts=count(power["coreVoltageActual"]),
    )
    yield from heat(inner(row, "thermal"))


def heat(row: Row) -> Iterator[Part]:
    """Each chip's temperature, the one that stands for all, and the fans."""
    found = [celsius_there(at(row["asicTemps"], n)) for n in range(fact(how_long(row["asicTemps"])))]
    for n, value in enumerate(found):
        yield BoardSensor(BOARD, "chip", str(n), value)
    yield BoardSensor(BOARD, "chip", "asic", celsius_there(row["asicTemp"]))
    yield chip_range(BOARD, found)
    yield Sensor("vr", "0", celsius_there(row["vrTemp"]))
    yield Sensor("vr", "internal", celsius_there(row["vrTempInt"]))
    for n in fact(fitted(row["fans"])):
        yield Fan(str(n), count(at(row["fans"], n, "rpm")), ratio(at(row["fans"], n, "speed")))


@door
def fitted(fans: object) -> list[int]:
    """The first fan, and each other that ever turns: one that is not fitted says 0 for good."""
    return [n for n in range(how_long(fans)) if n == 0 or positive(at(fans, n, "rpm"))]


def pools(reading: Reading) -> Iterator[Part]:
    row = inner(reading.row("nerdqaxe_dashboard"), "stratum")
    fallback = flag(row.fact("usingFallback"))
    alone = count(row.fact("activePoolMode")) == FAILOVER and fallback is not None
    for n in range(fact(how_long(row["pools"]))):
        host = address(at(row["pools"], n, "host"), at(row["pools"], n, "port"))
        if fact(holds(host)):
            yield Pool(
                str(n),
                up=switch(at(row["pools"], n, "connected")),
                active=int(n == int(bool(fallback))) if alone else None,
                priority=n,
                shares_accepted_total=shares(at(row["pools"], n, "accepted")),
                shares_rejected_total=shares(at(row["pools"], n, "rejected")),
                difficulty=positive(at(row["pools"], n, "poolDifficulty")),
                best_share_difficulty=difficulty(at(row["pools"], n, "bestDiff")),
            )
            user = text(at(row["pools"], n, "user")) if reading.workers else ""
            yield PoolInfo(str(n), host, "user", user)
            if n == 0:
                yield Miner(network_difficulty=positive(at(row["pools"], n, "networkDifficulty")))


def identity(reading: Reading) -> Iterator[Part]:
    row = reading.row("nerdqaxe_system")
    network = inner(row, "network")
    model = text(row.fact("deviceModel"))
    yield MinerInfo(
        make="NerdAxe" if model.startswith("Nerd") else "",
        model=model,
        firmware="AxeOS",
        firmware_version=text(row.fact("version")),
        hostname=text(network["hostname"]),
        mac=mac(network["macAddr"]),
    )
    yield BoardInfo(BOARD, chip_type=text(row.fact("asicModel")))


def state(reading: Reading) -> Iterator[Part]:
    row = reading.row("nerdqaxe_dashboard")
    said = inner(row, "system")
    broken = positive(said.fact("boardError"))
    if broken is not None:
        yield Fault(f"boardError{int(broken)}", f"board:{BOARD}", CRITICAL, 1)
    if flag(said.fact("shutdown")):
        yield from miner_states("paused")
    else:
        hashing = inner(row, "performance").any(positive, "hashRate")
        yield from miner_states("faulted" if broken is not None else "mining" if hashing else None)


def recognise(reading: Reading) -> str:
    row = reading.row("nerdqaxe_dashboard")
    return "/api/v2/dashboard with performance and thermal" if "performance" in row and "thermal" in row else ""


FAMILY = Family(
    name="nerdqaxe",
    shown="axeos",
    rank=214,
    recognise=recognise,
    sections=(
        ("nerdqaxe_dashboard", readings),
        ("nerdqaxe_dashboard", pools),
        ("", identity),
        ("", state),
    ),
    fast=(DASHBOARD,),
    slow=(SYSTEM,),
    greeting=DASHBOARD,
)
