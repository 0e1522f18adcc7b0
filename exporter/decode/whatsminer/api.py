"""Whatsminer on port 4028: btminer's API 2, and its predecessor, a cgminer.

Quirks: new firmware puts the summary's row under Msg and makes STATUS a letter. The boards then have TH/s under the
name MHS, while the summary still has MH/s. Counts that btminer does not keep are zero. Faults are numbers, in the
summary (`Error Code 0`) or as the keys of a separate answer. Versions have extra quotes. While btminer is switched off,
`status` may be the only answer. The cgminer before API 2 has boards only in devs, or only in stats.
"""

from __future__ import annotations

import re
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
from exporter.decode.common.faults import CRITICAL, MOST
from exporter.decode.common.identity import serial
from exporter.decode.common.sensors import ranged
from exporter.decode.family import Family
from exporter.decode.whatsminer.boards import LISTS, boards, edevs, stats
from exporter.decode.whatsminer.codes import about
from exporter.decode.whatsminer.psu import algorithm, cooling, psu
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
OFF_MARKS: Final = ("btmineroff", "mineroff")  # keys of status, whose Description may be empty
BOARD_MARKS: Final = ("Effective Chips", "PCB SN")
UNCOUNTED: Final = ("Hardware Errors", "Discarded")  # counts that stay 0 with btminer
COUNTED: Final = tuple((key, name, positive if key in UNCOUNTED else clean) for key, name, clean in SUMMARY_FIELDS)
CHIPS: Final = ("Chip Temp Min", "Chip Temp Max", "Chip Temp Avg")  # the range over the chips of all boards
FANS: Final = ("Fan Speed In", "Fan Speed Out")

CODE = re.compile(r"[1-9]\d{1,7}", re.ASCII)
_CODE_KEY = re.compile(r"Error Code \d{1,3}", re.ASCII)


def summary(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("summary")
    miner = v.Miner(device_uptime_seconds=positive(row["Uptime"]), power_limit_watts=positive(row["Power Limit"]))
    fill(miner, row, COUNTED)
    miner.hashes_total = number(positive(row["Total MH"]), 1e6)
    yield miner
    yield from hashrate.windows(row)
    yield v.Miner(hashrate_hashes_per_second=number(count(row["HS RT"]), 1e6))  # for firmware without windows
    yield v.HashrateNominal("firmware", number(positive(row["Factory GHS"]), 1e9))
    yield v.Power("firmware", positive(row["Power"]))
    yield v.Sensor("ambient", "0", celsius(row["Env Temp"]))
    yield v.BoardSensor("", "pcb", "max", celsius(row["Temperature"]))
    yield ranged("", [celsius(row[key]) for key in CHIPS])
    if row.any(positive, *FANS):  # liquid-cooled miners have no fans
        yield v.Fan("in", count(row["Fan Speed In"]))
        yield v.Fan("out", count(row["Fan Speed Out"]))


def faults(reading: Reading) -> Iterator[v.Part]:
    """Yield a fault for each code."""
    for code in codes(reading)[:MOST]:
        yield v.Fault(code, *about(int(code)), 1)


def codes(reading: Reading) -> list[str]:
    """Return the current error codes. Codes of the factory's own test are history and left out."""
    row = reading.row("summary")
    found = [text(row.static(key)) for key in row if _CODE_KEY.fullmatch(key)]
    listed = reading.row("get_error_code")
    found += [key for each in listed.rows("error_code") for key in each]
    found += static(bare(listed["error_code"]))
    return [code for code in dict.fromkeys(found) if CODE.fullmatch(code)]


@traceable
def bare(raw: object) -> list[str]:
    """Return the codes of a list of numbers or words; [] for an object, whose keys are the codes."""
    return [text(each) for each in raw[:MOST]] if isinstance(raw, list) else []


def identity(reading: Reading) -> Iterator[v.Part]:
    row, version, info = reading.row("summary"), reading.row("get_version"), reading.row("get_miner_info")
    status = reading.row("status")
    built = [version.static("fw_ver"), row.static("Firmware Version"), status.static("Firmware Version")]
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
    yield v.Profile(text(row.static("Power Mode")))
    yield v.Miner(power_limit_watts=positive(status["power_limit_set"]))
    yield v.Sensor("liquid", "0", liquid)


def state(reading: Reading) -> Iterator[v.Part]:
    """Yield starting while no board has its clock yet.

    Without work, the miner is switched off or stopped by a fault."""
    status = reading.row("status")
    ramping = [flag(row.static("Upfreq Complete")) for row in boards(reading)]
    if hashrate.hashing(reading):
        yield from v.miner_states(
            "starting" if ramping and not any(done is not False for done in ramping) else "mining"
        )
    elif any(flag(status.static(mark)) for mark in OFF_MARKS):
        yield from v.miner_states("sleeping")
    elif any(about(int(code))[1] == CRITICAL for code in codes(reading)):
        yield from v.miner_states("faulted")


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
        ("", state),
    ),
    fast=(SUMMARY, EDEVS, POOLS),
    instead={EDEVS.name: DEVS},
    slow=(DEVDETAILS, STATS, GET_VERSION, GET_MINER_INFO, GET_PSU, GET_ERROR_CODE, STATUS),
)
