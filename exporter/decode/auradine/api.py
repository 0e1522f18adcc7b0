"""Auradine's FluxOS, whose program is GCMiner: the cgminer dialect with additional commands.

Quirks: numbers of the power supply are texts with a unit ("58.94W"). `Enabled` is a boolean, and boards count from 1.
`temperature` lists the control board among the boards, without chips. Newer builds have watts in summary. Builds
without `fan`, `psu`, `temperature` or `ipreport` on this port have them as pages of their web server, whose login gives
a token. The mode, the lamp, and each chip's clock and voltage, are only on such pages. The lamp's code is the fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import item, static, traceable
from exporter.core.values import Number, celsius, count, mac, number, positive, quantity, text
from exporter.decode import cgminer
from exporter.decode.auradine.chips import chips, clocks, voltages
from exporter.decode.cgminer import DEVDETAILS, DEVS, POOLS, SUMMARY, VERSION
from exporter.decode.common import hashrate
from exporter.decode.common.counts import BOARD_FIELDS, fill
from exporter.decode.common.faults import CRITICAL, WARNING
from exporter.decode.common.labels import index
from exporter.decode.common.manual import reads
from exporter.decode.common.nested import how_long
from exporter.decode.common.sums import total
from exporter.decode.family import Family
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
    """Return a page of the web server, which needs a login."""
    return page(f"{path}_page", f"/{path}", section=section, port=8080, login=LOGIN, instead=instead)


PAGES = tuple(web(q.name, q.section, instead=q.name) for q in (FAN, PSU, TEMPERATURE))
REPORT, MODE, LED = web("ipreport", "IPReport", instead="ipreport"), web("mode", "Mode"), web("led", "LED")
(ASCCOUNT,) = reads("asccount")
FREQUENCY, VOLTAGE = web("frequency", "Frequency"), web("voltage", "Voltage")

SUPPLY: Final = (
    ("Vin", "input_volts", "V"),
    ("Iin", "input_amperes", "A"),
    ("PowerIn", "input_watts", "W"),
    ("Vout", "output_volts", "V"),
    ("Iout", "output_amperes", "A"),
    ("PowerOut", "output_watts", "W"),
    ("VoutSet", "output_target_volts", "V"),
    ("PoutMax", "output_max_watts", "W"),
)
# (component, severity) of a fault by the lamp's code. Code 2 is normal, and 3 is the light by which a miner is found.
LAMP: Final = {
    "1": ("psu", CRITICAL),
    "4": ("environment", CRITICAL),
    "5": ("pool", WARNING),
    "6": ("network", WARNING),
    "7": ("control_board", CRITICAL),
    "8": ("miner", WARNING),
}
COOLING: Final = {"AT": "air", "AH": "hydro", "AI": "immersion"}
CONTROL: Final = "Control Board"
BOARDS: Final = 16
_BUILD = re.compile(r"(?:GCMiner|FluxOS)-(\d[\d.]*(?:-\d\d\.\d\d)?)", re.ASCII)  # as in GCMiner-2024-06.11-<commit>


def rows(reading: Reading, name: str) -> list[Row]:
    """Return the rows of a command, or of the page that replaces it."""
    return reading.rows(name) or reading.rows(f"{name}_page")


def summary(reading: Reading) -> Iterator[v.Part]:
    yield from cgminer.summary(reading)
    row = reading.row("summary")
    yield v.Power("firmware", positive(quantity(row["Wattage"], "W")))
    yield v.HashrateNominal("firmware", number(positive(row["ThsThrottle"]), 1e12))


def devs(reading: Reading) -> Iterator[v.Part]:
    """Yield the boards. The sensor of a board here is not among the sensors in `temperature`."""
    for row in reading.rows("devs"):
        if board := index(row, ("ID", "DEV")):
            part = cgminer.device(row, board)
            fill(part, row, BOARD_FIELDS)
            yield part
            yield v.BoardSensor(board, "pcb", "board", celsius(row["Temperature"]))


def fans(reading: Reading) -> Iterator[v.Part]:
    """Yield the turning fans, and on air-cooled miners also the stopped fans."""
    for row in rows(reading, "fan"):
        if (label := index(row, ("ID",))) and (air_cooled(reading) or row.any(positive, "Speed")):
            speeds = {"target_rpm": count(row["Target"]), "speed_max_rpm": positive(row["Max"])}
            yield v.Fan(label, count(row["Speed"]), **speeds)


def psu(reading: Reading) -> Iterator[v.Part]:
    """Yield the supplies, each with its fans as "0.1" and "0.2", and their input as the miner's power."""
    supplies = rows(reading, "psu")
    for row in supplies:
        part, n = v.Psu(str(row.position)), row.position
        for key, name, unit in SUPPLY:
            setattr(part, name, count(quantity(row[key], unit)))
        yield part
        for fan in (1, 2):
            if air_cooled(reading) or row.any(turning, f"FanSpeed{fan}"):
                yield v.Psu(f"{n}.{fan}", fan_speed_rpm=count(quantity(row[f"FanSpeed{fan}"], "RPM")))
    if supplies:
        drawn = [positive(quantity(row["PowerIn"], "W")) for row in supplies]
        yield v.Power("measured", total(*drawn))


