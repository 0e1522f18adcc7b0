"""Nonce on an Antminer: the supply in `stats`; with `new_api` boards in `stats`, and page fields in `summary`."""

from __future__ import annotations

from exporter.simulator.api import Api, Reply
from exporter.simulator.dialect import Simulated
from exporter.simulator.dialects.antminer import pool
from exporter.simulator.dialects.antminer_stats import page_row
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, printf
from exporter.simulator.sections import GIGA, counts, pools_reply, rates

_VERSION = "4.13.9"


def _version(moment: Moment, _: str) -> Reply:
    row: Row = {"Firmware": "Nonce", "Nonce API": 2, "Model": moment.machine.name, "CGMiner": _VERSION, "API": "3.7"}
    return Reply(22, "CGMiner versions", {"VERSION": [row]})


def _summary(moment: Moment, _: str) -> Reply:
    row: Row = {"Elapsed": moment.elapsed, **rates(moment, "MHS", {"av": None, "5s": 0, "1m": 60}), **counts(moment)}
    return Reply(11, "Summary", {"SUMMARY": [printf(row)]})


def _document(moment: Moment, what: str, row: Row) -> Row:
    """Return a document of `new_api`, with the model in INFO."""
    status: Row = {"STATUS": "S", "when": moment.now, "Msg": what, "api_version": "1.0.0"}
    return {"STATUS": status, "INFO": {"type": moment.machine.name}, what.upper(): [row]}


def _rates(moment: Moment) -> Row:
    row: Row = {"elapsed": moment.elapsed, "rate_5s": moment.rate / GIGA, "rate_30m": moment.mean(1800) / GIGA}
    row |= {"rate_avg": moment.mean() / GIGA, "rate_ideal": moment.machine.rate / GIGA, "rate_unit": "GH/s"}
    return _document(moment, "summary", printf({**row, "hw_all": sum(board.errors for board in moment.boards)}))


def _stats(moment: Moment, _: str) -> Reply:
    row: Row = {"MAC": moment.life.mac, "MAC Error": 0, "Miner Serial": moment.life.serial}
    row |= {"PSU Power W": round(moment.watts), "PSU Voltage V": moment.machine.volts, "PSU Sample Age ms": 700}
    row |= {f"PSU {what} Valid": True for what in ("Power", "Voltage", "Identity")}
    supply: Row = {**row, "PSU Serial": f"PS{moment.life.serial[:10]}"}
    pools: list[Row] = [{"ID": f"POOL{pool.index}"} for pool in moment.pools]
    return Reply(70, "CGMiner stats", {"STATS": [*pools, printf(supply)]})


def _boards(moment: Moment) -> Row:
    return _document(moment, "stats", page_row(moment))


def _pools(moment: Moment, _: str) -> Reply:
    return pools_reply([pool(moment, each) for each in moment.pools])


NONCE = Api(
    f"cgminer {_VERSION}",
    {"version": _version, "summary": _summary, "stats": _stats, "pools": _pools},
    new_api={"stats": _boards, "summary": _rates},
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
