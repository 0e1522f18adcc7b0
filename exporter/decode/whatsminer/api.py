"""Whatsminer on port 4028: btminer's API 2, and the cgminer that came before it.

Odd about it: new firmware puts the summary's row under Msg and lets STATUS be a letter; there boards say TH/s under the
name MHS, while the summary keeps to MH/s; what btminer does not count it says as zero; faults are numbers, in the
summary (`Error Code 0`) or as the keys of an answer of their own; versions stand in quotes of their own. While btminer
is switched off, `status` may be all that is answered. The cgminer before API 2 knows devs alone, or no boards but those
of stats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from exporter.core.tracing import coalesce, static, traceable
from exporter.core.values import celsius, count, flag, mac, number, positive, text
from exporter.core.vocabulary import (
    BoardSensor,
    Fan,
    Fault,
    HashrateNominal,
    Miner,
    MinerInfo,
    Part,
    Power,
    Profile,
    Sensor,
    miner_states,
)
from exporter.decode import Family, cgminer
from exporter.decode.cgminer import DEVDETAILS, DEVS, POOLS, STATS, SUMMARY
from exporter.decode.common import hashrate
from exporter.decode.common.bitmain import serial
from exporter.decode.common.counts import SUMMARY_FIELDS, fill
from exporter.decode.common.faults import CRITICAL, MOST
from exporter.decode.common.sensors import ranged
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
OLD_MARKS: Final = ("Fan Speed In", "freq_avg")  # together, in the summary of the oldest
OFF_MARKS: Final = ("btmineroff", "mineroff")  # of status, whose Description may be empty
BOARD_MARKS: Final = ("Effective Chips", "PCB SN")
UNCOUNTED: Final = ("Hardware Errors", "Discarded")  # btminer says 0 whatever happens
COUNTED: Final = tuple((key, name, positive if key in UNCOUNTED else clean) for key, name, clean in SUMMARY_FIELDS)
CHIPS: Final = ("Chip Temp Min", "Chip Temp Max", "Chip Temp Avg")  # of all boards
FANS: Final = ("Fan Speed In", "Fan Speed Out")

CODE = re.compile(r"[1-9]\d{1,7}", re.ASCII)
_CODE_KEY = re.compile(r"Error Code \d{1,3}", re.ASCII)


def summary(reading: Reading) -> Iterator[Part]:
    row = reading.row("summary")
    miner = Miner(device_uptime_seconds=positive(row["Uptime"]), power_limit_watts=positive(row["Power Limit"]))
    fill(miner, row, COUNTED)
    miner.hashes_total = number(positive(row["Total MH"]), 1e6)
    yield miner
    yield from hashrate.windows(row)
    yield Miner(hashrate_hashes_per_second=number(count(row["HS RT"]), 1e6))  # where there are no windows
    yield HashrateNominal("firmware", number(positive(row["Factory GHS"]), 1e9))
    yield Power("firmware", positive(row["Power"]))
    yield Sensor("ambient", "0", celsius(row["Env Temp"]))
    yield BoardSensor("", "pcb", "max", celsius(row["Temperature"]))
    yield ranged("", [celsius(row[key]) for key in CHIPS])
    if row.any(positive, *FANS):  # in a liquid there is neither
        yield Fan("in", count(row["Fan Speed In"]))
        yield Fan("out", count(row["Fan Speed Out"]))


def faults(reading: Reading) -> Iterator[Part]:
    for code in codes(reading)[:MOST]:
        yield Fault(code, *about(int(code)), 1)


def codes(reading: Reading) -> list[str]:
    """The error codes that stand now; those of the factory's own test are history."""
    row = reading.row("summary")
    found = [text(row.static(key)) for key in row if _CODE_KEY.fullmatch(key)]
    listed = reading.row("get_error_code")
    found += [key for each in listed.rows("error_code") for key in each]
    found += static(bare(listed["error_code"]))
    return [code for code in dict.fromkeys(found) if CODE.fullmatch(code)]


@traceable
def bare(raw: object) -> list[str]:
    """The codes of a list that has them as numbers or words, and not as the keys of objects."""
    return [text(each) for each in raw[:MOST]] if isinstance(raw, list) else []


def identity(reading: Reading) -> Iterator[Part]:
    row, version, info = reading.row("summary"), reading.row("get_version"), reading.row("get_miner_info")
    status = reading.row("status")
    built = [version.static("fw_ver"), row.static("Firmware Version"), status.static("Firmware Version")]
    name = text(reading.row("devdetails").static("Model") or version.static("miner_type")).replace("_", " ")
    liquid = celsius(status["liquid_temp"])
    flooded, blown = flag(row.static("Liquid Cooling")), row.any(positive, *FANS)
    yield MinerInfo(
        make="MicroBT",
        model=f"Whatsminer {name}" if name else "",
        firmware="stock",
        firmware_version=next((said for each in built if (said := text(each).strip("'"))), ""),
        api_version=text(version.static("api_ver")).removeprefix("whatsminer v"),
        hostname=text(info["hostname"]),
        mac=mac(coalesce(row["MAC"], info["mac"])),
        serial=serial(info["minersn"]),
        platform=text(version.static("platform")) or text(row.static("CB Platform")),
        algorithm=algorithm(name),
        cooling=cooling(name, liquid, flooded=flooded, blown=blown),
    )
    yield Profile(text(row.static("Power Mode")))
    yield Miner(power_limit_watts=positive(status["power_limit_set"]))
    yield Sensor("liquid", "0", liquid)


def state(reading: Reading) -> Iterator[Part]:
    """Starting while no board has its clock yet; where nothing is hashed, switched off or stopped by a fault."""
    status = reading.row("status")
    ramping = [flag(row.static("Upfreq Complete")) for row in boards(reading)]
    if hashrate.hashing(reading):
        yield from miner_states("starting" if ramping and not any(done is not False for done in ramping) else "mining")
    elif any(flag(status.static(mark)) for mark in OFF_MARKS):
        yield from miner_states("sleeping")
    elif any(about(int(code))[1] == CRITICAL for code in codes(reading)):
        yield from miner_states("faulted")


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
