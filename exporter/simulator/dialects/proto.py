"""Proto's Rig: a page for each thing, readings with their unit beside them, boards counted from 0 and slots from 1.

Most pages need the token of a login by password alone.
"""

from __future__ import annotations

from exporter.simulator.dialect import Simulated
from exporter.simulator.logins import Token
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Board, Pool
from exporter.simulator.rows import Row
from exporter.simulator.sections import GIGA, TERA
from exporter.simulator.web import Web

_VERSION = "1.9.2"
_SUPPLIES = 2


def _system(moment: Moment) -> Row:
    about: Row = {"name": "ProtoOS", "version": _VERSION, "variant": "release", "hostname": moment.name}
    row: Row = {"manufacturer": "Proto", "product_name": moment.machine.name, "model": "Rig", "board": "C3"}
    about["status"] = {"mem_total_kb": 233712, "mem_free_kb": 151200, "cpu_load_percent": 21.5, "rootfs_total_mb": 1024}
    return {"system-info": {**row, "os": about, "cb_sn": moment.life.serial, "uptime_seconds": moment.elapsed + 90}}


def _status(moment: Moment) -> str:
    if moment.has("sleeping"):
        return "Curtailed"
    if moment.has("no_pool"):
        return "NoPools"
    return "Mining" if all(board.works for board in moment.boards) else "DegradedMining"


def _mining(moment: Moment) -> Row:
    working = [board for board in moment.boards if board.works]
    row: Row = {"status": _status(moment), "mining_uptime_s": moment.elapsed, "reboot_uptime_s": moment.elapsed + 90}
    row |= {"average_hashrate_ghs": moment.mean() / GIGA, "average_asic_temp_c": _mean([b.chip for b in working])}
    row |= {"ideal_hashrate_ghs": moment.machine.rate / GIGA, "hw_errors": sum(b.errors for b in moment.boards)}
    row |= {"power_usage_watts": moment.watts, "power_target_watts": moment.machine.watts}
    row |= {"hashboards_installed": len(moment.boards), "hashboards_mining": len(working)}
    return {"mining-status": {**row, "average_hb_temp_c": _mean([b.pcb for b in working])}}


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _target(moment: Moment) -> Row:
    watts = moment.machine.watts
    row: Row = {"power_target_watts": watts, "power_target_min_watts": watts / 5, "power_target_max_watts": watts * 1.1}
    return {**row, "default_power_target_watts": watts, "performance_mode": "MaximumHashrate", "balance_bays": False}


def _curtailment(moment: Moment) -> Row:
    off = moment.has("sleeping")
    row: Row = {"active": off, "known": True, "fail_policy": "closed", "provider": "site", "target": 0 if off else 100}
    return {**row, "reason": "target_off" if off else "target_on", "last_message_age_ms": 1250, "restore_pending": off}


def _cooling(moment: Moment) -> Row:
    fans: list[Row] = [{"slot": n, "rpm": rpm, "percentage": moment.duty} for n, rpm in enumerate(moment.fans, 1)]
    row: Row = {"fan_mode": "Auto", "speed_percentage": moment.duty, "target_temperature_c": 60}
    return {"cooling-status": {**row, "fans": fans}}


