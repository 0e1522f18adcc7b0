"""ePIC's PowerPlay on an Antminer: pages on port 4028, and an HTTP error for requests of the cgminer API."""

from __future__ import annotations

from collections.abc import Callable

from exporter.simulator.antminers import S19J_PRO
from exporter.simulator.dialect import Simulated
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Board
from exporter.simulator.rows import Row
from exporter.simulator.sections import MEGA, TERA
from exporter.simulator.web import Page, Web

_FAN_SLOTS = range(1, 11)


def _on(moment: Moment) -> list[Board]:
    """Return the boards that run: none while the miner idles."""
    return [] if moment.has("sleeping") else [board for board in moment.boards if board.works]


def _board(moment: Moment, board: Board) -> Row:
    part = 100 * board.rate / board.nominal
    row: Row = {"Index": board.index, "Hashrate": [board.rate / MEGA, part, part / 100], "Core Clock": []}
    row |= {"Core Clock Avg": board.mhz, "Input Voltage": board.volts, "Temperature": board.pcb}
    return row | {
        "Input Power": moment.watts * board.rate / max(moment.rate, 1),
        "Input Current": moment.watts / 3 / board.volts,
    }


def _supply(moment: Moment) -> Row:
    volts, watts = moment.machine.volts, moment.watts
    row: Row = {"Input Power": watts, "Input Voltage": 238.0, "Input Current": watts / 238.0}
    row |= {"Output Power": watts * 0.94, "Output Voltage": volts, "Output Current": watts * 0.94 / volts}
    return {**row, "Target Voltage": round(volts * 1000)}


def _session(moment: Moment) -> Row:
    accepted, rejected = moment.total("accepted"), moment.total("rejected")
    row: Row = {"Accepted": accepted, "Rejected": rejected, "Submitted": accepted + rejected}
    row |= {"Uptime": moment.elapsed, "Active HBs": len(_on(moment)), "Average MHs": moment.mean() / MEGA}
    row |= {"Difficulty": moment.pools[0].difficulty, "Startup Timestamp": int(moment.born)}
    return {**row, "WorkReceived": moment.total("getworks")}


def _summary(moment: Moment) -> Row:
    asleep, target = moment.has("sleeping"), round(moment.machine.rate / TERA)
    active = next((pool for pool in moment.pools if pool.active), None)
    tune: Row = {"Target": target, "Min Throttle Target": target // 2, "Throttle Target": None, "Throttle Step": 5}
    tune |= {"Unit": "TH/s", "Optimized": not moment.has("tuning")}
    tune["Error Throttle Target"] = None
    lost = [board.index for board in moment.boards if not board.works]
    fans: Row = {f"Fans Speed {n}": moment.fans[n - 1] if n <= len(moment.fans) else None for n in _FAN_SLOTS}
    auto: Row = {"Auto": {"Idle Speed": 15, "Target Temperature": 60}}
    return {
        "Software": "PowerPlay-BMS v1.16.2",
        "OS Type": "umcOS",
        "Hostname": moment.name,
        "Status": {
            "Operating State": "Idling" if asleep else "Mining",
            "Last Command": None,
            "Last Error": {"HbChipDetectError": lost} if lost else None,
        },
        "Mining": {"Algorithm": "SHA-256", "Coin": "BTC"},
        "Session": _session(moment),
        "HBs": [_board(moment, board) for board in _on(moment)],
        "HBStatus": [{"Index": b.index, "Detected": b.works, "Enabled": True} for b in moment.boards],
        "HwConfig": {"Boards Target Clock": [{"Index": b.index, "Data": moment.machine.mhz} for b in _on(moment)]},
        "PerpetualTune": {"Running": True, "Algorithm": {"BoardTune": tune}},
        "Power Supply Stats": _supply(moment),
        "Fans": {"Fan Mode": auto, "Fans Speed": moment.duty, "Minimum Working Fans": 2},
        "Fans Rpm": fans,
        "Misc": {"Critical Temp": 95.0, "Shutdown Temp": 90.0, "Locate Miner State": False},
        "Stratum": {
            "IsPoolConnected": active is not None,
            "Current Pool": active.url.partition("//")[2] if active else None,
            "Current User": active.user if active else "",
            "Average Latency": 0.0385,
        },
        "StratumConfigs": [{"pool": p.url, "login": p.user, "password": ""} for p in moment.pools],
    }


def _temps(moment: Moment) -> list[Row]:
    fitted = [board for board in moment.boards if board.works]
    return [{"Index": b.index, "Data": [round(b.pcb, 2), round(b.pcb + 4.5, 2)], "Total": 0.0} for b in fitted]


def _chips(one: Callable[[Board], object]) -> Page:
    """Return a page that has the same reading for each chip of a running board."""
    return lambda moment: [{"Index": b.index, "Data": [one(b)] * b.chips, "Total": 0.0} for b in _on(moment)]


def _capabilities(moment: Moment) -> Row:
    machine = moment.machine
    row: Row = {"Model": machine.name.replace("Antminer", "AntMiner"), "Model Subtype": "BHB42601"}
    row |= {"Chip Type": "BM1362", "Default Hashrate": machine.rate / TERA, "Default Clock": machine.mhz}
    row |= {"Max HBs": machine.boards, "Performance Estimator": {"Chip Count": machine.chips}, "Coins": ["BTC"]}
    row["Board Serial Numbers"] = [f"{moment.life.serial[:-1]}{board.index}" for board in _on(moment)]
    row["Psu Info"] = {"PSU Type": 118, "FW": 25, "Min Vout": 11900, "Max Vout": 15200, "True Power": True}
    row["Temp Sensor Info"] = {"Type": "Board", "Count": 2}
    return {**row, "Miner Serial Number": moment.life.serial}


def _network(moment: Moment) -> Row:
    row: Row = {"address": "192.0.2.50", "netmask": "255.255.255.0", "gateway": "192.0.2.1", "dns": "192.0.2.1"}
    return {"dhcp": {**row, "mac_address": moment.life.mac.upper()}}


EPIC = Web(
    "PowerPlay",
    {
        "/summary": _summary,
        "/temps": _temps,
        "/capabilities": _capabilities,
        "/network": _network,
        "/temps/chip": _chips(lambda board: round(board.chip, 1)),
        "/clocks": _chips(lambda board: board.mhz),
        "/voltages": _chips(lambda board: round(board.volts * 23, 1)),
        "/hashrate": _chips(lambda board: [board.rate / MEGA / board.chips, 100.0, 1.0]),
    },
    conditions=frozenset({
        "dead_board", "dead_pool", "no_pool", "tuning", "sleeping", "hot", "failed_fan", "restless",
    }),
    port=4028,
    readings="rate watts fans boards accepted rejected board_up",
    symptoms={
        "sleeping": ('asic_miner_state{state="idle"} 1',),
        "tuning": ('asic_tuner_state{state="tuning"} 1',),
        "dead_pool": ('asic_pool_active{pool="0"} 0', 'asic_pool_active{pool="1"} 1'),
    },
)  # fmt: skip

SIMULATED = (Simulated("epic", S19J_PRO, EPIC, order=320),)
