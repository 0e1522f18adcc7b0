"""The power of LuxOS: its limits, the voltage of the boards, and the power supply with its alarms.

Quirks: a value of the supply is a text, "6400" or "N/A". An alarm is "true" until its cause is gone. Commands without
a parameter tell the voltage of all boards at once, while `voltageget` without a board blocks the API.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, traceable
from exporter.core.values import count, flag, positive, text
from exporter.decode.cgminer import DEVDETAILS
from exporter.decode.common.faults import CRITICAL, MOST, WARNING
from exporter.decode.common.labels import index
from exporter.parse.rows import Reading
from exporter.questions import line

ATM, PROFILES, LIMITS = line("atm"), line("profiles"), line("limits")
PSU = line("psuget", section="PSUFLAGS")
SLOW = (PROFILES, DEVDETAILS, LIMITS, PSU)

_ALARM = re.compile(r"[A-Z][A-Za-z0-9]{1,40}(?:Fault|Warning)", re.ASCII)


def limits(reading: Reading) -> Iterator[v.Part]:
    """Yield the power limit: the target if the model has a target, else the watts of the active profile; its range."""
    atm, config, row = reading.row("atm"), reading.row("config"), reading.row("limits")
    target = positive(config["ActualPowerTarget"]) if flag(config.static("IsPowerTargetEnabled")) else None
    active = text(config.static("Profile"))
    profiles = [each for each in reading.rows("profiles") if active and text(each.static("Profile Name")) == active]
    watts = [positive(each["Watts"]) for each in profiles]
    yield v.Miner(
        power_limit_watts=coalesce(positive(atm["PowerTarget"]), target, positive(atm["PowerLimit"]), *watts),
        power_limit_min_watts=positive(row["PowerTargetMin"]),
        power_limit_max_watts=positive(row["PowerTargetMax"]),
    )


def voltages(reading: Reading) -> Iterator[v.Part]:
    for row in reading.rows("devdetails"):
        if board := index(row, ("ID", "DEVDETAILS")):
            yield v.Board(board, voltage_volts=positive(row["Voltage"]))


def supply(reading: Reading) -> Iterator[v.Part]:
    """Yield a fault for each alarm, and the supply's fan."""
    row = reading.row("psuget")
    for name in [key for key in row if _ALARM.fullmatch(key)][:MOST]:
        yield v.Fault(name, "psu", CRITICAL if name.endswith("Fault") else WARNING, raised(row[name]))
    fan = next(iter(reading.others("psuget", "PSUFAN")), reading.empty)
    yield v.Psu("0", fan_speed_rpm=count(fan["SpeedRPM"]))


@traceable
def raised(raw: object) -> int | None:
    """Return 1 for an alarm that is on, else None."""
    return 1 if flag(raw) else None
