"""VNish 1.3 without port 4028: pages with the miner, its boards, the preset and the throttle; no login."""

from __future__ import annotations

from exporter.simulator.antminers import S19K_PRO
from exporter.simulator.dialect import Simulated
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Board, Pool
from exporter.simulator.rows import Row
from exporter.simulator.sections import GIGA, age, short_difficulty
from exporter.simulator.web import Web

_VERSION = "1.3.4"
_FEE = 0.028
_WEAK = 2  # chips of each board that are marked as weak


def _info(moment: Moment) -> Row:
    network: Row = {"mac": moment.life.mac.upper(), "dhcp": True, "hostname": moment.name}
    row: Row = {"miner": moment.machine.name, "model": moment.machine.short, "fw_name": "Vnish", "fw_version": _VERSION}
    row |= {"build_name": "example", "platform": "aml", "install_type": "nand", "algorithm": "sha256d"}
    return {**row, "hr_measure": "GH/s", "system": {"network_status": network}, "serial": moment.life.serial}


def _model(moment: Moment) -> Row:
    chain: Row = {"chips_per_chain": moment.machine.chips, "chips_per_domain": 7, "num_chains": moment.machine.boards}
    return {"full_name": moment.machine.name, "hr_measure": "GH/s", "chain": chain}


def _state(moment: Moment) -> Row:
    """Return what the miner does, since when, and the power that is left to it, in percent."""
    word = "stopped" if moment.has("sleeping") else "auto-tuning" if moment.has("tuning") else "mining"
    return {"miner_state": word, "miner_state_time": moment.elapsed if word == "mining" else 1, "throttled": 100}


def _status(moment: Moment) -> Row:
    flags = dict.fromkeys(("restart_required", "reboot_required", "find_miner", "unlocked"), False)
    return {**_state(moment), **flags, "warranty": "inactive"}


def _performance(moment: Moment) -> Row:
    watts, rate = round(moment.machine.watts), moment.machine.rate / 1e12
    preset: Row = {"name": str(watts), "pretty": f"{watts} watt ~ {rate:.0f} TH", "status": "tuned"}
    return {"current_preset": preset, "preset_switcher": {"enabled": False}}


def _factory(moment: Moment) -> Row:
    serial = moment.life.serial
    chains = [{"id": b.number, "board_model": "BHB56902", "serial": f"{serial[:-1]}{b.index}"} for b in moment.boards]
    return {"has_pics": False, "psu_model": "APW121215f", "psu_serial": f"PS{serial[:10]}", "chains": chains}


def _pool(moment: Moment, pool: Pool) -> Row:
    fee = pool.url == "DevFee"
    word = "active" if pool.active or (fee and moment.rate) else "working" if pool.alive else "offline"
    row: Row = {"id": pool.index, "url": pool.url.partition("//")[2] or pool.url, "user": pool.user, "status": word}
    row |= {"pool_type": "DevFee" if fee else "UserPool", "diff": short_difficulty(pool.difficulty)}
    row |= {name: getattr(pool, name) for name in ("accepted", "rejected", "stale")}
    row |= {"diffa": pool.accepted * pool.difficulty, "ls_diff": pool.difficulty}
    last = "0" if pool.last_share is None else age(moment.time - pool.last_share)
    return {**row, "ls_time": last, "ping": 20 + pool.index if pool.alive else 0}


def _board(moment: Moment, board: Board) -> Row:
    up = board.works
    row: Row = {"id": board.number, "frequency": board.mhz if up else 0.0, "voltage": round(board.volts * 1000) * up}
    row |= {"power_consumption": round(moment.watts * board.rate / moment.rate) if moment.rate else 0}
    row |= {"hashrate_ideal": board.nominal / GIGA, "hashrate_rt": board.rate / GIGA, "hw_errors": board.errors}
    for name, near in {"pcb_temp": board.pcb, "chip_temp": board.chip}.items():
        row[name] = {"min": round(near - 14) if up else 0, "max": round(near) if up else 0}
    red, orange = (len(board.lost), _WEAK) if up else (0, 0)
    row["chip_statuses"] = {"red": red, "orange": orange, "grey": (board.chips - red - orange) * up}
    return {**row, "status": {"state": "mining" if up else "failure"}}


def _summary(moment: Moment) -> Row:
    errors, work = sum(board.errors for board in moment.boards), max(moment.hashes / 2**32, 1)
    row: Row = {"miner_status": _state(moment), "miner_type": f"{moment.machine.name} (Vnish {_VERSION})"}
    row |= {"hr_realtime": moment.rate / GIGA, "hr_average": moment.mean() / GIGA}
    row |= {"hr_nominal": moment.machine.rate / GIGA, "power_consumption": round(moment.watts)}
    row |= {"hw_errors": errors, "hw_errors_percent": 100 * errors / (errors + work), "devfee_percent": 100 * _FEE}
    fans = [
        {"id": n, "rpm": rpm, "status": "ok" if rpm else "lost", "max_rpm": round(moment.machine.rpm)}
        for n, rpm in enumerate(moment.fans)
    ]
    mode: Row = {"name": "auto", "param": 68}
    row["cooling"] = {"fan_num": len(fans), "fans": fans, "settings": {"mode": mode}, "fan_duty": moment.duty}
    row |= {"pools": [_pool(moment, pool) for pool in moment.pools]}
    row |= {"chains": [_board(moment, board) for board in moment.boards], "found_blocks": 0, "restart_count": 1}
    supply: Row = {"psu_power_metering": True, "temps": {"pfc_temp": 44, "llc1_temp": 46, "llc2_temp": 47}}
    return {"miner": {**row, "best_share": max(pool.best for pool in moment.pools), "psu": supply}}


VNISH_WEB = Web(
    f"VNish {_VERSION}",
    {
        "/api/v1/info": _info,
        "/api/v1/model": _model,
        "/api/v1/status": _status,
        "/api/v1/summary": _summary,
        "/api/v1/perf-summary": _performance,
        "/api/v1/chains/factory-info": _factory,
    },
    conditions=frozenset({
        "failing_board", "dead_board", "dead_pool", "no_pool", "tuning", "sleeping", "hot", "failed_fan", "restless",
    }),
    fee=_FEE,
    readings="rate watts fans boards accepted rejected stale board_up failed_chips",
    symptoms={
        "sleeping": ('asic_miner_state{state="paused"} 1', 'asic_tuner_state{state="stable"} 1'),
        "tuning": ('asic_miner_state{state="tuning"} 1', 'asic_tuner_state{state="tuning"} 1'),
        "dead_pool": ('asic_pool_up{pool="0"} 0', 'asic_pool_active{pool="1"} 1'),
    },
)  # fmt: skip

SIMULATED = (Simulated("vnish_web", S19K_PRO, VNISH_WEB, order=450),)
