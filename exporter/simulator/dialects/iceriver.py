"""IceRiver's user panel, read by POST: rates as texts with a unit, and difficulties that count hashes."""

from __future__ import annotations

from exporter.simulator.dialect import Simulated
from exporter.simulator.life import DIFF1
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Board, Pool
from exporter.simulator.rows import Row
from exporter.simulator.sections import GIGA
from exporter.simulator.web import Web

_PANEL = "/user/userpanel"
_NO_POOL: Row = {"addr": "", "user": "", "pass": "", "connect": False, "diff": "0.00 G", "accepted": 0, "rejected": 0}


def _rate(hashes: float) -> str:
    return f"{hashes / GIGA:.2f}G"


def _runtime(moment: Moment) -> str:
    hours, rest = divmod(moment.elapsed, 3600)
    return f"{hours // 24:02}:{hours % 24:02}:{rest // 60:02}:{rest % 60:02}"


def _board(moment: Moment, board: Board) -> Row:
    inlet, outlet = (round(board.pcb) - 14, round(board.pcb)) if board.works else (0, 0)
    row: Row = {"no": board.number, "chipnum": board.chips, "chipsuc": 0, "error": board.errors}
    row |= {"freq": round(board.mhz), "rtpow": _rate(board.rate), "avgpow": _rate(moment.mean(None, board.index))}
    row |= {"idealpow": _rate(board.nominal), "tempnum": "", "pcbtemp": f"{inlet}-{outlet}"}
    return {**row, "intmp": inlet, "outtmp": outlet, "state": board.works, "false": []}


def _pool(pool: Pool) -> Row:
    row: Row = {"addr": pool.url, "user": pool.user, "pass": "x", "connect": pool.alive}
    difficulty = pool.difficulty * DIFF1 / GIGA if pool.active else 0
    return {**row, "diff": f"{difficulty:.2f} G", "accepted": pool.accepted, "rejected": pool.rejected}


def _panel(moment: Moment) -> Row:
    rejected, submitted = moment.total("rejected"), sum(pool.submitted for pool in moment.pools)
    program = moment.machine.name.lower().removeprefix("iceriver ")
    row: Row = {"model": "none", "algo": "none", "online": True, "firmver1": "BOOT_2_1", "firmver2": "image_1.0"}
    row |= {"softver1": f"top_{program}_miner", "softver2": f"bg_{program}_miner", "firmtype": "Factory", "nic": "eth0"}
    row |= {"mac": moment.life.mac.replace(":", "-"), "ip": "192.0.2.50", "host": moment.name}
    row |= {"dhcp": True, "locate": False}
    row |= {"rtpow": f"{moment.rate / GIGA:.0f}G", "avgpow": _rate(moment.mean()), "unit": "G"}
    row |= {"reject": round(100 * rejected / max(submitted, 1), 2), "runtime": _runtime(moment)}
    row |= {"powstate": True, "netstate": not moment.has("no_pool"), "fanstate": 0 not in moment.fans}
    row |= {"tempstate": not moment.has("hot"), "fans": moment.fans}
    pools = enumerate([*map(_pool, moment.pools), _NO_POOL], 1)
    row |= {"pools": [{"no": number, **pool, "priority": number} for number, pool in pools]}
    return {"error": 0, "data": {**row, "boards": [_board(moment, b) for b in moment.boards]}, "message": ""}


ICERIVER = Web(
    "IceRiver",
    {_PANEL: _panel},
    conditions=frozenset({"dead_board", "dead_pool", "no_pool", "hot", "failed_fan", "restless"}),
    posted={_PANEL: "post=4"},
    readings="rate fans boards accepted rejected board_up",
    symptoms={
        "dead_pool": ('asic_pool_up{pool="1"} 0', 'asic_pool_up{pool="2"} 1'),
    },
)

KS3M = Machine("IceRiver KS3M", "ks3m", boards=3, chips=18, rate=6e12, watts=3400, mhz=525, volts=12.0, fans=4, group=6)
SIMULATED = (Simulated("iceriver", KS3M, ICERIVER, order=400),)
