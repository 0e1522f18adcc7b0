"""Jasminer's X16-Q: rates as texts with their unit behind digest authentication, and a socket without a fan."""

from __future__ import annotations

from exporter.simulator.dialect import Simulated
from exporter.simulator.logins import Digest
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Board, Pool
from exporter.simulator.rows import Row
from exporter.simulator.sections import MEGA
from exporter.simulator.web import Web

_VERSION = "Tue Mar 11 10:02:11 CST 2025"


def _rate(hashes: float) -> str:
    return f"{hashes / MEGA:.2f} MH/s"


def _board(board: Board) -> Row:
    row: Row = {"rate": _rate(board.rate), "asics": board.chips, "freq": round(board.mhz), "temp": round(board.pcb)}
    return row | {f"asic{chip}_temp": round(board.chip) - chip for chip in range(board.chips)}


def _pool(pool: Pool) -> Row:
    word = "in use" if pool.active else "alive" if pool.alive else "dead"
    row: Row = {"status": word, "user": pool.user, "url": pool.url, "works": pool.getworks}
    return {**row, "accept": pool.accepted, "reject": pool.rejected}


def _status(moment: Moment) -> Row:
    boards = [_board(board) for board in moment.boards]
    hottest = round(max(board.chip for board in moment.boards))
    summary: Row = {"miner": moment.machine.name.upper(), "version": _VERSION, "machine_sn": moment.life.serial}
    summary |= {"uptime": moment.elapsed, "rt": _rate(moment.rate), "avg": _rate(moment.mean())}
    summary |= {"rejectRate": "0.30 %", "temp_min": hottest - 2, "temp_max": hottest}
    fans: Row = {f"fan{n}": rpm for n, rpm in enumerate([*moment.fans, 0], 1)}
    fans |= {f"fan_percent{n}": str(moment.duty) for n in range(1, len(moment.fans) + 1)}
    listed: Row = {"fan_num": len(moment.fans) + 1, **fans, "board": boards}
    return {"summary": summary, "boards": listed, "pools": {"pool": [_pool(pool) for pool in moment.pools]}}


def _index(moment: Moment) -> Row:
    row: Row = {"minertype": moment.machine.name.upper(), "fs_version": _VERSION, "nettype": "DHCP"}
    return {**row, "macaddr": moment.life.mac.upper(), "ipaddress": "192.0.2.50", "netmask": "255.255.255.0"}


JASMINER = Web(
    "Jasminer",
    {"/cgi-bin/minerStatus.cgi": _status, "/cgi-bin/index.cgi": _index},
    conditions=frozenset({"dead_pool", "no_pool", "hot", "restless"}),
    lock=Digest("jasminer", "Jasminer Configuration"),
    readings="rate fans boards accepted rejected",
    symptoms={
        "dead_pool": ('asic_pool_up{pool="0"} 0', 'asic_pool_active{pool="1"} 1'),
    },
)

X16_Q = Machine(
    "Jasminer X16-Q",
    "x16q",
    boards=1,
    chips=3,
    rate=1.95e9,
    watts=620,
    mhz=500,
    volts=12.0,
    fans=3,
    rpm=1800,
    first_board=0,
    rise=24.0,
)
SIMULATED = (Simulated("jasminer", X16_Q, JASMINER, order=425),)
