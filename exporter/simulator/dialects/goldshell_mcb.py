"""Goldshell's pages under /mcb: MH/s for every algorithm, and fans and temperatures as one text with slashes."""

from __future__ import annotations

from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row
from exporter.simulator.sections import MEGA
from exporter.simulator.web import Web


def _cgminer(moment: Moment) -> Row:
    rows: list[Row] = []
    for board in moment.boards:
        row: Row = {"id": board.index, "hashrate": board.rate / MEGA, "time": moment.elapsed, "minerstatus": 0}
        row |= {"av_hashrate": moment.mean(None, board.index) / MEGA, "hwerrors": board.errors, "powerplan": 0}
        row |= {"accepted": board.accepted, "rejected": board.rejected, "hwerr_ration": 0.001}
        row["fanspeed"] = " / ".join(f"{rpm} rpm" for rpm in moment.fans)
        heat = (board.chip, board.chip - 7) if board.works else (0, 0)
        rows.append({**row, "temp": " / ".join(f"{degrees:.1f} °C" for degrees in heat)})
    return {"status": 2, "data": rows}


def _pools(moment: Moment) -> list[Row]:
    return [
        {"url": pool.url, "user": pool.user, "pass": "", "legal": True, "active": pool.active}
        | {"dragid": pool.index, "pool-priority": pool.index}
        for pool in moment.pools
    ]


def _status(moment: Moment) -> Row:
    return {"model": moment.machine.name.replace(" ", "-"), "firmware": "2.1.3", "hardware": "GS1.0"}


def _setting(moment: Moment) -> Row:
    plan = "700 MHz 0.42 V 70 RPM 70 RPM"
    row: Row = {"select": 0, "manual": False, "manualPowerplan": plan, "powerplans": [{"level": 0, "info": plan}]}
    row |= {"name": moment.life.mac.upper(), "version": "v2.1", "tempcontrol": True, "ledcontrol": True}
    return row | {"temp_targets": [65.0, 75.0], "temp_target": 65}


MCB = Web(
    "Goldshell",
    {"/mcb/cgminer": _cgminer, "/mcb/pools": _pools, "/mcb/status": _status, "/mcb/setting": _setting},
    conditions=frozenset({"dead_board", "dead_pool", "no_pool", "hot", "failed_fan", "restless"}),
    readings="rate fans boards accepted rejected",
    symptoms={
        "dead_pool": ('asic_pool_active{pool="0"} 0', 'asic_pool_active{pool="1"} 1'),
    },
)

CK5 = Machine(
    "Goldshell CK5",
    "ck5",
    boards=4,
    chips=46,
    rate=12e12,
    watts=2400,
    mhz=700,
    volts=11.8,
    fans=4,
    rpm=4500,
    group=9,
    first_board=0,
    chip_rise=16.0,
)
SIMULATED = (Simulated("goldshell_mcb", CK5, MCB, order=350),)
