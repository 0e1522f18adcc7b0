"""What was measured, as Markdown tables and plots, and their place in docs/performance.md."""

from __future__ import annotations

import math
import os
import platform
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench import plot
from bench.clients import UVLOOP, Cost
from bench.exposing import Page
from bench.hot import FLOOR, OURS, OURS_PLAIN, Result
from bench.load import Load
from bench.plot import Bar
from bench.sizes import Size

DOCS: Final = Path(__file__).parents[1] / "docs"
DOCUMENT: Final = DOCS / "performance.md"
KB, MB = 1e3, 1e6


@dataclass
class Measured:
    """Everything of one run; `skipped` says what was not measured, and why."""

    command: str
    hot: Result | None = None
    peers: Sequence[tuple[str, Cost]] = ()
    kinds: list[Result] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)
    pages: Sequence[Page] = ()
    loads: list[Load] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are figures."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def machine() -> str:
    """What it ran on."""
    model = platform.machine()
    cpus = Path("/proc/cpuinfo")
    if cpus.exists() and (match := re.search(r"^model name\s*:\s*(.+)$", cpus.read_text(), re.MULTILINE)):
        model = f"{match[1]} ({model})"
    loop = "uvloop" if UVLOOP else "asyncio's own event loop"
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores of {model}, {system}, {loop}"


def clients(measured: Measured) -> str:
    """Every client beside the floor."""
    if (hot := measured.hot) is None:
        return ""
    floor, ours = hot.row(FLOOR).cpu, hot.row(OURS).cpu
    rows = [(row.name, row.cpu, row.rate) for row in hot.rows]
    rows += [(name, cost.each, cost.polls / cost.wall) for name, cost in measured.peers]
    shown = []
    for name, cpu, rate in sorted(rows, key=lambda row: row[1]):
        bold = "**" if name == OURS else ""
        shown.append(
            [f"{bold}{name}{bold}", f"{1e3 * cpu:.3f}", f"{cpu / floor:.1f}", f"{cpu / ours:.2f}", f"{rate:,.0f}"]
        )
    head = ("one poll of a miner", "CPU s per 1,000", "× floor", "× ours", "polls a second")
    note = f"{hot.kind}: {hot.bytes / KB:.1f} KB of answer over {hot.connections} connection(s), {hot.series} series."
    return f"{table(head, shown)}\n\n{note}"


def families(measured: Measured) -> str:
    """Each kind of miner, and its cost per KB relative to the first."""
    if not measured.kinds:
        return ""
    first = measured.kinds[0]
    base = first.row(OURS).cpu / first.bytes
    rows = []
    for kind in measured.kinds:
        cpu = kind.row(OURS).cpu
        rows.append([
            kind.kind,
            f"{kind.bytes / KB:.1f}",
            str(kind.connections),
            str(kind.series),
            f"{1e3 * cpu:.3f}",
            f"{kind.ratio(OURS):.1f}",
            f"{1e6 * cpu / (kind.bytes / KB):.0f}",
            f"{cpu / kind.bytes / base:.2f}",
        ])  # fmt: skip
    head = ("miner", "KB", "connections", "series", "CPU s per 1,000", "× floor", "µs per KB", "relative")
    return table(head, rows)


def sizes(measured: Measured) -> str:
    """Fleets of different sizes."""
    rows = []
    for size in measured.sizes:
        known = size.miners >= 1000  # of fewer, the interpreter's own memory is most
        rows.append([
            f"{size.miners:,}",
            f"{1e3 * size.poll:.3f}",
            f"{size.poll / size.floor:.1f}",
            f"{size.memory / KB:.1f}" if known else "",
            f"{(size.memory - size.fragments) / KB:.1f}" if known else "",
            f"{size.page / MB:.2f}",
            f"{1e3 * size.page_cpu:.2f}",
        ])  # fmt: skip
    head = ("miners", "CPU s per 1,000", "× floor", "KB a miner", "without fragments", "page, MB", "joining it, ms CPU")
    return table(head, rows) if rows else ""


def pages(measured: Measured) -> str:
    """The page beside prometheus-client's."""
    rows = [
        [
            page.name,
            f"{page.samples:,}",
            f"{page.bytes / MB:.1f}",
            f"{1e3 * page.cpu:.1f}",
            f"{page.cpu / measured.pages[0].cpu:.0f}",
        ]
        for page in measured.pages
    ]
    return table(("the page of the same miners", "samples", "MB", "ms CPU", "relative"), rows) if rows else ""


