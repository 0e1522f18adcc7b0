"""ePIC's PowerPlay (UMC OS) on Antminers and boards of its own, and the firmware before that on its SC200: pages of a
web server that listens on port 4028.

Odd about it: the API of other miners is not there, and its question gets a HTTP error; a fan that is not fitted is
null, and zero is one that stands still; a board that is switched off is only in HBStatus; the pool's password and the
worker stand in summary, and the password is never looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from exporter.core.tracing import coalesce, static, traceable
from exporter.core.values import Number, celsius, count, flag, mac, number, positive, ratio, text
from exporter.core.vocabulary import (
    BoardChipsExpected,
    BoardInfo,
    BoardsExpected,
    Fan,
    HashrateNominal,
    HashrateWindow,
    Miner,
    MinerInfo,
    Part,
    Power,
    Profile,
    Psu,
    TemperatureLimit,
    miner_states,
    tuner_states,
)
from exporter.decode import Family
from exporter.decode.cgminer import total
from exporter.decode.common.nested import at, how_long, inner, keys
from exporter.decode.epic.boards import boards, temps
from exporter.decode.epic.pools import first_firmware, pools
from exporter.parse.jsontext import LIST
from exporter.parse.rows import Reading, Row
from exporter.questions import page

PORT: Final = 4028
SUMMARY = page("epic_summary", "/summary", port=PORT)
TEMPS = page("epic_temps", "/temps", section=LIST, port=PORT)
CAPABILITIES = page("epic_capabilities", "/capabilities", port=PORT)
NETWORK = page("epic_network", "/network", port=PORT)

STATES: Final = {"mining": "mining", "idling": "idle", "idle": "idle", "initializing": "starting", "tuning": "tuning"}
TUNED: Final = {True: "stable", False: "tuning", None: None}  # by Optimized
LIMITS: Final = (("Shutdown Temp", "hot"), ("Critical Temp", "dangerous"))
ALGORITHMS: Final = {"sha-256": "sha256"}

_FAN = re.compile(r"Fans Speed (\d{1,2})", re.ASCII)


def summary(reading: Reading) -> Iterator[Part]:
    row = reading.row("epic_summary")
    session, tune = inner(row, "Session"), inner(row, "PerpetualTune")
    rates = [number(count(at(board["Hashrate"], 0)), 1e6) for board in row.rows("HBs")]
    yield Miner(
        miner_uptime_seconds=count(session["Uptime"]),
        hashrate_hashes_per_second=total(*rates) if rates else None,
        shares_accepted_total=count(session["Accepted"]),
        shares_rejected_total=count(session["Rejected"]),
        power_limit_watts=coalesce(tuned_to(tune["Algorithm"], "W"), positive(preset(row, "Target Power"))),
    )
    yield HashrateWindow("average", number(count(session["Average MHs"]), 1e6))
    yield HashrateNominal("firmware", number(tuned_to(tune["Algorithm"], "TH/s"), 1e12))
    yield from boards(row, rates)
    yield from cooling(row)
    supply = inner(row, "Power Supply Stats")
    yield Power("firmware", positive(supply["Input Power"]))
    yield Psu(
        "0",
        input_volts=positive(supply["Input Voltage"]),
        input_amperes=positive(supply["Input Current"]),
        input_watts=positive(supply["Input Power"]),
        output_volts=positive(supply["Output Voltage"]),
        output_amperes=positive(supply["Output Current"]),
        output_watts=positive(supply["Output Power"]),
    )
    yield from pools(reading)


def preset(row: Row, key: str) -> Any:
    """A value of the first firmware's preset; PowerPlay tunes, so that its preset is only where tuning began."""
    return inner(row, "PresetInfo")[key] if row.any(first_firmware, "Software") else None


