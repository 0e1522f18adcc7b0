"""What reading a fleet costs, beside a bare asyncio client that asks the same and throws the answers away.

All in one run on one machine, over simulated miners in a process of their own: ratios mean more than seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import platform
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from aiohttp import web

from exporter import daemon, exposition
from exporter.__main__ import load
from exporter.config import Config
from exporter.poll import poll
from exporter.questions import Request
from exporter.schedule import Schedule
from exporter.target import Target
from exporter.telemetry import Telemetry
from exporter.transport import tcp4028
from exporter.vocabulary import Part

LIMIT = 1 << 18
SERIES = 10_000
AT_ONCE = 64
RENDERED = 200  # miners whose readings are kept to render them again


@contextmanager
def fleet(miners: int) -> Iterator[Config]:
    """A simulated fleet in a process of its own, and the configuration for it."""
    command = [sys.executable, "-m", "exporter", "simulate", f"--miners={miners}"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process,
    ):
        assert process.stdout is not None
        lines: list[str] = []
        try:
            for line in process.stdout:
                if not line.strip():
                    break
                lines.append(line)
            file = Path(folder) / "fleet.yaml"
            file.write_text("".join(lines))
            yield load(file)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)


async def each(targets: Sequence[Target], work: Callable[[Target], Awaitable[object]]) -> tuple[float, float]:
    """(wall, CPU) seconds of doing `work` for all targets, AT_ONCE at a time."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(target: Target) -> None:
        async with room:
            await work(target)

    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*map(one, targets))
    return time.perf_counter() - wall, time.process_time() - cpu


async def bare(target: Target, requests: Sequence[Request]) -> None:
    """Connects, asks, reads to the end and discards, once for each request."""
    for request in requests:
        reader, writer = await asyncio.open_connection(target.spec.host, target.spec.port)
        writer.write(request.wire)
        while await reader.read(65536):
            pass
        writer.close()


def rss() -> int:
    """Resident bytes of this process now, or at most so far where the system tells no more."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def row(name: str, value: str, beside: str = "") -> None:
    print(f"{name:<46}{value:>22}  {beside}", flush=True)


async def polling(config: Config, rounds: int) -> list[Target]:
    """Polls all miners, first to know them, then `rounds` times; prints the cost beside the bare client's."""
    empty = rss()
    targets = [Target(spec) for spec in config.targets]
    asked: dict[str, tuple[Request, ...]] = {}
    parts: list[tuple[str, list[Part]]] = []

    async def read(target: Target) -> None:
        outcome = await poll(target, tcp4028.asker(target.spec.host, target.spec.port, limit=LIMIT), SERIES)
        asked[target.spec.name] = tuple(outcome.conversation.requests)
        if len(parts) < RENDERED:
            parts.append((target.identity, list(outcome.parts.values())))

    wall, cpu = await each(targets, read)
    row(
        "first polls, recognising",
        f"{len(targets) / wall:,.0f} a second",
        f"{1000 * cpu / len(targets):.3f} CPU s per 1,000",
    )
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(await each(targets, read))
        theirs.append(await each(targets, lambda target: bare(target, asked[target.spec.name])))
    (wall, cpu), (bare_wall, bare_cpu) = (
        tuple(map(statistics.median, zip(*runs, strict=True))) for runs in (ours, theirs)
    )
    thousand = 1000 / len(targets)
    row("polls", f"{len(targets) / wall:,.0f} a second", f"bare client {len(targets) / bare_wall:,.0f}")
    row(
        "CPU per 1,000 polls",
        f"{cpu * thousand:.3f} s",
        f"bare client {bare_cpu * thousand:.3f} s, ratio {cpu / bare_cpu:.2f}",
    )
    row("connections a poll", f"{sum(map(len, asked.values())) / len(targets):.2f}")
    rendering(parts)
    parts.clear()
    gc.collect()
    fragments = sum(len(fragment) for target in targets for fragment in target.fragments)
    kept = (rss() - empty) / len(targets) / 1024
    row("memory", f"{kept:.1f} KiB a miner", f"of which fragments {fragments / len(targets) / 1024:.1f} KiB")
    return targets


def rendering(parts: Sequence[tuple[str, Sequence[Part]]]) -> None:
    """Renders readings that were kept, several times over."""
    began, samples = time.process_time(), 0
    for _ in range(5):
        for identity, readings in parts:
            fragments, _ = exposition.render(readings, identity, SERIES)
            samples += sum(fragment.count(b"\n") for fragment in fragments)
    cost = time.process_time() - began
    row("rendering", f"{1e6 * cost / samples:.2f} µs a sample", f"{samples / 5 / len(parts):.0f} readings a miner")


async def scraping(config: Config, targets: list[Target]) -> None:
    """Serves the page of all targets and reads it from another thread."""
    telemetry = Telemetry()
    schedule = Schedule(telemetry, answer_bytes=LIMIT, series=SERIES, bound=8)
    schedule.targets = {target.spec.name: target for target in targets}
    runner = web.AppRunner(daemon.application(config, daemon.Options(), telemetry, schedule))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/metrics"
    for encoding in ("identity", "gzip"):
        size, first, total = await asyncio.to_thread(fetch, url, encoding)
        row(
            f"/metrics of {len(targets):,} miners, {encoding}",
            f"{total:.3f} s",
            f"{size / 1e6:.1f} MB, first byte after {1000 * first:.0f} ms",
        )
    began = time.perf_counter()
    joined = b"".join(exposition.page([target.fragments for target in targets]))
    row("the same joined in memory", f"{time.perf_counter() - began:.3f} s", f"{len(joined) / 1e6:.1f} MB")
    await runner.cleanup()


def fetch(url: str, encoding: str) -> tuple[int, float, float]:
    """(bytes, seconds to the first byte, seconds to the last)."""
    began = time.perf_counter()
    request = urllib.request.Request(url, headers={"Accept-Encoding": encoding})  # noqa: S310 - our own loopback address
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        size = len(answer.read(1))
        first = time.perf_counter() - began
        while chunk := answer.read(1 << 20):
            size += len(chunk)
    return size, first, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--miners", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    daemon.descriptors()
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    print(f"{machine}, {arguments.miners} simulated miners of every family\n")

    async def run(config: Config) -> None:
        await scraping(config, await polling(config, arguments.rounds))

    with fleet(arguments.miners) as config:
        asyncio.run(run(config))


if __name__ == "__main__":
    main()
