"""MinerVa MV7: boards, chips and fans in `stats`."""

from __future__ import annotations

from exporter.simulator.classic import CONDITIONS, WINDOWS, classic, stats, summary, temperature
from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, printf
from exporter.simulator.sections import device_counts, rates, timing


def _mv_boards(moment: Moment) -> list[Row]:
    rows = []
    for board in moment.boards:
        row = timing(moment, board.index, f"C12{board.index}")
        row |= {"Chain ID": str(board.index + 1), "Name": "C12", "Enabled": "Y"}
        row |= {"Status": "Alive" if board.works else "Dead", **rates(moment, "MHS", WINDOWS, board)}
        row |= {**device_counts(moment, board), "Chip Count": board.chips if board.works else 0}
        row |= {"Device Freq": round(board.mhz), "Temp Avg": temperature(board), "Voltage": board.volts * 1000}
        row |= {"Fan Duty": float(moment.duty)}
        rows.append(printf(row | {f"Fan{number} Speed": rpm for number, rpm in enumerate(moment.fans)}))
    return rows


MINERVA = classic(
    "cgminer 4.10.0",
    {
        "stats": stats(_mv_boards),
        "summary": summary(lambda moment: {"Netid": moment.life.mac.replace(":", "").upper()}),
    },
    conditions=CONDITIONS | {"failed_fan"},
    readings="rate fans boards accepted rejected stale board_up",
)

MV7 = Machine(
    "MinerVa MV7",
    "mv7",
    boards=4,
    chips=102,
    rate=90e12,
    watts=3400,
    mhz=600,
    volts=12.2,
    fans=2,
    rpm=5400,
    first_board=0,
)
SIMULATED = (Simulated("minerva", MV7, MINERVA, order=230),)
