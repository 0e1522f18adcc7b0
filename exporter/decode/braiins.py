"""BraiinsOS and Braiins OS+ on port 4028: BOSminer, BOSminer+ and BOSer.

Odd about it: much of devs is a placeholder (temperature, accepted and rejected shares stay 0), and the truth stands in
temps, fans, devdetails and tunerstatus; clocks are hertz in older and megahertz in newer versions; four fan slots are
listed whatever is fitted. stats holds only the timing of calls, so it is never asked. Power is the tuner's estimate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.decode import Family, Reading, cgminer, hashrate
from exporter.decode.answers import Answers, Row
from exporter.decode.bitmain import chip_range, model
from exporter.decode.cgminer import DEVDETAILS, DEVS, POOLS, SUMMARY, VERSION
from exporter.questions import declare
from exporter.values import celsius, count, number, positive, ratio, text
from exporter.vocabulary import (
    Board,
    BoardSensor,
    Fan,
    Miner,
    MinerInfo,
    Part,
    Power,
    TemperatureLimit,
    miner_states,
    tuner_states,
)

TEMPS, FANS, TEMPCTRL, TUNERSTATUS = declare("temps"), declare("fans"), declare("tempctrl"), declare("tunerstatus")

NAMES: Final = ("BOSer", "BOSminer+", "BOSminer")
LIMITS: Final = (("Target", "target"), ("Hot", "hot"), ("Dangerous", "dangerous"))


def devs(reading: Reading) -> Iterator[Part]:
    for row in reading.rows("devs"):
        if board := cgminer.index(row, ("ID",)):
            part = cgminer.device(row, board)
            part.hardware_errors_total = count(row.get("Hardware Errors"))
            yield part
    yield from cgminer.nominal(reading.rows("devs"))


def devdetails(reading: Reading) -> Iterator[Part]:
    for row in reading.rows("devdetails"):
        if board := cgminer.index(row, ("ID",)):
            clock = positive(row.get("Frequency"))
            yield Board(
                board,
                chips=count(row.get("Chips")),
                frequency_hertz=number(clock, 1 if clock is not None and clock > 1e6 else 1e6),
                voltage_volts=positive(row.get("Voltage")),
            )


def temps(reading: Reading) -> Iterator[Part]:
    for row in reading.rows("temps"):
        if board := cgminer.index(row, ("ID",)):
            chip = celsius(row.get("Chip"))
            yield BoardSensor(board, "pcb", "0", celsius(row.get("Board")))
            yield BoardSensor(board, "chip", "0", chip)
            yield chip_range(board, [chip])


def fans(reading: Reading) -> Iterator[Part]:
    """The fitted fans: up to the last one that turns, since empty slots follow the fitted ones."""
    rows = [(cgminer.index(row, ("FAN", "ID")), count(row.get("RPM")), row) for row in reading.rows("fans")]
    last = max((n for n, (_, rpm, _) in enumerate(rows) if rpm), default=-1)
    for fan, rpm, row in rows[: last + 1]:
        yield Fan(fan, rpm, ratio(row.get("Speed")))


def tunerstatus(reading: Reading) -> Iterator[Part]:
    row = reading.row("tunerstatus")
    yield Power("estimated", positive(row.get("ApproximateMinerPowerConsumption")))
    yield Miner(power_limit_watts=positive(row.get("PowerLimit")))
    chains = tuner_chains(row)
    for chain in chains:
        if board := cgminer.index(chain, ("HashchainIndex",)):
            yield Board(board, power_watts=positive(chain.get("ApproximatePowerConsumptionWatt")))
    yield from tuner_states(tuner_state(chains))


def tuner_chains(row: Row) -> list[Row]:
    chains = row.get("TunerChainStatus")
    return [chain for chain in chains[:16] if isinstance(chain, dict)] if isinstance(chains, list) else []


def tuner_state(chains: list[Row]) -> str | None:
    """The whole tuner's state: tuning while any board tunes, stable when all say so; None in any other case."""
    said = [text(chain.get("Status")).lower() for chain in chains]
    if any(chain.get("TunerRunning") is True and "stable" not in s for chain, s in zip(chains, said, strict=True)):
        return "tuning"
    for state in ("stable", "disabled", "error"):
        if said and all(state in words for words in said):
            return state
    return None


def tempctrl(reading: Reading) -> Iterator[Part]:
    row = reading.row("tempctrl")
    for key, limit in LIMITS:
        yield TemperatureLimit(limit, celsius(row.get(key)))


def version(reading: Reading) -> Iterator[Part]:
    row = reading.row("version")
    name = next((name for name in NAMES if name in row), "")
    yield MinerInfo(
        make="Bitmain" if "Antminer" in text(reading.row("devdetails").get("Model")) else "",
        model=model(reading.row("devdetails").get("Model", "")),
        firmware="Braiins OS",
        firmware_version=text(row.get(name)),
        api_version=text(row.get("API")),
    )


def state(reading: Reading) -> Iterator[Part]:
    if hashrate.hashing(reading):
        tuning = tuner_state(tuner_chains(reading.row("tunerstatus"))) == "tuning"
        yield from miner_states("tuning" if tuning else "mining")


def recognise(answers: Answers) -> str:
    for name in NAMES:
        if name in answers.row("version"):
            return f"{name} in version"
    return answers.described("BOSminer|BOSer")


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
    slow=(VERSION, TEMPCTRL),
)
