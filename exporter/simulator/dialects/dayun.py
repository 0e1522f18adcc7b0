"""Dayun Zig Z1: one row of `stats` for the machine, with an object for each board."""

from __future__ import annotations

from exporter.simulator.classic import CONDITIONS, classic, stats, temperature
from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, printed, printf
from exporter.simulator.sections import MEGA, timing


def _z1_row(moment: Moment) -> list[Row]:
    row = timing(moment, 0, "lyra2rev20") | {"MHS 30S": printed(moment.mean(30) / MEGA, 2), "Fan Nunber": 2}
    row |= {"Fan In": moment.fans[0], "Fan Out": moment.fans[1], "Frequency": round(moment.machine.mhz)}
    row["Temperature Core"] = round(moment.hottest)
    for board in moment.boards:
        row[f"CH{board.number}"] = {
            "Temperature": round(temperature(board)),
            "MHS 30S": printed(moment.mean(30, board.index) / MEGA, 2),
        }
    return [printf(row)]


DAYUN = classic(
    "cgminer 4.11.1",
    {"stats": stats(_z1_row)},
    conditions=CONDITIONS | {"failed_fan"},
    readings="rate fans boards accepted rejected stale",
)

ZIG_Z1 = Machine(
    "Dayun Zig Z1", "z1", boards=4, chips=24, rate=6.8e9, watts=1200, mhz=900, volts=12.0, fans=2, rpm=5400, rise=20.0
)
SIMULATED = (Simulated("dayun", ZIG_Z1, DAYUN, order=270),)