def temperature(reading: Reading) -> Iterator[v.Part]:
    for row in rows(reading, "temperature"):
        if (name := text(row.static("Name"))) == CONTROL:
            for sensor in row.rows("BoardTemp"):
                yield v.Sensor("control_board", index(sensor), celsius(sensor["Temperature"]))
            for key, location in (("InletTemp", "water_inlet"), ("OutletTemp", "water_outlet")):
                yield v.Sensor(location, "", celsius(row[key]))
        elif name and (board := index(row)):
            for sensor in row.rows("BoardTemp"):
                yield v.BoardSensor(board, "pcb", index(sensor), celsius(sensor["Temperature"]))
            yield from chips(reading, row, board)


def mode(reading: Reading) -> Iterator[v.Part]:
    """Yield the settings: power limit, target hashrate and mode."""
    row = reading.row("mode_page")
    yield v.Miner(power_limit_watts=positive(row["Power"]))
    rate = number(positive(row["Ths"]), 1e12)
    yield v.HashrateNominal("firmware", rate)
    if text(row.static("Tune")).lower() == "ths":
        yield v.Miner(hashrate_target_hashes_per_second=rate)
    yield v.Profile(text(row.static("Mode")))


def lamp(reading: Reading) -> Iterator[v.Part]:
    """Yield the fault that the lamp shows."""
    code = text(reading.row("led_page").static("Code"))
    if code in LAMP:
        yield v.Fault(code, *LAMP[code], 1)


def chips_expected(reading: Reading) -> Iterator[v.Part]:
    """Yield the chips that the firmware counts on each board, of the count for all boards."""
    row = reading.row("asccount")
    each = share(row["AsicCount"], row["BoardCount"])
    for board in reading.rows("devs"):
        if label := index(board, ("ID", "DEV")):
            yield v.BoardChipsExpected(label, "firmware", each)


@traceable
def share(chips: object, boards: object) -> Number | None:
    """Return the chips of one board; None unless all boards have the same number."""
    total_, parts = positive(chips), positive(boards)
    return None if total_ is None or parts is None or total_ % parts else total_ // parts


def state(reading: Reading) -> Iterator[v.Part]:
    asleep = text(reading.row("mode_page").static("Sleep")).lower() == "on"
    yield from v.miner_states("mining" if hashrate.hashing(reading) else "sleeping" if asleep else None)


def report_row(reading: Reading) -> Row:
    return next(iter(rows(reading, "ipreport")), reading.empty)


def model(reading: Reading) -> str:
    return text(report_row(reading).static("model")) or text(reading.row("devdetails").static("Model"))


def air_cooled(reading: Reading) -> bool:
    """Tell whether the model is known to be cooled by air."""
    return COOLING.get(model(reading)[:2]) == "air"


@traceable
def turning(speed: object) -> bool:
    """Tell whether a fan of a supply turns."""
    return positive(quantity(speed, "RPM")) is not None


def identity(reading: Reading) -> Iterator[v.Part]:
    report = report_row(reading)
    build = _BUILD.match(reading.answers.descriptions.get("version", ""))
    yield v.MinerInfo(
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
        yield v.BoardInfo(str(n + 1), serial=text(item(serials, n)))


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
        ("asccount", chips_expected),
        ("mode_page", mode),
        ("led_page", lamp),
        ("frequency_page", clocks),
        ("voltage_page", voltages),
        ("", identity),
        ("", state),
    ),
    fast=(SUMMARY, DEVS, POOLS, FAN, PSU, TEMPERATURE, *PAGES),
    slow=(VERSION, IPREPORT, DEVDETAILS, ASCCOUNT, REPORT, MODE, LED),
    boards=lambda _answers: [FREQUENCY, VOLTAGE],  # the pages about chips
)
