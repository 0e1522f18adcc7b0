"""Auradine's FluxOS: GCMiner, with commands of its own for fans, supply, sensors and identity."""

from __future__ import annotations

from exporter.simulator.api import Api, Reply
from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, ordered, printf
from exporter.simulator.sections import MEGA, counts, pool_row, pools_reply, rates

_CONDITIONS = frozenset({"dead_board", "dead_pool", "no_pool", "hot", "failed_fan", "restless"})
_SENSORS = (("inlet", -22.0), ("outlet", 0.0), ("middle", -6.0))


def _version(_moment: Moment, _: str) -> Reply:
    return Reply(22, "GCMiner versions", {"VERSION": [{"API": "1.0", "GCMiner": "0.7"}]})


def _summary(moment: Moment, _: str) -> Reply:
    windows: dict[str, float | None] = {"av": None, "5s": 0, "1m": 60, "5m": 300, "15m": 900, "24h": 86400}
    row: Row = {"Elapsed": moment.elapsed, **rates(moment, "MHS", windows), **counts(moment)}
    row |= {"Wattage": round(moment.watts), "ThsThrottle": moment.machine.rate / 1e12}
    return Reply(11, "Summary", {"SUMMARY": [ordered(printf(row))]})


def _pools(moment: Moment, _: str) -> Reply:
    return pools_reply([ordered(printf(pool_row(pool))) for pool in moment.pools])


def _devs(moment: Moment, _: str) -> Reply:
    rows: list[Row] = []
    for board in moment.boards:
        row: Row = {"DEV": board.number, "Enabled": True, "ID": board.number, "MHS 5s": board.rate / MEGA}
        row |= {"Name": "ASICBoard", "Status": "Alive" if board.works else "Dead"}
        rows.append({**row, "Temperature": round(board.pcb - 8, 2) if board.works else 0.0})
    return Reply(9, f"{len(rows)} Dev(s)", {"DEVS": rows})


def _fan(moment: Moment, _: str) -> Reply:
    rows: list[Row] = [
        {"ID": number, "Max": round(moment.machine.rpm), "Speed": rpm, "Target": rpm}
        for number, rpm in enumerate(moment.fans, 1)
    ]
    return Reply(510, f"Total fans: {len(rows)}", {"Fan": rows})


def _psu(moment: Moment, _: str) -> Reply:
    taken, given = moment.watts, moment.watts * 0.94
    row: Row = {"FanSpeed1": "4052.00 RPM", "FanSpeed2": "4144.00 RPM"}
    row |= {"Iin": f"{taken / 239:.2f}A", "Iout": f"{given / 11.6:.2f}A", "PoutMax": "3600.00W", "VoutSet": "11.60V"}
    row |= {"PowerIn": f"{taken:.2f}W", "PowerOut": f"{given:.2f}W", "Vin": "239.00V", "Vout": "11.60V"}
    return Reply(570, "PSU status", {"PSU": [row]})


def _asccount(moment: Moment, _: str) -> Reply:
    chips = sum(board.chips for board in moment.boards)
    return Reply(104, "ASC count", {"ASCCount": [{"BoardCount": len(moment.boards), "AsicCount": chips}]})


def _temperature(moment: Moment, _: str) -> Reply:
    control: Row = {"BoardTemp": [{"ID": 0, "Temperature": 34.5}], "ChipTemp": None, "ID": 0, "Name": "Control Board"}
    rows: list[Row] = [control]
    for board in moment.boards:
        if board.works:
            sensors = [{"ID": n, "Temperature": round(board.pcb + off, 2)} for n, (_, off) in enumerate(_SENSORS)]
            chips = [{"ID": n, "Temperature": round(board.chip + n % 5 * 0.5, 2)} for n in range(board.chips)]
            rows.append({
                "BoardTemp": sensors, "ChipTemp": chips, "ID": board.number, "Name": f"Hash Board {board.number}"
            })  # fmt: skip
    return Reply(590, "System temperature", {"Temperature": rows})


def _ipreport(moment: Moment, _: str) -> Reply:
    serial = moment.life.serial
    row: Row = {"HBSerialNo": [f"{serial[:-1]}{board.index}" for board in moment.boards], "InternalType": "T0"}
    row |= {"SerialNo": serial, "command": "ipreport", "hostname": moment.name, "mac": moment.life.mac}
    return Reply(620, "IP Report", {"IPReport": [{**row, "model": moment.machine.name, "version": "2024-06.11"}]})


AURADINE = Api(
    "GCMiner-2024-06.11-0000000000000000000000000000000000000000",
    {
        "version": _version,
        "summary": _summary,
        "pools": _pools,
        "devs": _devs,
        "asccount": _asccount,
        "fan": _fan,
        "psu": _psu,
        "temperature": _temperature,
        "ipreport": _ipreport,
    },
    conditions=_CONDITIONS,
    readings="rate watts fans boards accepted rejected stale board_up",
)

AT1500 = Machine(
    "AT1500",
    "at1500",
    boards=3,
    chips=132,
    rate=150e12,
    watts=2900,
    mhz=390,
    volts=11.6,
    fans=4,
    rpm=7700,
    group=12,
    chip_rise=20.0,
)
SIMULATED = (Simulated("auradine", AT1500, AURADINE, order=200),)
