"""The boards of ePIC's PowerPlay: their presence, their hashrates and their sensors.

Quirks: running boards are in a list, all boards in a second list, and sensors on a separate page. The first firmware
has only the list of running boards, with a clock for all chips or for each, and a temperature per board.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static, traceable
from exporter.core.values import Number, celsius, flag, number, positive, text
from exporter.decode.common.nested import at, how_long, inner
from exporter.decode.common.sums import total
from exporter.decode.epic.pools import first_firmware
from exporter.parse.rows import Reading, Row


def boards(row: Row, rates: Sequence[v.Value]) -> Iterator[v.Part]:
    targets = inner(row, "HwConfig")["Boards Target Clock"]
    for status in row.rows("HBStatus"):
        if label := text(status.static("Index")):
            yield v.Board(label, up=works(status["Detected"], status["Enabled"]))
    for board, rate in zip(row.rows("HBs"), rates, strict=True):
        if label := text(board.static("Index")):
            yield v.Board(
                label,
                hashrate_hashes_per_second=rate,
                frequency_hertz=number(coalesce(positive(board["Core Clock Avg"]), mean(board["Core Clock"])), 1e6),
                frequency_target_hertz=number(positive(of_board(targets, board["Index"])), 1e6),
                voltage_volts=positive(board["Input Voltage"]),
                current_amperes=positive(board["Input Current"]),
                power_watts=positive(board["Input Power"]),
            )
            if row.any(first_firmware, "Software"):
                yield v.BoardSensor(label, "pcb", "0", celsius(board["Temperature"]))


@traceable
def of_board(listed: object, index: object) -> object:
    """Return the data of the board with that index in a list over boards; None without such a board."""
    boards = listed if isinstance(listed, list) else []
    return next((at(each, "Data") for each in boards if at(each, "Index") == index), None)


@traceable
def mean(clocks: object) -> Number | None:
    """Return a board's clock: a number, or the mean over its chips."""
    if not isinstance(clocks, list):
        return positive(clocks)
    known = total(*map(positive, clocks))
    return None if known is None else round(known / len(clocks), 3)


@traceable
def works(detected: object, enabled: object) -> int | None:
    """Return 1 for a board that is detected and enabled, 0 for any other board; None if a flag is missing."""
    found, on = flag(detected), flag(enabled)
    return None if found is None or on is None else int(found and on)


def temps(reading: Reading) -> Iterator[v.Part]:
    """Yield the sensors of every board, including boards that are switched off."""
    for row in reading.rows("epic_temps"):
        if label := text(row.static("Index")):
            for n in range(static(how_long(row["Data"]))):
                yield v.BoardSensor(label, "pcb", str(n), celsius(at(row["Data"], n)))
