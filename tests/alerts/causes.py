"""What brings each alert about: a fault of simulated miners, or something that is done to a site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.harness.farm import JOB
from tests.harness.patients import GONE, Change, Ill, Onset, Patient, patients

NETWORK: Final = "127.29"
HEALTHY: Final = "well"
"""the name of miners without a fault"""
MAIN: Final = "main"
"""the site of all miners whose alert concerns them alone"""


@dataclass(frozen=True)
class Alone:
    """Miners with an exporter of their own, in a job of their own unless the alert is about the job of exporters.

    `does` names what is done to the site when faults begin, a function of the test. `files` limits the files of the
    exporter. `settings` are more keys of its configuration. `mistake` is Python that its process runs first.
    """

    ills: Sequence[Ill]
    does: str = ""
    job: str = ""
    files: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    mistake: str = ""


@dataclass(frozen=True)
class With:
    """What comes with the cause of another alert, or by itself."""

    alert: str = ""


def times(factor: float) -> Change:
    """Return the change of a number, or of each in a list, to so many times what it was."""

    def scaled(was: Any, row: Mapping[str, Any], since: float) -> Any:
        if isinstance(was, list):
            return [scaled(each, row, since) for each in was]
        return f"{float(was) * factor:.2f}" if isinstance(was, str) else type(was)(was * factor)

    return scaled


def grows(each_second: float) -> Change:
    """Return the change of a counter that grows faster than it did."""
    return lambda was, _, since: int(was + each_second * since)


def later(factor: float) -> Change:
    """Return the same change of a miner that is ill from the start in another way."""
    change = times(factor)
    return lambda was, row, since: change(was, row, since) if since > 0 else was


def only(key: str, of: object, value: Any) -> Change:
    """Return the change of the rows of which a field is `of`; others stay."""

    def chosen(was: Any, row: Mapping[str, Any], since: float) -> Any:
        if row.get(key) != of:
            return was
        return value(was, row, since) if callable(value) else value

    return chosen


def supplied(volts: float) -> Change:
    """Return the change of the input of a supply, and of no board."""
    return lambda was, row, _: volts if "Output Power" in row else was


def unauthorized(_was: Any, _row: Mapping[str, Any], since: float) -> list[dict[str, Any]]:
    """Return ever more shares that a pool rejects because it does not know the worker."""
    return [{"message": "Unauthorized worker", "count": int(since)}]


def cheated(_was: Any, _row: Mapping[str, Any], since: float) -> list[dict[str, Any]]:
    """Return jobs of a pool of which ever more pay somebody else."""
    return [{"pool": "0", "verificationFailCount": int(since), "blockHeight": 900_000}]


def second_pool(was: Any, row: Mapping[str, Any], _: float) -> Any:
    """Return whether a pool is in use, where the second of them is."""
    return row["POOL"] == 1 if "POOL" in row else was


def restarts(_was: Any, _row: Mapping[str, Any], since: float) -> int:
    """Return the uptime of a miner that restarts every ten seconds."""
    return int(since) % 10


def always(_: float) -> bool:
    """Tell that a miner is silent all the time."""
    return True


HOT: Final = [{"ID": 0, "Temperature": 95.0}]
LAPSED: Final = {"limited": {"type": 1, "dev_fee": {"bsp": 500}}}
THIEF: Final = "stratum+tcp://thief.example:3333"
OTHER_MAC: Final = "02:00:5e:10:00:99"
OTHER_FIRMWARE: Final = "2026.1.1.100000-0000000"
OWN_POOLS: Final = {"expect": {"pools": [{"host": r"pool-[ab]\.example:3333"}]}}
WELL: Final = Ill("antminer")

CAUSES: Final[Mapping[str, Ill | Alone | With]] = {
    # The exporter
    "AsicWatchdog": With(),
    "AsicExporterDown": Alone([WELL], "kill_exporter", JOB),
    "AsicExporterAbsent": Alone([], "scrape_nothing"),
    "AsicExporterPollsLate": Alone([Ill("antminer", fault="silent")] * 60, files=80),
    "AsicExporterTargetsVanished": Alone([WELL] * 5, "lose_targets"),
    "AsicExporterInternalErrors": Alone([WELL], mistake="from exporter.daemon import schedule; schedule.poll = None"),
    "AsicExporterImplausible": Alone([Ill("luxos", {"RPM": 90_000})]),
    "AsicExporterUnknownFields": Alone([Ill("luxos", {"Elapsed": restarts, "Elapsed+Frobnication": 7})]),
    "AsicSeriesDropped": Alone(
        [Ill("luxos", target={"collectors": {"chips": True}})], settings={"limits": {"series_per_miner": 100}}
    ),
    # Outages, and what a whole farm loses
    "AsicPlaceDown": Alone([Ill("antminer", silent=always, target={"labels": {"rack": "r7"}})] * 4 + [WELL] * 16),
    "AsicRecentPlaceOutage": With("AsicPlaceDown"),
    "AsicFarmHashrateDropped": Alone([Ill("epic", {"Hashrate": times(0.5)})] * 5),
    "AsicFarmWithoutShares": Alone([Ill("epic", {"Accepted": 0})] * 15),
    # Whether miners answer, and what they say they do
    "AsicManyMinersDown": Alone([Ill("antminer", silent=always)] * 6),
    "AsicRecentOutage": With("AsicManyMinersDown"),
    "AsicMinerDown": Ill("antminer", silent=always),
    "AsicMinerUnreliable": Ill("antminer", silent=lambda since: since % 12 < 6),
    "AsicReadingsStale": Ill("antminer", target={"interval": "1m"}),
    "AsicReadingsLost": Ill("epic", {"Hashrate": GONE}),
    "AsicSectionFailing": Ill("luxos", {"TEMPS": GONE}),
    "AsicRestartLoop": Ill("antminer", {"Elapsed": restarts}),
    "AsicStuckStarting": Ill("epic", {"Operating State": "Initializing"}),
    "AsicMinerFaulted": Ill("nmaxe", {"state": "error"}),
    "AsicMinerIdle": Ill("epic", {"Operating State": "Idling"}),
    "AsicFaultReported": Ill("luxos", {"EVENTS": [{"Code": "BAD_DOMAIN", "Target": "BOARD", "ID": 0}]}),
    "AsicMinerRestartedForHeat": Ill("futurebit", {"overheats": grows(0.1)}),
    "AsicThrottled": Ill("epic", {"Throttle Target": 80}),
    "AsicTunerFailed": Ill("braiins_rest", {"overall_tuner_state": 4}),
    "AsicLicenseLapsed": Ill("braiins_rest", {"state": LAPSED}, always=True),
    "AsicCurtailmentNotDone": Ill("antminer", target={"expect": {"planned_off": True}}),
    "AsicCurtailmentSourceLost": Ill("proto", {"last_message_age_ms": 3_600_000}, always=True),
    "AsicCurtailedLong": Ill("luxos", {"CurtailMode": "Sleep"}, always=True),
    # Hashrate, boards and chips
    "AsicHashrateZero": Ill("epic", {"Hashrate": [0, 0, 0]}),
    "AsicHashrateLow": Ill("epic", {"Hashrate": times(0.6)}),
    "AsicHashrateDropped": Ill("epic", {"Target": times(0.7), "Hashrate": later(0.7)}, always=True),
    "AsicHashrateUnconfirmed": Ill(
        "antminer", {"Accepted": times(100), "Difficulty Accepted": times(0.5)}, always=True
    ),
    "AsicEfficiencyPoor": Ill("epic", {"Input Power": times(1.5)}),
    "AsicEfficiencyWorse": Ill("sealminer", {"PSU Input Power": times(1.3)}),
    "AsicBoardDead": Ill("luxos", condition="dead_board"),
    "AsicBoardSlow": Ill("epic", {"Hashrate": only("Index", 1, times(0.2))}),
    "AsicChipsLost": Ill("luxos", condition="failing_board"),
    "AsicChipsUnequal": Ill("axeos", {"asics": [{"total": 1100, "errorCount": 0}, {"total": 100, "errorCount": 0}]}),
    "AsicBoardUneven": Ill("whatsminer", {"Chip Temp Min": 15.0}),
    "AsicChipsWeak": Ill("vnish_web", {"orange": 20}),
    "AsicBoardErrors": Ill("luxos", {"Hardware Error MHS 15m": 8e6}),
    "AsicBoardRestarting": Ill("goldshell", {"rebootcnt": grows(0.2)}),
    "AsicBoardCommunication": Ill("ibelink", {"SendErr": grows(5)}),
    # Heat and fans
    "AsicChipTooHot": Ill("whatsminer", {"Chip Temp Max": 98.0}),
    "AsicChipOverheated": Ill("whatsminer", {"Chip Temp Max": 112.0}),
    "AsicPlaceHot": Alone([Ill("whatsminer", {"Chip Temp Max": 98.0})] * 4),
    "AsicBoardTooHot": Ill("luxos", {"TopLeft": 87.0}),
    "AsicFanFailed": Ill("luxos", condition="failed_fan"),
    "AsicBoardOverheated": Ill("luxos", {"TopLeft": 99.0}),
    "AsicInletHot": Ill("whatsminer", {"Env Temp": 45.0}),
    "AsicVoltageRegulatorHot": Ill("axeos", {"vrTemp": 110}),
    "AsicControlBoardHot": Ill("auradine", {"BoardTemp": only("Name", "Control Board", HOT)}),
    "AsicFansFailed": Ill("epic", {f"Fans Speed {n}": 0 for n in range(1, 5)}),
    "AsicFanSlow": Ill("auradine", {"Speed": only("ID", 1, times(0.4))}),
    # Power
    "AsicSupplySag": Alone([Ill("epic", {"Input Voltage": supplied(205.0)})] * 4),
    "AsicPsuInputLow": Ill("epic", {"Input Voltage": supplied(180.0)}),
    "AsicPsuHot": Ill("sealminer", {"PSU Temp AMB": 90}),
    "AsicPsuOutputLow": Ill("epic", {"Output Voltage": times(0.9)}),
    "AsicPsuEfficiencyPoor": Ill("sealminer", {"PSU Efficiency": 0.8}),
    "AsicPowerOverLimit": Ill("whatsminer", {"Power": times(1.3), "Power_RT": times(1.3), "pin": times(1.3)}),
    "AsicWifiWeak": Ill("axeos", {"wifiRSSI": -95}),
    "AsicMemoryLow": Ill("axeos", {"freeHeap": 20_000}),
    "AsicStorageLow": Ill("proto", {"rootfs_total_mb+rootfs_free_mb": 10}),
    # Shares and pools
    "AsicPoolRejecting": Alone([Ill("antminer", {"Accepted": grows(10), "Rejected": grows(5)})] * 6),
    "AsicStaleHigh": Ill("antminer", {"Accepted": grows(10), "Stale": grows(2)}),
    "AsicRejectsUnauthorized": Ill("axeos", {"sharesRejectedReasons": unauthorized}),
    "AsicPoolLatencyHigh": Ill("epic", {"Average Latency": 0.9}),
    "AsicPoolLossHigh": Ill("nerdqaxe", {"pingLoss": 0.4, "recentpingloss": 0.4}),
    "AsicPoolReconnects": Ill("futurebit", {"reconnections": grows(0.5)}),
    "AsicPoolPaysOthers": Ill("nerdqaxe", {"vrTemp+blockHeaders": cheated}),
    "AsicDevFeeHigh": Ill("vnish", {"Fee Percent": 8.0}),
    "AsicBackupPoolDead": Ill("antminer", {"Status": only("POOL", 1, "Dead")}),
    "AsicBackupPoolInUse": Ill("antminer", {"Stratum Active": second_pool}),
    "AsicStrangePoolOnSeveral": Alone([Ill("antminer", {"URL": only("POOL", 0, THIEF)}, target=OWN_POOLS)] * 3),
    "AsicNoShares": Ill("epic", {"Accepted": 0}),
    "AsicRejectsHigh": Ill("epic", {"Accepted": grows(10), "Rejected": grows(5)}),
    "AsicPoolUnreachable": Alone([Ill("antminer", condition="no_pool")] * 6),
    "AsicAllPoolsDead": Ill("antminer", condition="no_pool"),
    "AsicPoolDead": Ill("antminer", condition="dead_pool"),
    "AsicActivePoolUnexpected": Ill("antminer", {"URL": only("POOL", 0, THIEF)}, target=OWN_POOLS),
    "AsicPoolUnexpected": Ill("antminer", {"URL": only("POOL", 1, THIEF)}, target=OWN_POOLS),
    # What each miner is
    "AsicNotAsExpected": Ill("antminer", target={"expect": {"model": "Antminer S9"}}),
    "AsicMacChanged": Ill("luxos", {"MACAddr": OTHER_MAC}),
    "AsicMacTwice": Alone([Ill("luxos", {"MACAddr": OTHER_MAC})] * 2),
    "AsicFirmwareChanged": Ill("luxos", {"LUXminer": OTHER_FIRMWARE}),
    "AsicFirmwareDrift": Alone([Ill("luxos", {"LUXminer": OTHER_FIRMWARE}), *[Ill("luxos")] * 6]),
}


def ills(site: str) -> dict[str, Sequence[Ill]]:
    """Return the miners of a site, by the alert that they bring about."""
    if site != MAIN:
        alone = CAUSES[site]
        return {site: alone.ills} if isinstance(alone, Alone) else {}
    found: dict[str, Sequence[Ill]] = {alert: [cause] for alert, cause in CAUSES.items() if isinstance(cause, Ill)}
    kinds = {ill.family for each in found.values() for ill in each}
    return found | {HEALTHY: [Ill(family) for family in sorted(kinds)]}


def sites() -> list[str]:
    """Return the names of all sites; one with an exporter of its own is called by its alert."""
    return [MAIN, *(alert for alert, cause in CAUSES.items() if isinstance(cause, Alone) and cause.ills)]


def miners(site: str, onset: Onset) -> list[Patient]:
    """Return the simulated miners of a site, each called by its alert."""
    at_site = sites().index(site)
    number = at_site and 30 + 10 * at_site  # the first site has most of the miners
    return [
        miner
        for at, (alert, several) in enumerate(ills(site).items())
        for miner in patients(alert, several, f"{NETWORK}.{number + at // 3 + 1}.", 80 * (at % 3), onset)
    ]
