"""The settings of BraiinsOS and their limits from its two modern surfaces: cooling, power, and the firmware's licence.

Quirks: the mode of cooling is a key, `{"auto": {"hot_temperature": {"degree_c": 65}}}`, and so is the state of the
licence. Without any settings of cooling, the defaults are in force: they are beside the limits, where the mode is a
number. Older versions keep the number of required fans beside the mode. The fee is in hundredths of a percent. The page
of settings also has the pools with their passwords, which its excerpt drops.

Each decoder takes the prefix of its surface's sections, "" for the pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static
from exporter.core.values import celsius, count, number, positive
from exporter.decode.common.nested import at, inner, keys
from exporter.parse.rows import Reading, Row

COOLING: Final = "temperature"  # the key of the settings of cooling
UNSET: Final = "unset"  # the key that stands for settings without any of cooling
MODES: Final = {"auto": "air", "manual": "air", "immersion": "immersion", "hydro": "hydro"}
USUAL: Final = {1: "air", 2: "air", 4: "immersion", 5: "hydro"}  # 3 has no cooling
LIMITS: Final = ("target", "hot", "dangerous")


def kept(document: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of cooling alone, or UNSET beside settings of the tuner; {} for another document."""
    if COOLING in document:
        return {COOLING: document[COOLING]}
    return {UNSET: True} if "tuner" in document else {}


def usual(surface: str, reading: Reading) -> Row:
    """Return the defaults of cooling if they are in force; else an empty row."""
    unset = reading.row(surface + "miner_configuration").static(UNSET) and "truncated" not in reading.answers.repairs
    return inner(reading.row(surface + "constraints"), "cooling_constraints") if unset else reading.empty


def mode(surface: str, reading: Reading) -> str:
    """Return the mode of cooling that the owner chose; "" for none."""
    row = inner(reading.row(surface + "miner_configuration"), COOLING)
    return next(iter(static(keys(row["mode"]))), "")


def cooled(surface: str, reading: Reading) -> str:
    """Return how the miner is cooled; "" if unknown."""
    default = count(usual(surface, reading).static("default_cooling_mode"))
    return MODES.get(mode(surface, reading), "") or USUAL.get(int(default or 0), "")


def configuration(surface: str, reading: Reading) -> Iterator[v.Part]:
    """Yield the temperatures that cooling works to, and the fans that must turn."""
    row = inner(reading.row(surface + "miner_configuration"), COOLING)
    place, default = (row["mode"], mode(surface, reading)), usual(surface, reading)
    for limit in LIMITS:
        key = f"{limit}_temperature"
        degrees = coalesce(at(*place, key, "degree_c"), at(default[key], "default", "degree_c"))
        yield v.TemperatureLimit(limit, celsius(degrees))
    if cooled(surface, reading) == "air":
        required = coalesce(at(*place, "minimum_required_fans"), row["minimum_required_fans"])
        yield v.Miner(fans_required=count(coalesce(required, at(default["minimum_required_fans"], "default"))))


def constraints(surface: str, reading: Reading) -> Iterator[v.Part]:
    """Yield the range of power that the tuner can be set to."""
    power = inner(reading.row(surface + "constraints"), "tuner_constraints")["power_target"]
    yield v.Miner(
        power_limit_min_watts=positive(at(power, "min", "watt")),
        power_limit_max_watts=positive(at(power, "max", "watt")),
    )


def license_(surface: str, reading: Reading) -> Iterator[v.Part]:
    state = reading.row(surface + "license")["state"]
    current = next(iter(static(keys(state))), "")
    yield from v.license_states(current)
    yield v.Miner(developer_fee_ratio=number(count(at(state, current, "dev_fee", "bsp")), 0.0001))
