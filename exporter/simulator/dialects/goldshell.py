"""Goldshell KD5 on port 4028: bfgminer, with sensors, fans and clock in `devs` under names of their own."""

from __future__ import annotations

from exporter.simulator.classic import CONDITIONS, Windows, classic, devs, summary, version
from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Board
from exporter.simulator.rows import Row

_WINDOWS: Windows = {"av": None, "20s": 20}


def _bfg_board(moment: Moment, board: Board) -> Row:
    """Sensors, fans and clock under names of their own."""
    row: Row = {"clock": board.mhz, "overheat": 0}
    row |= {f"fan{number}": rpm for number, rpm in enumerate(moment.fans)}
    heat = {"tstemp-0": board.chip, "tstemp-1": board.chip + 2.5, "tstemp-2": board.pcb}
    return row | {key: degrees if board.works else 0.0 for key, degrees in heat.items()}


GOLDSHELL = classic(
    "bfgminer 5.4.2",
    {
        "version": version({"Miner": "bfgminer 5.4.2", "API": "3.3"}, "BFGMiner versions"),
        "summary": summary(windows=_WINDOWS),
        "devs": devs("INCS", _bfg_board, "PGA", _WINDOWS),
    },
    conditions=CONDITIONS | {"failed_fan"},
    readings="rate fans boards accepted rejected stale board_up",
)

KD5 = Machine("Goldshell KD5", "kd5", 4, 46, 18e12, 2250, 4, 4500, 750, 11.8, 9, first_board=0, chip_rise=16.0)
SIMULATED = (Simulated("goldshell", KD5, GOLDSHELL, order=340),)
