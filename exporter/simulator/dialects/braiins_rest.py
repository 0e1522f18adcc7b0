"""BraiinsOS without port 4028: pages behind a token, numbers under their units, states as numbers."""

from __future__ import annotations

from collections.abc import Mapping

from exporter.simulator.antminers import S21
from exporter.simulator.dialect import Simulated
from exporter.simulator.logins import Token
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Board, Pool
from exporter.simulator.rows import Row
from exporter.simulator.sections import GIGA
from exporter.simulator.web import Web

_VERSION = "/api/v1/version/"
_WINDOWS: Mapping[str, float | None] = {
    "last_5s": 5, "last_15s": 15, "last_30s": 30, "last_1m": 60, "last_5m": 300, "last_15m": 900, "last_30m": 1800,
    "last_1h": 3600, "last_24h": 86400, "since_restart": None,
}  # fmt: skip
_NORMAL, _PAUSED = 2, 3
_STABLE, _TUNING = 2, 3


def _rate(hashes: float) -> Row:
    return {"gigahash_per_second": hashes / GIGA}


def _degrees(value: float) -> Row:
    return {"degree_c": round(value, 3)}


def _mined(moment: Moment, board: Board | None = None) -> Row:
    best = max(pool.best for pool in moment.pools)
    nominal, index = (moment.machine.rate, None) if board is None else (board.nominal, board.index)
    lost = sum(each.lost_rate for each in (moment.boards if board is None else [board]))
    real: Row = {name: _rate(moment.mean(seconds, index)) for name, seconds in _WINDOWS.items()}
    row: Row = {"best_share": best, "best_share_str": str(best), "found_blocks": 0, "nominal_hashrate": _rate(nominal)}
    return {**row, "error_hashrate": {"megahash_per_second": lost / 1e6}, "real_hashrate": real}


def _api(_: Moment) -> Row:
    return {"major": 1, "minor": 3, "patch": 0}


def _details(moment: Moment) -> Row:
    row: Row = {"status": _PAUSED if moment.has("sleeping") else _NORMAL, "bos_mode": 4, "hostname": moment.name}
    row |= {"bos_version": {"bos_plus": True, "current": "2026-03-02-0-aa11bb22-26.03-plus", "major": ""}}
    row |= {"miner_identity": {"brand": 1, "model": 0, "miner_model": moment.machine.name, "name": moment.machine.name}}
    row |= {"mac_address": moment.life.mac.upper(), "serial_number": moment.life.serial, "platform": 4}
    row |= {"bosminer_uptime_s": moment.elapsed, "system_uptime_s": moment.elapsed + 60}
    psu: Row = {"model_name": "APW171215a", "min_voltage": {"volt": 12.0}, "max_voltage": {"volt": 15.0}}
    return {**row, "sticker_hashrate": _rate(moment.machine.rate), "psu_info": psu}


def _shares(pools: list[Pool]) -> Row:
    last = max((pool.last_share or 0 for pool in pools), default=0)
    row: Row = {f"{name}_shares": sum(getattr(p, name) for p in pools) for name in ("accepted", "rejected", "stale")}
    row |= {"best_share": max(pool.best for pool in pools), "last_difficulty": round(pools[0].difficulty)}
    return {**row, "last_share_time": {"seconds": int(last), "nanos": 0} if last else None}


def _stats(moment: Moment) -> Row:
    power: Row = {"approximated_consumption": {"watt": round(moment.watts)}}
    return {"miner_stats": _mined(moment), "pool_stats": _shares(moment.pools), "power_stats": power}


def _hashboard(moment: Moment, board: Board) -> Row:
    up = board.works
    row: Row = {"id": str(board.number), "enabled": up, "board_name": "BHB56801", "chip_type": "BM1368"}
    row |= {"serial_number": f"{moment.life.serial[:-1]}{board.index}", "chips_count": board.chips if up else None}
    row |= {"current_frequency": {"hertz": board.mhz * 1e6} if up else None, "stats": _mined(moment, board)}
    row |= {"current_voltage": {"volt": board.volts} if up else None, "board_temp": _degrees(board.pcb) if up else None}
    hot: Row = {"id": 1, "location": 1, "temperature": _degrees(board.chip)}
    row |= {"highest_chip_temp": hot if up else None, "lowest_inlet_temp": _degrees(board.pcb - 12) if up else None}
    return {**row, "highest_outlet_temp": _degrees(board.pcb + 2) if up else None}


