"""Classic cgminer 4.12.1 with USB sticks, and its cousin sgminer, whose devices are GPUs with KHS rates."""

from __future__ import annotations

from exporter.simulator.api import Api, Reply
from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, printed, printf
from exporter.simulator.sections import (
    coin,
    config,
    counts,
    device_counts,
    devs_reply,
    pool_row,
    pools_reply,
    rates,
    timing,
)

_CONDITIONS = frozenset({"dead_board", "dead_pool", "no_pool", "hot", "restless"})
_REASONS = (
    "*Thread Fail Init", "*Thread Zero Hash", "*Thread Fail Queue", "*Dev Sick Idle 60s", "*Dev Dead Idle 600s",
    "*Dev Nostart", "*Dev Over Heat", "*Dev Thermal Cutoff", "*Dev Comms Error", "*Dev Throttle",
)  # fmt: skip


def _version(_moment: Moment, _: str) -> Reply:
    return Reply(22, "CGMiner versions", {"VERSION": [{"CGMiner": "4.12.1", "API": "3.7"}]})


def _summary(moment: Moment, _: str) -> Reply:
    windows: dict[str, float | None] = {"av": None, "5s": 0, "1m": 60, "5m": 300, "15m": 900}
    return Reply(
        11,
        "Summary",
        {"SUMMARY": [printf({"Elapsed": moment.elapsed, **rates(moment, "MHS", windows), **counts(moment)})]},
    )


def _pools(moment: Moment, _: str) -> Reply:
    return pools_reply([printf(pool_row(pool)) for pool in moment.pools])


def _devs(moment: Moment, _: str) -> Reply:
    rows = []
    for board in moment.boards:
        row: Row = {"ASC": board.index, "Name": "GSF", "ID": board.index, "Enabled": "Y"}
        row |= {"Status": "Alive" if board.works else "Dead", "Temperature": board.pcb if board.works else 0.0}
        row |= rates(moment, "MHS", {"av": None, "5s": 0, "1m": 60, "5m": 300, "15m": 900}, board)
        rows.append(printf({**row, **device_counts(moment, board), "No Device": False}))
    return devs_reply(rows)


def _devdetails(moment: Moment, _: str) -> Reply:
    blank: Row = {"Kernel": "", "Model": "", "Device Path": ""}
    names = range(len(moment.boards))
    rows: list[Row] = [{"DEVDETAILS": n, "Name": "GSF", "ID": n, "Driver": "gekko", **blank} for n in names]
    return Reply(69, "Device Details", {"DEVDETAILS": rows})


def _notify(moment: Moment, _: str) -> Reply:
    rows = []
    for board in moment.boards:
        well, ill = (moment.now, 0) if board.works else (0, moment.now)
        row: Row = {"NOTIFY": board.index, "Name": "GSF", "ID": board.index, "Last Well": well, "Last Not Well": ill}
        row |= {"Reason Not Well": "None" if board.works else "Device dead", **dict.fromkeys(_REASONS, 0)}
        rows.append({**row, "*Dev Dead Idle 600s": int(not board.works)})
    return Reply(60, "Notify", {"NOTIFY": rows})


def _stats(moment: Moment, _: str) -> Reply:
    names = [f"GSF{board.index}" for board in moment.boards] + [f"POOL{pool.index}" for pool in moment.pools]
    rows = [printf(timing(moment, number, name)) for number, name in enumerate(names)]
    return Reply(70, "CGMiner stats", {"STATS": rows})


def _gpu_version(_moment: Moment, _: str) -> Reply:
    return Reply(22, "SGMiner versions", {"VERSION": [{"Miner": "sgminer 5.6.1", "SGMiner": "5.6.1", "API": "4.0"}]})


def _gpu_summary(moment: Moment, _: str) -> Reply:
    row: Row = {"Elapsed": moment.elapsed}
    for unit in ("MHS", "KHS"):
        row |= rates(moment, unit, {"av": None, "5s": 0})
    return Reply(11, "Summary", {"SUMMARY": [printf({**row, **counts(moment)})]})


def _gpu_devs(moment: Moment, _: str) -> Reply:
    rows = []
    for board in moment.boards:
        row: Row = {"GPU": board.index, "Enabled": "Y", "Status": "Alive" if board.works else "Dead"}
        row |= {"Temperature": board.pcb if board.works else 0.0, "Fan Speed": moment.fans[board.index]}
        row |= {"Fan Percent": moment.duty, "GPU Clock": round(board.mhz), "Memory Clock": 500, "Powertune": 0}
        row |= {"GPU Voltage": printed(board.volts, 3), "GPU Activity": 100 if board.rate else 0}
        for unit in ("MHS", "KHS"):
            row |= rates(moment, unit, {"av": None, "5s": 0}, board)
        rows.append(
            printf({**row, **device_counts(moment, board), "Intensity": "23", "XIntensity": 0, "RawIntensity": 0})
        )
    return devs_reply(rows, "GPU")


def _gpu_pools(moment: Moment, _: str) -> Reply:
    return pools_reply(
        [
            printf(
                {**pool_row(pool), "Name": f"pool {pool.index}", "Profile": "", "Algorithm": "mtp", "Description": ""}
            )
            for pool in moment.pools
        ]
    )


CGMINER = Api(
    "cgminer 4.12.1",
    {
        "version": _version,
        "summary": _summary,
        "pools": _pools,
        "devs": _devs,
        "edevs": _devs,
        "devdetails": _devdetails,
        "stats": _stats,
        "estats": _stats,
        "config": config,
        "coin": coin,
        "notify": _notify,
    },
    conditions=_CONDITIONS,
    readings="rate boards accepted rejected stale board_up",
)
SGMINER = Api(
    "sgminer 5.6.1",
    {"version": _gpu_version, "summary": _gpu_summary, "pools": _gpu_pools, "devs": _gpu_devs, "config": config},
    conditions=_CONDITIONS | {"failed_fan"},
    readings="rate fans boards accepted rejected stale board_up",
)

COMPAC = Machine(
    "Compac F", "usb", boards=2, chips=1, rate=0.62e12, watts=25, mhz=500, volts=1.4, group=1, first_board=0, rise=20.0
)
GPU_RIG = Machine(
    "GPU rig",
    "vega",
    boards=6,
    chips=0,
    rate=46.6e6,
    watts=960,
    mhz=1135,
    volts=0.825,
    fans=6,
    rpm=4900,
    group=1,
    first_board=0,
)
SIMULATED = (
    Simulated("cgminer", COMPAC, CGMINER, order=90),
    Simulated("cgminer", GPU_RIG, SGMINER, order=140),
)
