"""The power supply of a Whatsminer from either API, and the miner's cooling.

Quirks: the same voltage comes in volts, hundredths or thousandths, depending on firmware and supply. A liquid-cooled
supply has no fan, and writes its temperature or a constant as the fan's speed. Such a speed counts only while the
miner's own fans turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static, traceable, truthy
from exporter.core.values import Number, celsius, number, positive, text
from exporter.decode.common.identity import serial
from exporter.parse.rows import Reading

PSU: Final = "0"  # the label of the only supply
SCALES: Final = (1, 0.1, 0.01, 0.001)
MAINS: Final = (80, 600)  # volts at the input, of one phase or of three
OUTPUT: Final = (5, 50)  # volts at the output
SLOWEST: Final = 200  # lowest speed of a turning fan, in rpm
AMPERES: Final = 1000  # above any current at the output
COOLING: Final = {"3": "hydro", "6": "immersion"}  # cooling by the second digit of the model

_MODEL = re.compile(r"M(\d)(\w?)", re.ASCII)


@traceable
def volts(raw: object, least: Number, most: Number) -> Number | None:
    """Return the voltage that lies between `least` and `most` in exactly one of the scales; else None."""
    value = positive(raw)
    found = [scaled for scale in SCALES if (scaled := number(value, scale)) is not None and least <= scaled < most]
    return found[0] if len(found) == 1 else None


@traceable
def output_volts(raw: object) -> Number | None:
    """Return the voltage at the output, from volts, hundredths or thousandths, whose ranges do not overlap."""
    value = positive(raw)
    if value is None:
        return None
    scale = 1 if value < OUTPUT[1] else 0.01 if value < 100 * OUTPUT[1] else 0.001
    scaled = number(value, scale)
    return scaled if scaled is not None and OUTPUT[0] <= scaled < OUTPUT[1] else None


@traceable
def summary_volts(raw: object) -> Number | None:
    """Return the summary's voltage; None below 100, because the oldest firmware has steps instead of volts."""
    value = positive(raw)
    return output_volts(value) if value is not None and value >= 100 else None


@traceable
def amperes(raw: object) -> Number | None:
    """Return amperes at the output, from amperes (245) or thousandths (249500)."""
    value = positive(raw)
    return value if value is None or value < AMPERES else number(value, 0.001)


@traceable
def below(value: Number | None, most: Number) -> Number | None:
    """Return a value below `most`; None for a greater value, which is in thousandths."""
    return value if value is not None and value < most else None


@traceable
def fan(raw: object, liquid: Number | None, *degrees: Number | None) -> Number | None:
    """Return the speed of the supply's fan; None for a liquid-cooled supply, and for a temperature as speed."""
    value = positive(raw)
    return None if value is None or value < SLOWEST or liquid is not None or value in degrees else value


def psu(reading: Reading) -> Iterator[v.Part]:
    """Yield the supply from get_psu (hundredths of a volt, milliamperes) and summary."""
    row, summary, info = reading.row("get_psu"), reading.row("summary"), reading.row("get_miner_info")
    liquid, degrees = celsius(reading.row("status")["liquid_temp"]), celsius(row["temp0"])
    blown = summary.any(positive, "Fan Speed In", "Fan Speed Out")
    yield v.Psu(
        PSU,
        input_volts=coalesce(volts(summary["Power Voltage Input"], *MAINS), volts(row["vin"], *MAINS)),
        input_amperes=coalesce(
            below(positive(summary["Power Current Input"]), 100), number(positive(row["iin"]), 0.001)
        ),
        input_watts=positive(row["pin"]),
        output_volts=coalesce(summary_volts(summary["Voltage"]), output_volts(row["vout"])),
        output_amperes=amperes(summary["Power Current"]),
        temperature_celsius=degrees,
        fan_speed_rpm=coalesce(
            positive(summary["Power Fanspeed"]), fan(row["fan_speed"], liquid, degrees) if blown else None
        ),
    )
    number_of = coalesce(serial(row["serial_no"]), serial(info["powersn"]))
    yield v.PsuInfo(PSU, coalesce(text(row["model"]), text(row["name"])), number_of, text(row["sw_version"]))


def psu_v3(reading: Reading) -> Iterator[v.Part]:
    """Yield the supply from API 3 (volts and amperes at the input)."""
    row = reading.row("v3_power")
    blown = reading.row("v3_summary").any(positive, "fan-speed-in", "fan-speed-out")
    liquid, degrees = celsius(row["liquid-temperature"]), celsius(row["temp0"])
    yield v.Psu(
        PSU,
        input_volts=volts(row["vin"], *MAINS),
        input_amperes=below(positive(row["iin"]), 100),
        input_watts=positive(row["pin"]),
        output_volts=output_volts(row["vout"]),
        temperature_celsius=degrees,
        fan_speed_rpm=fan(row["fanspeed"], liquid, degrees) if blown else None,
    )
    yield v.PsuInfo(PSU, coalesce(text(row["model"]), text(row["type"])), serial(row["sn"]), text(row["swversion"]))


def algorithm(model: str) -> str:
    """Return "sha256" for a name such as M50, because all of these models mine SHA-256; "" for other names."""
    return "sha256" if _MODEL.match(model) else ""


def cooling(model: str, liquid: object, *, flooded: bool | None, blown: bool) -> str:
    """Return the cooling by the model, by the `liquid` temperature of its supply, or by its fans.

    `flooded` is the miner's own flag for immersion, which counts for models made for air."""
    match = _MODEL.match(model)
    kind = match[2] if match and int(match[1]) >= 3 else ""
    if kind in COOLING:
        return COOLING[kind]
    if static(truthy(liquid)):
        return "hydro"
    if flooded and match and kind in ("", "0", "1", "2"):
        return "immersion"
    return "air" if blown or flooded is False else ""
