"""Polls of the farm at virtual times, and the series that they give."""

from __future__ import annotations

import itertools
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client import generate_latest

from exporter import config, decode
from exporter.core.catalogue import LABELS
from exporter.core.errors import Refused, TimedOut, Unsupported
from exporter.daemon.telemetry import Telemetry
from exporter.polling.poll import poll
from exporter.polling.target import Target
from exporter.questions import Frame, Page, Request
from exporter.simulator import Miner, answer
from exporter.simulator.rows import dump
from exporter.simulator.web import Web
from tools.history.clock import Clock
from tools.history.farm import Place, configuration
from tools.history.troubles import UPDATED, Ill

RARELY = 300
"""Most seconds between two polls of a miner, if a step is shorter; the numbers in between are interpolated."""
POLLED = 3
"""Miners of a kind that are polled; their fellows have the same series with small differences."""
SERIES = 10_000
LATENCY = (0.004, 0.03)
"""Seconds of one answer."""

Samples = list[tuple[int, float]]
"""(time, value) of a series, at each poll that shows the series."""


@dataclass
class Site:
    """The exporter of one site, with its miners."""

    name: str
    places: list[Place]
    targets: list[Target]
    telemetry: Telemetry
    yaml: str
    series: dict[str, dict[str, Samples]] = field(default_factory=dict)
    """Samples by miner and series, without the labels of the scrape; the miner "" is the exporter itself."""
    polled: dict[str, list[int]] = field(default_factory=dict)
    """Times of the polls of each miner."""
    alike: dict[str, list[Place]] = field(default_factory=dict)
    """Miners that are not polled, by the polled miner whose series they share but for names and small differences."""


def sites(places: Sequence[Place], *, interval: int, expect: str) -> list[Site]:
    """Return an exporter for each site."""
    families = frozenset(family.name for family in decode.families())
    found = []
    for name, members in itertools.groupby(sorted(places, key=lambda place: place.site), lambda place: place.site):
        mine = list(members)
        yaml = configuration(mine, interval=interval, expect=expect)
        read = config.parse(yaml.encode(), Path(f"{name}.yaml"), families=families, reserved=LABELS)
        found.append(Site(name, mine, [Target(spec) for spec in read.targets], Telemetry(), yaml))
    return found


def asks(miner: Miner, ill: Ill, clock: Clock, dice: random.Random) -> Callable[[Request], Awaitable[bytes]]:
    """Return a function that asks the miner without a socket; the clock goes on meanwhile."""

    async def ask(asked: Request) -> bytes:
        if ill.dark and ill.dark[0] <= clock() < ill.dark[1]:
            clock.now += 3
            raise TimedOut("no answer")
        clock.now += dice.uniform(*LATENCY)
        said = answered(miner, asked)
        return said.replace(*UPDATED) if ill.updated and clock() >= ill.updated else said

    return ask


def answered(miner: Miner, asked: Request) -> bytes:
    """Return the miner's answer now, without a socket and a login. Raises Refused where nothing listens."""
    if (asked.questions[0].port or 4028) != miner.port or asked.posted:
        raise Refused("nothing listens")
    if isinstance(asked.question, Page) and isinstance(miner.dialect, Web):
        if asked.question.path not in miner.dialect.pages:
            raise Unsupported("HTTP 404")
        return dump(miner.dialect.pages[asked.question.path](miner.moment())).encode()
    said = answer(miner, wire(asked))
    return said[4:] if isinstance(asked.question, Frame) else said


def wire(asked: Request) -> bytes:
    """Return the bytes that the exporter sends."""
    if not isinstance(asked.question, Page):
        return asked.wire
    return f"GET {asked.question.path} HTTP/1.1\r\nHost: miner\r\n\r\n".encode()


