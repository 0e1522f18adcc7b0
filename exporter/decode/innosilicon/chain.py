"""A board of Innosilicon's chips from its row of stats, and the miner's identity from the overview page of the web
server.

Quirks: only on some boards is PLL the clock, and a chip's Temp a temperature. Other fields of the row show the meaning.
HonorKnight's machines have the same boards, and an overview page with other keys and without a login.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, traceable
from exporter.core.values import Number, celsius, count, flag, mac, number, positive, ratio, text
from exporter.decode.common.identity import serial
from exporter.decode.common.nested import inner
from exporter.parse.rows import Reading, Row

ENGINES: Final = 2  # hashes of a core in one cycle

_CHIP = re.compile(r"(\d{2,3}) nVol", re.ASCII)
_FAN = re.compile(r"Fan(\d{1,2}) rpm", re.ASCII)


def fans(row: Row) -> Iterator[v.Part]:
    """Yield the fans with their speeds and the common duty; without speeds, a single fan with the duty."""
    duty = ratio(row["Fan duty"])
    turning = [match for key in row if (match := _FAN.fullmatch(key))]
    for match in turning:
        yield v.Fan(match[1], count(row[match[0]]), duty)
    if not turning:
        yield v.Fan("0", duty_ratio=duty)


def chips(label: str, row: Row) -> Iterator[v.Part]:
    """Yield each chip's temperature, its counts, and its voltage, which the row has in millivolts."""
    for key in row:
        if match := _CHIP.fullmatch(key):
            chip = match[1]
            degrees = between(row[f"{chip} Temp"], row["Temp min"], row["Temp max"])
            part = v.Chip(label, str(int(chip)), degrees, voltage_volts=number(positive(row[key]), 0.001))
            part.results_total = count(row[f"{chip} Nonces found"])
            part.hardware_errors_total = count(row[f"{chip} HW errors"])
            yield part


@traceable
def spread(most: object, least: object) -> Number | None:
    """Return the difference in volts between the highest and the lowest voltage of the chips, in millivolts."""
    high, low = positive(most), positive(least)
    return None if high is None or low is None or high < low else number(high - low, 0.001)


@traceable
def any_of(*flags: object) -> int | None:
    """Return 1 if any of these flags is true, 0 if all are false; None if it is open, and without a flag."""
    known = [flag(each) for each in flags]
    return 1 if True in known else 0 if known and None not in known else None


@traceable
def between(raw: object, least: object, most: object) -> Number | None:
    """Return a chip's temperature if it lies in the board's range; None for a number that means something else."""
    value, low, high = celsius(raw), celsius(least), celsius(most)
    return value if None not in (value, low, high) and low <= value <= high else None  # type: ignore[operator]


@traceable
def clock(pll: object, cores: object, rate: object) -> Number | None:
    """Return `pll` in hertz if the cores at that many megahertz give the expected `rate` of the board; else None."""
    megahertz, each, hashes = positive(pll), positive(cores), positive(rate)
    if megahertz is None or each is None or hashes is None:
        return None
    return number(megahertz, 1e6) if abs(megahertz * each * ENGINES / hashes - 1) < 0.01 else None


def overview(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("innosilicon_overview")
    version, info = inner(row, "version"), inner(row, "minerInfo")
    model = text(info.static("model"))
    yield v.MinerInfo(
        make="HonorKnight" if model else "",
        model=model,
        firmware="stock" if model else "",
        firmware_version=text(info.static("minerVersion")),
        mac=coalesce(mac(version["ethaddr"]), mac(text(info["macAddress"]))),
        serial=serial(info["sn"]),
        platform=text(info.static("hardwareVersion")),
        algorithm="sha256" if model else "",
    )
