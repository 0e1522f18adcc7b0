"""mujina, the open firmware for Bitaxe, emberOne and others: one page of the API on port 7785, in base units.

Quirks: one program works several boards, each with a name, fans and sensors of its own. A sensor that cannot be read is
null. The only count is of shares that were sent, also of those that the pool then refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import static, truthy
from exporter.core.values import celsius, count, flag, positive, ratio, text
from exporter.decode.common.identity import serial
from exporter.decode.common.nested import at, how_long
from exporter.decode.common.poolvalues import pool_host
from exporter.decode.common.sums import total, whole
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row
from exporter.questions import page

MINER = page("mujina_miner", "/api/v0/miner", port=7785)

# Places of sensors by the first word of the sensor's name.
PLACES: Final = {"asic": "chip", "chip": "chip", "pcb": "pcb", "vr": "vr"}

_SENSOR = re.compile(r"([a-z]{2,8})(?:-([a-z0-9]{1,8}))?", re.ASCII)


def summary(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("mujina_miner")
    rate = count(row["hashrate"])
    yield v.Miner(hashrate_hashes_per_second=rate, miner_uptime_seconds=count(row["uptime_secs"]))
    working = "mining" if static(truthy(rate)) else None
    yield from v.miner_states("paused" if static(flag(row["paused"])) else working)
    models = {text(board.static("model")) for board in whole(reading, row, "boards")}
    yield v.MinerInfo(model=models.pop() if len(models) == 1 else "", firmware="mujina", algorithm="sha256")


def boards(reading: Reading) -> Iterator[v.Part]:
    """Yield the boards, labelled by place, because their names differ from miner to miner."""
    for board in reading.row("mujina_miner").rows("boards"):
        label, threads = str(board.position), range(static(how_long(board["threads"])))
        yield v.BoardInfo(label, name=text(board["name"]), serial=serial(board["serial"]))
        rates = [count(at(board["threads"], n, "hashrate")) for n in threads]
        yield v.Board(label, hashrate_hashes_per_second=total(*rates))
        yield from fans(label, board)
        yield from sensors(label, board)
        yield from powers(label, board)


def fans(label: str, board: Row) -> Iterator[v.Part]:
    for n in range(static(how_long(board["fans"]))):
        yield v.Fan(
            f"{label}.{n}",
            count(at(board["fans"], n, "rpm")),
            duty_ratio=ratio(at(board["fans"], n, "percent")),
            target_ratio=ratio(at(board["fans"], n, "target_percent")),
        )


def sensors(label: str, board: Row) -> Iterator[v.Part]:
    """Yield the sensors; "pcb-left" is the sensor `left` of the board, and a name of another kind the sensor itself."""
    for n in range(static(how_long(board["temperatures"]))):
        name = static(text(at(board["temperatures"], n, "name")))
        if not name:
            continue
        match = _SENSOR.fullmatch(name)
        place, sensor = (
            ("pcb", name) if match is None or match[1] not in PLACES else (PLACES[match[1]], match[2] or "0")
        )
        yield v.BoardSensor(label, place, sensor, celsius(at(board["temperatures"], n, "temperature_c")))


def powers(label: str, board: Row) -> Iterator[v.Part]:
    """Yield what is measured at the chips' supply, named core, and at the input of the board."""
    for n in range(static(how_long(board["powers"]))):
        keys = ("voltage_v", "current_a", "power_w")
        volts, amperes, watts = [positive(at(board["powers"], n, key)) for key in keys]
        match static(text(at(board["powers"], n, "name"))):
            case "core":
                yield v.Board(label, voltage_volts=volts, current_amperes=amperes, power_watts=watts)
            case "input":
                yield v.Psu(label, input_volts=volts, input_amperes=amperes, input_watts=watts)


def pools(reading: Reading) -> Iterator[v.Part]:
    """Yield the sources of work that have an address; a source without an address makes work for tests."""
    for source in reading.row("mujina_miner").rows("sources"):
        if static(truthy(pool_host(source["url"]))):
            label = str(source.position)
            yield v.Pool(label, difficulty=positive(source["difficulty"]))
            yield v.PoolInfo(label, pool_host(source["url"]), "user")


def recognise(reading: Reading) -> str:
    row = reading.row("mujina_miner")
    known = all(key in row for key in ("uptime_secs", "shares_submitted", "boards", "sources"))
    return "/api/v0/miner with boards and sources" if known else ""


FAMILY = Family(
    name="mujina",
    documented=True,
    rank=218,
    recognise=recognise,
    sections=(("mujina_miner", summary), ("mujina_miner", boards), ("mujina_miner", pools)),
    fast=(MINER,),
    fingerprint=MINER,
    required_keys={"mujina_miner": "boards"},
)