async def run(site: Site, ill: Mapping[str, Ill], clock: Clock, *, start: int, end: int, step: int) -> None:
    """Poll miners of the site from `start` to `end`, and keep the samples."""
    dice = random.Random(site.name)
    targets = {target.name: target for target in site.targets}
    visits: list[tuple[int, str]] = []
    ways = {}
    for place in _chosen(site, ill):
        name = place.miner.name
        mine = ill.get(name, Ill())
        visits += [(time, name) for time in _times(place, mine, start, end, step)]
        ways[name] = asks(place.miner, mine, clock, random.Random(name))
        site.polled[name] = []
    site.telemetry.watch(lambda: len(site.targets), lambda: 0, lambda: dice.uniform(0.0, 0.02))
    site.telemetry.configured()
    site.polled[""] = []
    scraped, polls = start, 0
    for time, name in sorted(visits):
        while scraped < time:
            _scrape(site, scraped, start, polls)
            scraped += rarely(step)
        clock.go_to(time)
        target = targets[name]
        outcome = await poll(target, ways[name], SERIES)
        # The poll stands for those of the miners alike, and for those up to the next poll.
        pause = time - before[-1] if (before := site.polled[name]) else step
        for _ in range(weight := pause // step * (1 + len(site.alike[name]))):
            site.telemetry.polled(outcome)
        polls += weight
        before.append(time)
        _keep(site.series.setdefault(name, {}), target.fragments[0].decode(), time)
    while scraped <= end:
        _scrape(site, scraped, start, polls)
        scraped += rarely(step)


def _chosen(site: Site, ill: Mapping[str, Ill]) -> Iterator[Place]:
    """Yield the miners to poll: of each kind, and of each trouble of a kind, the first few."""
    groups: dict[object, list[str]] = {}
    for place in site.places:
        miner = place.miner
        group = groups.setdefault((miner.machine.short, miner.family, miner.condition, ill.get(miner.name)), [])
        if len(group) < POLLED:
            group.append(miner.name)
            site.alike[miner.name] = []
            yield place
        else:
            least = min(group, key=lambda name: len(site.alike[name]))
            site.alike[least].append(place)


def rarely(step: int) -> int:
    """Return the seconds between two polls: some whole steps."""
    return max(RARELY // step, 1) * step


def _times(place: Place, ill: Ill, start: int, end: int, step: int) -> Iterator[int]:
    """Yield the times at which a miner is polled: rarely, and at each step around a change."""
    pause = step if place.miner.condition == "restless" else rarely(step)
    begin = start if ill.joins is None else max(start, start + (int(ill.joins) - start) // step * step)
    times = {*range(begin, end + 1, pause), end}
    if ill.dark:
        times.update(range(start, end + 1, step))  # each failure counts
    for change in ill.changes:
        near = start + (int(change) - start) // step * step
        times.update(range(near - step, near + 4 * step, step))
    yield from (time for time in times if begin <= time <= end)


def _keep(series: dict[str, Samples], page: str, time: int) -> None:
    for line in page.split("\n")[:-1]:
        name, _, value = line.rpartition(" ")
        series.setdefault(name, []).append((time, float(value)))


def _scrape(site: Site, time: int, start: int, polls: int) -> None:
    page = generate_latest(site.telemetry.registry).decode()
    lines = [line for line in page.split("\n") if line and not line.startswith(("#", "process_"))]
    # The process is this one: what its memory and time would be after so many polls is a guess.
    lines += [f"process_cpu_seconds_total {0.0015 * polls:.2f}", f"process_start_time_seconds {start - 864000}"]
    lines += [f"process_resident_memory_bytes {6e7 + 40_000 * len(site.targets):.0f}"]
    _keep(site.series.setdefault("", {}), "\n".join(lines) + "\n", time)
    site.polled[""].append(time)


def polled(site: Site, ill: Mapping[str, Ill], clock: Clock, *, start: int, end: int, step: int) -> None:
    """Do as `run` does, with an event loop."""
    clock.run(run(site, ill, clock, start=start, end=end, step=step))
