"""ePIC's PowerPlay (UMC OS) on Antminers and its own boards, and its predecessor: a web server on port 4028.

Quirks: the cgminer API is missing, and its commands get an HTTP error. An empty fan slot is null, and zero is a stopped
fan. A board that is switched off is only in HBStatus. The summary contains the worker's name and the pool's password;
the password is never used. PowerPlay's predecessor ran on the SC200.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static, traceable
from exporter.core.values import Number, celsius, count, flag, number, positive, ratio, text
from exporter.decode.common.nested import at, inner, keys
from exporter.decode.common.sums import total
from exporter.decode.epic import chips
from exporter.decode.epic.boards import boards, temps
from exporter.decode.epic.faults import faults
from exporter.decode.epic.identity import capabilities, identity
from exporter.decode.epic.pages import CAPABILITIES, NETWORK, SUMMARY, TEMPS
from exporter.decode.epic.pools import first_firmware, pools
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row

STATES: Final = {
    "mining": "mining",
    "idling": "idle",
    "idle": "idle",
    "stopping": "idle",
    "initializing": "starting",
    "loading": "starting",
    "preinitcooldown": "starting",
    "rebooting": "starting",
    "softrebooting": "starting",
    "tuning": "tuning",
    "adjustingclockvoltage": "tuning",
    "testing": "paused",
    "updatingfirmware": "paused",
}
METERED: Final = {True: "measured", False: "estimated", None: "firmware"}  # the source of power, by the flag True Power
TUNED: Final = {True: "stable", False: "tuning", None: None}  # the state of a running tuner, by the flag Optimized
THROTTLED: Final = ("Throttle Target", "Error Throttle Target")  # the lower targets, for heat and for errors
LIMITS: Final = (("Shutdown Temp", "hot"), ("Critical Temp", "dangerous"))

_FAN = re.compile(r"Fans Speed (\d{1,2})", re.ASCII)


def summary(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("epic_summary")
    session, tune = inner(row, "Session"), inner(row, "PerpetualTune")
    rates = [number(count(at(board["Hashrate"], 0)), 1e6) for board in row.rows("HBs")]
    yield v.Miner(
        miner_uptime_seconds=count(session["Uptime"]),
        hashrate_hashes_per_second=total(*rates),
        shares_accepted_total=count(session["Accepted"]),
        shares_rejected_total=count(session["Rejected"]),
        getworks_total=count(session["WorkReceived"]),
        power_limit_watts=coalesce(tuned_to(tune["Algorithm"], "W"), positive(preset(row, "Target Power"))),
        hashrate_target_hashes_per_second=number(tuned_to(tune["Algorithm"], "TH/s"), 1e12),
        throttled=held_back(tune["Algorithm"]),
    )
    yield v.HashrateWindow("average", number(count(session["Average MHs"]), 1e6))
    yield v.HashrateNominal("firmware", number(tuned_to(tune["Algorithm"], "TH/s"), 1e12))
    yield from boards(row, rates)
    yield from cooling(row)
    supply, about = inner(row, "Power Supply Stats"), inner(reading.row("epic_capabilities"), "Psu Info")
    yield v.Power(METERED[flag(about.static("True Power"))], positive(supply["Input Power"]))
    yield v.Psu(
        "0",
        input_volts=positive(supply["Input Voltage"]),
        input_amperes=positive(supply["Input Current"]),
        input_watts=positive(supply["Input Power"]),
        output_volts=positive(supply["Output Voltage"]),
        output_amperes=positive(supply["Output Current"]),
        output_watts=positive(supply["Output Power"]),
        output_target_volts=number(positive(supply["Target Voltage"]), 1e-3),
        output_min_volts=number(positive(about["Min Vout"]), 1e-3),
        output_max_volts=number(positive(about["Max Vout"]), 1e-3),
    )
    yield v.PsuInfo("0", version=text(about["FW"]))
    yield from pools(reading)
    yield from faults(row)


def preset(row: Row, key: str) -> Any:
    """Return a value of the first firmware's preset; None for PowerPlay, whose preset is only the start of tuning."""
    return inner(row, "PresetInfo")[key] if row.any(first_firmware, "Software") else None


