"""A Whatsminer M60S with port 4028 closed: API 3 in frames, TH/s, pools by their priority, faults by their keys."""

from __future__ import annotations

import time

from exporter.simulator.dialect import Simulated
from exporter.simulator.dialects.whatsminer import codes
from exporter.simulator.frames import Frames
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Board
from exporter.simulator.rows import Row
from exporter.simulator.sections import GIGA, TERA

_FIRMWARE = "20250214.16.Rel"
_TYPE = "M60S_VK30"
_SUPPLY_RPM = 7000
_WINDOWS = {"average": None, "1min": 60, "15min": 900}


def _summary(moment: Moment) -> Row:
    working = [board for board in moment.boards if board.works]
    row: Row = {"elapsed": moment.elapsed, "bootup-time": moment.elapsed + 40, "freq-avg": round(moment.machine.mhz)}
    row |= {f"hash-{name}": moment.mean(seconds) / TERA for name, seconds in _WINDOWS.items()}
    row |= {"hash-realtime": moment.rate / TERA, "factory-hash": moment.machine.rate / TERA}
    row |= {"power-realtime": moment.watts, "power-limit": round(moment.machine.watts * 1.05)}
    row |= {"environment-temperature": moment.life.ambient(moment.time)}
    row |= {"board-temperature": [board.pcb if board.works else 0.0 for board in moment.boards]}
    row["up-freq-finish"] = int(not moment.has("tuning"))
    row |= {"chip-temp-max": max(b.chip for b in working), "chip-temp-min": min(b.chip for b in working) - 12}
    row["chip-temp-avg"] = sum(board.chip for board in working) / len(working) - 6
    return {**row, "fan-speed-in": moment.fans[0], "fan-speed-out": moment.fans[1]}


def _board(moment: Moment, board: Board) -> Row:
    up = board.works
    row: Row = {"id": board.index, "status": "alive" if up else "dead"}
    row |= {"hash-realtime": board.rate / TERA, "hash-average": moment.mean(None, board.index) / TERA}
    row |= {"factory-hash": board.nominal / TERA, "freq": round(board.mhz) if up else 0}
    row["effective-chips"] = board.chips - len(board.lost) if up else 0
    for name, below in {"min": 12, "avg": 6, "max": 0}.items():
        row[f"chip-temp-{name}"] = board.chip - below if up else 0
    return row


def _edevs(moment: Moment) -> list[Row]:
    return [_board(moment, board) for board in moment.boards]


def _pools(moment: Moment) -> list[Row]:
    return [
        {"url": pool.url, "account": pool.user, "status": "alive" if pool.alive else "dead"}
        | {"stratum-active": pool.active, "pool-priority": pool.index, "last-share-time": int(pool.last_share or 0)}
        for pool in moment.pools
    ]


def _miner(moment: Moment) -> Row:
    row: Row = {"type": _TYPE, "hash-board": "K30", "board-num": str(len(moment.boards)), "fast-boot": "disable"}
    row["detect-hash-rate"] = ":".join(str(round(board.nominal / GIGA)) for board in moment.boards)
    row |= {"working": str(not moment.has("sleeping")).lower(), "miner-sn": moment.life.serial}
    row |= {f"pcbsn{b.index}": f"{moment.life.serial[:-1]}{b.index}" for b in moment.boards}
    return row | {f"chipdata{b.index}": f"K8SIM{b.index}-2501 BINVS1-000001A" for b in moment.boards}


def _system(_: Moment) -> Row:
    return {"api": "3.0.5", "fwversion": _FIRMWARE, "platform": "H616", "control-board-version": "CB6V9"}


def _network(moment: Moment) -> Row:
    row: Row = {"ip": "192.0.2.50", "proto": "dhcp", "netmask": "255.255.255.0", "gateway": "192.0.2.1"}
    return {**row, "hostname": moment.name, "mac": moment.life.mac.upper()}


def _power(moment: Moment) -> Row:
    row: Row = {"type": "P222C", "model": "P222C", "sn": f"PS{moment.life.serial[:12]}", "swversion": "240101.100000"}
    row |= {
        "vin": round(moment.mains, 1),
        "iin": moment.watts / moment.mains,
        "pin": moment.watts,
        "vout": round(moment.machine.volts * 100),
    }
    return {**row, "temp0": moment.hottest - 8, "fanspeed": _SUPPLY_RPM}


def _errors(moment: Moment) -> list[Row]:
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment.now + 8 * 3600 - 90))
    return [{str(code): since, "reason": ""} for code in codes(moment)]


def _setting(moment: Moment) -> Row:
    row: Row = {"power-limit": round(moment.machine.watts * 1.05), "upfreq-speed": 0, "power-mode": "normal"}
    row |= {"fast-boot": "disable", "fast-hash": "disable", "heat-mode": "normal", "target-freq": 0, "power": 0}
    return {**row, "power-percent": 0, "btrom-worker-suffix": ""}


def _system_setting(moment: Moment) -> Row:
    row: Row = {"web-pool": 1, "timezone": "CST-8", "zonename": "Asia/Shanghai", "hostname": moment.name}
    return {**row, "ntp-server": ["ntp.example"]}


WHATSMINER_V3 = Frames(
    "btminer API 3",
    {
        "get.miner.status": {"summary": _summary, "edevs": _edevs, "pools": _pools},
        "get.device.info": {
            "miner": _miner, "system": _system, "network": _network, "power": _power, "error-code": _errors,
        },
        "get.miner.setting": {"": _setting},
        "get.system.setting": {"": _system_setting},
    },
    conditions=frozenset({
        "failing_board", "dead_board", "dead_pool", "no_pool", "tuning", "sleeping", "hot", "failed_fan", "restless",
    }),
    readings="rate watts fans boards board_up failed_chips",
    symptoms={
        "sleeping": ('asic_miner_state{state="sleeping"} 1',),
        "tuning": ('asic_miner_state{state="starting"} 1',),
        "dead_pool": ('asic_pool_up{pool="0"} 0', 'asic_pool_up{pool="1"} 1'),
    },
)  # fmt: skip

M60S = Machine(
    "Whatsminer M60S",
    "m60s",
    boards=3,
    chips=245,
    rate=186e12,
    watts=3441,
    mhz=640,
    volts=11.8,
    fans=2,
    rpm=6600,
    group=5,
    first_board=0,
    chip_rise=26.0,
)
SIMULATED = (Simulated("whatsminer_v3", M60S, WHATSMINER_V3, order=300),)
