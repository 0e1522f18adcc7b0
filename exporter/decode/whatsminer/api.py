"""Whatsminer on port 4028: btminer's API 2, and its predecessor, a cgminer.

Quirks: new firmware puts the summary's row under Msg and makes STATUS a letter. The boards then have TH/s under the
name MHS, while the summary still has MH/s. Counts that btminer does not keep are zero. Faults are numbers, in the
summary (`Error Code 0`) or as the keys of a separate answer. Versions have extra quotes. While btminer is switched off,
`status` may be the only answer. The cgminer before API 2 has boards only in devs, or only in stats.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static, traceable
from exporter.core.values import celsius, count, flag, mac, number, positive, text
from exporter.decode import cgminer
from exporter.decode.cgminer import DEVDETAILS, DEVS, POOLS, STATS, SUMMARY
from exporter.decode.common import hashrate
from exporter.decode.common.counts import SUMMARY_FIELDS, fill
from exporter.decode.common.identity import serial
from exporter.decode.common.sensors import ranged
from exporter.decode.family import Family
from exporter.decode.whatsminer.boards import LISTS, boards, edevs, stats
from exporter.decode.whatsminer.faults import faults, stopped
from exporter.decode.whatsminer.psu import algorithm, cooling, psu
from exporter.decode.whatsminer.settings import enabled, limit, target_clock
from exporter.parse.rows import Reading
from exporter.questions import line

EDEVS = line("edevs", section="DEVS")
STATUS = line("status", section="Msg", alone=True)
GET_VERSION = line("get_version", section="Msg", alone=True)
GET_MINER_INFO = line("get_miner_info", section="Msg", alone=True)
GET_PSU = line("get_psu", section="Msg", alone=True)
GET_ERROR_CODE = line("get_error_code", section="Msg", alone=True)

SUMMARY_MARKS: Final = ("Factory GHS", "Power Fanspeed", "Chip Data", "HS RT")
OLD_MARKS: Final = ("Fan Speed In", "freq_avg")  # keys that only the oldest firmware has together in summary
TUNER: Final[dict[bool | None, str]] = {True: "stable", False: "tuning"}  # the tuner's state by Hash Stable
OFF_MARKS: Final = ("btmineroff", "mineroff")  # keys of status, whose Description may be empty
BOARD_MARKS: Final = ("Effective Chips", "PCB SN")
UNCOUNTED: Final = ("Hardware Errors", "Discarded")  # counts that stay 0 with btminer
COUNTED: Final = tuple((key, name, positive if key in UNCOUNTED else clean) for key, name, clean in SUMMARY_FIELDS)
CHIPS: Final = ("Chip Temp Min", "Chip Temp Max", "Chip Temp Avg")  # the range over the chips of all boards
FANS: Final = ("Fan Speed In", "Fan Speed Out")
BUILDS: Final = ("Firmware Version", "FirmwareVersion")  # of old and new firmware


def summary(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("summary")
    miner = v.Miner(device_uptime_seconds=positive(row["Uptime"]), power_limit_watts=positive(row["Power Limit"]))
    miner.hashrate_target_hashes_per_second = number(positive(row["Target MHS"]), 1e6)
    miner.fast_boot = enabled(row["Btminer Fast Boot"])
    fill(miner, row, COUNTED)
    miner.hashes_total = number(positive(row["Total MH"]), 1e6)
    yield miner
    yield from hashrate.windows(row)
    yield v.Miner(hashrate_hashes_per_second=number(count(row["HS RT"]), 1e6))  # for firmware without windows
    yield v.HashrateNominal("firmware", number(positive(row["Factory GHS"]), 1e9))
    yield v.Power("firmware", coalesce(positive(row["Power"]), positive(row["Power_RT"])))
    yield v.Board("", frequency_target_hertz=target_clock(row["Target Freq"]))
    yield v.Sensor("ambient", "0", celsius(row["Env Temp"]))
    yield v.BoardSensor("", "pcb", "max", celsius(row["Temperature"]))
    yield ranged("", [celsius(row[key]) for key in CHIPS])
    if row.any(positive, *FANS):  # liquid-cooled miners have no fans
        yield v.Fan("in", count(row["Fan Speed In"]))
        yield v.Fan("out", count(row["Fan Speed Out"]))


def identity(reading: Reading) -> Iterator[v.Part]:
    row, version, info = reading.row("summary"), reading.row("get_version"), reading.row("get_miner_info")
    status = reading.row("status")
    built = [version.static("fw_ver"), *[each.static(key) for each in (row, status) for key in BUILDS]]
    name = text(reading.row("devdetails").static("Model") or version.static("miner_type")).replace("_", " ")
    liquid = celsius(status["liquid_temp"])
    flooded, blown = flag(row.static("Liquid Cooling")), row.any(positive, *FANS)
    yield v.MinerInfo(
        make="MicroBT",
        model=f"Whatsminer {name}" if name else "",
        firmware="stock",
        firmware_version=next((build for each in built if (build := text(each).strip("'"))), ""),
        api_version=text(version.static("api_ver")).removeprefix("whatsminer v"),
        hostname=text(info["hostname"]),
        mac=mac(coalesce(row["MAC"], info["mac"])),
        serial=serial(info["minersn"]),
        platform=text(version.static("platform")) or text(row.static("CB Platform")),
        algorithm=algorithm(name),
        cooling=cooling(name, liquid, flooded=flooded, blown=blown),
    )
    yield v.Profile(text(row.static("Power Mode")) or text(status.static("power_mode")).capitalize())
    yield limit(reading, "summary", status["power_limit_set"])
    yield v.Sensor("liquid", "0", liquid)


def state(reading: Reading) -> Iterator[v.Part]:
    """Yield the states of miner and tuner: starting while no board has its clock yet, stable when the hashrate is.

    Without work, the miner is switched off or stopped by a fault."""
    ramping = [flag(row.static("Upfreq Complete")) for row in boards(reading)]
    if hashrate.hashing(reading):
        yield from v.miner_states(
            "starting" if ramping and not any(done is not False for done in ramping) else "mining"
        )
        yield from v.tuner_states(TUNER.get(flag(reading.row("summary").static("Hash Stable"))))
    elif switched_off(reading):
        yield from v.miner_states("sleeping")
    elif stopped(reading):
        yield from v.miner_states("faulted")


def switched_off(reading: Reading) -> bool | None:
    """Tell whether the mining program is switched off; None if the firmware does not tell."""
    status = reading.row("status")
    known = [off for mark in OFF_MARKS if (off := flag(status.static(mark))) is not None]
    return any(known) if known else None


@traceable
def by_program(reason: object) -> bool:
    """Tell whether the reason for the switch is a command to the API."""
    return "api" in text(reason).lower()


def curtailment(reading: Reading) -> Iterator[v.Part]:
    """Yield whether a program holds the miner back, by the reason that `status` has for the switch."""
    status = reading.row("status")
    if "mineroff_reason" in status:
        remote, off = static(by_program(status["mineroff_reason"])), switched_off(reading)
        unclear = off and (not remote or hashrate.hashing(reading))  # a miner that woke since hashes
        yield v.Curtailment("remote", None if off is None or unclear else int(off))


def recognise(reading: Reading) -> str:
    if any(text(row.static("Driver")) == "bitmicro" for row in reading.rows("devdetails")):
        return "Driver is bitmicro in devdetails"
    for section, marks in (("summary", SUMMARY_MARKS), ("edevs", BOARD_MARKS), ("devs", BOARD_MARKS)):
        for mark in marks:
            if any(mark in row for row in reading.rows(section)):
                return f"{mark} in {section}"
    if all(mark in reading.row("summary") for mark in OLD_MARKS):
        return f"{' and '.join(OLD_MARKS)} in summary"
    for mark in OFF_MARKS:
        if mark in reading.row("status"):
            return f"{mark} in status"
    return reading.described(r"btminer$|whatsminer v")


FAMILY = Family(
    name="whatsminer",
    rank=50,
    recognise=recognise,
    sections=(
        ("summary", summary),
        *[(section, partial(edevs, section)) for section in LISTS],
        ("pools", cgminer.pools),
        ("stats", stats),
        ("", psu),
        ("", faults),
        ("", identity),
        ("", curtailment),
        ("", state),
    ),
    fast=(SUMMARY, EDEVS, POOLS),
    instead={EDEVS.name: DEVS},
    slow=(DEVDETAILS, STATS, GET_VERSION, GET_MINER_INFO, GET_PSU, GET_ERROR_CODE, STATUS),
)
