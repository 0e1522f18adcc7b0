"""AxeOS on a Bitaxe and a NerdQAxe: one page with everything, in GH/s, millivolts, milliamperes and plain numbers."""

from __future__ import annotations

from functools import partial

from exporter.simulator.moment import Moment
from exporter.simulator.parts import Pool
from exporter.simulator.rows import Row
from exporter.simulator.sections import GIGA, short_difficulty
from exporter.simulator.web import Web

_SUPPLY_VOLTS = {1: 5.1, 4: 12.1}
"""by the number of chips"""


def _pool(pool: Pool, prefix: str) -> Row:
    host, _, port = pool.url.partition("//")[2].partition(":")
    return {f"{prefix}URL": host, f"{prefix}Port": int(port), f"{prefix}User": pool.user}


def _info(moment: Moment, *, chip: str, board: str, version: str, asleep: str = "") -> Row:
    """The page; `asleep` is the key that says whether mining was paused, on the firmware that can."""
    (one,), (first, second) = moment.boards, moment.pools
    volts = _SUPPLY_VOLTS[moment.machine.chips]
    best = max(pool.best for pool in moment.pools)
    row: Row = {"ASICModel": chip, "boardVersion": board, "version": version, "hostname": moment.name}
    row |= {"power": round(moment.watts, 2), "voltage": round(volts * 1000), "current": moment.watts / volts * 1000}
    row |= {"temp": round(one.chip, 3), "temp2": -1, "vrTemp": round(one.pcb), "hashRate": one.rate / GIGA}
    row |= {f"hashRate_{name}": moment.mean(span) / GIGA for name, span in {"1m": 60, "10m": 600, "1h": 3600}.items()}
    row |= {"expectedHashrate": moment.machine.rate / GIGA, "frequency": round(moment.machine.mhz)}
    row |= {"coreVoltage": round(one.volts * 1000), "coreVoltageActual": round(one.volts * 993)}
    row |= {"bestDiff": best * 3, "bestSessionDiff": best, "poolDifficulty": first.difficulty}
    row |= {"sharesAccepted": moment.total("accepted"), "sharesRejected": moment.total("rejected")}
    row |= {"uptimeSeconds": moment.elapsed, "macAddr": moment.life.mac.upper(), "ssid": "simulated", "wifiRSSI": -58}
    row |= {"wifiStatus": "Connected!", "networkDifficulty": 146472570619930, "blockFound": 0}
    row |= {**_pool(first, "stratum"), **_pool(second, "fallbackStratum")}
    row |= {"isUsingFallbackStratum": int(second.active), "autofanspeed": 1, "fanspeed": float(moment.duty)}
    row |= {"fanrpm": moment.fans[0], "fan2rpm": moment.fans[1] if len(moment.fans) > 1 else 0}
    row |= {"overheat_mode": 0, "hardware_fault": "", "power_fault": ""}
    return row | ({asleep: moment.has("sleeping")} if asleep else {})


def _nerd(moment: Moment) -> Row:
    """The fork: how many chips, and difficulties with a prefix."""
    row = _info(moment, chip="BM1370", board="", version="v1.0.36", asleep="miningPaused")
    row |= {"deviceModel": moment.machine.name, "asicCount": moment.machine.chips}
    best = max(pool.best for pool in moment.pools)
    return {**row, "bestSessionDiff": short_difficulty(best).replace("K", "k")}


_PAGE = "/api/system/info"
_SEEN = frozenset({"dead_pool", "no_pool", "hot", "failed_fan", "restless"})
BITAXE = Web("AxeOS", {_PAGE: partial(_info, chip="BM1370", board="601", version="v2.9.0")}, conditions=_SEEN)
NERDAXE = Web("AxeOS of NerdAxe", {_PAGE: _nerd}, conditions=_SEEN | {"sleeping"})