def loads(measured: Measured) -> str:
    """The daemon's runs, one a column: there are more figures than runs."""
    if not measured.loads:
        return ""
    found = measured.loads
    figures: list[tuple[str, list[str]]] = [
        ("CPU, of one core", [f"{load.cpu:.1%}" for load in found]),
        ("memory, MB (at most)", [f"{load.rss / MB:.0f} ({load.rss_max / MB:.0f})" for load in found]),
        ("gap between polls beyond the interval, median, ms", [_ms(load.late_p50) for load in found]),
        ("the same, p99, ms", [_ms(load.late_p99) for load in found]),
        ("the same, longest, ms", [_ms(load.late_max) for load in found]),
        ("polls missing", [f"{load.unpolled:,}" for load in found]),
        ("loop lag, longest, ms", [_ms(load.lag) for load in found]),
        ("pages not read within 10 s", [str(load.unread) for load in found]),
        ("first byte of `/metrics`, ms", [_ms(load.first) for load in found]),
        ("page or shard complete, ms (longest)", [f"{_ms(load.whole)} ({_ms(load.whole_max)})" for load in found]),
        ("shards", [str(load.run.shards) for load in found]),
        ("page, MB (gzipped)", [f"{load.plain / MB:.1f} ({load.page / MB:.1f})" for load in found]),
        ("log lines since the start", [f"{load.log_lines:,}" for load in found]),
        ("Prometheus's `scrape_duration_seconds`", [_seconds(load.prometheus) for load in found]),
    ]
    head = (
        "",
        *[
            f"{at.miners:,} at {at.interval:g} s{', with faults' if at.faults else ''}"
            for at in (load.run for load in found)
        ],
    )
    note = "Each over a window of " + ", ".join(f"{load.seconds:.0f} s" for load in found) + "."
    return f"{table(head, [(name, *cells) for name, cells in figures])}\n\n{note}"


def _ms(seconds: float) -> str:
    return f"{1e3 * seconds:,.1f}"


def _seconds(durations: Sequence[float]) -> str:
    return ", ".join("failed" if math.isnan(seconds) else f"{seconds:.2f}" for seconds in durations)


def about(measured: Measured) -> str:
    """Machine, date and command, and what is missing."""
    lines = [f"Measured on {datetime.now(UTC):%Y-%m-%d} by `{measured.command}` in one run: {machine()}."]
    lines += [f"Skipped: {name} ({why})." for name, why in measured.skipped.items()]
    return "\n".join(lines)


SECTIONS: Final = {
    "about": about,
    "clients": clients,
    "families": families,
    "sizes": sizes,
    "page": pages,
    "load": loads,
}


def plots(measured: Measured) -> dict[str, str]:
    """The pictures by the name of their file."""
    found = {}
    if (hot := measured.hot) is not None:
        floor = hot.row(FLOOR).cpu
        costs = [(row.name, row.cpu) for row in hot.rows] + [(name, cost.each) for name, cost in measured.peers]
        rows = [Bar(name, cpu / floor, name in (OURS, OURS_PLAIN)) for name, cpu in sorted(costs, key=lambda c: c[1])]
        found["cost-per-poll.svg"] = plot.bars("CPU of one poll", "multiples of the floor in C", rows)
    if measured.sizes:
        points = [(float(size.miners), size.miners * size.poll) for size in measured.sizes]
        found["cost-by-fleet.svg"] = plot.growth("CPU of polling every miner once", "miners", "CPU seconds", points)
    return found


def show(measured: Measured) -> str:
    """All of it as text."""
    return "\n\n".join(text for section in SECTIONS.values() if (text := section(measured))) + "\n"


def write(measured: Measured) -> None:
    """Puts the tables into the document, each between its marks, and the plots beside it."""
    text = DOCUMENT.read_text()
    for name, section in SECTIONS.items():
        pattern = re.compile(rf"(<!-- bench:{name} -->\n).*?(<!-- /bench:{name} -->)", re.DOTALL)
        if not pattern.search(text):
            raise SystemExit(f"bench: {DOCUMENT.name} has no place for {name}")
        made = section(measured)
        text = pattern.sub(lambda match, made=made: f"{match[1]}{made}\n{match[2]}", text)  # type: ignore[misc]
    DOCUMENT.write_text(text)
    for name, picture in plots(measured).items():
        (DOCS / name).write_text(picture)
