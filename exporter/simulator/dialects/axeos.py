"""AxeOS on a Bitaxe and a NerdQAxe, and NMAxe: one page with all readings, in GH/s, millivolts and milliamperes."""

from __future__ import annotations

from exporter.simulator.dialect import Simulated
from exporter.simulator.machine import Machine
from exporter.simulator.moment import Moment
from exporter.simulator.parts import Pool
from exporter.simulator.rows import Row
from exporter.simulator.sections import GIGA, short_difficulty
from exporter.simulator.web import Web

_SUPPLY_VOLTS = {1: 5.1, 4: 12.1}
"""Supply voltage, by the number of chips."""


def _pool(pool: Pool, prefix: str) -> Row:
    host, _, port = pool.url.partition("//")[2].partition(":")
    return {f"{prefix}URL": host, f"{prefix}Port": int(port), f"{prefix}User": pool.user}


def _common(moment: Moment, *, chip: str, version: str) -> Row:
    """Return the fields that both forks write."""
    (one,), (first, second) = moment.boards, moment.pools
    volts = _SUPPLY_VOLTS[moment.machine.chips]
    best = max(pool.best for pool in moment.pools)
    row: Row = {"ASICModel": chip, "version": version, "hostname": moment.name}
    row |= {"power": round(moment.watts, 2), "voltage": round(volts * 1000), "current": moment.watts / volts * 1000}
    row |= {"temp": round(one.chip, 3), "vrTemp": round(one.pcb), "hashRate": one.rate / GIGA}
    row |= {f"hashRate_{name}": moment.mean(span) / GIGA for name, span in {"1m": 60, "10m": 600, "1h": 3600}.items()}
    row |= {"frequency": round(moment.machine.mhz), "fanspeed": float(moment.duty), "fanrpm": moment.fans[0]}
    row |= {"coreVoltage": round(one.volts * 1000), "coreVoltageActual": round(one.volts * 993)}
    row |= {"bestDiff": best * 3, "bestSessionDiff": best, "poolDifficulty": first.difficulty, "autofanspeed": 1}
    row |= {"sharesAccepted": moment.total("accepted"), "sharesRejected": moment.total("rejected")}
    row |= {"freeHeap": 8_023_000, "maxPower": 100, "blockHeight": 953_210}
    row |= {"uptimeSeconds": moment.elapsed, "macAddr": moment.life.mac.upper(), "ssid": "simulated", "wifiRSSI": -58}
    row |= {"wifiStatus": "Connected!", "networkDifficulty": 146472570619930}
    return {**row, **_pool(first, "stratum"), **_pool(second, "fallbackStratum")}


def _bitaxe(moment: Moment) -> Row:
    """Return the page of version 2.15: without the fields of the chip's page, and with counts over restarts."""
    (one,), errors = moment.boards, sum(board.errors for board in moment.boards)
    row = _common(moment, chip="BM1370", version="v2.15.0") | {"boardVersion": "601", "temp2": -1}
    row |= {"expectedHashrate": moment.machine.rate / GIGA, "blockFound": 0, "fan2rpm": 0}
    row |= {"actualFrequency": one.mhz, "errorPercentage": 0.25, "responseTime": 47.125, "cpuUsage": 21.5}
    row |= {"totalHashes": 1e18 + moment.hashes, "totalUptimeSeconds": 900_000 + moment.elapsed}
    row |= {"minFreeHeap": 7_801_000, "resetReason": "Reset due to power-on event", "temptarget": 60}
    row |= {"hashrateMonitor": {"asics": [{"total": one.rate / GIGA, "errorCount": errors, "domains": []}]}}
    rejected = moment.total("rejected")
    row |= {"sharesRejectedReasons": [{"message": "Job not found", "count": rejected}] if rejected else []}
    row |= {"stratumTLS": 0, "stratumProtocol": "SV1", "fallbackStratumTLS": 1, "fallbackStratumProtocol": "SV1"}
    row |= {"isUsingFallbackStratum": int(moment.pools[1].active), "miningPaused": False}
    return row | {"overheat_mode": 0, "hardware_fault": "", "power_fault": ""}


def _chip(moment: Moment) -> Row:
    """Return the page of the chip: the board and its settings."""
    row: Row = {"ASICModel": "BM1370", "deviceModel": "Gamma", "swarmColor": "green"}
    return row | {"asicCount": moment.machine.chips, "defaultFrequency": 525, "defaultVoltage": 1150}


