"""VNish by the pages of its web server, which need no login: where port 4028 is closed, and what that does not say.

Odd about it: hashrates are in the unit that `hr_measure` of another page names; `power_usage` is an efficiency, the
watts are `power_consumption`; all is zero while it does not run; a pool that gets the work is "active", one that waits
is "working"; the maker's own fee is among the pools.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from exporter.decode import Family, faults
from exporter.decode.answers import Answers
from exporter.decode.bitmain import RATE_UNITS, model, serial
from exporter.decode.cgminer import index, unanswered
from exporter.decode.nested import at, how_long
from exporter.decode.poolvalues import best, blank, last_share, pool_host
from exporter.decode.rows import Reading, Row
from exporter.jsontext import LIST
from exporter.live import door, fact
from exporter.questions import Question, page
from exporter.values import Number, celsius, count, flag, mac, number, positive, quantity, ratio, shares, text
from exporter.vocabulary import (
    Board,
    BoardChipsExpected,
    BoardSensor,
    BoardsExpected,
    Chip,
    Fan,
    Fault,
    HashrateNominal,
    HashrateWindow,
    Miner,
    MinerInfo,
    Part,
    Pool,
    PoolInfo,
    Power,
    Profile,
    Sensor,
    miner_states,
)

SUMMARY = page("vnish_summary", "/api/v1/summary", section="miner")
STATUS = page("vnish_status", "/api/v1/status")
INFO = page("vnish_info", "/api/v1/info", hourly=True)
MODEL = page("vnish_model", "/api/v1/model", hourly=True)
PERFORMANCE = page("vnish_performance", "/api/v1/perf-summary")

CHIPS: Final = (
    page("vnish_chains", "/api/v1/chains", section=LIST),
    page("vnish_boards", "/api/v1/boards", section=LIST),
)

STATES: Final = {
    "mining": "mining",
    "initializing": "starting",
    "starting": "starting",
    "auto-tuning": "tuning",
    "restarting": "starting",
    "stopped": "paused",
    "failure": "faulted",
}
BOARD_UP: Final = {"mining": 1, "initializing": 1, "failure": 0, "disconnected": 0, "disabled": 0}
POOL_UP: Final = {"active": 1, "working": 1, "offline": 0, "disabled": 0, "rejecting": 0}
KINDS: Final = {"UserPool": "user", "DevFee": "devfee"}
TEMPERATURES: Final = (("pfc_temp", "pfc"), ("llc1_temp", "llc1"), ("llc2_temp", "llc2"))


@door
def board_up(state: object) -> int | None:
    """Whether a board works; None where it rests, or does not say."""
    return BOARD_UP.get(text(state))


@door
def pool_up(status: object) -> int | None:
    return POOL_UP.get(text(status))


@door
def active(status: object) -> int | None:
    """Whether a pool gets the work."""
    return int(status == "active") if text(status) in POOL_UP else None


@door
def throttled(raw: object) -> bool:
    """Whether it runs at a part of its performance, from the percentage that is left."""
    value = count(raw)
    return value is not None and 0 < value < 100


def unit(reading: Reading) -> Number | None:
    """Hashes per second in the unit of its hashrates; None where no page names it. It is GH/s for all SHA-256, which
    holds until the page with its name comes again."""
    said = text(reading.row("vnish_info").fact("hr_measure")).removesuffix("/s")
    if not said and text(reading.row("vnish_summary").fact("miner_type")).startswith(("Antminer S", "Antminer T")):
        return 1e9
    return RATE_UNITS.get(said)


def rate(raw: object, factor: Number | None) -> Number | None:
    return None if factor is None else number(count(raw), factor)


def summary(reading: Reading) -> Iterator[Part]:
    row, factor = reading.row("vnish_summary"), unit(reading)
    yield Miner(
        hashrate_hashes_per_second=rate(row["hr_realtime"], factor),
        best_share_difficulty=best(row["best_share"]),
        blocks_found_total=count(row["found_blocks"]),
        hardware_errors_total=count(row["hw_errors"]),
    )
    yield HashrateWindow("average", rate(row["hr_average"], factor))
    yield HashrateNominal("firmware", positive(rate(row["hr_nominal"], factor)))
    yield from power(row)
    for chain in row.rows("chains"):
        if label := index(chain, ("id",)):
            yield from board(chain, label, factor)
    cooling = row["cooling"]
    for n in range(fact(how_long(at(cooling, "fans")))):
        label = text(fact(at(cooling, "fans", n, "id")))
        if label:
            yield Fan(label, count(at(cooling, "fans", n, "rpm")), ratio(at(cooling, "fan_duty")))
    yield from pools(reading, row)


def power(row: Row) -> Iterator[Part]:
    """The watts, measured where the supply does that, and the supply's temperatures."""
    measured = fact(flag(at(row["psu"], "psu_power_metering"))) is True
    yield Power("measured" if measured else "firmware", positive(row["power_consumption"]))
    for key, name in TEMPERATURES:
        yield Sensor("psu", name, celsius(at(row["psu"], "temps", key)))


