"""StrongU STU-U6: fans in `summary`, chips and temperatures in `devs`."""

from __future__ import annotations

from exporter.simulator.classic import CONDITIONS, classic, devs, summary, temperature
from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Board
from exporter.simulator.rows import Row


def _strongu(moment: Moment) -> Row:
    fans: Row = {f"Fan{number}": rpm for number, rpm in enumerate(moment.fans, 1)}
    return {"Miner type": "dash", "Fan Num": len(moment.fans), **fans}


def _u6_board(_: Moment, board: Board) -> Row:
    row: Row = {"Temperature": temperature(board), "volt": 10.5, "ChipNum": board.chips}
    return row | {"Frequency": round(board.mhz), "Reboot Count": 0}


STRONGU = classic(
    "cgminer 4.11.1",
    {"summary": summary(_strongu), "devs": devs("u6", _u6_board)},
    conditions=CONDITIONS | {"failed_fan"},
    readings="rate fans boards accepted rejected stale board_up",
)

STU_U6 = Machine(
    "StrongU STU-U6",
    "u6",
    boards=3,
    chips=70,
    rate=420e9,
    watts=2100,
    mhz=550,
    volts=11.6,
    fans=2,
    rpm=7800,
    first_board=0,
)
SIMULATED = (Simulated("strongu", STU_U6, STRONGU, order=240),)
