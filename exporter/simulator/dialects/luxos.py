"""LuxOS: GHS for the miner but MHS for boards, a mean under `Total MH`, and commands that stop its server."""

from __future__ import annotations

from exporter.simulator.antminers import S19_PRO_HYD, S19K_PRO, S21
from exporter.simulator.api import Api, Handler, Reply
from exporter.simulator.dialect import Simulated
from exporter.simulator.dialects.luxos_machine import (
    atm,
    config,
    devdetails,
    events,
    fans,
    limits,
    power,
    profiles,
    psuget,
    tempctrl,
    temps,
)
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, ordered, printf
from exporter.simulator.sections import (
    GIGA,
    MEGA,
    age,
    chip_map,
    counts,
    dashed,
    device_counts,
    devs_reply,
    pool_row,
    pools_reply,
    rates,
    short_difficulty,
)

_VERSION = "2025.6.11.134029"
_CONDITIONS = frozenset(
    {"failing_board", "dead_board", "dead_pool", "no_pool", "sleeping", "hot", "failed_fan", "restless"}
)
_WINDOWS: dict[str, float | None] = {"5s": 0, "1m": 60, "5m": 300, "15m": 900, "30m": 1800, "av": None}


def _version(moment: Moment, _: str) -> Reply:
    row: Row = {"API": "3.7", "CompileTime": "Wed Jun 11 13:40:29 UTC 2025", "LUXminer": f"{_VERSION}-9d04b7aa"}
    return Reply(22, "LUXminer versions", {"VERSION": [{**row, "Miner": _VERSION, "Type": moment.machine.name}]})


def _summary(moment: Moment, _: str) -> Reply:
    row: Row = {"Elapsed": moment.elapsed, **counts(moment), "Local Work": 0, "Discarded": 0}
    row |= printf(rates(moment, "GHS", {**_WINDOWS, "24h": 86400}))
    # The name says a total, but the firmware repeats the mean.
    row["Total MH"] = moment.mean() / MEGA
    return Reply(11, "Summary", {"SUMMARY": [ordered(row)]})


def _pools(moment: Moment, _: str) -> Reply:
    rows = []
    for pool in moment.pools:
        row = {
            **pool_row(pool),
            "AsicBoost": True,
            "GROUP": 0,
            "Quota": 1.0,
            "Stratum URL": pool.url.partition("//")[2],
        }
        row["Long Pool"] = row.pop("Long Poll")
        row["Diff"] = short_difficulty(pool.difficulty) if pool.active else ""
        since = moment.elapsed if pool.last_share is None else moment.time - pool.last_share
        rows.append(ordered({**row, "Last Share Time": age(since, "02d")}))
    return pools_reply(rows)


def _devs(moment: Moment, _: str) -> Reply:
    rows = []
    for board in moment.boards:
        row: Row = {"ASC": board.index, "ID": board.index, "Name": "", "Board": "BHB56903", "Enabled": "Y"}
        row |= {"Connector": f"J{7 + board.index}", "SerialNumber": f"{moment.life.serial[:-1]}{board.index}"}
        row |= {"ControllerIPVersionHex": "0x18351835", "ControllerIPVersionStr": "N/A", "Profile": "default"}
        row |= {
            "IsRamping": moment.elapsed < 120,
            "IsUserShutdown": False,
            "Status": "Alive" if board.works else "Dead",
        }
        row |= rates(moment, "MHS", {**_WINDOWS, "60m": 3600}, board)
        row["Hardware Error MHS 15m"] = board.lost_rate / MEGA
        row |= {"Nominal MHS": board.nominal / MEGA, "Temperature": float(round(board.pcb)) if board.works else 0.0}
        row |= {**device_counts(moment, board), "Total MH": moment.mean(board=board.index) / MEGA, "Utility": 0}
        rows.append(ordered(row))
    # The rows come in the order in which the boards answered.
    return devs_reply([rows[-1], *rows[:-1]])


