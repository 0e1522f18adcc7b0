"""The DragonMint T1, as an example of Innosilicon's machines: temperatures and chips of each board in `stats`."""

from __future__ import annotations

from exporter.simulator.classic import classic, devs, stats
from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, printf
from exporter.simulator.sections import MEGA, timing


def _t1_boards(moment: Moment) -> list[Row]:
    rows = []
    for board in moment.boards:
        row = timing(moment, board.index, f"DT1{board.index}")
        row |= {"Chain ID": board.index, "Num chips": board.chips, "Num cores": board.chips * 32}
        row |= {"Num active chips": board.chips, "Temp max": board.chip + 9, "Temp min": board.pcb - 9}
        row |= {"Fan duty": moment.duty, "PLL": 300, "MHS av": board.nominal / MEGA, "Disabled": not board.works}
        row |= {"Voltage Max": 406.0, "Voltage Min": 400.0, "Voltage Avg": 403.0, "Throttled": False}
        row |= {f"{chip:02} HW errors": board.errors // board.chips for chip in range(board.chips)}
        row |= {f"{chip:02} Nonces found": board.accepted * 40 for chip in range(board.chips)}
        row |= {f"{chip:02} nVol": 400 + chip % 7 for chip in range(board.chips)}
        rows.append(printf({**row, "Temp": board.chip}))
    return rows


DRAGONMINT = classic(
    "cgminer 4.10.0",
    {"stats": stats(_t1_boards), "devs": devs("DT1")},
    readings="rate boards accepted rejected stale board_up",
)

DRAGONMINT_T1 = Machine(
    "DragonMint T1",
    "t1",
    boards=3,
    chips=63,
    rate=16e12,
    watts=1480,
    mhz=1330,
    volts=12.0,
    fans=2,
    rpm=5400,
    first_board=0,
)
SIMULATED = (Simulated("innosilicon", DRAGONMINT_T1, DRAGONMINT, order=220),)
