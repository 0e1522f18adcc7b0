"""mujina on a Bitaxe Gamma: the whole state on one page, in base units."""

from __future__ import annotations

from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row
from exporter.simulator.web import Web


def _power(name: str, volts: float, watts: float | None) -> Row:
    amperes = None if watts is None else round(watts / volts, 3)
    return {"name": name, "voltage_v": volts, "current_a": amperes, "power_w": watts}


def _miner(moment: Moment) -> Row:
    (board,) = moment.boards
    name = f"bitaxe-{moment.life.serial[:8].lower()}"
    degrees = {"asic": board.chip, "vr": board.pcb}
    row: Row = {"name": name, "model": moment.machine.name, "serial": moment.life.serial[:8]}
    row["fans"] = [{"name": "fan", "rpm": rpm, "percent": moment.duty, "target_percent": None} for rpm in moment.fans]
    row["temperatures"] = [{"name": at, "temperature_c": round(value, 1)} for at, value in degrees.items()]
    row["powers"] = [_power("input", 5.0, None), _power("core", board.volts, round(moment.watts, 2))]
    row["threads"] = [{"name": "BM1370", "hashrate": round(board.rate), "is_active": board.rate > 0}]
    pool = next((pool for pool in moment.pools if pool.active), moment.pools[0])
    summary: Row = {"uptime_secs": moment.elapsed, "hashrate": round(moment.rate)}
    summary |= {"shares_submitted": moment.total("submitted"), "paused": moment.has("sleeping"), "boards": [row]}
    return {**summary, "sources": [{"name": "stratum", "url": pool.url, "difficulty": pool.difficulty}]}


MUJINA = Web(
    "mujina",
    {"/api/v0/miner": _miner},
    port=7785,
    conditions=frozenset({"hot", "failed_fan", "sleeping", "restless"}),
    readings="rate fans boards",
    symptoms={"sleeping": ('asic_miner_state{state="paused"} 1',)},
)

GAMMA = Machine(
    "Bitaxe Gamma",
    "mujina",
    boards=1,
    chips=1,
    rate=1.2e12,
    watts=17,
    mhz=525,
    volts=1.15,
    fans=1,
    rpm=6000,
    first_board=0,
    rise=30.0,
)
SIMULATED = (Simulated("mujina", GAMMA, MUJINA, order=435),)
