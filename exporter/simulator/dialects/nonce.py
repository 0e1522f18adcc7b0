"""Nonce on an Antminer: page fields in `summary`, the supply in `stats`, the boards in `stats` with `new_api`."""

from __future__ import annotations

from exporter.simulator.api import Api, Reply
from exporter.simulator.dialect import Simulated
from exporter.simulator.dialects.antminer import pool
from exporter.simulator.dialects.antminer_stats import page_row
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, printf
from exporter.simulator.sections import GIGA, pools_reply

_VERSION = "4.13.9"


def _version(moment: Moment, _: str) -> Reply:
    row: Row = {"Firmware": "Nonce", "Nonce API": 2, "Model": moment.machine.name, "CGMiner": _VERSION, "API": "3.7"}
    return Reply(22, "CGMiner versions", {"VERSION": [row]})


def _summary(moment: Moment, _: str) -> Reply:
    row: Row = {"elapsed": moment.elapsed, "rate_5s": moment.rate / GIGA, "rate_30m": moment.mean(1800) / GIGA}
    return Reply(11, "Summary", {"SUMMARY": [printf({**row, "rate_avg": moment.mean() / GIGA})]})


def _stats(moment: Moment, _: str) -> Reply:
    row: Row = {"MAC": moment.life.mac, "MAC Error": 0, "Miner Serial": moment.life.serial}
    row |= {"PSU Power W": round(moment.watts), "PSU Voltage V": moment.machine.volts, "PSU Sample Age ms": 700}
    row |= {f"PSU {what} Valid": True for what in ("Power", "Voltage", "Identity")}
    supply: Row = {**row, "PSU Serial": f"PS{moment.life.serial[:10]}"}
    pools: list[Row] = [{"ID": f"POOL{pool.index}"} for pool in moment.pools]
    return Reply(70, "CGMiner stats", {"STATS": [*pools, printf(supply)]})


def _boards(moment: Moment) -> Row:
    status: Row = {"STATUS": "S", "when": moment.now, "Msg": "stats", "api_version": "1.0.0"}
    return {"STATUS": status, "INFO": {"type": moment.machine.name}, "STATS": [page_row(moment)]}


def _pools(moment: Moment, _: str) -> Reply:
    return pools_reply([pool(moment, each) for each in moment.pools])


NONCE = Api(
    f"cgminer {_VERSION}",
    {"version": _version, "summary": _summary, "stats": _stats, "pools": _pools},
    new_api={"stats": _boards},
    conditions=frozenset({"failing_board", "dead_board", "dead_pool", "no_pool", "hot", "failed_fan", "restless"}),
    readings="rate watts fans boards accepted rejected stale board_up failed_chips",
)

S21_PLUS = Machine(
    "Antminer S21+",
    "s21plus",
    boards=3,
    chips=55,
    rate=216e12,
    watts=3560,
    mhz=525,
    volts=14.9,
    fans=4,
    rpm=6500,
    group=5,
)
SIMULATED = (Simulated("nonce", S21_PLUS, NONCE, order=440),)
