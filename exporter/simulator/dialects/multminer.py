"""MultMiner's one page: lists without names, and the rate and the power in a line of text."""

from __future__ import annotations

import time

from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Board, Pool
from exporter.simulator.rows import Row, printed
from exporter.simulator.sections import GIGA
from exporter.simulator.web import Web


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _board(moment: Moment, board: Board) -> Row:
    watts = moment.watts / moment.machine.boards
    heat = [printed(board.pcb + above, 2) for above in (0, 2, -12)]
    rate = board.rate / board.chips / GIGA
    chips = [
        [1, printed(board.chip + chip, 2), 0, 0, "1316/1365", "3/0", "730/760", f"{rate:.2f}GH/s | {730 + chip}"]
        for chip in range(board.chips)
    ]
    return {"ol": 1, "cn": board.chips, "tphr": [round(watts), *heat], "cs": chips}


def _empty(chips: int) -> Row:
    """Return a slot without a board."""
    nothing = printed(0, 2)
    return {"ol": 0, "cn": 0, "tphr": [0, nothing, nothing, nothing]} | {
        "cs": [[0, nothing, 0, 0, "0/0", "0/0", "0/0", ""]] * chips
    }


def _pool(moment: Moment, pool: Pool) -> list[str]:
    word = "working" if pool.active else "connected" if pool.alive else "connecting"
    since = _clock(moment.elapsed if pool.alive else 0)
    counted = [str(pool.accepted), str(pool.rejected), str(int(pool.alive))]
    return [word, since, pool.user, *counted, f"-o{pool.index or ''} {pool.url.partition('//')[2]}"]


def _stats(moment: Moment) -> Row:
    boards = [_empty(moment.machine.chips), *(_board(moment, board) for board in moment.boards), 0]
    now = time.strftime("%Y/%m/%d %H:%M:%S", time.gmtime(moment.now))
    line = f"trb {now} Hr:{moment.rate / GIGA:.2f} Pw:{moment.watts:.0f}"
    pools = [_pool(moment, pool) for pool in moment.pools]
    return {"err": 0, "bd": boards, "mt": line, "ms": pools, "isalarm": int(moment.has("hot"))}


MULTMINER = Web(
    "MultMiner",
    {"/gst.csp": _stats},
    conditions=frozenset({"dead_pool", "no_pool", "hot", "restless"}),
    readings="rate watts boards accepted rejected",
    symptoms={
        "dead_pool": ('asic_pool_active{pool="1"} 1',),
        "hot": ('asic_fault{code="isalarm",component="miner",severity="warning"} 1',),
    },
)

MULTMINER_M1 = Machine(
    "MultMiner M1", "m1", boards=3, chips=8, rate=130e9, watts=845, mhz=600, volts=12.0, rise=30.0, chip_rise=14.0
)
SIMULATED = (Simulated("multminer", MULTMINER_M1, MULTMINER, order=420),)
