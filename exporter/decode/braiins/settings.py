"""The settings of BraiinsOS and their limits from its two modern surfaces: cooling, power, and the firmware's licence.

Quirks: the mode of cooling is a key, `{"auto": {"hot_temperature": {"degree_c": 65}}}`, and so is the state of the
licence. Settings that the owner never changed are absent: their defaults are beside their limits, where the mode is a
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
from exporter.parse.rows import Reading

COOLING: Final = "temperature"  # the key of the settings of cooling
MODES: Final = {"auto": "air", "manual": "air", "immersion": "immersion", "hydro": "hydro"}
NUMBERED: Final = {1: "auto", 2: "manual", 3: "disabled", 4: "immersion", 5: "hydro"}  # the modes of the defaults
LIMITS: Final = ("target", "hot", "dangerous")


def kept(document: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of cooling alone; {} for a document that has no settings."""
    return {COOLING: document.get(COOLING)} if {COOLING, "tuner"} & document.keys() else {}


def modes(surface: str, reading: Reading) -> tuple[str, str]:
    """Return the mode of cooling that the owner chose, "" for none, and the mode that is in force, "" if unknown."""
    answer = reading.row(surface + "miner_configuration")
    chosen = next(iter(static(keys(inner(answer, COOLING)["mode"]))), "")
    usual = count(inner(reading.row(surface + "constraints"), "cooling_constraints").static("default_cooling_mode"))
    return chosen, chosen or (NUMBERED.get(int(usual or 0), "") if COOLING in answer else "")


def cooling(surface: str, reading: Reading) -> str:
    """Return how the miner is cooled; "" if unknown."""
    return MODES.get(modes(surface, reading)[1], "")


def configuration(surface: str, reading: Reading) -> Iterator[v.Part]:
    """Yield the temperatures that cooling works to, and the fans that must turn: as chosen, else by default."""
    row = inner(reading.row(surface + "miner_configuration"), COOLING)
    usual = inner(reading.row(surface + "constraints"), "cooling_constraints")
    chosen, mode = modes(surface, reading)
    place = (row["mode"], chosen)
    defaults = not chosen or NUMBERED.get(int(count(usual.static("default_cooling_mode")) or 0)) == chosen
    for limit in LIMITS:
        key = f"{limit}_temperature"
        usually = at(usual[key], "default", "degree_c") if defaults else None
        yield v.TemperatureLimit(limit, celsius(coalesce(at(*place, key, "degree_c"), usually)))
    if MODES.get(mode) == "air":
        required = coalesce(at(*place, "minimum_required_fans"), row["minimum_required_fans"])
        usually = at(usual["minimum_required_fans"], "default") if defaults else None
        yield v.Miner(fans_required=count(coalesce(required, usually)))


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
