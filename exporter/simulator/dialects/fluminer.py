"""Fluminer's T3: all values as texts on two open pages, and the list of pools behind a session."""

from __future__ import annotations

from collections.abc import Callable

from exporter.simulator.dialect import Simulated
from exporter.simulator.logins import Token
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row
from exporter.simulator.sections import GIGA
from exporter.simulator.web import Web

_OVERVIEW, _SUMMARY = "/api/overview", "/api/summary"


def _wrapped(rows: Callable[[Moment], Row]) -> Callable[[Moment], Row]:
    return lambda moment: {"code": 0, "msg": "success", "data": rows(moment)}


def _overview(moment: Moment) -> Row:
    info: Row = {"model": "T3", "sn": moment.life.serial, "minerVersion": "V1.14"}
    return {"minerInfo": {**info, "macAddress": moment.life.mac, "wifiMacAddress": ""}}


def _summary(moment: Moment) -> Row:
    pool = next((pool for pool in moment.pools if pool.active), moment.pools[0])
    host, _, port = pool.url.partition("//")[2].partition(":")
    (board,) = moment.boards
    row: Row = {"pool": host, "port": port, "poolAlive": str(int(pool.alive)), "hrt": f"{moment.rate / GIGA:.2f}"}
    row |= {"acc": str(moment.total("accepted")), "rej": str(moment.total("rejected"))}
    row |= {"temp": f"{board.pcb:.0f}|{board.chip:.0f}", "fan": "|".join(map(str, moment.fans))}
    row |= {"voltage": f"{board.volts:.2f}", "power": f"{moment.watts:.2f}", "uptime": str(moment.elapsed)}
    return {"summary": [{**row, "status": "OK", "model": "T3"}]}


def _pools(moment: Moment) -> Row:
    return {"pools": [{"url": pool.url, "user": pool.user, "pass": "x"} for pool in moment.pools]}


FLUMINER = Web(
    "Fluminer",
    {_OVERVIEW: _wrapped(_overview), _SUMMARY: _wrapped(_summary), "/api/getPools": _wrapped(_pools)},
    conditions=frozenset({"no_pool", "hot", "failed_fan", "restless"}),
    lock=Token("fluminer", "/api/login", cookie="session"),
    open=frozenset({_OVERVIEW, _SUMMARY}),
    readings="rate watts fans accepted rejected",
    symptoms={
        "no_pool": ('asic_pool_up{pool="0"} 0',),
    },
)

T3 = Machine(
    "Fluminer T3",
    "t3",
    boards=1,
    chips=96,
    rate=112e12,
    watts=1720,
    mhz=600,
    volts=26.4,
    fans=4,
    rpm=4200,
    first_board=0,
    rise=18.0,
    chip_rise=8.0,
)
SIMULATED = (Simulated("fluminer", T3, FLUMINER, order=420),)