@traceable
def tuned_to(algorithms: object, unit: str) -> Number | None:
    """What tuning works to in that unit: the target, or the lower one that heat has throttled it to."""
    for said in algorithms.values() if isinstance(algorithms, dict) else ():
        if isinstance(said, dict) and said.get("Unit") == unit:
            return positive(said.get("Throttle Target")) or positive(said.get("Target"))
    return None


def cooling(row: Row) -> Iterator[Part]:
    duty = ratio(inner(row, "Fans")["Fans Speed"])
    said = inner(row, "Fans Rpm")
    for key in said:
        if (match := _FAN.fullmatch(key)) and said.any(fitted, key):
            yield Fan(match[1], count(said[key]), duty)
    if row.any(first_firmware, "Software"):  # which has no speeds
        yield Fan("0", duty_ratio=duty)
    for key, limit in LIMITS:
        yield TemperatureLimit(limit, celsius(inner(row, "Misc")[key]))
    target = at(inner(row, "Fans")["Fan Mode"], "Auto", "Target Temperature")
    yield TemperatureLimit("target", celsius(target))


@traceable
def fitted(raw: object) -> bool:
    return count(raw) is not None


def capabilities(reading: Reading) -> Iterator[Part]:
    row = reading.row("epic_capabilities")
    yield HashrateNominal("firmware", number(positive(row["Default Hashrate"]), 1e12))
    yield BoardsExpected("firmware", positive(row["Max HBs"]))
    said = {board.position: text(board.static("Index")) for board in reading.row("epic_summary").rows("HBs")}
    serials, chips = row["Board Serial Numbers"], inner(row, "Performance Estimator")["Chip Count"]
    named = static(how_long(serials)) == max(said, default=-1) + 1  # the boards that run, without the others
    for n, board in said.items():
        if board:
            yield BoardChipsExpected(board, "firmware", positive(chips))
            yield BoardInfo(
                board, serial=text(at(serials, n)) if named else "", chip_type=text(row.static("Chip Type"))
            )


def identity(reading: Reading) -> Iterator[Part]:
    row, can, net = (reading.row(f"epic_{name}") for name in ("summary", "capabilities", "network"))
    model = text(can.static("Model")).replace("AntMiner", "Antminer")
    old = row.any(first_firmware, "Software")
    algorithm = text(inner(row, "Mining").static("Algorithm")).lower()
    yield MinerInfo(
        make="Bitmain" if model.startswith("Antminer") else "ePIC" if model or old else "",
        model=model,
        firmware=program(row["Software"]),
        firmware_version=release(row["Software"]),
        hostname=text(row["Hostname"]),
        mac=mac(next((at(net[key], "mac_address") for key in net), None)),
        serial=text(can["Miner Serial Number"]),
        platform=text(can.static("Model Subtype")),
        algorithm=ALGORITHMS.get(algorithm, algorithm),
    )


@traceable
def program(software: object) -> str:
    """The name of the firmware, without what it is for."""
    said = text(software)
    return next((name for name in ("PowerPlay", "epic-miner") if said.startswith(name)), "")


@traceable
def release(software: object) -> str:
    """The version behind the name."""
    return text(software).rpartition(" ")[2].removeprefix("v")


def state(reading: Reading) -> Iterator[Part]:
    row = reading.row("epic_summary")
    yield from miner_states(STATES.get(text(inner(row, "Status").static("Operating State")).lower()))
    tune = inner(row, "PerpetualTune")
    for name in static(keys(tune["Algorithm"]))[:1]:
        yield Profile(text(name))
        on, done = flag(tune.static("Running")), static(flag(at(tune["Algorithm"], name, "Optimized")))
        yield from tuner_states(None if on is None else TUNED.get(done) if on else "disabled")
    if row.any(first_firmware, "Software"):
        yield Profile(text(coalesce(row["Preset"], preset(row, "Preset"))))


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
        ("", identity),
        ("", state),
    ),
    fast=(SUMMARY, TEMPS),
    slow=(CAPABILITIES, NETWORK),
    fingerprint=SUMMARY,
)
