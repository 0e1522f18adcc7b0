"""The boards that one NerdQAxe commands over its CAN bus, each a board of the miner.

Quirks: the first node is the master itself, whose other pages say more. A node that was lost keeps its place, with
zeros. Four temperatures of chips are always listed. Hashrates are GH/s, voltages mV.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import static, traceable, truthy
from exporter.core.values import count, flag, number, positive, text
from exporter.decode.axeos.nerdqaxe_heat import chips, fans
from exporter.decode.axeos.web import sensor_celsius, together
from exporter.decode.common.faults import CRITICAL
from exporter.decode.common.flags import switch
from exporter.decode.common.labels import index
from exporter.decode.common.nested import inner
from exporter.parse.rows import Reading, Row
from exporter.questions import page

MASTER: Final = "0"
NODES: Final = page("nerdqaxe_nodes", "/api/v2/can/nodes")


def nodes(reading: Reading) -> Iterator[v.Part]:
    """Yield the other boards, the master's own hashrate, and the sums where the first page does not tell them."""
    whole = reading.row("nerdqaxe_nodes")
    fleet = inner(whole, "fleet")
    if together(reading, reading.row("nerdqaxe_dashboard")):
        yield v.Miner(hashrate_hashes_per_second=number(count(fleet["hashRate"]), 1e9))
        yield v.Power("measured", positive(fleet["power"]))
    rows = whole.rows("nodes")
    for row in rows:
        label = index(row, ("id",))
        if label == MASTER:
            rate, watts = number(count(row["hashRate"]), 1e9), positive(row["power"])
            yield v.Board(label, hashrate_hashes_per_second=rate, power_watts=watts if rows[1:] else None)
        elif label:
            yield from board(label, row)


@traceable
def works(active: object, shutdown: object) -> int | None:
    """Return 1 for a board at work, 0 for a board that was lost or shut down."""
    return 0 if flag(shutdown) else switch(active)


def board(label: str, row: Row) -> Iterator[v.Part]:
    """Yield a board; a board that was lost is only that."""
    here = static(truthy(flag(row["active"])))
    yield v.Board(label, up=works(row["active"], row["shutdown"]))
    yield v.BoardInfo(label, name=text(row["deviceModel"]))
    if not here:
        return
    yield v.Board(
        label,
        hashrate_hashes_per_second=number(count(row["hashRate"]), 1e9),
        frequency_hertz=number(positive(row["frequency"]), 1e6),
        voltage_volts=number(count(row["coreVoltageActual"]), 1e-3),
        voltage_target_volts=number(positive(row["coreVoltage"]), 1e-3),
        current_amperes=number(positive(row["current"]), 1e-3),
        power_watts=positive(row["power"]),
    )
    yield from chips(label, row, "asicTemps", "temp")
    yield v.BoardSensor(label, "vr", "0", sensor_celsius(row["vrTemp"]))
    yield from fans(row, label)
    error = positive(row.static("boardError"))
    if error is not None:
        yield v.Fault(f"boardError{int(error)}", f"board:{label}", CRITICAL, 1)
