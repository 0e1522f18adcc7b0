"""The parts of VNish from its web pages: boards, their chips, and pools.

Quirks: hashrates are in the unit that another page names, clocks in megahertz, voltages in thousandths of a volt.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import static, traceable, untraced
from exporter.core.values import Number, celsius, count, number, positive, text
from exporter.decode.antminer import models
from exporter.decode.common import pooltable
from exporter.decode.common.flags import switch
from exporter.decode.common.labels import index
from exporter.decode.common.nested import at, how_long
from exporter.decode.common.poolvalues import blank, pool_up
from exporter.decode.common.scale import named, scaled
from exporter.decode.common.sums import total
from exporter.parse.answers import Answers
from exporter.parse.jsontext import LIST
from exporter.parse.rows import Reading, Row
from exporter.questions import Question, page

CHIPS: Final = (
    page("vnish_chains", "/api/v1/chains", section=LIST),
    page("vnish_boards", "/api/v1/boards", section=LIST),
)

BOARD_UP: Final = {"mining": 1, "initializing": 1, "failure": 0, "disconnected": 0, "disabled": 0}
CHIP_HEALTHY: Final = {"grey": 1, "orange": 0, "red": 0}
FAN_UP: Final = {"ok": 1, "lost": 0}
POOL_ACTIVE: Final = {"active": 1, "working": 0, "offline": 0, "disabled": 0, "rejecting": 0}
MODES: Final = (("immers", "immersion"), ("hydro", "hydro"), ("auto", "air"), ("manual", "air"))
KINDS: Final = {"UserPool": "user", "DevFee": "devfee"}

_celsius: Final = untraced(celsius)


@traceable
def board_up(state: object) -> int | None:
    """Return 1 for a working board, 0 for a failed board, None for a board at rest."""
    return BOARD_UP.get(text(state))


@traceable
def active(status: object) -> int | None:
    """Return 1 if the pool gets the work, 0 if not; None for an unknown word."""
    return POOL_ACTIVE.get(text(status).lower())


@traceable
def fan_up(status: object) -> int | None:
    """Return 1 for a fan that is well, 0 for a lost fan; None for an unknown word."""
    return FAN_UP.get(text(status))


@traceable
def healthy(grade: object) -> int | None:
    """Return 1 for a good chip (grey), 0 for a marked chip; the word may be below `status`."""
    return CHIP_HEALTHY.get(text(grade.get("status") if isinstance(grade, dict) else grade))


@traceable
def places(raw: object) -> int:
    """Return the length of a list of chips; 0 for anything else."""
    return len(raw) if isinstance(raw, list) else 0


def unit(reading: Reading) -> Number | None:
    """Return the hashes per second in the unit of the hashrates; None if no page names the unit.

    Without such a page, SHA-256 models count in GH/s."""
    pages = (reading.row(page).static("hr_measure") for page in ("vnish_info", "vnish_model"))
    found = next((unit for each in pages if (unit := named(each)) is not None), None)
    kind = models.known(models.name(reading.row("vnish_summary").static("miner_type")))[0]
    return 1e9 if found is None and kind == "sha256" else found


def cooling(reading: Reading) -> str:
    """Return the cooling by the model's name, or else by the mode of its fans."""
    name = models.name(reading.row("vnish_info").static("miner")) or models.name(
        reading.row("vnish_summary").static("miner_type")
    )
    mode = static(text(at(reading.row("vnish_summary")["cooling"], "settings", "mode", "name"))).lower()
    return models.cooling(name) or next((kind for start, kind in MODES if mode.startswith(start)), "")


@traceable
def chips_found(statuses: object) -> Number | None:
    """Return the number of a board's chips: the good chips (grey) and the marked chips (red, orange).

    None without a good chip, because some builds list only marked chips."""
    found = [count(at(statuses, colour)) for colour in ("red", "orange", "grey")]
    return total(*found) if positive(found[2]) else None


def page_values(row: Row, label: str) -> Iterator[v.Part]:
    """Yield a board's values that the web server's page has and the API lacks."""
    statuses = row["chip_statuses"]
    yield v.Board(
        label,
        chips=chips_found(statuses),
        chips_failed=count(at(statuses, "red")),
        chips_degraded=count(at(statuses, "orange")),
    )
    yield v.BoardSensor(label, "water_inlet", "0", celsius(row["inlet_water_temp"]))
    yield v.BoardSensor(label, "water_outlet", "0", celsius(row["outlet_water_temp"]))