def _stats(moment: Moment, _: str) -> Reply:
    """Answer `stats` in the slots of stock firmware, with board temperatures as chip temperatures."""
    fitted = {board.index + 1: board for board in moment.boards if board.works and not moment.has("sleeping")}
    slots = range(1, max(5, moment.machine.boards + 1))
    row: Row = {
        "STATS": 0,
        "ID": "BTM_SOC0",
        "Elapsed": moment.elapsed,
        "Calls": 0,
        "Max": 0,
        "Min": 99999999,
        "Wait": 0,
    }
    row |= {"GHS 5s": round(moment.rate / GIGA, 2), "GHS av": round(moment.mean() / GIGA, 2), "Mode": 2}
    row |= {"rate_30m": round(moment.mean(1800) / GIGA, 2), "rate_unit": "GH", "miner_count": moment.machine.boards}
    row |= {"fan_num": len(moment.fans), **{f"fan{n}": rpm for n, rpm in enumerate(moment.fans, 1)}}
    row |= {"frequency": round(moment.machine.mhz), "temp_num": len(fitted), "temp_max": float(round(moment.hottest))}
    for n in slots:
        board = fitted.get(n)
        degrees = (board.pcb, board.pcb - 13, board.pcb - 13, board.pcb) if board else (0, 0, 0, 0)
        row |= {f"temp_{layer}{n}": dashed(*degrees) for layer in ("pcb", "chip", "pic")}
        row |= {f"chain_acn{n}": board.chips if board else 0, f"chain_hw{n}": board.errors if board else 0}
        row[f"chain_acs{n}"] = " " + chip_map(board, moment.machine.group) if board else ""
        row[f"chain_rate{n}"] = f"{board.rate / GIGA:.2f}" if board else "0"
        row[f"freq{n}"] = float(round(board.mhz)) if board else 0.0
        if board:
            row |= {f"temp{n}": float(round(board.pcb)), f"temp2_{n}": float(round(board.pcb))}
    row |= {"total rate": round(moment.rate / GIGA, 2), "total_freqavg": moment.machine.mhz + 0.0}
    row |= {"total_acn": len(slots), "total_rateideal": moment.machine.rate / GIGA, "no_matching_work": 0}
    row |= {"miner_version": _VERSION, "miner_id": moment.life.mac.replace(":", "")}
    header: Row = {"CompileTime": "Wed Jun 11 13:40:29 UTC 2025", "Miner": _VERSION, "Type": moment.machine.name}
    return Reply(70, "LUXminer stats", {"STATS": [header, ordered(row)]})


def _healthchipget(moment: Moment, parameter: str) -> Reply:
    """Answer `healthchipget` with every chip of the board in the parameter."""
    if not parameter.isdecimal() or int(parameter) >= len(moment.boards):
        return Reply(401, "Invalid parameter", status="E")
    board, columns = moment.boards[int(parameter)], 7
    expected = board.mhz * 0.9
    rows = []
    for chip in range(board.chips if board.works else 0):
        bad = chip in board.lost
        # Each chip has a steady rate of its own.
        rate = 0.0 if bad or not board.rate else round(expected * (0.94 + (chip * 37 % 13) / 100), 2)
        row: Row = {
            "Board": board.index,
            "Chip": chip,
            "Column": chip % columns,
            "Row": chip // columns,
            "Domain": chip // columns,
        }
        row |= {
            "Frequency": round(board.mhz),
            "GHS 1m": rate,
            "GHS 5m": rate,
            "GHS 15m": rate,
            "Healthy": "N" if bad else "Y",
        }
        row |= {
            "HashCount": round(rate * 1.7),
            "HashExpected": round(expected * 1.7),
            "HashMin": round(expected * 0.34),
        }
        rows.append(
            ordered({**row, "IsChecking": False, "Score": round(100 * rate / expected, 2), "When": moment.now * 1000})
        )
    return Reply(314, "Chip health", {"CHIPS": rows})


_COMMANDS: dict[str, Handler] = {
    "version": _version,
    "summary": _summary,
    "config": config,
    "devs": _devs,
    "edevs": _devs,
    "pools": _pools,
    "stats": _stats,
    "temps": temps,
    "fans": fans,
    "power": power,
    "events": events,
    "atm": atm,
    "tempctrl": tempctrl,
    "profiles": profiles,
    "devdetails": devdetails,
    "limits": limits,
    "psuget": psuget,
    "healthchipget": _healthchipget,
}

LUXOS = Api(
    f"LUXminer {_VERSION}-9d04b7aa",
    _COMMANDS,
    text=False,
    stalls=frozenset({"healthchipget", "voltageget", "frequencyget", "profileget"}),
    conditions=_CONDITIONS,
    misnamed=frozenset({"Total MH"}),
    readings="rate watts fans boards accepted rejected stale board_up failed_chips",
)

SIMULATED = (
    Simulated("luxos", S19K_PRO, LUXOS, order=20),
    Simulated("luxos", S21, LUXOS, order=80),
    Simulated("luxos", S19_PRO_HYD, LUXOS, order=150),
    Simulated("luxos", S19K_PRO, LUXOS, order=180),
)
