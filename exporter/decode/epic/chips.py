"""The chips of ePIC's PowerPlay, which are opt-in: a page for each kind of reading, with a list for each board.

Quirks: boards that are switched off are missing. A zero is a reading that the board cannot take. Voltages are in
millivolts, clocks in MHz. A chip's hashrate is a list of MH/s, percent of the target and share of the board.
"""

from __future__ import annotations

from collections.abc import Iterator

from exporter.core import vocabulary as v
from exporter.core.tracing import Traced, traceable
from exporter.core.values import text
from exporter.decode.common import chiplists
from exporter.decode.common.nested import at
from exporter.decode.epic.pages import CHIPS
from exporter.parse.answers import Answers
from exporter.parse.rows import Reading
from exporter.questions import Question


def opted(_: Answers) -> list[Question]:
    """Return the pages that only those read who opt into chips."""
    return list(CHIPS)


def boards(reading: Reading, section: str) -> Iterator[tuple[str, Traced[object]]]:
    """Yield each board with the raw list of its chips."""
    for row in reading.rows(section):
        if label := text(row.static("Index")):
            yield label, row["Data"]


def temperatures(reading: Reading) -> Iterator[v.Part]:
    for label, raw in boards(reading, "epic_chip_temps"):
        found = chiplists.degrees(raw)
        yield chiplists.heat(label, found)
        yield from chiplists.single(label, "temperature_celsius", found)


def clocks(reading: Reading) -> Iterator[v.Part]:
    for label, raw in boards(reading, "epic_chip_clocks"):
        yield from chiplists.single(label, "frequency_hertz", chiplists.readings(raw, 1e6))


def voltages(reading: Reading) -> Iterator[v.Part]:
    for label, raw in boards(reading, "epic_chip_voltages"):
        found = chiplists.readings(raw, 1e-3)
        yield v.Board(label, chip_voltage_spread_volts=chiplists.difference(found))
        yield from chiplists.single(label, "voltage_volts", found)


def hashrates(reading: Reading) -> Iterator[v.Part]:
    for label, raw in boards(reading, "epic_chip_hashrates"):
        found = chiplists.amounts(firsts(raw), 1e6)
        yield chiplists.rates(label, found)
        yield from chiplists.single(label, "hashrate_hashes_per_second", found)


@traceable
def firsts(chips: object) -> list[object]:
    """Return the first number of each chip's list; [] for anything but a list of lists."""
    return [at(chip, 0) for chip in chips] if isinstance(chips, list) else []


SECTIONS = tuple(zip((page.name for page in CHIPS), (temperatures, clocks, voltages, hashrates), strict=True))