def early(reading: Reading) -> bool:
    """Tell whether the page is that of a build before 1.2.0, with other names; a cut page may just lack its end."""
    row = reading.row("vnish_summary")
    hashed = "instant_hashrate" in row or "average_hashrate" in row
    named = hashed and "hr_realtime" not in row and "power_consumption" not in row
    return named and "truncated" not in reading.answers.repairs


def board(row: Row, label: str, factor: Number | None, *, old: bool) -> Iterator[v.Part]:
    yield v.Board(
        label,
        up=board_up(at(row["status"], "state")),
        hashrate_hashes_per_second=scaled(row["hashrate_rt"], factor),
        hashrate_nominal_hashes_per_second=positive(scaled(row["hashrate_ideal"], factor)),
        frequency_hertz=number(positive(row["frequency"]), 1e6),
        voltage_volts=number(positive(row["voltage"]), 1e-3),
        power_watts=positive(row["power_usage" if old else "power_consumption"]),
        chip_temperature_min_celsius=celsius(at(row["chip_temp"], "min")),
        chip_temperature_max_celsius=celsius(at(row["chip_temp"], "max")),
        hardware_errors_total=count(row["hw_errors"]),
    )
    for end in ("min", "max"):
        yield v.BoardSensor(label, "pcb", end, celsius(at(row["pcb_temp"], end)))
    if old:
        yield from sensors(row, label)
    yield from page_values(row, label)


@traceable
def measured(sensor: object) -> Number | None:
    """Return the temperature of a sensor that measures; None for a sensor with an error, which keeps a number."""
    return _celsius(sensor.get("temp")) if isinstance(sensor, dict) and sensor.get("status") == "measure" else None


def sensors(row: Row, label: str) -> Iterator[v.Part]:
    """Yield the board's sensors, for builds before 1.2.0, whose boards lack the range."""
    for n in range(static(how_long(row["pcb_temp_sens"]))):
        yield v.BoardSensor(label, "pcb", str(n), measured(at(row["pcb_temp_sens"], n)))


def fan(label: str, cooling_row: object, n: int) -> v.Fan:
    """Return the fan in place `n`: whether the fan is well, and how fast it can turn."""
    listed = ("fans", n)
    return v.Fan(
        label,
        up=fan_up(at(cooling_row, *listed, "status")),
        speed_max_rpm=positive(at(cooling_row, *listed, "max_rpm")),
    )


def whose(row: Row) -> str:
    """Return the kind of a pool; "" for other words, such as Refund."""
    return KINDS.get(text(row.static("pool_type")), "")


def latency(row: Row) -> v.Value:
    """Return the time until a pool answers, which the page has in milliseconds; None for a pool that was not asked."""
    return number(positive(row["ping"]), 1e-3)


def pools(reading: Reading, row: Row) -> Iterator[v.Part]:
    for each in row.rows("pools"):
        if (label := index(each, ("id",))) and not static(blank(each["url"])):
            kind = whose(each)
            part = pooltable.pool(label, each, reading)
            part.up = pool_up(each["status"], None, kind != "devfee")  # the maker's own pool is offline while unused
            part.active = active(each["status"])
            part.latency_seconds = latency(each)
            yield part
            yield pooltable.info(label, each, reading, kind)


def chips(name: str, reading: Reading) -> Iterator[v.Part]:
    """Yield the chips of each board; since version 1.3 the page has another name."""
    for row in reading.rows(name):
        board, listed = index(row, ("id",)), row.rows("chips")
        if board and static(places(row["chips"])) == len(listed) and "truncated" not in reading.answers.repairs:
            yield v.Board(board, chips_throttled=total(*[switch(chip["throttled"]) for chip in listed]))
        for chip in listed:
            if board and (label := index(chip, ("id",))):
                yield v.Chip(
                    board,
                    label,
                    celsius(chip["temp"]),
                    number(positive(chip["freq"]), 1e6),
                    number(positive(chip["volt"]), 1e-3),
                    scaled(chip["hr"], unit(reading)),
                    healthy(chip["grade"]),
                    hardware_errors_total=count(chip["errs"]),
                )


def opted(_: Answers) -> list[Question]:
    """Return both pages of chips; each version of the firmware has one of them."""
    return list(CHIPS)
