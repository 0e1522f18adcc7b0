"""Avalon A13: a cgminer whose `stats` hold the machine as one text in brackets, with a clock that starts at boot."""

from __future__ import annotations

from collections.abc import Iterable

from exporter.simulator.api import Api, Reply
from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row, printf
from exporter.simulator.sections import (
    GIGA,
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

_CONDITIONS = frozenset({"sleeping", "dead_pool", "no_pool", "hot", "failed_fan", "restless"})
_BUILD, _DNA = "23061502_7d6c5b4_a398271", "02010000d1e2f3a4"
_IDENTITY = {"PROD": "AvalonMiner 1346-110", "MODEL": "1346-110", "HWTYPE": "MM4v2_X3", "SWTYPE": "MM317"}
_WINDOWS: dict[str, float | None] = {"av": None, "30s": 0, "1m": 60, "5m": 300, "15m": 900}


def _version(moment: Moment, _: str) -> Reply:
    row: Row = {"CGMiner": "4.11.1", "API": "3.7", "STM8": "20.08.01", **_IDENTITY, "VERSION": _BUILD}
    row |= {"DNA": _DNA, "MAC": moment.life.mac.replace(":", ""), "UPAPI": "2"}
    return Reply(22, "CGMiner versions", {"VERSION": [row]})


def _summary(moment: Moment, _: str) -> Reply:
    row: Row = {"Elapsed": moment.elapsed, **rates(moment, "MHS", _WINDOWS), **counts(moment), "Last getwork": 0}
    return Reply(11, "Summary", {"SUMMARY": [printf(row)]})


def _pools(moment: Moment, _: str) -> Reply:
    rows = []
    for pool in moment.pools:
        seconds = int(pool.last_share - moment.born) if pool.last_share else 0  # since the start, for lack of a clock
        rows.append(printf({**pool_row(pool), "Last Share Time": max(seconds, 0)}))
    return pools_reply(rows)


def _devs(moment: Moment, _: str) -> Reply:
    """Answer `devs` with one device for the machine and the shares of all boards."""
    row: Row = {"ASC": 0, "Name": "AVA10", "ID": 0, "Enabled": "Y", "Status": "Alive", "Temperature": -273.0}
    row |= {**rates(moment, "MHS", _WINDOWS), **device_counts(moment, moment.boards[0])}
    row |= {what.title(): moment.total(what) for what in ("accepted", "rejected")}
    return devs_reply([printf({**row, "Hardware Errors": sum(board.errors for board in moment.boards)})])


def _stats(moment: Moment, _: str) -> Reply:
    """Answer `stats` and `estats`."""
    row = {**timing(moment, 0, "AVA100"), "MM ID0": module(moment), "MM Count": 1, "Smart Speed": 1}
    pools = [timing(moment, 1 + pool.index, f"POOL{pool.index}") for pool in moment.pools]
    return Reply(70, "CGMiner stats", {"STATS": [printf({**row, "Nonce Mask": 25}), *map(printf, pools)]})


def module(moment: Moment) -> str:
    """Return the machine as `key[value]` pairs.

    A sleeping machine repeats averages and the chips' last temperatures."""
    asleep, boards = moment.has("sleeping"), moment.boards
    watts = 11 if asleep else round(moment.watts)
    volts, drawn = (0, 0) if asleep else (round(boards[0].volts * 100), round(watts * 0.94))
    fields: dict[str, object] = {
        "Ver": f"1346-110-{_BUILD}",
        "DNA": _DNA,
        "NETFAIL": _listed([0] * 8),
        "SYSTEMSTATU": f"Work: In {'Idle' if asleep else 'Work'}, Hash Board: {len(boards)} ",
        "Elapsed": moment.elapsed + 2,
        "BOOTBY": "0x01.00000000",
        "MH": _listed(board.errors for board in boards),
        "HW": sum(board.errors for board in boards),
        "DH": "1.412%",
        "Temp": round(moment.life.ambient(moment.time)),
        "TMax": 0 if asleep else round(max(board.chip for board in boards)),
        "TAvg": 0 if asleep else round(sum(board.chip for board in boards) / len(boards) - 4),
        **{f"Fan{number}": rpm for number, rpm in enumerate(moment.fans, 1)},
        "FanR": f"{moment.duty}%",
        "PS": f"0 1210 {volts} {round(drawn / boards[0].volts)} {drawn} 1302 {watts}",
        "WALLPOWER": watts,
        "GHSspd": f"{moment.rate / GIGA:.2f}",
        "DHspd": f"{0 if asleep else 1.308:.3f}%",
        "GHSmm": f"{moment.machine.rate / GIGA:.2f}",
        "GHSavg": f"{moment.mean() / GIGA:.2f}",
        "Freq": f"{sum(board.mhz for board in boards) / len(boards):.2f}",
        "MGHS": " ".join(f"{moment.mean(None, board.index) / GIGA:.2f}" for board in boards),
        "MTmax": _listed(0 if asleep else round(board.chip) for board in boards),
        "MTavg": _listed(0 if asleep else round(board.chip - 4) for board in boards),
        "TA": sum(board.chips for board in boards),
        "Core": "A3200C",
        "PING": 48,
        "SoftOFF": 4 if asleep else 0,
        "ECHU": _listed(0 for _ in boards),
        "ECMM": 0,
        **{f"PVT_T{b.index}": _listed(round(b.chip - chip % 9) for chip in range(b.chips)) for b in boards},
        **{f"PVT_V{b.index}": _listed(304 + chip % 7 for chip in range(b.chips)) for b in boards},
        **{f"MW{b.index}": _listed(b.accepted * 40 + chip % 5 for chip in range(b.chips)) for b in boards},
        "CRC": _listed(0 for _ in boards),
        "COMCRC": _listed(0 for _ in boards),
        "ATAOPTS0": "--avalon10-freq 400:420:440:460 --hash-asic 120",
        "MPO": round(moment.machine.watts),
        "WORKMODE": 1,
    }
    return " ".join(f"{key}[{value}]" for key, value in fields.items())


def _listed(numbers: Iterable[int]) -> str:
    return " ".join(map(str, numbers))


A13 = Api(
    "cgminer 4.11.1",
    {
        "version": _version,
        "summary": _summary,
        "pools": _pools,
        "devs": _devs,
        "stats": _stats,
        "estats": _stats,
        "config": config,
        "coin": coin,
    },
    conditions=_CONDITIONS,
    readings="rate watts fans boards accepted rejected stale",
)

A1346 = Machine(
    "AvalonMiner 1346",
    "a1346",
    boards=3,
    chips=120,
    rate=110e12,
    watts=3300,
    mhz=480,
    volts=13.0,
    fans=2,
    rpm=7100,
    group=4,
    first_board=0,
    chip_rise=14.0,
)
SIMULATED = (Simulated("avalon", A1346, A13, order=110),)
