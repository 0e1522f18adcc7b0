"""The ccminer of Blackminer, Hammer and VolcMiner: four slots of stats without a comma, scrypt rates in MH/s."""

from __future__ import annotations

from exporter.simulator.api import Api, Reply
from exporter.simulator.dialect import Simulated
from exporter.simulator.dialects.antminer import pool
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, printf
from exporter.simulator.sections import MEGA, chip_map, counts, pools_reply, rates, timing

_CONDITIONS = frozenset({"failing_board", "dead_board", "dead_pool", "no_pool", "hot", "failed_fan", "restless"})
_SLOTS = range(1, 5)


def _identity(moment: Moment) -> Row:
    return {"Miner": "1.3.0.8", "CompileTime": "2025-03-04 09-15-30 CST", "Type": moment.machine.name}


def _version(moment: Moment, _: str) -> Reply:
    return Reply(22, "CGMiner versions", {"VERSION": [{"CGMiner": "2.3.3", "API": "3.1", **_identity(moment)}]})


def _rates(moment: Moment) -> Row:
    windows: dict[str, float | None] = {"5s": 0, "av": None}
    return {key: f"{value:.4f}" for key, value in rates(moment, "MHS", windows).items()}


def _summary(moment: Moment, _: str) -> Reply:
    """Answer `summary`, in which Accepted and Rejected hold a difficulty in place of shares."""
    row: Row = {"Elapsed": moment.elapsed, **_rates(moment), **counts(moment)}
    row |= dict.fromkeys(("Accepted", "Rejected"), f"{moment.pools[0].difficulty:8.4f}")
    return Reply(11, "Summary", {"SUMMARY": [printf(row)]})


def _pools(moment: Moment, _: str) -> Reply:
    return pools_reply([{**pool(moment, one), "Diff": f"{one.difficulty:8.4f}"} for one in moment.pools])


def _stats(moment: Moment, _: str) -> Reply:
    fitted = {board.number: board for board in moment.boards if board.works}
    row = {**timing(moment, 0, "A30"), **_rates(moment), "miner_count": len(fitted)}
    row |= {"frequency": f"{moment.machine.mhz:.0f}", "fan_num": len(moment.fans)}
    row |= {f"fan{number}": rpm for number, rpm in enumerate(moment.fans, 1)}
    row["temp_num"] = len(fitted)
    row |= {f"temp{n}": round(fitted[n].pcb) if n in fitted else 0 for n in _SLOTS}
    row |= {f"chain_acn{n}": fitted[n].chips if n in fitted else 0 for n in _SLOTS}
    row |= {f"chain_acs{n}": " " + chip_map(fitted[n], moment.machine.group) if n in fitted else "" for n in _SLOTS}
    row |= {f"chain_hw{n}": fitted[n].errors if n in fitted else 0 for n in _SLOTS}
    row |= {f"chain_rate{n}": f"{fitted[n].rate / MEGA:.4f}" if n in fitted else "" for n in _SLOTS}
    return Reply(70, "CGMiner stats", {"STATS": [{"CGMiner": "2.3.3", **_identity(moment)}, printf(row)]}, glue="")


BLACKMINER = Api(
    "ccminer 2.3.3",
    {"version": _version, "summary": _summary, "pools": _pools, "stats": _stats},
    conditions=_CONDITIONS,
    misnamed=frozenset({"Accepted", "Rejected"}),
    readings="rate fans boards accepted rejected stale failed_chips",
)

VOLCMINER_D1 = Machine(
    "VolcMiner D1", "volcd1", boards=3, chips=105, rate=15.5e9, watts=3900, mhz=1900, volts=12.0, fans=4, group=15
)
SIMULATED = (Simulated("blackminer", VOLCMINER_D1, BLACKMINER, order=210),)
