"""VNish on an S17: stock's slots under cgminer's name, watts and millivolts per board, a pool for the developers."""

from __future__ import annotations

from exporter.simulator.antminers import S17
from exporter.simulator.api import Api, Reply
from exporter.simulator.dialect import Simulated
from exporter.simulator.dialects.antminer import pool
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, printf
from exporter.simulator.sections import (
    GIGA,
    chip_map,
    config,
    counts,
    dashed,
    device_counts,
    devs_reply,
    pools_reply,
    rates,
    timing,
)

_CONDITIONS = frozenset({"failing_board", "dead_board", "dead_pool", "no_pool", "hot", "failed_fan", "restless"})
_FEE_PRIORITY = 993
_IDENTITY = {"Miner": "19.10.1.3", "CompileTime": "Thu Feb 16 09:41:07 UTC 2023", "Type": "Antminer S17 (vnish 1.2.0)"}


def _version(_moment: Moment, _: str) -> Reply:
    return Reply(22, "CGMiner versions", {"VERSION": [{"CGMiner": "4.11.1", "API": "3.7", **_IDENTITY}]})


def _summary(moment: Moment, _: str) -> Reply:
    row: Row = {"Elapsed": moment.elapsed, **rates(moment, "GHS", {"5s": 0, "av": None}), **counts(moment)}
    return Reply(11, "Summary", {"SUMMARY": [{**printf(row), "Fee Percent": 100 * VNISH.fee}]})


def _pools(moment: Moment, _: str) -> Reply:
    rows: list[Row] = [{**pool(moment, one), "Boost": "Normal"} for one in moment.pools]
    rows[-1]["Priority"] = _FEE_PRIORITY
    return pools_reply(rows)


def _devs(moment: Moment, _: str) -> Reply:
    rows = []
    for board in moment.boards:
        row: Row = {"ASC": board.index, "Name": "BTM_S17", "ID": board.index, "Enabled": "Y"}
        row |= {"Status": "Alive" if board.works else "Dead", "Temperature": board.pcb if board.works else 0.0}
        row |= {**rates(moment, "MHS", {"av": None, "5s": 0}, board), **device_counts(moment, board)}
        rows.append(printf(row))
    return devs_reply(rows)


def _stats(moment: Moment, _: str) -> Reply:
    fitted = [board for board in moment.boards if board.works]
    row = timing(moment, 0, "BTM_S17_0")
    row |= {
        **rates(moment, "GHS", {"5s": 0, "av": None}),
        "miner_count": len(fitted),
        "frequency": round(moment.machine.mhz),
    }
    row |= {"fan_num": len(moment.fans), "fan_pwm": moment.duty, "fan_mode": 2}
    row |= {f"fan{number}": rpm for number, rpm in enumerate(moment.fans, 1)}
    row["temp_num"] = len(fitted)
    for name, above in {"temp": 0.0, "temp2_": moment.machine.chip_rise, "temp3_": moment.machine.chip_rise}.items():
        row |= {f"{name}{b.number}": round(b.pcb + above) if b.works else 0 for b in moment.boards}
    for name, above in {"pcb": 0.0, "chip": moment.machine.chip_rise}.items():
        for board in moment.boards:
            near = board.pcb + above if board.works else 0
            spread = (near, near - 14, near - 1, near - 15) if board.works else (0, 0, 0, 0)
            row[f"temp_{name}{board.number}"] = dashed(*spread)
    row |= {"total_rateideal": moment.machine.rate / GIGA, "total_freqavg": round(moment.machine.mhz)}
    row |= {"total_acn": sum(board.chips for board in fitted), "total_rate": moment.rate / GIGA}
    for board in moment.boards:
        number, up = board.number, board.works
        chain: Row = {
            "chain_rateideal": board.nominal / GIGA,
            "chain_hw": board.errors,
            "chain_acn": board.chips if up else 0,
        }
        chain |= {"chain_acs": chip_map(board, moment.machine.group) if up else "", "chain_rate": board.rate / GIGA}
        chain |= {"freq_avg": round(board.mhz), "chain_vol": round(board.volts * 1000) if up else 0}
        chain["chain_consumption"] = round(moment.watts * board.rate / moment.rate) if moment.rate else 0
        chain["chain_state"] = "mining" if up else "failure"
        row |= {f"{key}{number}": value for key, value in chain.items()}
    row |= {"miner_version": _IDENTITY["Miner"], "build_version": "1.2.0"}
    return Reply(70, "CGMiner stats", {"STATS": [{"Cgminer": "4.11.1", **_IDENTITY}, printf(row)]})


VNISH = Api(
    "cgminer 4.11.1",
    {"version": _version, "summary": _summary, "pools": _pools, "devs": _devs, "stats": _stats, "config": config},
    conditions=_CONDITIONS,
    fee=0.02,
    readings="rate watts fans boards accepted rejected stale board_up failed_chips",
)

SIMULATED = (Simulated("vnish", S17, VNISH, order=50),)