def board(row: Row, label: str, factor: Number | None) -> Iterator[Part]:
    yield Board(
        label,
        up=board_up(at(row["status"], "state")),
        hashrate_hashes_per_second=rate(row["hashrate_rt"], factor),
        hashrate_nominal_hashes_per_second=positive(rate(row["hashrate_ideal"], factor)),
        chips_failed=count(at(row["chip_statuses"], "red")),
        frequency_hertz=number(positive(row["frequency"]), 1e6),
        voltage_volts=number(positive(row["voltage"]), 1e-3),
        power_watts=positive(row["power_consumption"]),
        chip_temperature_min_celsius=celsius(at(row["chip_temp"], "min")),
        chip_temperature_max_celsius=celsius(at(row["chip_temp"], "max")),
        hardware_errors_total=count(row["hw_errors"]),
    )
    for end in ("min", "max"):
        yield BoardSensor(label, "pcb", end, celsius(at(row["pcb_temp"], end)))
    yield BoardSensor(label, "water_inlet", "0", celsius(row["inlet_water_temp"]))
    yield BoardSensor(label, "water_outlet", "0", celsius(row["outlet_water_temp"]))


def pools(reading: Reading, row: Row) -> Iterator[Part]:
    for each in row.rows("pools"):
        if (label := index(each, ("id",))) and not fact(blank(each["url"])):
            accepted = shares(each["accepted"])
            yield Pool(
                label,
                up=pool_up(each["status"]),
                active=active(each["status"]),
                shares_accepted_total=accepted,
                shares_rejected_total=shares(each["rejected"]),
                shares_stale_total=shares(each["stale"]),
                share_difficulty_accepted_total=count(each["diffa"]),
                difficulty=positive(quantity(each["diff"])),
                last_share_difficulty=positive(each["ls_diff"]),
                last_share_timestamp_seconds=last_share(each["ls_time"], accepted, reading.now),
            )
            user = text(each["user"]) if reading.workers else ""
            yield PoolInfo(label, pool_host(each["url"]), KINDS.get(text(each.fact("pool_type")), ""), user)


def state(reading: Reading) -> Iterator[Part]:
    row = reading.row("vnish_status")
    yield from miner_states(STATES.get(text(row.fact("miner_state"))))
    if fact(throttled(row["throttled"])):
        yield Fault("throttled", "miner", faults.INFO, 1)
    if (code := positive(row.fact("failure_code"))) is not None:
        yield Fault(text(code), "miner", faults.CRITICAL, 1)


def performance(reading: Reading) -> Iterator[Part]:
    yield Profile(text(fact(at(reading.row("vnish_performance")["current_preset"], "name"))))


def shape(reading: Reading) -> Iterator[Part]:
    """What the model should have, by the firmware."""
    chain = reading.row("vnish_model")["chain"]
    yield BoardsExpected("firmware", positive(at(chain, "num_chains")))
    for row in reading.row("vnish_summary").rows("chains"):
        if label := index(row, ("id",)):
            yield BoardChipsExpected(label, "firmware", positive(at(chain, "chips_per_chain")))


def chips(name: str, reading: Reading) -> Iterator[Part]:
    """The chips of each board; since version 1.3 the page has another name."""
    for row in reading.rows(name):
        board = index(row, ("id",))
        for chip in row.rows("chips"):
            if board and (label := index(chip, ("id",))):
                yield Chip(
                    board,
                    label,
                    celsius(chip["temp"]),
                    number(positive(chip["freq"]), 1e6),
                    number(positive(chip["volt"]), 1e-3),
                    rate(chip["hr"], unit(reading)),
                )


def opted(_: Answers) -> list[Question]:
    return list(CHIPS)


def info(reading: Reading) -> Iterator[Part]:
    row = reading.row("vnish_info")
    name = model(row.fact("miner"))
    network = ("network_status",)
    yield MinerInfo(
        make="Bitmain" if name.startswith("Antminer") else "",
        model=name,
        firmware="VNish",
        firmware_version=text(row.fact("fw_version")),
        hostname=text(at(row["system"], *network, "hostname")),
        mac=mac(at(row["system"], *network, "mac")),
        serial=serial(row["serial"]),
        platform=text(row.fact("platform")),
        algorithm=text(row.fact("algorithm")).replace("sha256d", "sha256"),
    )


def recognise(reading: Reading) -> str:
    row = reading.row("vnish_info")
    named = "fw_name" in row and "hr_measure" in row and unanswered(reading)
    return "/api/v1/info with fw_name and hr_measure" if named else ""


FAMILY = Family(
    name="vnish_web",
    shown="vnish",
    rank=71,
    recognise=recognise,
    sections=(
        ("vnish_summary", summary),
        ("vnish_status", state),
        ("vnish_performance", performance),
        ("vnish_model", shape),
        *((question.name, partial(chips, question.name)) for question in CHIPS),
        ("", info),
    ),
    fast=(SUMMARY, STATUS),
    slow=(INFO, MODEL, PERFORMANCE),
    greeting=INFO,
    boards=opted,
)
