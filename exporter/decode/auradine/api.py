"""Auradine's FluxOS, whose program is GCMiner: the cgminer dialect, and reads of its own beside it.

Odd about it: numbers of the supply are texts with their unit ("58.94W"), `Enabled` is a boolean, boards count from 1,
and in `temperature` the control board stands among them, without chips. Newer builds say watts in summary; those that
do not know `fan`, `psu`, `temperature` or `ipreport` on this port have them as pages of their web server, whose login
gives a token. How they run, and each chip's clock and voltage, is told there alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core.tracing import item, static, traceable
from exporter.core.values import celsius, count, mac, number, positive, quantity, text
from exporter.core.vocabulary import (
    BoardInfo,
    BoardSensor,
    Fan,
    HashrateNominal,
    Miner,
    MinerInfo,
    Part,
    Power,
    Profile,
    Psu,
    Sensor,
    miner_states,
)
from exporter.decode import Family, cgminer
from exporter.decode.auradine.chips import chips, clocks, voltages
from exporter.decode.cgminer import DEVDETAILS, DEVS, POOLS, SUMMARY, VERSION
from exporter.decode.common import hashrate
from exporter.decode.common.counts import BOARD_FIELDS, fill
from exporter.decode.common.nested import how_long
from exporter.parse.rows import Reading, Row
from exporter.questions import Login, Page, line, page

LOGIN: Final = Login(
    family="auradine",
    path="/token",
    user="admin",
    names=("user", "password"),
    beside=(("command", "token"),),
    token=("Token", 0, "Token"),
    header="Token",
    stale=re.compile(rb'"Msg"\s*:\s*"[^"]{0,80}\b(?:token|session|expired|unauthorized)\b', re.IGNORECASE),
)
FAN, PSU = line("fan", section="Fan"), line("psu", section="PSU")
TEMPERATURE, IPREPORT = line("temperature", section="Temperature"), line("ipreport", section="IPReport")


def web(path: str, section: str, *, instead: str = "") -> Page:
    """A page of the web server, which is for those that log in."""
    return page(f"{path}_page", f"/{path}", section=section, port=8080, login=LOGIN, instead=instead)


PAGES = tuple(web(q.name, q.section, instead=q.name) for q in (FAN, PSU, TEMPERATURE))
REPORT, MODE = web("ipreport", "IPReport", instead="ipreport"), web("mode", "Mode")
FREQUENCY, VOLTAGE = web("frequency", "Frequency"), web("voltage", "Voltage")

SUPPLY: Final = (
    ("Vin", "input_volts", "V"),
    ("Iin", "input_amperes", "A"),
    ("PowerIn", "input_watts", "W"),
    ("Vout", "output_volts", "V"),
    ("Iout", "output_amperes", "A"),
    ("PowerOut", "output_watts", "W"),
)
COOLING: Final = {"AT": "air", "AH": "hydro", "AI": "immersion"}
CONTROL: Final = "Control Board"
BOARDS: Final = 16
_BUILD = re.compile(r"(?:GCMiner|FluxOS)-(\d[\d.]*(?:-\d\d\.\d\d)?)", re.ASCII)  # GCMiner-2024-06.11-<commit>


def rows(reading: Reading, name: str) -> list[Row]:
    """The rows of a command, or of the page that is asked instead of it."""
    return reading.rows(name) or reading.rows(f"{name}_page")


def summary(reading: Reading) -> Iterator[Part]:
    yield from cgminer.summary(reading)
    row = reading.row("summary")
    yield Power("firmware", positive(quantity(row["Wattage"], "W")))
    yield HashrateNominal("firmware", number(positive(row["ThsThrottle"]), 1e12))


def devs(reading: Reading) -> Iterator[Part]:
    """The boards; the one temperature that is said of each here is none of the sensors that `temperature` lists."""
    for row in reading.rows("devs"):
        if board := cgminer.index(row, ("ID", "DEV")):
            part = cgminer.device(row, board)
            fill(part, row, BOARD_FIELDS)
            yield part
            yield BoardSensor(board, "pcb", "board", celsius(row["Temperature"]))


def fans(reading: Reading) -> Iterator[Part]:
    """The fans that turn, and where they are what cools it those that stand still."""
    for row in rows(reading, "fan"):
        if (label := cgminer.index(row, ("ID",))) and (dry(reading) or row.any(positive, "Speed")):
            yield Fan(label, count(row["Speed"]))


def psu(reading: Reading) -> Iterator[Part]:
    """The supplies, each with its fans as "0.1" and "0.2", and what they take from the wall as the miner's power."""
    supplies = rows(reading, "psu")
    for row in supplies:
        part, n = Psu(str(row.position)), row.position
        for key, name, unit in SUPPLY:
            setattr(part, name, count(quantity(row[key], unit)))
        yield part
        for fan in (1, 2):
            if dry(reading) or row.any(turning, f"FanSpeed{fan}"):
                yield Psu(f"{n}.{fan}", fan_speed_rpm=count(quantity(row[f"FanSpeed{fan}"], "RPM")))
    if supplies:
        drawn = [positive(quantity(row["PowerIn"], "W")) for row in supplies]
        yield Power("measured", cgminer.total(*drawn))


