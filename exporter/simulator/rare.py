"""Miners of the smaller makers, each a cgminer with rows of its own: Innosilicon's kin, MinerVa, StrongU, iBeLink, BW,
Dayun, Spondoolies and Goldshell; and MARA's firmware."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from exporter.simulator.moment import Moment
from exporter.simulator.parts import Board
from exporter.simulator.rows import Row, printed, printf
from exporter.simulator.sections import MEGA, counts, device_counts, devs_reply, pool_row, pools_reply, rates, timing
from exporter.simulator.wire import Dialect, Handler, Reply

_SEEN = frozenset({"dead_board", "dead_pool", "no_pool", "hot", "restless"})
_WINDOWS: Mapping[str, float | None] = {"av": None, "5s": 0, "1m": 60, "5m": 300, "15m": 900}
_BFG_WINDOWS: Mapping[str, float | None] = {"av": None, "20s": 20}

Rows = Callable[[Moment], list[Row]]
Extra = Callable[[Moment], Row]


def _summary(extra: Extra, windows: Mapping[str, float | None] = _WINDOWS) -> Handler:
    def reply(moment: Moment, _: str) -> Reply:
        row: Row = {"Elapsed": moment.elapsed, **rates(moment, "MHS", windows), **counts(moment), **extra(moment)}
        return Reply(11, "Summary", {"SUMMARY": [printf(row)]})

    return reply


def _stats(boards: Rows) -> Handler:
    """The firmware's own rows, and after them cgminer's for each pool."""

    def reply(moment: Moment, _: str) -> Reply:
        own = boards(moment)
        pools = [printf(timing(moment, len(own) + pool.index, f"POOL{pool.index}")) for pool in moment.pools]
        return Reply(70, "CGMiner stats", {"STATS": [*own, *pools]})

    return reply


def _devs(
    name: str,
    extra: Callable[[Moment, Board], Row],
    kind: str = "ASC",
    windows: Mapping[str, float | None] = _WINDOWS,
) -> Handler:
    """DEVS; what `extra` says replaces what cgminer does."""

    def reply(moment: Moment, _: str) -> Reply:
        rows = []
        for board in moment.boards:
            row: Row = {kind: board.index, "Name": name, "ID": board.index, "Enabled": "Y"}
            row |= {"Status": "Alive" if board.works else "Dead"}
            row |= {**rates(moment, "MHS", windows, board), **device_counts(moment, board)}
            rows.append(printf({**row, **extra(moment, board)}))
        return devs_reply(rows, kind)

    return reply


def _dialect(program: str, own: Mapping[str, Handler], more: frozenset[str] = frozenset()) -> Dialect:
    name, _, number = program.partition(" ")

    def version(_moment: Moment, _: str) -> Reply:
        return Reply(22, "CGMiner versions", {"VERSION": [{"CGMiner": number, "API": "3.7"}]})

    def pools(moment: Moment, _: str) -> Reply:
        return pools_reply([printf(pool_row(pool)) for pool in moment.pools])

    shared = {"version": version, "summary": _summary(lambda _: {}), "pools": pools}
    return Dialect(f"{name} {number}", {**shared, **own}, conditions=_SEEN | more)


def _heat(board: Board) -> float:
    return board.pcb if board.works else 0.0


def _t1_boards(moment: Moment) -> list[Row]:
    rows = []
    for board in moment.boards:
        row = timing(moment, board.index, f"DT1{board.index}")
        row |= {"Chain ID": board.index, "Num chips": board.chips, "Num cores": board.chips * 32}
        row |= {"Num active chips": board.chips, "Temp max": board.chip + 9, "Temp min": board.pcb - 9}
        row |= {"Fan duty": moment.duty, "PLL": 300, "MHS av": board.nominal / MEGA, "Disabled": not board.works}
        row |= {f"{chip:02} nVol": 400 + chip % 7 for chip in range(board.chips)}
        rows.append(printf({**row, "Temp": board.chip}))
    return rows


def _mv_boards(moment: Moment) -> list[Row]:
    rows = []
    for board in moment.boards:
        row = timing(moment, board.index, f"C12{board.index}")
        row |= {"Chain ID": str(board.index + 1), "Name": "C12", "Enabled": "Y"}
        row |= {"Status": "Alive" if board.works else "Dead", **rates(moment, "MHS", _WINDOWS, board)}
        row |= {**device_counts(moment, board), "Chip Count": board.chips if board.works else 0}
        row |= {"Device Freq": round(board.mhz), "Temp Avg": _heat(board), "Voltage": board.volts * 1000}
        row |= {"Fan Duty": float(moment.duty)}
        rows.append(printf(row | {f"Fan{number} Speed": rpm for number, rpm in enumerate(moment.fans)}))
    return rows


def _z1_row(moment: Moment) -> list[Row]:
    row = timing(moment, 0, "lyra2rev20") | {"MHS 30S": printed(moment.mean(30) / MEGA, 2), "Fan Nunber": 2}
    row |= {"Fan In": moment.fans[0], "Fan Out": moment.fans[1], "Frequency": round(moment.machine.mhz)}
    row["Temperature Core"] = round(moment.hottest)
    for board in moment.boards:
        row[f"CH{board.number}"] = {
            "Temperature": round(_heat(board)),
            "MHS 30S": printed(moment.mean(30, board.index) / MEGA, 2),
        }
    return [printf(row)]


def _spx_row(moment: Moment) -> list[Row]:
    said: Row = {}
    for name, board in zip(("top", "bottom"), moment.boards, strict=True):
        said[f"{name}-board"] = {
            "power": round(moment.watts / 2 if board.works else 20),
            "psu-temp": round(moment.hottest) - 10,
            "psu-name": "Artesyn2000",
            "reported-hashrate": round(board.rate / MEGA),
            "min-temp": round(_heat(board)) - 8 if board.works else 0,
            "max-temp": round(_heat(board)) + 20 if board.works else 0,
            "rear-temp": round(_heat(board)),
            "front-temp": round(_heat(board)) - 15 if board.works else 0,
            "working-asics": board.chips if board.works else 0,
        }
    said |= {"fan-speeds": moment.fans, "fan-percent": moment.duty}
    return [printf({**timing(moment, 0, "SP360"), "json-stats": json.dumps(said, separators=(",", ":"))})]


def _strongu(moment: Moment) -> Row:
    fans: Row = {f"Fan{number}": rpm for number, rpm in enumerate(moment.fans, 1)}
    return {"Miner type": "dash", "Fan Num": len(moment.fans), **fans}


def _ibelink(moment: Moment) -> Row:
    heat: Row = {f"Temp{number}": _heat(board) for number, board in enumerate(moment.boards, 1)}
    heat |= {f"Temp{number}": 0.0 for number in range(len(heat) + 1, 9)}
    return {**heat, "PLL": 455, "Power Type": "QianBen3600", "macaddress": "02a1b2c3d4e5"}


def _u6_board(_: Moment, board: Board) -> Row:
    return {"Temperature": _heat(board), "volt": 10.5, "ChipNum": board.chips, "Frequency": round(board.mhz)}


def _bm_board(_: Moment, board: Board) -> Row:
    return {"Asics": board.chips, "Temperature": 0.0, "Total MH": 0.0, "Chain SN": f"0023300000000000{board.index}"}


def _bfg_board(moment: Moment, board: Board) -> Row:
    """Sensors, fans and clock under names of their own."""
    row: Row = {"clock": board.mhz, "overheat": 0}
    row |= {f"fan{number}": rpm for number, rpm in enumerate(moment.fans)}
    heat = {"tstemp-0": board.chip, "tstemp-1": board.chip + 2.5, "tstemp-2": board.pcb}
    return row | {key: degrees if board.works else 0.0 for key, degrees in heat.items()}


def _bfg_version(_moment: Moment, _: str) -> Reply:
    return Reply(22, "BFGMiner versions", {"VERSION": [{"Miner": "bfgminer 5.4.2", "API": "3.3"}]})


def _mara_version(_moment: Moment, _: str) -> Reply:
    return Reply(22, "versions", {"VERSION": [{"MARAFW": "1.4.2", "API": "3.7", "Model": "Antminer S19j Pro"}]})


_FAN = frozenset({"failed_fan"})
DRAGONMINT = _dialect("cgminer 4.10.0", {"stats": _stats(_t1_boards), "devs": _devs("DT1", lambda *_: {})})
MINERVA = _dialect(
    "cgminer 4.10.0",
    {"stats": _stats(_mv_boards), "summary": _summary(lambda _: {"Netid": "02A1B2C3D4E6"})},
    _FAN,
)
STRONGU = _dialect("cgminer 4.11.1", {"summary": _summary(_strongu), "devs": _devs("u6", _u6_board)}, _FAN)
IBELINK = _dialect("cgminer 5.4.8", {"summary": _summary(_ibelink), "devs": _devs("BM-N1Max", _bm_board, "PGA")})
BW = _dialect("cgminer 4.10.0", {"devs": _devs("ttyS1", lambda _, board: {"temperature": _heat(board)})})
DAYUN = _dialect("cgminer 4.11.1", {"stats": _stats(_z1_row)}, _FAN)
SPONDOOLIES = _dialect("cgminer 4.10.0-spx", {"stats": _stats(_spx_row)}, _FAN)
GOLDSHELL = _dialect(
    "bfgminer 5.4.2",
    {
        "version": _bfg_version,
        "summary": _summary(lambda _: {}, _BFG_WINDOWS),
        "devs": _devs("INCS", _bfg_board, "PGA", _BFG_WINDOWS),
    },
    _FAN,
)
MARA = _dialect(
    "marafw 1.4.2",
    {"version": _mara_version, "devs": _devs("BTM", lambda _, board: {"Temperature": _heat(board)})},
)
