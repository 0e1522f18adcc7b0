"""BraiinsOS and Braiins OS+ on port 4028: BOSminer, BOSminer+ and BOSer.

Odd about it: much of devs is a placeholder (temperature, accepted and rejected shares stay 0), and the truth stands in
temps, fans, devdetails and tunerstatus; clocks are hertz in older and megahertz in newer versions; four fan slots are
listed whatever is fitted. stats holds only the timing of calls, so it is never asked. Power is the tuner's estimate.
Its version there is the miner program's; the firmware's own is told by its web server, before 25.05 to anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core.tracing import coalesce, traceable
from exporter.core.values import Number, celsius, count, number, positive, ratio, text
from exporter.core.vocabulary import (
    Board,
    BoardSensor,
    Fan,
    Fault,
    Miner,
    MinerInfo,
    Part,
    Power,
    TemperatureLimit,
    miner_states,
    tuner_states,
)
from exporter.decode import Family, cgminer
from exporter.decode.cgminer import DEVDETAILS, DEVS, POOLS, SUMMARY, VERSION
from exporter.decode.common import hashrate
from exporter.decode.common.bitmain import model
from exporter.decode.common.faults import WARNING
from exporter.decode.common.nested import at
from exporter.decode.common.sensors import chip_range
from exporter.parse.rows import Reading, Row
from exporter.questions import line, page

TEMPS, FANS, TEMPCTRL, TUNERSTATUS = line("temps"), line("fans"), line("tempctrl"), line("tunerstatus")
SYSTEM = page("bos", "/graphql", posted=True, section="data", hourly=True)

NAMES: Final = ("BOSer", "BOSminer+", "BOSminer")
CHAINS: Final = "TunerChainStatus"
ERROR: Final = "error"
LIMITS: Final = (("Target", "target"), ("Hot", "hot"), ("Dangerous", "dangerous"))


def devs(reading: Reading) -> Iterator[Part]:
    for row in reading.rows("devs"):
        if board := cgminer.index(row, ("ID",)):
            part = cgminer.device(row, board)
            part.hardware_errors_total = count(row["Hardware Errors"])
            yield part
    yield from cgminer.nominal(reading.rows("devs"))


def devdetails(reading: Reading) -> Iterator[Part]:
    for row in reading.rows("devdetails"):
        if board := cgminer.index(row, ("ID",)):
            yield Board(
                board,
                chips=count(row["Chips"]),
                frequency_hertz=clock(row["Frequency"]),
                voltage_volts=positive(row["Voltage"]),
            )


@traceable
def clock(raw: object) -> Number | None:
    """Hertz, from hertz or megahertz."""
    value = positive(raw)
    return number(value, 1 if value is not None and value > 1e6 else 1e6)


def temps(reading: Reading) -> Iterator[Part]:
    for row in reading.rows("temps"):
        if board := cgminer.index(row, ("ID",)):
            chip = celsius(row["Chip"])
            yield BoardSensor(board, "pcb", "0", celsius(row["Board"]))
            yield BoardSensor(board, "chip", "0", chip)
            yield chip_range(board, [chip])


def fans(reading: Reading) -> Iterator[Part]:
    """The fitted fans: up to the last one that turns, since empty slots follow the fitted ones."""
    rows = reading.rows("fans")
    last = next((n for n in range(len(rows), 0, -1) if rows[n - 1].any(positive, "RPM")), 0)
    for row in rows[:last]:
        yield Fan(cgminer.index(row, ("FAN", "ID")), count(row["RPM"]), ratio(row["Speed"]))


def tunerstatus(reading: Reading) -> Iterator[Part]:
    row = reading.row("tunerstatus")
    yield Power("estimated", positive(row["ApproximateMinerPowerConsumption"]))
    yield Miner(power_limit_watts=positive(row["PowerLimit"]))
    chains = row.rows(CHAINS)[:16]
    for chain in chains:
        if board := cgminer.index(chain, ("HashchainIndex",)):
            yield Board(board, power_watts=positive(chain["ApproximatePowerConsumptionWatt"]))
            if ERROR in text(chain.static("Status")).lower():  # whatever else it says
                yield Fault("tuner_error", f"board:{board}", WARNING, 1)
    yield from tuner_states(tuner_state(reading, chains))


def tuner_state(reading: Reading, chains: list[Row]) -> str | None:
    """The whole tuner's state: tuning while any board tunes, stable when all say so; None in any other case."""
    said = [text(chain.static("Status")).lower() for chain in chains]
    if any(chain.static("TunerRunning") is True and "stable" not in s for chain, s in zip(chains, said, strict=True)):
        return "tuning"
    for state in ("stable", "disabled", ERROR):
        if said and all(state in words for words in said) and "truncated" not in reading.answers.repairs:
            return state
    return None


def tempctrl(reading: Reading) -> Iterator[Part]:
    row = reading.row("tempctrl")
    for key, limit in LIMITS:
        yield TemperatureLimit(limit, celsius(row[key]))


def version(reading: Reading) -> Iterator[Part]:
    row = reading.row("version")
    name = next((name for name in NAMES if name in row), "")
    said = reading.row("devdetails").static("Model")
    system = reading.row("bos")["bos"]
    yield MinerInfo(
        make="Bitmain" if "Antminer" in text(said) else "",
        model=model(said),
        firmware="Braiins OS",
        firmware_version=coalesce(text(at(system, "info", "version", "full")), text(row.static(name))),
        hostname=text(at(system, "hostname")),
        api_version=text(row.static("API")),
    )


def state(reading: Reading) -> Iterator[Part]:
    if hashrate.hashing(reading):
        tuning = tuner_state(reading, reading.row("tunerstatus").rows(CHAINS)[:16]) == "tuning"
        yield from miner_states("tuning" if tuning else "mining")


def recognise(reading: Reading) -> str:
    for name in NAMES:
        if name in reading.row("version"):
            return f"{name} in version"
    return reading.described("BOSminer|BOSer", own=True)


FAMILY = Family(
    name="braiins",
    rank=20,
    recognise=recognise,
    sections=(
        ("summary", cgminer.summary),
        ("devs", devs),
        ("pools", cgminer.pools),
        ("devdetails", devdetails),
        ("temps", temps),
        ("fans", fans),
        ("tunerstatus", tunerstatus),
        ("tempctrl", tempctrl),
        ("", version),
        ("", state),
    ),
    fast=(SUMMARY, DEVS, POOLS, DEVDETAILS, TEMPS, FANS, TUNERSTATUS),
    slow=(VERSION, TEMPCTRL, SYSTEM),
    better=("braiins_rest", "braiins_grpc"),
)
