"""LuxOS (LUXminer): all commands of a poll in one joined request, because the API suffers from many connections.

Quirks: summary counts in GH/s and devs in MH/s. `Total MH` repeats the average and is no counter. Rows come unsorted.
`Best Share` is of all time if `Best Session Share` is beside it. Sensors are named by METADATA, not by their corner.
There are no chip sensors, although stats repeats the board's numbers under that name. A command that needs a board
blocks the whole API if the board is missing. If port 4028 is closed, the web server takes the same lines by POST.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import traceable
from exporter.core.values import celsius, count, flag, mac, number, positive, ratio, text
from exporter.decode import cgminer
from exporter.decode.antminer import classic, models
from exporter.decode.cgminer import DEVS, POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common import hashrate
from exporter.decode.common.counts import BOARD_FIELDS, SUMMARY_FIELDS, fill
from exporter.decode.common.environment import FANS, POWER, TEMPCTRL, TEMPS, power
from exporter.decode.common.faults import MOST
from exporter.decode.common.labels import index
from exporter.decode.common.manual import of_each_board, reads
from exporter.decode.common.poolvalues import best
from exporter.decode.common.sensors import failed_chips
from exporter.decode.family import Family
from exporter.decode.luxos.events import events
from exporter.decode.luxos.supply import ATM, SLOW, limits, supply, voltages
from exporter.decode.luxos.temps import tempctrl, temps
from exporter.parse.answers import Answers
from exporter.parse.rows import Reading
from exporter.questions import Question, by_hand, line, postable

CONFIG, EVENTS = line("config"), line("events")
CHIPS: Final = tuple(line("healthchipget", section="CHIPS", parameter=str(n)) for n in range(10))
MANUAL: Final = (
    *reads("asccount coin edevs estats lcd"),
    *reads("autotunerget groups hashboardopts healthctrl poolopts tempsensor tunerstatus"),
    *of_each_board("asc frequencyget voltageget"),
    *(by_hand("check", read) for read in ("coin", "estats")),
    by_hand("session"),
)
CURTAILED: Final = {"none": 0, "sleep": 1, "idle": 1}


def summary(reading: Reading) -> Iterator[v.Part]:
    row = reading.row("summary")
    miner = v.Miner()
    fill(miner, row, SUMMARY_FIELDS)
    if "Best Session Share" in row:
        miner.lifetime_best_share_difficulty = miner.best_share_difficulty
        miner.best_share_difficulty = best(row["Best Session Share"])
    yield miner
    yield from hashrate.windows(row)


def devs(reading: Reading) -> Iterator[v.Part]:
    for row in reading.rows("devs"):
        if board := index(row):
            part = cgminer.device(row, board)
            fill(part, row, BOARD_FIELDS)
            if flag(row.static("IsUserShutdown")) is True:
                part.up = 0
            yield part
            yield v.BoardInfo(board, text(row["Board"]), text(row["SerialNumber"]), "", text(row["Connector"]))
    yield from cgminer.nominal(reading.rows("devs"))


def fans(reading: Reading) -> Iterator[v.Part]:
    """Yield the fans, and how many must turn, which the firmware ignores in immersion."""
    rows = reading.rows("fans")
    for row in rows:
        if fan := index(row, ("FAN", "ID")):
            yield v.Fan(fan, count(row["RPM"]), ratio(row["Speed"]))
    if rows and not flag(reading.row("config").static("ImmersionMode")):
        control = next(iter(reading.others("fans", "FANCTRL")), reading.empty)
        yield v.Miner(fans_required=count(control["MinFans"]))


def stats(reading: Reading) -> Iterator[v.Part]:
    """Yield each board's chips, failed chips and clock, which only stats has.

    Chain 1 of stats is the board with ID 0."""
    _, row = classic.stats_rows(reading)
    for slot in range(1, 11):
        if row.any(positive, f"chain_acn{slot}"):
            part = v.Board(str(slot - 1), chips=positive(row[f"chain_acn{slot}"]))
            part.chips_failed = failed_chips(row[f"chain_acs{slot}"])
            part.frequency_hertz = number(positive(row[f"freq{slot}"]), 1e6)
            yield part


def chips(name: str, reading: Reading) -> Iterator[v.Part]:
    """Yield the chips of a board, from the answer to the question `name`."""
    for row in reading.rows(name):
        board, chip = index(row, ("Board",)), index(row, ("Chip",))
        if board and chip:
            rate = number(count(row["GHS 5m"]), 1e9)
            clock = number(positive(row["Frequency"]), 1e6)
            yield v.Chip(board, chip, celsius(row["ChipTemp"]), clock, None, rate, healthy(row["Healthy"]))


@traceable
def healthy(raw: object) -> int | None:
    """Return 1 for a yes and 0 for a no in words, None for anything else."""
    return {"y": 1, "yes": 1, "n": 0, "no": 0}.get(text(raw).lower())


def boards(answers: Answers) -> list[Question]:
    """Return a question for each board in devs.

    The board is always a parameter, because the API blocks without a board."""
    listed = {text(row.get("ID")) for row in answers.rows.get("devs", [])}
    return [question for question in CHIPS if question.parameter in listed]


def config(reading: Reading) -> Iterator[v.Part]:
    row, version = reading.row("config"), reading.row("version")  # only version names the firmware
    cooling = {"air": "air", "hydro": "hydro", "immersion": "immersion"}.get(text(row.static("Cooling")).lower(), "")
    type_ = version.static("Type") or row.static("Model")
    yield v.MinerInfo(
        make="Bitmain" if "Antminer" in text(type_) else "",
        model=models.name(type_),
        firmware="LuxOS",
        firmware_version=text(version.static("LUXminer")).partition("-")[0],
        api_version=text(version.static("API")),
        hostname=text(row["Hostname"]),
        mac=mac(row["MACAddr"]),
        serial=text(row["SerialNumber"]),
        platform=text(row.static("ControlBoardType")),
        cooling="immersion" if flag(row.static("ImmersionMode")) else cooling,
        algorithm="sha256",
    )
    yield v.PsuInfo("0", text(row["PSULabel"]), version=text(row["PSUHwVersion"]))
    yield v.Profile(text(row.static("Profile")))
    yield v.Curtailment("user", CURTAILED.get(text(row.static("CurtailMode")).lower()))
    yield v.HashrateNominal("nameplate", number(positive(row["NameplateTHS"]), 1e12))
    yield from v.tuner_states("tuning" if flag(row.static("IsTuning")) else None)


def state(reading: Reading) -> Iterator[v.Part]:
    """Yield sleeping or idle by the firmware's word, starting while a board ramps up, mining if the miner hashes."""
    config = reading.row("config")
    curtailed, status = (text(config.static(key)).lower() for key in ("CurtailMode", "SystemStatus"))
    codes = {text(row.static("Code")) for row in reading.rows("events")[:MOST]}
    if curtailed == "sleep" or "SLEEP" in codes:
        yield from v.miner_states("sleeping")
    elif curtailed == "idle" or "IDLE" in codes:
        yield from v.miner_states("idle")
    elif status == "initializing" or any(flag(row.static("IsRamping")) for row in reading.rows("devs")):
        yield from v.miner_states("starting")
    elif hashrate.hashing(reading):
        yield from v.miner_states("mining")
    elif any(code.endswith(("_PROTECTION", "_SHUTDOWN", "_PANIC")) for code in codes):
        yield from v.miner_states("faulted")


def recognise(reading: Reading) -> str:
    if "LUXminer" in reading.row("version"):
        return "LUXminer in version"
    return reading.described("LUXminer", own=True)


FAMILY = Family(
    name="luxos",
    rank=10,
    recognise=recognise,
    sections=(
        ("summary", summary),
        ("devs", devs),
        ("pools", cgminer.pools),
        ("temps", temps),
        ("fans", fans),
        ("power", power),
        ("events", events),
        ("tempctrl", tempctrl),
        ("stats", stats),
        *((question.name, partial(chips, question.name)) for question in CHIPS),
        ("devdetails", voltages),
        ("psuget", supply),
        ("", config),
        ("", limits),
        ("", state),
    ),
    fast=(VERSION, SUMMARY, CONFIG, DEVS, POOLS, TEMPS, FANS, POWER, EVENTS, ATM, STATS),
    slow=(TEMPCTRL, *SLOW),
    boards=boards,
    connection_gap=1.0,
    fingerprint=VERSION,
    manual=MANUAL,
)
postable(*FAMILY.fast, *FAMILY.slow, *CHIPS)
