"""FutureBit's Apollo II: the answer to one query of GraphQL on port 5000, in GH/s, watts and amperes."""

from __future__ import annotations

from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row
from exporter.simulator.sections import GIGA
from exporter.simulator.web import Web

_PATH = "/api/graphql"
_SPANS = {"int_30": 30, "int_300": 300, "int_900": 900, "int_3600": 3600, "int_0": None}
"""Seconds of each interval; None for the time since the start."""


def _unit(moment: Moment) -> Row:
    (board,), (first, _) = moment.boards, moment.pools
    host, _, port = first.url.partition("//")[2].partition(":")
    intervals: dict[str, Row] = {name: {"bySol": moment.mean(span) / GIGA} for name, span in _SPANS.items()}
    intervals["int_30"] = {"bySol": board.rate / GIGA}
    intervals["int_0"] |= {"errors": board.errors, "errorRate": 1.3, "chipRestarts": moment.elapsed // 900}
    master: Row = {"upTime": moment.elapsed, "boards": 1, "hwAddr": moment.life.mac}
    master |= {"boardsW": round(moment.watts, 1), "boardsI": round(moment.watts / 11.5, 1), "intervals": intervals}
    shares: Row = {"sharesAccepted": moment.total("accepted"), "sharesRejected": moment.total("rejected")}
    pool: Row = {"host": host, "port": int(port), "userName": first.user, "diff": first.difficulty}
    pool |= {"intervals": {"int_0": {**shares, "reconnections": 0}}}
    slot: Row = {"chips": board.chips, "pwrOn": 1, "temperature": round(board.pcb), "temperature1": 0, "overheats": 0}
    row: Row = {"uuid": moment.life.serial[-6:], "version": "v2", "versions": {"miner": "v13.16.1"}, "master": master}
    return {**row, "pool": pool, "fans": {"int_0": {"rpm": moment.fans}}, "slots": {"int_0": slot}}


def _stats(moment: Moment) -> Row:
    online: Row = {"result": {"online": {"status": "online"}}}
    return {"data": {"Miner": {"online": online, "stats": {"result": {"stats": [_unit(moment)]}}}}}


FUTUREBIT = Web(
    "FutureBit Apollo",
    {_PATH: _stats},
    port=5000,
    posted={_PATH: ""},
    conditions=frozenset({"no_pool", "hot", "failed_fan", "restless"}),
    readings="rate watts fans boards accepted rejected",
)
APOLLO = Machine(
    "Apollo II",
    "apollo",
    boards=1,
    chips=44,
    rate=9e12,
    watts=370,
    mhz=600,
    volts=11.5,
    fans=1,
    rpm=4000,
    group=4,
    first_board=0,
)
SIMULATED = (Simulated("futurebit", APOLLO, FUTUREBIT),)