def _nerd(moment: Moment) -> Row:
    """Return the page of NerdQAxe: also the chips' temperatures, a second fan, and an object for the pool in use."""
    row = _common(moment, chip="BM1370", version="v1.0.36")
    best, temp = max(pool.best for pool in moment.pools), row["temp"]
    row |= {"deviceModel": moment.machine.name, "asicCount": moment.machine.chips, "asicTemps": [temp] * 4}
    row |= {"hashRateTimestamp": moment.elapsed * 1000, "hashRate_1d": moment.mean(86400) / GIGA}
    row |= {"fanrpm2": moment.fans[1], "fanspeed2": float(moment.duty), "fanCount": 2, "foundBlocks": 0}
    row |= {"totalFoundBlocks": 1, "lastpingrtt": 21.5, "recentpingloss": 0.0, "minPower": 52, "freeHeapInt": 148_000}
    row |= {"lastResetReason": "SYSTEM.RESET_POWERON", "overheat_temp": 70, "pidTargetTemp": 58, "autofanspeed": 2}
    row |= {"shutdown": moment.has("sleeping"), "bestSessionDiff": short_difficulty(best).replace("K", "k")}
    used = next((pool for pool in moment.pools if pool.active), moment.pools[0])
    told: Row = {"connected": used.active, "poolDifficulty": used.difficulty, "bestDiff": used.best}
    told |= {"pingRtt": 21.5, "pingLoss": 0.0, "encrypted": False, "verifyBlocked": ""}
    told |= {"accepted": moment.total("accepted"), "rejected": moment.total("rejected")}
    return row | {"stratum": {"activePoolMode": 0, "usingFallback": used.index == 1, "pools": [told]}}


def _nmaxe(moment: Moment) -> Row:
    """Return the page of NMAxe: objects by topic, and difficulties as texts."""
    (one,), pools = moment.boards, moment.pools
    best = max(pool.best for pool in pools)
    used = next((pool for pool in pools if pool.active), pools[0])
    mined: Row = {"state": "running", "paused": False, "hashRate": one.rate / GIGA, "blkhits": 0, "lastDiff": "40210"}
    mined |= {"bestDiffEver": short_difficulty(best * 3), "bestDiffSession": short_difficulty(best)}
    mined |= {"networkDiff": "131.2T", "poolDiff": f"{used.difficulty:.0f}", "freeHeap": 187_000}
    mined |= {"sAccepted": moment.total("accepted"), "sRejected": moment.total("rejected")}
    mined |= {"uptimeSeconds": moment.elapsed, "uptimeEver": 900_000 + moment.elapsed}
    asic: Row = {"count": moment.machine.chips, "model": "BM1366", "vcoreReq": 1200}
    asic |= {"vcoreReal": round(one.volts * 993), "freqReq": round(moment.machine.mhz), "smallCoreCnt": 894}
    row: Row = {"power": {"power": round(moment.watts, 2), "vbus": 5100, "ibus": round(moment.watts / 5.1 * 1000)}}
    row |= {"temps": {"vcore": round(one.pcb, 1), "asic": round(one.chip, 1)}, "asic": asic, "miner": mined}
    row |= {"fans": [{"id": n, "speed": moment.duty, "rpm": rpm} for n, rpm in enumerate(moment.fans)]}
    row |= {"identity": {"fwVersion": "v3.0.21", "hwModel": "NMAxe", "hostName": moment.name, "rssi": -58}}
    return row | {"stratum": {"url": used.url, "user": used.user, "pwd": "x"}}


_CONDITIONS = frozenset({"dead_pool", "no_pool", "hot", "failed_fan", "restless"})
BITAXE = Web(
    "AxeOS",
    {"/api/system/info": _bitaxe, "/api/system/asic": _chip},
    conditions=_CONDITIONS,
    readings="rate watts fans boards accepted rejected",
    symptoms={
        "failed_fan": ('asic_fan_speed_rpm{fan="0"} 0',),
        "dead_pool": ('asic_pool_active{pool="0"} 0', 'asic_pool_active{pool="1"} 1'),
    },
)
NERDAXE = Web(
    "AxeOS of NerdAxe",
    {"/api/system/info": _nerd},
    conditions=_CONDITIONS | {"sleeping"},
    readings="rate watts fans boards accepted rejected",
    symptoms={
        "sleeping": ('asic_miner_state{state="paused"} 1',),
        "dead_pool": ('asic_pool_up{pool="1"} 1',),
    },
)

NMAXE_WEB = Web(
    "NMAxe",
    {"/api/system/info": _nmaxe},
    conditions=frozenset({"no_pool", "hot", "failed_fan", "restless"}),
    readings="rate watts fans boards accepted rejected",
)

BITAXE_GAMMA = Machine(
    "Bitaxe Gamma",
    "gamma",
    boards=1,
    chips=1,
    rate=1.2e12,
    watts=18,
    mhz=525,
    volts=1.15,
    fans=1,
    rpm=7000,
    group=1,
    first_board=0,
    rise=32.0,
)
NERDQAXE = Machine(
    "NerdQAxe++",
    "nerdqaxe",
    boards=1,
    chips=4,
    rate=4.8e12,
    watts=76,
    mhz=600,
    volts=1.15,
    fans=2,
    rpm=4200,
    group=1,
    first_board=0,
    rise=32.0,
)
NMAXE = Machine(
    "NMAxe",
    "nmaxe",
    boards=1,
    chips=1,
    rate=0.5e12,
    watts=12,
    mhz=485,
    volts=1.2,
    fans=1,
    rpm=6000,
    group=1,
    first_board=0,
    rise=30.0,
)
SIMULATED = (
    Simulated("axeos", BITAXE_GAMMA, BITAXE, order=290),
    Simulated("nerdqaxe", NERDQAXE, NERDAXE, order=330),
    Simulated("nmaxe", NMAXE, NMAXE_WEB),
)
