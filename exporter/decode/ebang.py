"""Ebang's Ebit through the pages of its web server, which need a login.

Quirks: all values are under feedback. Hashrates are texts with a prefix, "12.44T". The temperatures of a device are one
text, "61,56|57,52", or one number. Faults are alarms that are 0 or 1. The pool in use is on the page of the counts. The
page of all pools contains passwords, which are dropped before anything is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from exporter.core import vocabulary as v
from exporter.core.tracing import item, length, static, traceable, truthy
from exporter.core.values import Number, age, celsius, count, mac, number, quantity, sensor_list, text
from exporter.decode.common.faults import WARNING
from exporter.decode.common.pool_in_use import entries
from exporter.decode.common.poolvalues import blank, pool_host
from exporter.decode.family import Family
from exporter.parse.rows import Reading
from exporter.questions import FORM, Login, page

SECTION = "feedback"
MARK: Final = "systemsoftwareversion"
WINDOWS: Final = (("fivesecfigure", "5s"), ("averfigure", "average"))
SLOTS: Final = range(1, 10)
FANS: Final = (("devicefan", "1"), ("devicefan2", "2"))

_DEVICE = re.compile(r"device(\d)temp", re.ASCII)
_POOL = re.compile(r"(?:Mip|Mwork)[1-9]", re.ASCII)
_ALARM = re.compile(r"[a-z0-9]{1,16}Alarm", re.ASCII)

LOGIN: Final = Login(
    family="ebang",
    path="/user/login",
    user="admin",
    names=("username", "word"),
    beside=(("yuyan", "1"), ("login", "Login"), ("get_password", "")),
    kind=FORM,
    cookie="-http-session-",
    header="Cookie",
    prefix="-http-session-=",
    stale=re.compile(rb"\A\s{0,16}<"),  # the login page in place of the requested page
)
# The system page without a login.
HELLO = page("ebang_hello", "/Status/getsystemstatus", section=SECTION, identity_only=True)
SYSTEM = page("ebang_system", "/Status/getsystemstatus", section=SECTION, login=LOGIN)
STATUS = page("ebang_status", "/Cgminer/CgminerStatus", section=SECTION, login=LOGIN)
ALARMS = page("ebang_alarms", "/alarm/GetAlarmLoop", section=SECTION, login=LOGIN)
ADMIN = page("ebang_admin", "/admininfo/Getadmininfo", section=SECTION, login=LOGIN, hourly=True, identity_only=True)


def without_passwords(document: dict[str, Any]) -> dict[str, Any]:
    """Return the page of pools with the addresses and workers alone; {} for another page."""
    pools = document.get(SECTION)
    return {SECTION: {key: pools[key] for key in pools if _POOL.fullmatch(key)}} if isinstance(pools, dict) else {}


POOLS = page(
    "ebang_pools",
    "/Cgminer/CgminerGetVal",
    section=SECTION,
    login=LOGIN,
    locked=True,
    hourly=True,
    excerpt=without_passwords,
)


def status(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("ebang_status")
    yield v.Miner(
        miner_uptime_seconds=age(row["worktime"]),
        hashrate_hashes_per_second=count(quantity(row["fivesecfigure"])),
        shares_accepted_total=count(row["accepted"]),
        shares_rejected_total=count(row["rejected"]),
        blocks_found_total=count(row["findblock"]),
        getworks_total=count(row["getworks"]),
    )
    for key, window in WINDOWS:
        yield v.HashrateWindow(window, count(quantity(row[key])))


def pools(reading: Reading) -> Iterator[v.Part]:
    """Yield the pools of the list, numbered from 1, or else the pool in use as pool 0."""
    row = reading.row("ebang_pools")
    listed = [
        (str(n), pool_host(row[f"Mip{n}"]), text(row[f"Mwork{n}"]) if reading.workers else "")
        for n in SLOTS
        if f"Mip{n}" in row and not static(blank(row[f"Mip{n}"]))
    ]
    works = alarm_off(reading.row("ebang_alarms")["poolAlarm"])
    return entries(reading, "ebang_pools", listed, pool_host(reading.row("ebang_status")["cgminerstatus"]), works)


@traceable
def alarm_off(alarm: object) -> int | None:
    """Return 1 for an alarm that is off, 0 for an alarm that is on; None for other values."""
    value = number(alarm)
    return int(value == 0) if value in (0, 1) else None


def system(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("ebang_system")
    for key, fan in FANS:
        yield v.Fan(fan, count(row[key]))
    for key in row:
        if match := _DEVICE.fullmatch(key):
            degrees = sensors(row[key])
            for n in range(static(length(degrees))):
                yield v.BoardSensor(match[1], "pcb", str(n), item(degrees, n))


@traceable
def sensors(raw: object) -> list[Number | None]:
    """Return the temperatures of a device, from a number or from a text of pairs."""
    if not isinstance(raw, str):
        single = celsius(raw)
        return [] if single is None else [single]
    values = [number(each) for each in re.split(r"[,|]", raw)] if len(raw) < 256 else []
    return sensor_list([value for value in values if value is not None]) if None not in values else []


def alarms(reading: Reading) -> Iterator[v.Part]:
    """Yield the alarms that are on."""
    row = reading.row("ebang_alarms")
    for key in row:
        if _ALARM.fullmatch(key) and number(row.static(key)) == 1:
            yield v.Fault(key, "miner", WARNING, 1)


def identity(reading: Reading) -> Iterator[v.Part]:
    row, admin = reading.row("ebang_system"), reading.row("ebang_admin")
    model = text(row.static("productname"))
    yield v.MinerInfo(
        make="Ebang",
        model=model,
        firmware="stock",
        firmware_version=text(row.static(MARK)),
        mac=mac(admin["macaddr"]),
        platform=text(row.static("hardwareversion")),
        algorithm="sha256" if "BTC" in model else "",
    )
    hashing = static(truthy(quantity(reading.row("ebang_status")["fivesecfigure"])))
    yield from v.miner_states("mining" if hashing else None)


def recognise(reading: Reading) -> str:
    known = any(MARK in reading.row(name) for name in (HELLO.name, SYSTEM.name))
    return f"{MARK} in getsystemstatus" if known else ""


FAMILY = Family(
    name="ebang",
    rank=292,
    recognise=recognise,
    sections=(
        ("ebang_status", status),
        ("ebang_status", pools),
        ("ebang_system", system),
        ("ebang_alarms", alarms),
        ("", identity),
    ),
    fast=(STATUS, ALARMS, SYSTEM),
    slow=(ADMIN, POOLS),
    fingerprint=HELLO,
    required_keys={"ebang_status": "accepted", "ebang_system": MARK},
    documented=True,
)
