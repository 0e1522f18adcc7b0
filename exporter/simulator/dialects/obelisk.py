"""Obelisk's SC1 Slim: identity on an open page, and a dashboard behind a session, with MH/s over five minutes."""

from __future__ import annotations

from exporter.simulator.dialect import Simulated
from exporter.simulator.logins import Token
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row
from exporter.simulator.sections import MEGA
from exporter.simulator.web import Web

_INFO = "/api/info"


def _info(moment: Moment) -> Row:
    row: Row = {"macAddress": moment.life.mac, "ipAddress": "192.0.2.50"}
    return {**row, "model": moment.machine.name, "vendor": "Obelisk"}


def _dashboard(moment: Moment) -> Row:
    boards: list[Row] = [
        {
            "intakeTemp": round(board.pcb) - 16 if board.works else 0,
            "exhaustTemp": round(board.pcb) if board.works else 0,
        }
        | {"hashrate5min": round(moment.mean(300, board.index) / MEGA, 2)}
        for board in moment.boards
    ]
    pools: list[Row] = [
        {"url": pool.url, "worker": pool.user, "status": "Alive" if pool.alive else "Dead"}
        | {"accepted": pool.accepted, "rejected": pool.rejected}
        for pool in moment.pools
    ]
    lines: list[Row] = [{"name": "Free Memory", "value": "212 MB"}, {"name": "Fan Speed", "value": moment.duty}]
    return {"hashboardStatus": boards, "poolStatus": pools, "systemInfo": lines}


OBELISK = Web(
    "Obelisk",
    {_INFO: _info, "/api/status/dashboard": _dashboard},
    conditions=frozenset({"dead_board", "dead_pool", "no_pool", "hot", "restless"}),
    lock=Token("obelisk", "/api/login", cookie="sessionid"),
    open=frozenset({_INFO}),
    readings="rate boards accepted rejected",
    symptoms={
        "dead_pool": ('asic_pool_up{pool="0"} 0', 'asic_pool_up{pool="1"} 1'),
    },
)

SC1_SLIM = Machine(
    "SC1 Slim",
    "sc1slim",
    boards=3,
    chips=15,
    rate=550e9,
    watts=500,
    mhz=600,
    volts=9.0,
    fans=2,
    group=5,
    first_board=0,
    rise=32.0,
)
SIMULATED = (Simulated("obelisk", SC1_SLIM, OBELISK, order=410),)
