"""A Whatsminer M50 with btminer: cgminer's sections, and letters for STATUS in the maker's own answers.

Hardware errors and discarded work stay at zero. Pools count from one; faults are numbers of kind, case and slot. While
the mining program is switched off, its commands are refused.
"""

from __future__ import annotations

from exporter.simulator.api import INVALID, Api, Handler, Reply
from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, printf
from exporter.simulator.sections import GIGA, counts, device_counts, devs_reply, pool_row, pools_reply, rates

_FIRMWARE, _MODEL, _CHIP = "20230714.15.REL", "M50_VH50", "H3XA02-22101901 BINV02-196802D"
_WINDOWS: dict[str, float | None] = {"av": None, "5s": 0, "1m": 60, "5m": 300, "15m": 900}
_SUPPLY_RPM = 7200
_LIMIT = 1.05
"""Power limit, as a multiple of the nominal power."""


def _fans(moment: Moment) -> Row:
    return dict(zip(("Fan Speed In", "Fan Speed Out"), moment.fans, strict=False))


def codes(moment: Moment) -> list[int]:
    """Return the codes of the current faults."""
    found = [110 + fan for fan, rpm in enumerate(moment.fans) if not rpm]
    found += [530 + board.index for board in moment.boards if not board.works]
    found += [550 + board.index for board in moment.boards if board.lost]
    found += [2020 + pool.index for pool in moment.pools if not pool.alive]
    return found + [600] * moment.has("hot")


def _summary(moment: Moment, _: str) -> Reply:
    chips = [board.chip for board in moment.boards if board.works]
    row: Row = {"Elapsed": moment.elapsed, **rates(moment, "MHS", _WINDOWS)}
    row |= {"HS RT": moment.mean(60) / 1e6, **counts(moment)}
    row |= {**dict.fromkeys(("Hardware Errors", "Discarded"), 0), "Work Utility": 0.0, "Device Hardware%": 0.0}
    row |= {"Temperature": moment.hottest, "freq_avg": round(moment.machine.mhz), **_fans(moment)}
    row |= {"Voltage": round(moment.machine.volts * 100), "Power": round(moment.watts), "Power_RT": round(moment.watts)}
    row |= {"Power Rate": moment.watts / max(moment.rate / 1e12, 1), "Uptime": moment.elapsed + 40, "Chip Data": _CHIP}
    row |= {"Power Current": moment.watts * 0.94 / moment.machine.volts, "Power Fanspeed": _SUPPLY_RPM}
    row |= {f"Error Code {n}": code for n, code in enumerate(codes(moment))}
    row |= {"Error Code Count": len(codes(moment)), "Factory Error Code Count": 0, "Security Mode": 0}
    row |= {"Liquid Cooling": False, "Hash Stable": True, "Hash Stable Cost Seconds": 640, "Hash Deviation%": 0.01}
    row |= {"Target Freq": round(moment.machine.mhz), "Target MHS": round(moment.machine.rate / 1e6)}
    row |= {"Env Temp": moment.life.ambient(moment.time), "Power Mode": "Normal", "Factory GHS": _nominal(moment)}
    row["Btminer Fast Boot"] = "disable"
    row |= {"Firmware Version": f"'{_FIRMWARE}'", "CB Platform": "ALLWINNER_H616", "CB Version": "V1"}
    row |= {"MAC": moment.life.mac.upper(), "Power Limit": round(moment.machine.watts * _LIMIT)}
    row |= {"Chip Temp Min": min(chips) - 12, "Chip Temp Max": max(chips), "Chip Temp Avg": sum(chips) / len(chips) - 6}
    return Reply(11, "Summary", {"SUMMARY": [printf(row)]})


def _nominal(moment: Moment) -> int:
    return round(moment.machine.rate / GIGA)


def _pools(moment: Moment, _: str) -> Reply:
    return pools_reply([printf({**pool_row(pool), "POOL": pool.index + 1, "Discarded": 0}) for pool in moment.pools])


