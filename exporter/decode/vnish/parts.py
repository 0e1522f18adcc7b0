"""The parts of VNish in the words of its web pages: boards, their chips, and pools.

Odd about them: hashrates are in the unit that another page names, clocks in megahertz, voltages in thousandths.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core.tracing import static, traceable
from exporter.core.values import Number, celsius, count, number, positive, quantity, shares, text
from exporter.core.vocabulary import Board, BoardSensor, Chip, Part, Pool, PoolInfo
from exporter.decode.cgminer import index, total
from exporter.decode.common.bitmain import cooling as named_cooling
from exporter.decode.common.bitmain import known, model
from exporter.decode.common.nested import at
from exporter.decode.common.poolvalues import blank, last_share, pool_host, pool_up
from exporter.decode.common.scale import named, scaled
from exporter.parse.answers import Answers
from exporter.parse.jsontext import LIST
from exporter.parse.rows import Reading, Row
from exporter.questions import Question, page

CHIPS: Final = (
    page("vnish_chains", "/api/v1/chains", section=LIST),
    page("vnish_boards", "/api/v1/boards", section=LIST),
)

BOARD_UP: Final = {"mining": 1, "initializing": 1, "failure": 0, "disconnected": 0, "disabled": 0}
POOL_ACTIVE: Final = {"active": 1, "working": 0, "offline": 0, "disabled": 0, "rejecting": 0}
MODES: Final = (("immers", "immersion"), ("hydro", "hydro"), ("auto", "air"), ("manual", "air"))
KINDS: Final = {"UserPool": "user", "DevFee": "devfee"}


@traceable
def board_up(state: object) -> int | None:
    """Whether a board works; None where it rests, or does not say."""
    return BOARD_UP.get(text(state))


@traceable
def active(status: object) -> int | None:
    """Whether a pool gets the work."""
    return POOL_ACTIVE.get(text(status).lower())


def unit(reading: Reading) -> Number | None:
    """Hashes per second in the unit of its hashrates; None where no page names it. It is GH/s for all SHA-256, which
    holds until the page with its name comes again."""
    pages = (reading.row(page).static("hr_measure") for page in ("vnish_info", "vnish_model"))
    said = next((unit for each in pages if (unit := named(each)) is not None), None)
    kind = known(model(reading.row("vnish_summary").static("miner_type")))[0]
    return 1e9 if said is None and kind == "sha256" else said


def cooling(reading: Reading) -> str:
    """The cooling by the model's name, or else by the mode of its fans."""
    name = model(reading.row("vnish_info").static("miner")) or model(reading.row("vnish_summary").static("miner_type"))
    mode = static(text(at(reading.row("vnish_summary")["cooling"], "settings", "mode", "name"))).lower()
    return named_cooling(name) or next((kind for start, kind in MODES if mode.startswith(start)), "")


@traceable
def chips_found(statuses: object) -> Number | None:
    """The chips of a board: its good ones, which are grey, and those that are marked. None where none is good, because
    some builds list the marked ones alone."""
    found = [count(at(statuses, colour)) for colour in ("red", "orange", "grey")]
    return total(*found) if positive(found[2]) else None


def beside(row: Row, label: str) -> Iterator[Part]:
    """The values of a board that its page has and the API lacks."""
    statuses = row["chip_statuses"]
    yield Board(label, chips=chips_found(statuses), chips_failed=count(at(statuses, "red")))
    yield BoardSensor(label, "water_inlet", "0", celsius(row["inlet_water_temp"]))
    yield BoardSensor(label, "water_outlet", "0", celsius(row["outlet_water_temp"]))


def board(row: Row, label: str, factor: Number | None) -> Iterator[Part]:
    yield Board(
        label,
        up=board_up(at(row["status"], "state")),
        hashrate_hashes_per_second=scaled(row["hashrate_rt"], factor),
        hashrate_nominal_hashes_per_second=positive(scaled(row["hashrate_ideal"], factor)),
        frequency_hertz=number(positive(row["frequency"]), 1e6),
        voltage_volts=number(positive(row["voltage"]), 1e-3),
        power_watts=positive(row["power_consumption"]),
        chip_temperature_min_celsius=celsius(at(row["chip_temp"], "min")),
        chip_temperature_max_celsius=celsius(at(row["chip_temp"], "max")),
        hardware_errors_total=count(row["hw_errors"]),
    )
    for end in ("min", "max"):
        yield BoardSensor(label, "pcb", end, celsius(at(row["pcb_temp"], end)))
    yield from beside(row, label)


def pools(reading: Reading, row: Row) -> Iterator[Part]:
    for each in row.rows("pools"):
        if (label := index(each, ("id",))) and not static(blank(each["url"])):
            accepted, kind = shares(each["accepted"]), KINDS.get(text(each.static("pool_type")), "")
            yield Pool(
                label,
                up=pool_up(each["status"], None, kind != "devfee"),  # the maker's own is offline while it rests
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
            yield PoolInfo(label, pool_host(each["url"]), kind, user)


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
                    scaled(chip["hr"], unit(reading)),
                )


def opted(_: Answers) -> list[Question]:
    return list(CHIPS)
