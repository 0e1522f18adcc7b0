"""Bitfury's OpenMiner on a B8: one page, with rates as texts in GH/s for each interval in seconds."""

from __future__ import annotations

from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.rows import Row
from exporter.simulator.sections import GIGA
from exporter.simulator.web import Web

_INTERVALS = {"0": None, "30": 30, "300": 300, "900": 900, "3600": 3600}
_SUPPLIES = 2


def _intervals(moment: Moment) -> Row:
    errors = sum(board.errors for board in moment.boards)
    return {
        key: {"interval": seconds or moment.elapsed, "bySol": f"{moment.mean(seconds) / GIGA:.1f}"}
        | {"errors": "0", "errorRate": "1.2"}
        | ({"name": f"{key} sec"} if seconds else {"name": "total", "errors": str(errors)})
        for key, seconds in _INTERVALS.items()
    }


def _slots(moment: Moment) -> Row:
    slots: Row = {}
    for board in moment.boards:
        if board.works:
            row: Row = {"voltage": round(board.volts * 1000), "btcNum": 8, "osc": round(board.mhz)}
            row |= {"errors": "580", "errorRate": "1.2", "currents": [round(moment.watts / moment.machine.volts * 166)]}
            row |= {"isTemp0Valid": 1, "temperature0": round(board.pcb)}
            slots[str(board.index)] = {**row, "isTemp1Valid": 0, "temperature1": 0, "tempNum": 2}
    return slots


def _supply(moment: Moment, number: int) -> Row:
    watts, volts = moment.watts / _SUPPLIES, moment.machine.volts
    row: Row = {"id": number, "vIn": "229.0", "vOut": f"{volts:.1f}", "iOut": f"{watts / volts:.1f}"}
    row |= {"majAlarm": 0, "prod": {"desc": "48/3000", "ver": "1"}}
    return {**row, "pOut": f"{watts:.0f}", "tIn": 58, "tOut": 36, "serial": f"PS{moment.life.serial[:8]}{number}"}


def _pool(moment: Moment) -> Row:
    pool = next((pool for pool in moment.pools if pool.active), moment.pools[0])
    host, _, port = pool.url.partition("//")[2].partition(":")
    total: Row = {"sharesAccepted": pool.accepted, "sharesRejected": pool.rejected, "staleJobShares": pool.stale}
    total["reconnections"] = 0
    row: Row = {"host": host, "port": port, "userName": pool.user, "diff": round(pool.difficulty)}
    return {**row, "intervals": {"0": {"name": "total", "interval": moment.elapsed, **total}}}


def _stat(moment: Moment) -> Row:
    watts = f"{moment.watts:.1f}"
    row: Row = {"statVersion": "1.2", "hostname": moment.name, "mac": moment.life.mac}
    row |= {"versions": {"miner": "v8.16.66", "softwareVersion": "1.3.7"}, "slots": _slots(moment) or []}
    row["master"] = {"upTime": moment.elapsed, "boards": len(moment.boards), "psuW": watts} | {
        "intervals": _intervals(moment)
    }
    row |= {"fansRpm": moment.fans, "fans": {str(n): {"power": moment.duty} for n in range(len(moment.fans))}}
    row |= {"psu": [_supply(moment, number) for number in range(1, _SUPPLIES + 1)], "pool": _pool(moment)}
    return row


OPENMINER = Web(
    "OpenMiner",
    {"/api/om/miner/stat/agg": _stat},
    conditions=frozenset({"dead_board", "dead_pool", "no_pool", "hot", "failed_fan", "restless"}),
    readings="rate watts fans accepted rejected stale",
)

B8 = Machine("Bitfury B8", "b8", boards=6, chips=0, rate=49e12, watts=6400, mhz=48, volts=49.2, fans=6, first_board=0)
SIMULATED = (Simulated("openminer", B8, OPENMINER, order=380),)
