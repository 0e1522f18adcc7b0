"""The temperatures and fans of a NerdQAxe's board, as the lists of all its pages have them.

Quirks: a list of fans has a place for each connector, and an empty place always has 0.
"""

from __future__ import annotations

from collections.abc import Iterator

from exporter.core import vocabulary as v
from exporter.core.tracing import coalesce, static, traceable
from exporter.core.values import count, positive, ratio
from exporter.decode.axeos.web import sensor_celsius
from exporter.decode.common.nested import at, complete, how_long
from exporter.decode.common.sensors import chip_range
from exporter.parse.rows import Row


def chips(board: str, row: Row, each: str, hottest: str) -> Iterator[v.Part]:
    """Yield each chip's temperature under `each`, and the temperature for all chips under `hottest`."""
    found = [sensor_celsius(at(row[each], n)) for n in range(static(how_long(row[each])))]
    for n, value in enumerate(found):
        yield v.BoardSensor(board, "chip", str(n), value)
    yield v.BoardSensor(board, "chip", "asic", sensor_celsius(row[hottest]))
    yield chip_range(board, found)


def fans(row: Row, board: str = "") -> Iterator[v.Part]:
    """Yield the fans of a list, of the miner or of one of several boards."""
    listed = complete(row["fans"])
    for n in static(fitted(listed)):
        duty = coalesce(at(listed, n, "speed"), at(listed, n, "speedPerc"))
        yield v.Fan(f"{board}.{n}" if board else str(n), count(at(listed, n, "rpm")), ratio(duty))


@traceable
def fitted(fans: object) -> list[int]:
    """Return the indexes of the fitted fans: the first fan, and every other fan that turns."""
    return [n for n in range(how_long(fans)) if n == 0 or positive(at(fans, n, "rpm"))]