def temperature(reading: Reading) -> Iterator[Part]:
    for row in rows(reading, "temperature"):
        if (name := text(row.static("Name"))) == CONTROL:
            for sensor in row.rows("BoardTemp"):
                yield Sensor("control_board", cgminer.index(sensor), celsius(sensor["Temperature"]))
            for key, location in (("InletTemp", "water_inlet"), ("OutletTemp", "water_outlet")):
                yield Sensor(location, "", celsius(row[key]))
        elif name and (board := cgminer.index(row)):
            for sensor in row.rows("BoardTemp"):
                yield BoardSensor(board, "pcb", cgminer.index(sensor), celsius(sensor["Temperature"]))
            yield from chips(reading, row, board)


def mode(reading: Reading) -> Iterator[Part]:
    """What it is told to run at."""
    row = reading.row("mode_page")
    yield Miner(power_limit_watts=positive(row["Power"]))
    yield HashrateNominal("firmware", number(positive(row["Ths"]), 1e12))
    yield Profile(text(row.static("Mode")))


def state(reading: Reading) -> Iterator[Part]:
    asleep = text(reading.row("mode_page").static("Sleep")).lower() == "on"
    yield from miner_states("mining" if hashrate.hashing(reading) else "sleeping" if asleep else None)


def report_row(reading: Reading) -> Row:
    return next(iter(rows(reading, "ipreport")), reading.empty)


def model(reading: Reading) -> str:
    return text(report_row(reading).static("model")) or text(reading.row("devdetails").static("Model"))


def dry(reading: Reading) -> bool:
    """Tell whether the model is known to be cooled by air."""
    return COOLING.get(model(reading)[:2]) == "air"


@traceable
def turning(speed: object) -> bool:
    """Tell whether a fan of a supply turns."""
    return positive(quantity(speed, "RPM")) is not None


def identity(reading: Reading) -> Iterator[Part]:
    report = report_row(reading)
    build = _BUILD.match(reading.answers.descriptions.get("version", ""))
    yield MinerInfo(
        make="Auradine",
        model=model(reading),
        firmware="FluxOS",
        firmware_version=text(report.static("version")) or (build[1] if build else ""),
        api_version=text(reading.row("version").static("API")),
        hostname=text(report["hostname"]),
        mac=mac(report["mac"]),
        serial=text(report["SerialNo"]),
        platform=text(report.static("InternalType")),
        algorithm="sha256",
        cooling=COOLING.get(model(reading)[:2], ""),
    )
    serials = report["HBSerialNo"]
    for n in range(min(static(how_long(serials)), BOARDS)):
        yield BoardInfo(str(n + 1), serial=text(item(serials, n)))


def recognise(reading: Reading) -> str:
    if "GCMiner" in reading.row("version"):
        return "GCMiner in version"
    return reading.described("GCMiner|FluxOS", own=True)


FAMILY = Family(
    name="auradine",
    rank=91,
    recognise=recognise,
    sections=(
        ("summary", summary),
        ("devs", devs),
        ("pools", cgminer.pools),
        ("fan", fans),
        ("psu", psu),
        ("temperature", temperature),
        *zip((page.name for page in PAGES), (fans, psu, temperature), strict=True),
        ("mode_page", mode),
        ("frequency_page", clocks),
        ("voltage_page", voltages),
        ("", identity),
        ("", state),
    ),
    fast=(SUMMARY, DEVS, POOLS, FAN, PSU, TEMPERATURE, *PAGES),
    slow=(VERSION, IPREPORT, DEVDETAILS, REPORT, MODE),
    boards=lambda _answers: [FREQUENCY, VOLTAGE],  # of chips, for those who want them
)
