"""Spondoolies SPx36: cgminer whose stats has a JSON document as text, about boards, fans and supplies.

Quirks: devs has no useful values. Boards are called top-board and bottom-board, and each board has its own supply,
whose temperature is in the board's object. Rates in the text are MH/s.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import orjson

from exporter.core import vocabulary as v
from exporter.core.tracing import Traced, static, traceable
from exporter.core.values import celsius, count, number, positive, ratio, text
from exporter.decode import cgminer
from exporter.decode.cgminer import POOLS, STATS, SUMMARY, VERSION
from exporter.decode.common.counts import FAILED, of_work
from exporter.decode.common.flags import above
from exporter.decode.common.manual import FORK
from exporter.decode.common.nested import at
from exporter.decode.common.sums import total
from exporter.decode.family import Family
from exporter.parse.rows import Reading

TEXT: Final = "json-stats"
BOARD: Final = "-board"
SHARE: Final = frozenset({FAILED})


@traceable
def document(raw: object) -> dict[str, Any]:
    """Return the document in the text; {} without a document."""
    try:
        found = orjson.loads(raw) if isinstance(raw, str) else None
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


@traceable
def shape(found: dict[str, Any]) -> tuple[tuple[str, ...], int]:
    """Return (names of the described boards, number of fans)."""
    boards = [key for key, value in found.items() if key.endswith(BOARD) and isinstance(value, dict)]
    fans = found.get("fan-speeds")
    return tuple(boards[:8]), min(len(fans), 16) if isinstance(fans, list) else 0


def summary(reading: Reading) -> Iterator[v.Part]:
    """Yield the counts, except the share of errors, which the boards contradict."""
    reading.row("summary").hide(SHARE)
    yield from cgminer.summary(reading)


def stats(reading: Reading) -> Iterator[v.Part]:
    found = document(next((row for row in reading.rows("stats") if TEXT in row), reading.empty)[TEXT])
    boards, fans = static(shape(found))
    for board in boards:
        yield from parts_of(board, found)
    yield v.Power("firmware", total(*[positive(at(found, board, "power")) for board in boards]))
    for n in range(fans):
        yield v.Fan(str(n), count(at(found, "fan-speeds", n)), ratio(at(found, "fan-percent")))


def parts_of(board: str, found: Traced[dict[str, Any]]) -> Iterator[v.Part]:
    """Yield a board and its supply."""
    label = text(board.removesuffix(BOARD))
    part = v.Board(label, chips=count(at(found, board, "working-asics")))
    part.up = above(part.chips, 0)
    part.hashrate_hashes_per_second = number(count(at(found, board, "reported-hashrate")), 1e6)
    part.power_watts = positive(at(found, board, "power"))
    share = ratio(at(found, board, "hardware-error%"))
    part.hardware_error_ratio = of_work(share, at(found, board, "reported-hashrate"))
    part.chip_temperature_min_celsius = celsius(at(found, board, "min-temp"))
    part.chip_temperature_max_celsius = celsius(at(found, board, "max-temp"))
    yield part
    for place in ("front", "rear"):
        yield v.BoardSensor(label, "pcb", place, celsius(at(found, board, f"{place}-temp")))
    yield v.Psu(label, temperature_celsius=celsius(at(found, board, "psu-temp")))
    yield v.PsuInfo(label, model=text(at(found, board, "psu-name")))


def identity(_: Reading) -> Iterator[v.Part]:
    yield v.MinerInfo(make="Spondoolies", model="SPx36", algorithm="x11")


def recognise(reading: Reading) -> str:
    if any(TEXT in row for row in reading.rows("stats")):
        return f"{TEXT} in stats"
    return reading.described(r"cgminer [\d.]+-spx$")


FAMILY = Family(
    name="spondoolies",
    rank=870,
    recognise=recognise,
    sections=(
        ("summary", summary),
        ("stats", stats),
        ("pools", cgminer.pools),
        ("version", cgminer.version),
        ("", identity),
        ("", cgminer.state),
    ),
    fast=(SUMMARY, STATS, POOLS),
    slow=(VERSION,),
    manual=FORK,
)
