"""SealMiner's bdminer: MHS rates in `summary`, and one flat row of `stats` with boards, fans and supply."""

from __future__ import annotations

from exporter.simulator.api import Api, Reply
from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, ordered, printf
from exporter.simulator.sections import MEGA, counts, pool_row, pools_reply, rates, timing

_CONDITIONS = frozenset({"failing_board", "dead_board", "dead_pool", "no_pool", "hot", "failed_fan", "restless"})
_WINDOWS = {"30s": 30, "1m": 60, "2m": 120, "5m": 300, "15m": 900, "30m": 1800, "1h": 3600, "2h": 7200}


def _version(_moment: Moment, _: str) -> Reply:
    return Reply(22, "BDMiner versions", {"VERSION": [{"API": "3.7", "BDMiner": "4.11.1"}]})


def _summary(moment: Moment, _: str) -> Reply:
    windows: dict[str, float | None] = {"5s": 0, "1m": 60, "5m": 300, "15m": 900, "av": None}
    row: Row = {"Elapsed": moment.elapsed, **rates(moment, "MHS", windows), **counts(moment)}
    return Reply(11, "Summary", {"SUMMARY": [ordered(printf(row))]})


def _pools(moment: Moment, _: str) -> Reply:
    return pools_reply([ordered(printf(pool_row(pool))) for pool in moment.pools])


def _boards(moment: Moment) -> Row:
    row: Row = {}
    for board in moment.boards:
        near = round(board.pcb) if board.works else 0
        shown: Row = {
            "Bad Chip Count": len(board.lost),
            "Chip Count": board.chips if board.works else 0,
            "Freq": round(board.mhz) if board.works else 0,
            "MHS(Ideal)": round(board.nominal / MEGA) if board.works else 0,
            "MHS(Sample)": board.rate / MEGA,
            "Online": board.works,
            "SN": f"{moment.life.serial[:-1]}{board.index}",
            "Tune Status": "Fine Tuning Done",
        }
        shown |= {f"Temp {n}": near - below if near else 0 for n, below in enumerate((15, 18, 0, 1))}
        row |= {f"{board.index} {key}": value for key, value in shown.items()}
    return row


def _stats(moment: Moment, _: str) -> Reply:
    row = {**timing(moment, 0, "A20"), **_boards(moment)}
    for fan, rpm in enumerate(moment.fans):
        row |= {f"{fan} PWM": moment.duty, f"{fan} Speed": rpm}
    for name, seconds in _WINDOWS.items():  # the time before the start counts as idle
        row[f"MHS({name})"] = moment.mean(seconds) * min(moment.elapsed / seconds, 1) / MEGA
    row |= {"MHS(Avg)": moment.mean() / MEGA, "MHS(Sample)": moment.rate / MEGA}
    row |= {"MHS(Rated)": moment.machine.rate / MEGA, "MHS(Ideal)": round(moment.machine.rate / MEGA)}
    row |= {"ASIC": "Seal02-V1", "Board Count": moment.machine.boards, "Fan Count": len(moment.fans)}
    row |= {"Ctrl Board": "taurus_air_v1.1", "Ctrl Board SN": moment.life.serial, "MAC": moment.life.mac}
    row |= {"Error Code": "", "Firmware": "2025091099", "Liquid Cooling": False, "Mining Mode": "Normal", "Model": "A2"}
    row |= {"PM State": "Running", "PSU Error": "0x00000000", "PSU Fan Speed": 4380, "PSU Firmware": "222121"}
    row |= {"PSU Input Power": round(moment.watts), "PSU Input Voltage": 241.0, "PSU Model": "BTPSU04KSA-03.00"}
    row |= {"PSU Output Power": round(moment.watts * 0.93), "PSU Output Voltage": 15.6, "PSU Temp AMB": 27}
    row |= {"PSU Efficiency": 0.93, "Power Limit": round(moment.machine.watts)}
    row |= {"System Uptime": moment.elapsed + 240, "Target Ctrl Temp": 70}
    row |= {"Temp": round(moment.hottest), "Tune Status": "Fine Tuning Done"}
    return Reply(70, "BDMiner stats", {"STATS": [ordered(printf(row))]})


SEALMINER = Api(
    "bdminer 4.11.1",
    {"version": _version, "summary": _summary, "pools": _pools, "stats": _stats},
    conditions=_CONDITIONS,
    readings="rate watts fans boards accepted rejected stale board_up failed_chips",
)

SEAL_A2 = Machine(
    "Sealminer A2",
    "seala2",
    boards=3,
    chips=153,
    rate=226e12,
    watts=3730,
    mhz=345,
    volts=15.6,
    fans=4,
    group=9,
    first_board=0,
)
SIMULATED = (Simulated("sealminer", SEAL_A2, SEALMINER, order=190),)
