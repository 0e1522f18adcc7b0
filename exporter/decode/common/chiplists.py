"""The chips of a board as lists, one for each kind of reading, each with a number for every chip."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from exporter.core import vocabulary as v
from exporter.core.tracing import Traced, item, length, static, traceable
from exporter.core.values import Number, celsius, count, number, positive
from exporter.decode.common.sensors import ranged, spread

MOST: Final = 512  # chips of a board that are read

Chips = list[Number | None] | Traced[list[Number | None]]


@traceable
def amounts(raw: object, factor: Number | None = 1) -> list[Number | None]:
    """Return the chips' numbers times `factor`; [] for anything but a list, and for an unknown factor."""
    listed = raw[:MOST] if isinstance(raw, list) and factor is not None else []
    return [number(count(each), factor or 1) for each in listed]


@traceable
def readings(raw: object, factor: Number) -> list[Number | None]:
    """Return the chips' numbers times `factor`, None for a zero; [] for anything but a list."""
    return [number(positive(each), factor) for each in raw[:MOST]] if isinstance(raw, list) else []


@traceable
def degrees(raw: object) -> list[Number | None]:
    """Return the chips' temperatures; [] for anything but a list."""
    return [celsius(each) for each in raw[:MOST]] if isinstance(raw, list) else []


@traceable
def extremes(chips: list[Number | None]) -> list[Number | None]:
    """Return [minimum, maximum, mean] over the chips, as `spread` does."""
    return spread(*chips)


@traceable
def difference(chips: list[Number | None]) -> Number | None:
    """Return the highest number less the lowest; None for fewer than two known numbers."""
    least, most, _ = spread(*chips)
    return None if least is None or most is None else round(most - least, 6)


def heat(label: str, temperatures: Chips) -> v.Board:
    """Return a board with the temperature range over its chips."""
    return ranged(label, extremes(temperatures))


def rates(label: str, hashrates: Chips) -> v.Board:
    """Return a board with the hashrates of its slowest and its fastest chip."""
    found = extremes(hashrates)
    return v.Board(
        label,
        chip_hashrate_min_hashes_per_second=item(found, 0),
        chip_hashrate_max_hashes_per_second=item(found, 1),
    )


def single(label: str, metric: str, chips: Chips) -> Iterator[v.Chip]:
    """Yield each chip with its value of a metric; chips are numbered from 0."""
    for n in range(static(length(chips))):
        yield v.Chip(label, str(n), **{metric: item(chips, n)})
