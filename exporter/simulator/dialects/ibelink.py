"""iBeLink BM-N1Max: temperatures of all boards in `summary`, boards that are called PGA."""

from __future__ import annotations

from exporter.simulator.classic import classic, devs, summary, temperature
from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Board
from exporter.simulator.rows import Row


def _ibelink(moment: Moment) -> Row:
    heat: Row = {f"Temp{number}": temperature(board) for number, board in enumerate(moment.boards, 1)}
    heat |= {f"Temp{number}": 0.0 for number in range(len(heat) + 1, 9)}
    return {**heat, "PLL": 455, "Power Type": "QianBen3600", "macaddress": moment.life.mac.replace(":", "")}


def _bm_board(_: Moment, board: Board) -> Row:
    row: Row = {"Asics": board.chips, "Temperature": 0.0, "Total MH": 0.0, "SendErr": 0}
    return row | {"Chain SN": f"0023300000000000{board.index}"}


IBELINK = classic(
    "cgminer 5.4.8",
    {"summary": summary(_ibelink), "devs": devs("BM-N1Max", _bm_board, "PGA")},
    readings="rate boards accepted rejected stale board_up",
)

BM_N1_MAX = Machine(
    "iBeLink BM-N1Max", "n1max", boards=3, chips=144, rate=12e12, watts=3400, mhz=455, volts=13.5, first_board=0
)
SIMULATED = (Simulated("ibelink", BM_N1_MAX, IBELINK, order=250),)