def _hashboards(moment: Moment) -> Row:
    return {"hashboards": [_hashboard(moment, board) for board in moment.boards]}


def _cooling(moment: Moment) -> Row:
    ratio = moment.duty / 100
    fans = [{"position": n, "rpm": rpm, "target_speed_ratio": ratio} for n, rpm in enumerate(moment.fans)]
    hottest: Row = {"id": None, "location": 1, "temperature": _degrees(max(board.chip for board in moment.boards))}
    return {"fans": fans, "highest_temperature": hottest}


def _tuner(moment: Moment) -> Row:
    target = {"powertargetmodestate": {"current_target": {"watt": _target(moment)}, "profile": None}}
    return {"overall_tuner_state": _TUNING if moment.has("tuning") else _STABLE, "mode_state": target}


def _target(moment: Moment) -> int:
    return round(moment.machine.watts * 1.02)


def _license(_: Moment) -> Row:
    valid = {"type": 1, "contract_name": "standard", "time_to_restricted": 1209600, "dev_fee": {"bsp": 250}}
    return {"state": {"valid": valid}}


def _configuration(moment: Moment) -> Row:
    """Return the settings; the page hides the pools."""
    auto: Row = {"target_temperature": _degrees(60), "hot_temperature": _degrees(75)}
    auto |= {"dangerous_temperature": _degrees(85), "minimum_required_fans": 3, "pause_mode": None}
    tuner: Row = {"enabled": True, "tuner_mode": 1, "power_target": {"watt": _target(moment)}, "hashrate_target": None}
    return {"pool_groups": [], "temperature": {"mode": {"auto": auto}}, "tuner": tuner}


def _constraints(moment: Moment) -> Row:
    watts = moment.machine.watts
    power: Row = {name: {"watt": round(watts * part)} for name, part in (("min", 0.3), ("default", 1), ("max", 1.4))}
    return {"tuner_constraints": {"default_mode": 1, "power_target": power}}


def _pools(moment: Moment) -> list[Row]:
    pools: list[Row] = [
        {"uid": f"p{pool.index}", "url": pool.url, "user": pool.user, "enabled": True, "alive": pool.alive}
        | {"active": pool.active, "stats": _shares([pool])}
        for pool in moment.pools
    ]
    return [{"uid": "0", "name": "Default", "strategy": {"quota": {"value": 1}}, "pools": pools}]


BRAIINS_REST = Web(
    "Braiins OS",
    {
        _VERSION: _api,
        "/api/v1/miner/details": _details,
        "/api/v1/miner/stats": _stats,
        "/api/v1/miner/hw/hashboards": _hashboards,
        "/api/v1/cooling/state": _cooling,
        "/api/v1/performance/tuner-state": _tuner,
        "/api/v1/pools/": _pools,
        "/api/v1/license/license": _license,
        "/api/v1/configuration/miner": _configuration,
        "/api/v1/configuration/constraints": _constraints,
    },
    conditions=frozenset({
        "dead_board", "dead_pool", "no_pool", "tuning", "sleeping", "hot", "failed_fan", "restless",
    }),
    lock=Token("braiins", "/api/v1/auth/login"),
    open=frozenset({_VERSION}),
    readings="rate watts fans boards accepted rejected stale board_up",
    symptoms={
        "sleeping": ('asic_miner_state{state="paused"} 1',),
        "tuning": ('asic_tuner_state{state="tuning"} 1',),
        "dead_pool": ('asic_pool_up{pool="0"} 0', 'asic_pool_up{pool="1"} 1'),
    },
)  # fmt: skip

SIMULATED = (Simulated("braiins_rest", S21, BRAIINS_REST, order=310),)