def _devs(moment: Moment, _: str) -> Reply:
    rows = []
    for board in moment.boards:
        up = board.works
        row: Row = {"ASC": board.index, "Name": "SM", "ID": board.index, "Slot": board.index, "Enabled": "Y"}
        row |= {"Status": "Alive" if up else "Dead", "Temperature": board.pcb if up else 0.0}
        row |= {"Chip Frequency": round(board.mhz) if up else 0, **_fans(moment)}
        row |= {**rates(moment, "MHS", _WINDOWS, board), **device_counts(moment, board)}
        row |= {"Hardware Errors": 0, "Diff1 Work": 0, "Upfreq Complete": int(not moment.has("tuning"))}
        row |= {"Effective Chips": board.chips - len(board.lost) if up else 0, "PCB SN": f"SIMULATED{board.index}"}
        row |= {"Chip Data": _CHIP, "Factory GHS": round(board.nominal / GIGA)}
        for key, degrees in {"Min": board.chip - 12, "Max": board.chip, "Avg": board.chip - 6}.items():
            row[f"Chip Temp {key}"] = degrees if up else 0.0
        rows.append(printf({**row, "chip_vol_diff": 11}))
    return devs_reply(rows)


def _devdetails(moment: Moment, _: str) -> Reply:
    rows: list[Row] = [{"DEVDETAILS": board.index, "Name": "SM", "ID": board.index} for board in moment.boards]
    kind: Row = {"Driver": "bitmicro", "Kernel": "", "Model": _MODEL}
    return Reply(69, "Device Details", {"DEVDETAILS": [row | kind for row in rows]})


def _own(row: Row) -> Reply:
    return Reply(131, "", body=row)


def _version(_moment: Moment, _: str) -> Reply:
    return _own({"api_ver": "2.0.5", "fw_ver": _FIRMWARE, "platform": "H616", "chip": _CHIP})


def _info(moment: Moment, _: str) -> Reply:
    row: Row = {"ip": "192.0.2.50", "proto": "dhcp", "netmask": "255.255.255.0", "gateway": "192.0.2.1"}
    row |= {"dns": "192.0.2.1", "hostname": moment.name, "mac": moment.life.mac.upper(), "ledstat": "auto"}
    return _own({**row, "minersn": moment.life.serial})


def _supply(moment: Moment, _: str) -> Reply:
    row: Row = {"name": "P222B", "hw_version": "V01.00", "sw_version": "220408.221104026", "model": "P222B"}
    row |= {
        "enable": "1",
        "iin": f"{moment.watts / moment.mains * 1000:.2f}",
        "vin": f"{moment.mains * 100:.0f}",
        "pin": f"{moment.watts:.0f}",
    }
    return _own({**row, "fan_speed": str(_SUPPLY_RPM), "serial_no": moment.life.serial[:12], "vendor": "1"})


def _errors(moment: Moment, _: str) -> Reply:
    return _own({"error_code": [{str(code): "2026-01-01 00:00:00"} for code in codes(moment)]})


def _status(moment: Moment, _: str) -> Reply:
    off = moment.has("sleeping")
    row: Row = {"mineroff": str(off).lower(), "mineroff_reason": "by whatsminer api" if off else ""}
    row |= {"mineroff_time": "", "FirmwareVersion": _FIRMWARE, "power_mode": "normal", "power_limit_set": ""}
    return _own(row)


def _awake(handler: Handler) -> Handler:
    """Return a handler that refuses the command while the mining program is switched off."""
    return lambda moment, parameter: INVALID if moment.has("sleeping") else handler(moment, parameter)


BTMINER = Api(
    "btminer",
    {
        "summary": _awake(_summary),
        "pools": _awake(_pools),
        "devs": _awake(_devs),
        "edevs": _awake(_devs),
        "devdetails": _awake(_devdetails),
        "get_version": _version,
        "get_miner_info": _info,
        "get_psu": _supply,
        "get_error_code": _errors,
        "status": _status,
    },
    text=False,
    conditions=frozenset({
        "failing_board", "dead_board", "dead_pool", "no_pool", "tuning", "sleeping", "hot", "failed_fan", "restless",
    }),
    readings="rate watts fans boards accepted rejected stale board_up failed_chips",
)  # fmt: skip

M50 = Machine(
    "Whatsminer M50",
    "m50",
    boards=3,
    chips=105,
    rate=114e12,
    watts=3306,
    mhz=640,
    volts=12.6,
    fans=2,
    rpm=6600,
    group=5,
    first_board=0,
    chip_rise=16.0,
)
SIMULATED = (Simulated("whatsminer", M50, BTMINER, order=100),)
