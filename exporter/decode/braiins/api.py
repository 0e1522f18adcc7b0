"""BraiinsOS and Braiins OS+ on port 4028: BOSminer, BOSminer+ and BOSer.

Quirks: much of devs is a placeholder (temperature, accepted and rejected shares stay 0). The true values are in temps,
fans, devdetails and tunerstatus. Clocks are hertz in older and megahertz in newer versions. Four fan slots are always
listed. stats holds only the timing of calls, so polls leave stats out. Power is the tuner's estimate. version has the
mining program's version. The firmware's version is on the web server, which needs no login before 25.05.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, traceable
from exporter.core.values import Number, count, number, positive, text
from exporter.decode import cgminer
from exporter.decode.antminer import models
from exporter.decode.cgminer import DEVDETAILS, DEVS, POOLS, SUMMARY, VERSION
from exporter.decode.common import hashrate
from exporter.decode.common.environment import FANS, TEMPCTRL, TEMPS, fans, tempctrl, temps
from exporter.decode.common.faults import WARNING
from exporter.decode.common.labels import index
from exporter.decode.common.manual import FORK, of_each_board, reads
from exporter.decode.common.nested import at
from exporter.decode.family import Family
from exporter.parse.rows import Reading, Row
from exporter.questions import line, page

TUNERSTATUS = line("tunerstatus")
SYSTEM = page("bos", "/graphql", posted=True, section="data", hourly=True)

NAMES: Final = ("BOSer", "BOSminer+", "BOSminer")
CHAINS: Final = "TunerChainStatus"
ERROR: Final = "error"


def devs(reading: Reading) -> Iterator[v.Part]:
    for row in reading.rows("devs"):
        if board := index(row, ("ID",)):
            part = cgminer.device(row, board)
            part.hardware_errors_total = count(row["Hardware Errors"])
            part.error_hashrate_hashes_per_second = number(count(row["Hardware Error MHS 15m"]), 1e6)
            yield part
    yield from cgminer.nominal(reading.rows("devs"))


def devdetails(reading: Reading) -> Iterator[v.Part]:
    for row in reading.rows("devdetails"):
        if board := index(row, ("ID",)):
            yield v.Board(
                board,
                chips=count(row["Chips"]),
                frequency_hertz=clock(row["Frequency"]),
                voltage_volts=positive(row["Voltage"]),
            )


@traceable
def clock(raw: object) -> Number | None:
    """Convert hertz or megahertz to hertz."""
    value = positive(raw)
    return number(value, 1 if value is not None and value > 1e6 else 1e6)


def tunerstatus(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("tunerstatus")
    yield v.Power("estimated", positive(row["ApproximateMinerPowerConsumption"]))
    yield v.Miner(power_limit_watts=positive(row["PowerLimit"]))
    chains = row.rows(CHAINS)[:16]
    for chain in chains:
        if board := index(chain, ("HashchainIndex",)):
            yield v.Board(board, power_watts=positive(chain["ApproximatePowerConsumptionWatt"]))
            if ERROR in text(chain.static("Status")).lower():  # the status may have further words
                yield v.Fault("tuner_error", f"board:{board}", WARNING, 1)
    yield from v.tuner_states(tuner_state(reading, chains))


def tuner_state(reading: Reading, chains: list[Row]) -> str | None:
    """Return the state of the whole tuner: tuning if any board tunes, else the boards' state; None if boards differ."""
    statuses = [text(chain.static("Status")).lower() for chain in chains]
    if any(
        chain.static("TunerRunning") is True and "stable" not in s for chain, s in zip(chains, statuses, strict=True)
    ):
        return "tuning"
    for state in ("stable", "disabled", ERROR):
        if statuses and all(state in words for words in statuses) and "truncated" not in reading.answers.repairs:
            return state
    return None


def version(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("version")
    name = next((name for name in NAMES if name in row), "")
    type_ = reading.row("devdetails").static("Model")
    system = reading.row("bos")["bos"]
    yield v.MinerInfo(
        make="Bitmain" if "Antminer" in text(type_) else "",
        model=models.name(type_),
        firmware="Braiins OS",
        firmware_version=coalesce(text(at(system, "info", "version", "full")), text(row.static(name))),
        hostname=text(at(system, "hostname")),
        api_version=text(row.static("API")),
        algorithm="sha256",
    )


def state(reading: Reading) -> Iterator[v.Part]:
    if hashrate.hashing(reading):
        tuning = tuner_state(reading, reading.row("tunerstatus").rows(CHAINS)[:16]) == "tuning"
        yield from v.miner_states("tuning" if tuning else "mining")


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
    manual=(*FORK, *of_each_board("asc"), *reads("lcd")),
)
