"""Goldshell KD5 on port 4028: bfgminer, with sensors, fans and clock in `devs` under names of their own."""

from __future__ import annotations

from exporter.simulator.api import Reply
from exporter.simulator.classic import CONDITIONS, Windows, classic, devs, summary, version
from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Board
from exporter.simulator.rows import Row

_WINDOWS: Windows = {"av": None, "20s": 20}


def _bfg_board(moment: Moment, board: Board) -> Row:
    """Return the sensors, the fans and the clock, under names of their own."""
    row: Row = {"clock": board.mhz, "overheat": 0, "rebootcnt": 0}
    row |= {f"fan{number}": rpm for number, rpm in enumerate(moment.fans)}
    heat = {"tstemp-0": board.chip, "tstemp-1": board.chip + 2.5, "tstemp-2": board.pcb}
    return row | {key: degrees if board.works else 0.0 for key, degrees in heat.items()}


def _devdetails(moment: Moment, _: str) -> Reply:
    """Answer `devdetails`, with the rows under DEVS as bfgminer has them."""
    rows: list[Row] = [
        {"DEVDETAILS": board.index, "Name": "INCS", "ID": board.index, "Driver": "intchains_qomo"}
        | {"chips-nr": board.chips if board.works else 0}
        for board in moment.boards
    ]
    return Reply(69, "Device Details", {"DEVS": rows})


GOLDSHELL = classic(
    "bfgminer 5.4.2",
    {
        "version": version({"Miner": "bfgminer 5.4.2", "API": "3.3"}, "BFGMiner versions"),
        "summary": summary(windows=_WINDOWS),
        "devs": devs("INCS", _bfg_board, "PGA", _WINDOWS),
        "devdetails": _devdetails,
    },
    conditions=CONDITIONS | {"failed_fan"},
    readings="rate fans boards accepted rejected stale board_up",
)

KD5 = Machine(
    "Goldshell KD5",
    "kd5",
    boards=4,
    chips=46,
    rate=18e12,
    watts=2250,
    mhz=750,
    volts=11.8,
    fans=4,
    rpm=4500,
    group=9,
    first_board=0,
    chip_rise=16.0,
)
SIMULATED = (Simulated("goldshell", KD5, GOLDSHELL, order=340),)
