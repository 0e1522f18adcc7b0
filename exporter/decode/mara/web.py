"""MARA's firmware (kaonsu) through web pages with a digest login: in place of port 4028, or in addition.

Quirks: rates are in the unit of `hashrate_unit`, but ideal rates and the boards' averages are always GH/s.
`power_consumption_estimated` is measured by the supply or estimated, as `power_source` tells. A missing board is listed
with zeros. The temperatures of board and chips come from the same sensor, each with an offset.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static, traceable
from exporter.core.values import Number, celsius, count, flag, mac, number, positive, ratio, text
from exporter.decode.antminer import models
from exporter.decode.cgminer import unanswered
from exporter.decode.common import pooltable, scale
from exporter.decode.common.faults import CRITICAL, WARNING
from exporter.decode.common.flags import above
from exporter.decode.common.identity import serial
from exporter.decode.common.labels import index
from exporter.decode.common.nested import at, how_long
from exporter.decode.common.sensors import chip_range
from exporter.decode.family import Family
from exporter.parse.jsontext import LIST
from exporter.parse.rows import Reading, Row
from exporter.questions import Digest, page

LOGIN: Final = Digest("mara")
BRIEF = page("mara_brief", "/kaonsu/v1/brief", login=LOGIN, locked=True)
HASHBOARDS = page("mara_hashboards", "/kaonsu/v1/hashboards", login=LOGIN, locked=True)
FANS = page("mara_fans", "/kaonsu/v1/fans", login=LOGIN, locked=True)
POOLS = page("mara_pools", "/kaonsu/v1/pools", section=LIST, login=LOGIN, locked=True)
OVERVIEW = page("mara_overview", "/kaonsu/v1/overview", login=LOGIN, locked=True, hourly=True, identity_only=True)

WINDOWS: Final = (
    ("hashrate_realtime_10m", "10m"),
    ("hashrate_realtime_1h", "1h"),
    ("hashrate_realtime_1d", "24h"),
    ("hashrate_average", "average"),
)
STATES: Final = {"mining": "mining", "sleep": "sleeping", "paused": "paused", "failure": "faulted"}
COOLING: Final = {"aircooling": "air"}
GRAVE: Final = {"degraded": WARNING, "critical": CRITICAL, "failure": CRITICAL}


def rate(raw: object, row: Row) -> Number | None:
    """Return hashes per second, by the unit that `row`, of the brief page, names; None without a unit."""
    factor = scale.named(row.static("hashrate_unit"))
    return None if factor is None else number(count(raw), factor)


def brief(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("mara_brief")
    now = coalesce(rate(row["hashrate_realtime"], row), rate(row["hashrate_realtime_10m"], row))
    yield v.Miner(miner_uptime_seconds=count(row["elapsed"]), hashrate_hashes_per_second=now)
    for key, window in WINDOWS:
        yield v.HashrateWindow(window, rate(row[key], row))
    yield from nominal(reading)
    yield from power(reading)
    yield from state(reading)
    yield from health(reading)


def nominal(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("mara_brief")
    yield v.HashrateNominal("firmware", number(positive(row["hashrate_ideal"]), 1e9))
    yield v.HashrateNominal("nameplate", positive(rate(row["hashrate_sales"], row)))


def health(reading: Reading) -> Iterator[v.Part]:
    """Yield a fault unless the miner is fully functional, and the mode of work."""
    row = reading.row("mara_brief")
    indicator = text(row.static("indicator")).lower()
    if indicator in GRAVE:
        yield v.Fault(indicator, "miner", GRAVE[indicator], 1)
    yield v.Profile(text(row.static("work_mode")))


def power(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("mara_brief")
    source = "firmware" if text(row.static("power_source")) == "PSU" else "estimated"
    yield v.Power(source, positive(row["power_consumption_estimated"]))


def state(reading: Reading) -> Iterator[v.Part]:
    yield from v.miner_states(STATES.get(text(reading.row("mara_brief").static("status")).lower()))


def hashboards(reading: Reading) -> Iterator[v.Part]:
    row, summary = reading.row("mara_hashboards"), reading.row("mara_brief")
    yield v.BoardsExpected("firmware", positive(row["hashboard_num_ideal"]))
    for each in row.rows("hashboards"):
        if label := index(each, ("index", "id")):
            yield from hashboard(each, label, rate(each["hashrate_realtime_10m"], summary))


def hashboard(row: Row, label: str, rate_now: Number | None) -> Iterator[v.Part]:
    yield v.Board(
        label,
        up=works(row["present"], above(count(row["asic_num"]), 0)),
        hashrate_hashes_per_second=coalesce(rate_now, number(count(row["hashrate_average"]), 1e9)),
        hashrate_nominal_hashes_per_second=number(positive(row["hashrate_ideal"]), 1e9),
        chips=count(row["asic_num"]),
        frequency_hertz=number(positive(row["frequency_average"]), 1e6),
        power_watts=positive(row["power_consumption_estimated"]),
    )
    yield v.BoardChipsExpected(label, "firmware", positive(row["asic_num_ideal"]))
    yield v.BoardInfo(label, serial=serial(row["serial_number"]))
    for key, place in (("temperature_pcb", "pcb"), ("temperature_chip", "chip")):
        degrees = [celsius(at(row[key], n)) for n in range(static(how_long(row[key])))]
        for n, value in enumerate(degrees):
            yield v.BoardSensor(label, place, str(n), value)
        if place == "chip":
            yield chip_range(label, degrees)


@traceable
def works(present: object, chips: int | None) -> int | None:
    """Return 0 for a missing board, else `chips`: 1 for a board with chips, 0 for a board without chips."""
    return 0 if flag(present) is False else chips


def fans(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("mara_fans")
    for each in row.rows("fans"):
        if label := index(each, ("index",)):
            most = positive(each["max_speed"])
            yield v.Fan(label, count(each["current_speed"]), ratio(row["percent"]), speed_max_rpm=most)
    yield v.MinerInfo(cooling=COOLING.get(text(row.static("profile")).lower(), ""))


def overview(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("mara_overview")
    name = models.name(row.static("model")) or models.name(row.static("model_extended"))
    yield v.MinerInfo(
        make=models.make(name),
        model=name,
        firmware="MARA",
        firmware_version=text(row.static("version_firmware")).removeprefix("MaraFW ").removeprefix("rel "),
        mac=mac(row["mac"]),
        platform=text(row.static("control_board")),
        algorithm=models.known(name)[0],
    )


def recognise(reading: Reading) -> str:
    row = reading.row("mara_overview")
    named = "version_firmware" in row and ("model" in row or "model_extended" in row) and unanswered(reading)
    return "/kaonsu/v1/overview with version_firmware and a model" if named else ""


FAMILY = Family(
    name="mara_web",
    shown="mara",
    rank=62,
    recognise=recognise,
    sections=(
        ("mara_brief", brief),
        ("mara_hashboards", hashboards),
        ("mara_fans", fans),
        ("mara_pools", partial(pooltable.pools, "mara_pools")),
        ("mara_overview", overview),
    ),
    fast=(BRIEF, HASHBOARDS, FANS, POOLS),
    slow=(OVERVIEW,),
    fingerprint=OVERVIEW,
    documented=True,
)
