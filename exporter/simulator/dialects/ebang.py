"""Ebang's Ebit E9+: pages behind a session, hashrates as texts with a prefix, alarms, and a list of pools."""

from __future__ import annotations

from collections.abc import Callable

from exporter.simulator.dialect import Simulated
from exporter.simulator.logins import Token
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row
from exporter.simulator.sections import GIGA, TERA
from exporter.simulator.web import Web

_SYSTEM = "/Status/getsystemstatus"


def _wrapped(rows: Callable[[Moment], Row]) -> Callable[[Moment], Row]:
    return lambda moment: {"status": 1, "feedback": rows(moment)}


def _clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60}:{seconds % 60}"


def _status(moment: Moment) -> Row:
    pool = next((pool for pool in moment.pools if pool.active), moment.pools[0])
    row: Row = {"worktime": _clock(moment.elapsed), "currentpooltime": _clock(moment.elapsed)}
    row |= {key: moment.total(key) for key in ("accepted", "rejected", "getworks")}
    row |= {"findblock": 0, "harderrornumber": 0.0002, "cgminerstatus": pool.url, "currentaccident": pool.difficulty}
    rates = {"fivesecfigure": moment.rate, "fiveavg": moment.mean(300), "averfigure": moment.mean()}
    return row | {key: f"{rate / TERA:.2f}T" for key, rate in rates.items()}


def _pools(moment: Moment) -> Row:
    row: Row = {}
    for n, pool in enumerate(moment.pools, 1):
        row |= {f"Mip{n}": pool.url, f"Mwork{n}": pool.user, f"Mpassword{n}": "x"}
    return row | {f"{key}3": "" for key in ("Mip", "Mwork", "Mpassword")}


def _alarms(moment: Moment) -> Row:
    row: Row = {
        "calValue": moment.rate / GIGA,
        "pllValue": round(moment.machine.mhz),
        "tmpValue": round(moment.hottest),
    }
    alive = any(pool.active for pool in moment.pools)
    return row | {"eth1Alarm": 0, "calAlarm": 0, "poolAlarm": int(not alive), "tempAlarm": int(moment.has("hot"))}


def _system(moment: Moment) -> Row:
    row: Row = {"systemsoftwareversion": "soft_v9.1.0.30", "productname": "DWM_BTC1000", "memoryfree": 70}
    row |= {"hardwareversion": "EBAZ4303-13-1.1.1.1", "devicefan": moment.fans[0], "devicefan2": moment.fans[1]}
    pairs = [[round(board.pcb), round(board.pcb) - 5] for board in moment.boards]
    texts = [",".join(map(str, pair)) for pair in pairs]
    return row | {f"device{n}temp": text for n, text in enumerate(texts, 1)}


def _admin(moment: Moment) -> Row:
    return {"newipaddr": "192.0.2.50", "macaddr": moment.life.mac.upper(), "ipmask": "255.255.255.0"}


EBANG = Web(
    "Ebang",
    {
        _SYSTEM: _wrapped(_system),
        "/Cgminer/CgminerStatus": _wrapped(_status),
        "/Cgminer/CgminerGetVal": _wrapped(_pools),
        "/alarm/GetAlarmLoop": _wrapped(_alarms),
        "/admininfo/Getadmininfo": _wrapped(_admin),
    },
    conditions=frozenset({"no_pool", "hot", "failed_fan", "restless"}),
    lock=Token("ebang", "/user/login", cookie="-http-session-", word="word"),
    open=frozenset({_SYSTEM}),
    readings="rate fans accepted rejected",
    symptoms={
        "hot": ('asic_fault{code="tempAlarm",component="miner",severity="warning"} 1',),
        "no_pool": ('asic_pool_up{pool="0"} 0',),
    },
)

EBIT_E9 = Machine(
    "Ebit E9+", "e9p", boards=2, chips=84, rate=9.0e12, watts=1300, mhz=780, volts=12.0, fans=2, group=6, rise=24.0
)
SIMULATED = (Simulated("ebang", EBIT_E9, EBANG, order=430),)