@traceable
def tuned_to(algorithms: object, unit: str) -> Number | None:
    """Return the target of tuning in that unit: the lower target if the miner is throttled, else the usual target."""
    for aim in algorithms.values() if isinstance(algorithms, dict) else ():
        if isinstance(aim, dict) and aim.get("Unit") == unit:
            lower = lowered(aim)
            return None if lower is None else min(lower) if lower else positive(aim.get("Target"))
    return None


def lowered(aim: dict[str, Any]) -> list[Number] | None:
    """Return the lower targets in force, where a null is out of force; None if any is unreadable."""
    given = [aim[key] for key in THROTTLED if aim.get(key) is not None]
    known = [target for each in given if (target := positive(each))]
    return known if len(known) == len(given) else None


@traceable
def held_back(algorithms: object) -> int | None:
    """Return 1 while a lower target is in the place of the usual target, else 0; None without a target of tuning."""
    for aim in algorithms.values() if isinstance(algorithms, dict) else ():
        if isinstance(aim, dict) and THROTTLED[0] in aim and (usual := positive(aim.get("Target"))):
            lower = lowered(aim)
            return None if lower is None else int(any(target < usual for target in lower))
    return None


def cooling(row: Row) -> Iterator[v.Part]:
    yield v.Miner(fans_required=count(inner(row, "Fans")["Minimum Working Fans"]))
    duty = ratio(inner(row, "Fans")["Fans Speed"])
    speeds = inner(row, "Fans Rpm")
    for key in speeds:
        if (match := _FAN.fullmatch(key)) and speeds.any(fitted, key):
            yield v.Fan(match[1], count(speeds[key]), duty)
    if row.any(first_firmware, "Software"):  # the first firmware has no speeds
        yield v.Fan("0", duty_ratio=duty)
    for key, limit in LIMITS:
        yield v.TemperatureLimit(limit, celsius(inner(row, "Misc")[key]))
    target = at(inner(row, "Fans")["Fan Mode"], "Auto", "Target Temperature")
    yield v.TemperatureLimit("target", celsius(target))


@traceable
def fitted(raw: object) -> bool:
    """Tell whether a slot holds a fan."""
    return count(raw) is not None


def state(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("epic_summary")
    yield from v.miner_states(STATES.get(text(inner(row, "Status").static("Operating State")).lower()))
    tune = inner(row, "PerpetualTune")
    for name in static(keys(tune["Algorithm"]))[:1]:
        yield v.Profile(text(name))
        on, done = flag(tune.static("Running")), static(flag(at(tune["Algorithm"], name, "Optimized")))
        yield from v.tuner_states(None if on is None else TUNED.get(done) if on else "disabled")
    if row.any(first_firmware, "Software"):
        yield v.Profile(text(coalesce(row["Preset"], preset(row, "Preset"))))


def recognise(reading: Reading) -> str:
    row = reading.row("epic_summary")
    if "HBs" in row and "StratumConfigs" in row:
        return "/summary on port 4028 with HBs and StratumConfigs"
    return "/summary of epic-miner on port 4028" if "HBs" in row and row.any(first_firmware, "Software") else ""


FAMILY = Family(
    name="epic",
    rank=5,
    recognise=recognise,
    sections=(
        ("epic_summary", summary),
        ("epic_temps", temps),
        ("epic_capabilities", capabilities),
        *chips.SECTIONS,
        ("", identity),
        ("", state),
    ),
    fast=(SUMMARY, TEMPS),
    slow=(CAPABILITIES, NETWORK),
    boards=chips.opted,
    fingerprint=SUMMARY,
)