def _pool(moment: Moment, pool: Pool) -> Row:
    word = "Active" if pool.active else "Idle" if pool.alive else "Dead"
    row: Row = {"id": pool.index, "name": f"pool {pool.index}", "url": pool.url, "user": pool.user, "enabled": True}
    row |= {"status": word, "protocol": "Stratum V1", "priority": pool.index, "accepted": pool.accepted}
    row |= {"rejected": pool.rejected, "invalid": pool.rejected // 3, "duplicate": 0, "notifys_received": pool.getworks}
    row |= {"current_difficulty": pool.difficulty if pool.active and moment.elapsed else 0}
    return {**row, "difficulty_accepted_shares": pool.accepted * pool.difficulty}


def _pools(moment: Moment) -> Row:
    return {"pools": [_pool(moment, pool) for pool in moment.pools]}


def _reading(unit: str, **values: object) -> Row:
    return {"unit": unit, **values}


def _board(moment: Moment, board: Board) -> Row:
    watts = moment.watts * board.rate / max(moment.rate, 1)
    row: Row = {"index": board.index, "serial_number": f"{moment.life.serial[:-1]}{board.index}"}
    row |= {"hashrate": _reading("TH/s", value=board.rate / TERA), "power": _reading("W", value=watts)}
    row |= {"voltage": _reading("V", value=board.volts), "current": _reading("A", value=watts / board.volts)}
    degrees = _reading("°C", inlet=board.pcb - 7, outlet=board.pcb + 7, average=board.pcb)
    rates = [board.rate / TERA / board.chips] * board.chips
    heats = [board.chip - n % 5 for n in range(board.chips)]
    row["asics"] = {"hashrate": _reading("TH/s", values=rates), "temperature": _reading("°C", values=heats)}
    return {**row, "temperature": degrees}


def _supply(moment: Moment, index: int) -> Row:
    watts = moment.watts / _SUPPLIES
    row: Row = {"index": index, "serial_number": f"PS{moment.life.serial[:8]}{index}"}
    row |= {"power": _reading("W", input=watts, output=watts * 0.95)}
    row |= {"voltage": _reading("V", input=231.0, output=moment.machine.volts)}
    row |= {"current": _reading("A", input=watts / 231, output=watts * 0.95 / moment.machine.volts)}
    return {**row, "temperature": _reading("°C", ambient=moment.life.ambient(moment.time), hotspot=moment.hottest - 8)}


def _telemetry(moment: Moment) -> Row:
    boards = [_board(moment, board) for board in moment.boards if board.works]
    whole: Row = {"hashrate": _reading("TH/s", value=moment.rate / TERA), "power": _reading("W", value=moment.watts)}
    return {"miner": whole, "hashboards": boards, "psus": [_supply(moment, index) for index in range(_SUPPLIES)]}


def _hardware(moment: Moment) -> Row:
    boards: list[Row] = [
        {"port": b.index, "slot": b.number, "board": "B4", "mining_asic": "BZM", "mining_asic_count": b.chips}
        | {"hb_sn": f"{moment.life.serial[:-1]}{b.index}"}
        for b in moment.boards
        if b.works
    ]
    supplies: list[Row] = [
        {"slot": n + 1, "manufacturer": "Proto", "model": "PSU-3600W", "psu_sn": f"PS{moment.life.serial[:8]}{n}"}
        | {"firmware": {"app_version": "1.3.1"}}
        for n in range(_SUPPLIES)
    ]
    fans: list[Row] = [
        {"slot": n, "name": f"Fan {n}", "min_rpm": 1000, "max_rpm": round(moment.machine.rpm)}
        for n in range(1, len(moment.fans) + 1)
    ]
    return {"hardware-info": {"hashboards-info": boards, "psus-info": supplies, "fans-info": fans}}


def _network(moment: Moment) -> Row:
    row: Row = {"dhcp": True, "ip_address": "192.0.2.50", "hostname": moment.name, "mac": moment.life.mac.upper()}
    return {"network-info": row}


def _errors(moment: Moment) -> list[Row]:
    still = [slot for slot, rpm in enumerate(moment.fans, 1) if not rpm]
    entry: Row = {
        "source": "fan",
        "error_code": "FanHardware",
        "timestamp": int(moment.born),
        "message": "Fan stalled.",
    }
    return [{**entry, "slot": slot} for slot in still]


PROTO = Web(
    "ProtoOS",
    {
        "/api/v1/system": _system,
        "/api/v1/mining": _mining,
        "/api/v1/cooling": _cooling,
        "/api/v1/pools": _pools,
        "/api/v1/mining/target": _target,
        "/api/v1/curtailment/status": _curtailment,
        "/api/v1/telemetry": _telemetry,
        "/api/v1/hardware": _hardware,
        "/api/v1/network": _network,
        "/api/v1/errors": _errors,
    },
    conditions=frozenset({"dead_board", "dead_pool", "no_pool", "sleeping", "hot", "failed_fan", "restless"}),
    lock=Token("proto", "/api/v1/auth/login", named=False, answer="access_token", prefix="Bearer "),
    open=frozenset({"/api/v1/system", "/api/v1/hardware", "/api/v1/network"}),
    readings="rate watts fans boards accepted rejected",
    symptoms={
        "sleeping": ('asic_miner_state{state="paused"} 1', 'asic_curtailed{source="remote"} 1'),
        "no_pool": ('asic_miner_state{state="idle"} 1',),
        "dead_pool": ('asic_pool_up{pool="0"} 0', 'asic_pool_up{pool="1"} 1'),
    },
)

PROTO_RIG = Machine(
    "Proto Rig", "rig", boards=4, chips=120, rate=364e12, watts=5140, mhz=500, volts=14.2, fans=4, group=10
)
SIMULATED = (Simulated("proto", PROTO_RIG, PROTO, order=370),)
