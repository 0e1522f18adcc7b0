"""The parts of BraiinsOS from its two modern surfaces, the pages of its web server and gRPC.

Quirks: a number is under the name of its unit (`{"watt": 3480}`), and is never used without the unit. States are
numbers. Power is the tuner's estimate. Each decoder takes the prefix of its surface's sections, "" for the pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import static, traceable, truthy
from exporter.core.values import Number, celsius, count, mac, number, positive, text
from exporter.decode.antminer import models
from exporter.decode.braiins import settings
from exporter.decode.braiins.errors import errors
from exporter.decode.braiins.work import current, lost, pools, rate, stats
from exporter.decode.common.fans import up_to_the_last_turning
from exporter.decode.common.flags import switch
from exporter.decode.common.identity import serial
from exporter.decode.common.labels import index
from exporter.decode.common.nested import at, inner
from exporter.decode.common.sensors import chip_range
from exporter.decode.family import Decoder
from exporter.parse.rows import Reading, Row
from exporter.questions import Login

LOGIN: Final = Login(family="braiins", path="/api/v1/auth/login")  # the login of the web server
MAKES: Final = {1: "Bitmain", 2: "MicroBT"}
IDLE, NORMAL, PAUSED, RESTRICTED = 1, 2, 3, 5  # 4 is suspended, without a reason
# 5 is tuning without an end; 6 is heating up, which comes before tuning
TUNER_STATES: Final = {1: "disabled", 2: "stable", 3: "tuning", 4: "error", 5: "tuning", 6: "tuning"}
MINING: Final = {3: "tuning", 6: "starting"}  # the state of a miner that hashes, by the tuner's state; else mining
CHIP, PCB = 1, 2  # places of a sensor
PLACES: Final = {
    "inlet": "lowest_inlet_temp",
    "outlet": "highest_outlet_temp",
    "water_inlet": "lowest_water_inlet_temp",
    "water_outlet": "highest_water_outlet_temp",
}
WATER: Final = ("lowest_water_inlet_temp", "highest_water_outlet_temp")


def degrees(raw: object, *keys: str) -> Number | None:
    return celsius(at(raw, *keys, "degree_c"))


def details(surface: str, reading: Reading) -> Iterator[v.Part]:
    row = reading.row(surface + "miner_details")
    yield v.Miner(
        miner_uptime_seconds=positive(row["bosminer_uptime_s"]),  # 0 if the mining program does not run
        device_uptime_seconds=count(row["system_uptime_s"]),
    )
    yield v.HashrateNominal("nameplate", positive(rate(row["sticker_hashrate"])))
    psu = inner(row, "psu_info")
    yield v.PsuInfo("0", text(psu["model_name"]), serial(psu["serial_number"]), text(psu["fw_version"]))
    yield v.Psu(
        "0",
        output_min_volts=positive(at(psu["min_voltage"], "volt")),
        output_max_volts=positive(at(psu["max_voltage"], "volt")),
    )


def hashboards(surface: str, reading: Reading) -> Iterator[v.Part]:
    for row in reading.rows(surface + "hashboards"):
        if board := index(row, ("id",)):
            yield from hashboard(row, board)


def hashboard(row: Row, board: str) -> Iterator[v.Part]:
    chip = degrees(row["highest_chip_temp"], "temperature")
    yield v.Board(
        board,
        up=switch(row["enabled"]),
        hashrate_hashes_per_second=current(row["stats"]),
        hashrate_nominal_hashes_per_second=positive(rate(row["stats"], "nominal_hashrate")),
        chips=count(row["chips_count"]),
        frequency_hertz=positive(at(row["current_frequency"], "hertz")),
        voltage_volts=positive(at(row["current_voltage"], "volt")),
        error_hashrate_hashes_per_second=lost(row["stats"]),
    )
    yield chip_range(board, [chip])
    yield v.BoardInfo(
        board, name=text(row["board_name"]), serial=serial(row["serial_number"]), chip_type=text(row["chip_type"])
    )
    yield v.BoardSensor(board, "pcb", "0", degrees(row["board_temp"]))
    yield v.BoardSensor(board, "chip", "0", chip)
    for place, key in PLACES.items():
        yield v.BoardSensor(board, place, "0", degrees(row[key]))


def cooling(surface: str, reading: Reading) -> Iterator[v.Part]:
    """Yield the fitted fans, and the hottest sensor of all boards."""
    row = reading.row(surface + "cooling_state")
    for each in up_to_the_last_turning(row.rows("fans"), "rpm"):
        if fan := index(each, ("position",)):
            yield v.Fan(fan, count(each["rpm"]), target_ratio=count(each["target_speed_ratio"]))
    hottest = inner(row, "highest_temperature")
    place, value = state_of(hottest, "location"), degrees(hottest["temperature"])
    if place == CHIP:
        yield v.Board(chip_temperature_max_celsius=value)
    elif place == PCB:
        yield v.BoardSensor(location="pcb", sensor="0", board_temperature_celsius=value)


def tuner(surface: str, reading: Reading) -> Iterator[v.Part]:
    row = reading.row(surface + "tuner_state")
    watts = at(row["mode_state"], "powertargetmodestate", "current_target", "watt")
    terahashes = at(row["mode_state"], "hashratetargetmodestate", "current_target", "terahash_per_second")
    yield v.Miner(
        power_limit_watts=positive(watts), hashrate_target_hashes_per_second=number(positive(terahashes), 1e12)
    )
    yield from v.tuner_states(TUNER_STATES.get(state_of(row, "overall_tuner_state")))


def state_of(row: Row, key: str) -> int:
    """Return the number of a state, 0 for none."""
    return int(count(row.static(key)) or 0)


def identity(surface: str, reading: Reading) -> Iterator[v.Part]:
    row = reading.row(surface + "miner_details")
    named = inner(row, "miner_identity")
    version = [text(reading.row(surface + "api_version").static(key)) for key in ("major", "minor", "patch")]
    water = "hydro" if any(board.any(warm, *WATER) for board in reading.rows(surface + "hashboards")) else ""
    yield v.MinerInfo(
        make=MAKES.get(state_of(named, "brand"), ""),
        model=models.name(named.static("miner_model")) or models.name(named.static("name")),
        firmware="Braiins OS",
        firmware_version=text(inner(row, "bos_version").static("current")),
        api_version=".".join(version) if all(version) else "",
        hostname=text(row["hostname"]),
        mac=mac(row["mac_address"]),
        serial=serial(row["serial_number"]),
        algorithm="sha256",
        cooling=settings.cooled(surface, reading) or water,
    )


@traceable
def warm(raw: object) -> bool:
    """Tell whether a water temperature is measured."""
    return celsius(at(raw, "degree_c")) is not None


def state(surface: str, reading: Reading) -> Iterator[v.Part]:
    status = state_of(reading.row(surface + "miner_details"), "status")
    rate_now = current(reading.row(surface + "miner_stats")["miner_stats"])
    if status in (IDLE, PAUSED):
        yield from v.miner_states("idle" if status == IDLE else "paused")
    elif status in (NORMAL, RESTRICTED) and static(truthy(rate_now)):
        tuner = state_of(reading.row(surface + "tuner_state"), "overall_tuner_state")
        yield from v.miner_states(MINING.get(tuner, "mining"))


def sections(surface: str) -> tuple[tuple[str, Decoder], ...]:
    """Return the decoders of a surface by its sections."""
    named = {
        "miner_stats": stats,
        "miner_details": details,
        "hashboards": hashboards,
        "cooling_state": cooling,
        "tuner_state": tuner,
        "pool_groups": pools,
        "miner_errors": errors,
        "license": settings.license_,
        "miner_configuration": settings.configuration,
        "constraints": settings.constraints,
    }
    found: list[tuple[str, Decoder]] = [(surface + name, partial(decoder, surface)) for name, decoder in named.items()]
    return (*found, ("", partial(identity, surface)), ("", partial(state, surface)))


def evidence(surface: str, reading: Reading, version: str, details: str) -> str:
    """Return the evidence for this firmware; `version` and `details` name the surface's two questions in the text."""
    if all(key in reading.row(surface + "api_version") for key in ("major", "minor", "patch")):
        return f"{version} with major, minor and patch"
    return f"bos_version in {details}" if "bos_version" in reading.row(surface + "miner_details") else ""
