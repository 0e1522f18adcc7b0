"""Plots as SVG, written by hand: bars over a logarithmic axis, and points beside the line that they should be on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH: Final = 760
INK, PALE, OURS, OTHERS = "#24292f", "#d0d7de", "#cf5c14", "#6e8faf"
FONT: Final = "font-family='Helvetica,Arial,sans-serif'"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `ours` are drawn in the other colour."""

    name: str
    value: float
    ours: bool = False


def text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 13, bold: bool = False) -> str:
    weight = " font-weight='bold'" if bold else ""
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' {FONT} font-size='{size}' fill='{INK}' text-anchor='{anchor}'{weight}>"
        f"{escape(words)}</text>"
    )


def line(x1: float, y1: float, x2: float, y2: float, *, colour: str = PALE, dashed: bool = False) -> str:
    dash = " stroke-dasharray='5 4'" if dashed else ""
    return f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}' stroke='{colour}'{dash}/>"


def document(height: float, title: str, shapes: Iterator[str]) -> str:
    """The whole picture, on white, so that it can be read on any page."""
    return "\n".join([
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height:.0f}' width='{WIDTH}' role='img'>",
        f"<title>{escape(title)}</title>",
        f"<rect width='{WIDTH}' height='{height:.0f}' fill='#ffffff'/>",
        text(16, 28, title, size=15, bold=True),
        *shapes,
        "</svg>\n",
    ])  # fmt: skip


def decades(values: Sequence[float]) -> list[float]:
    """The powers of ten around some values."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return [10.0**power for power in range(low, max(high, low + 1) + 1)]


def short(value: float) -> str:
    """A value as an axis shows it."""
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def scale(ticks: Sequence[float], start: float, end: float) -> Callable[[float], float]:
    """From a value to its place between two coordinates, logarithmically."""
    low, high = math.log10(ticks[0]), math.log10(ticks[-1])
    return lambda value: start + (end - start) * (math.log10(value) - low) / (high - low)


def bars(title: str, unit: str, rows: Sequence[Bar]) -> str:
    """One bar for each row, with its value beside it."""
    left, right, top, step = 300, WIDTH - 70, 62, 26
    ticks = decades([row.value for row in rows])
    bottom = top + step * len(rows)
    at = scale(ticks, left, right)

    def shapes() -> Iterator[str]:
        for tick in ticks:
            yield line(at(tick), top - 8, at(tick), bottom)
            yield text(at(tick), top - 14, short(tick), anchor="middle", size=11)
        for n, row in enumerate(rows):
            y = top + step * n
            yield text(left - 10, y + 15, row.name, anchor="end", bold=row.ours)
            colour, long = OURS if row.ours else OTHERS, max(at(row.value) - left, 1)
            yield f"<rect x='{left}' y='{y + 3}' width='{long:.1f}' height='17' fill='{colour}'/>"
            yield text(at(row.value) + 6, y + 16, f"{row.value:,.1f}", size=12, bold=row.ours)
        yield text(right, bottom + 20, f"{unit} (logarithmic)", anchor="end", size=12)

    return document(bottom + 34, title, shapes())


def growth(title: str, across: str, up: str, points: Sequence[tuple[float, float]]) -> str:
    """Points over two logarithmic axes, and the line through the largest that is proportional to `across`."""
    left, right, top, bottom = 86, WIDTH - 40, 56, 380
    xs, ys = decades([x for x, _ in points]), decades([y for _, y in points])
    at_x, at_y = scale(xs, left, right), scale(ys, bottom, top)
    end = max(points)

    def shapes() -> Iterator[str]:
        for x in xs:
            yield line(at_x(x), top, at_x(x), bottom)
            yield text(at_x(x), bottom + 18, short(x), anchor="middle", size=11)
        for y in ys:
            yield line(left, at_y(y), right, at_y(y))
            yield text(left - 8, at_y(y) + 4, short(y), anchor="end", size=11)
        begin = max(xs[0], end[0] * ys[0] / end[1])
        yield line(at_x(begin), at_y(end[1] * begin / end[0]), at_x(end[0]), at_y(end[1]), colour=OTHERS, dashed=True)
        for x, y in points:
            yield f"<circle cx='{at_x(x):.1f}' cy='{at_y(y):.1f}' r='5' fill='{OURS}'/>"
        yield text(right, bottom + 40, across, anchor="end", size=12)
        yield text(16, top - 10, up, size=12)
        yield text(
            right - 10, bottom - 12, "dashed: exactly proportional to the number of miners", anchor="end", size=12
        )

    return document(bottom + 54, title, shapes())
