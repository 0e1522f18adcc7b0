"""The daemon as a whole, under load: its CPU, memory, punctuality, loop lag and page, as seen from outside."""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import math
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from bench.fleet import FAULTS, Place, places, serving
from bench.kinds import KINDS, S19
from bench.prometheus import scraped

SHARD: Final = 2500  # miners whose page a Prometheus takes at once without effort
TICKS: Final = 100  # of /proc/PID/stat in a second
LAG: Final = re.compile(rb"^asic_exporter_loop_lag_seconds (\S+)$", re.MULTILINE)
TIMEOUT: Final = 5.0
PATIENCE: Final = 10.0  # seconds that a page may take, as Prometheus has it by default


@dataclass(frozen=True, slots=True)
class Scrape:
    """One read of /metrics: seconds to the first byte and to the last, and how many bytes came."""

    first: float
    whole: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Run:
    """What is run; times in seconds."""

    miners: int
    interval: float
    seconds: float  # of the window that is measured
    faults: bool = False  # shares of the miners misbehave
    shards: int = 1  # parts in which the page is scraped
    mixed: bool = False  # every kind of miner in turn instead of one
    prometheus: float = 0.0  # for so long a real one scrapes after the window


@dataclass(frozen=True, slots=True)
class Load:
    """What a run came to; times in seconds, sizes in bytes. `late` is what the gaps exceed the interval by."""

    run: Run
    seconds: float  # of the window
    cpu: float  # part of one core
    rss: int
    rss_max: int
    late_p50: float
    late_p99: float
    late_max: float
    unpolled: int  # polls that the healthy should have had beyond those that they had
    lag: float  # the loop's longest
    unread: int  # pages that were not whole in time
    first: float  # of those that were, the median
    whole: float
    whole_max: float
    page: float  # of all shards, as it comes over the wire; NaN where none came
    plain: float
    log_lines: int  # since its start
    prometheus: Sequence[float]  # its own scrape_duration_seconds; empty where it was not run


def configuration(where: Sequence[Place], interval: float) -> Iterator[str]:
    """What the daemon reads."""
    yield f"global:\n  interval: {interval:g}s\n  timeout: {min(TIMEOUT, interval):g}s\n  labels: {{farm: north}}\n"
    yield "groups:\n  - name: bench\n    labels: {rack: r12}\n    targets:\n"
    for n, place in enumerate(where):
        yield f"      - {{host: {place.host}, name: miner-{n:05}}}\n"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@dataclass
class Daemon:
    """A running exporter, and what the system tells of its process."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def cpu(self) -> float:
        """Seconds so far, user and system, of all its threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> tuple[int, int]:
        """(resident bytes now, and at most)."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        found = dict(re.findall(r"^(VmRSS|VmHWM):\s+(\d+) kB", text, re.MULTILINE))
        return int(found["VmRSS"]) * 1024, int(found["VmHWM"]) * 1024

    def lines(self) -> int:
        return self.log.read_bytes().count(b"\n")

    def get(self, path: str, encoding: str = "identity") -> tuple[Scrape, bytes]:
        """One page. Raises OSError where it cannot be had, or not within PATIENCE."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            began = time.perf_counter()
            connection.request("GET", path, headers={"Accept-Encoding": encoding})
            answer = connection.getresponse()
            chunks = [answer.read(1)]
            first = time.perf_counter() - began
            while chunk := answer.read(1 << 20):
                chunks.append(chunk)
                if time.perf_counter() - began > PATIENCE:
                    raise TimeoutError(f"{path}: still not whole")
            whole = time.perf_counter() - began
        finally:
            connection.close()
        body = b"".join(chunks)
        if answer.status != 200:
            raise OSError(f"{path}: {answer.status}")
        return Scrape(first, whole, len(body)), body

    def lag(self) -> float:
        """The longest that its loop lately kept a timer waiting, as it says itself."""
        match = LAG.search(self.get("/metrics?name[]=asic_exporter_loop_lag_seconds")[1])
        return float(match[1]) if match else float("nan")


@contextmanager
def daemon(folder: Path, where: Sequence[Place], interval: float) -> Iterator[Daemon]:
    """The exporter over these miners, from its start to its end."""
    file, log, port = folder / "bench.yaml", folder / "log", free_port()
    file.write_text("".join(configuration(where, interval)))
    command = [sys.executable, "-m", "exporter", f"--config.file={file}", f"--web.listen-address=127.0.0.1:{port}"]
    with log.open("wb") as sink, subprocess.Popen(command, stdout=sink, stderr=sink) as process:
        try:
            running = Daemon(process, port, log)
            _until(running, "/-/healthy", 120.0)
            yield running
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _until(running: Daemon, path: str, patience: float) -> None:
    """Waits until it says yes there. Ends the program where it does not within so many seconds."""
    end = time.monotonic() + patience
    while running.process.poll() is None and time.monotonic() < end:
        try:
            running.get(path)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"bench: the exporter says no to {path}:\n{running.log.read_text()[-2000:]}")


def parts(shards: int) -> list[str]:
    """The paths of the page, or of its shards."""
    return ["/metrics"] if shards == 1 else [f"/metrics?shard={shard}/{shards}" for shard in range(1, shards + 1)]


def sweeps(run: Run) -> int:
    """How often the page is scraped within the window."""
    return max(1, round(run.seconds / run.interval))


def scrape(running: Daemon, shards: int) -> Iterator[Scrape]:
    """Every shard once; those that cannot be had are left out."""
    for path in parts(shards):
        with suppress(OSError):
            yield running.get(path, "gzip")[0]


def window(running: Daemon, run: Run) -> tuple[list[Scrape], list[float]]:
    """Scrapes once an interval: the scrapes, and the loop lags beside them."""
    scrapes: list[Scrape] = []
    lags: list[float] = []
    began = time.monotonic()
    for n in range(sweeps(run)):
        time.sleep(max(0.0, began + (n + 0.5) * run.interval - time.monotonic()))
        scrapes += scrape(running, run.shards)
        time.sleep(max(0.0, began + (n + 0.9) * run.interval - time.monotonic()))
        with suppress(OSError):
            lags.append(running.lag())
    time.sleep(max(0.0, began + run.seconds - time.monotonic()))
    return scrapes, lags


def unpacked(running: Daemon, shards: int) -> float:
    """Bytes of the whole page without compression; NaN where a part of it cannot be had."""
    try:
        return sum(len(gzip.decompress(running.get(path, "gzip")[1])) for path in parts(shards))
    except OSError:
        return math.nan


def _median(values: list[float]) -> float:
    return statistics.median(values) if values else math.nan


def measure(run: Run) -> Load:
    """One run: the daemon is ready and has settled before the window begins."""
    kinds = KINDS if run.mixed else (S19,)
    where = places(len(kinds), run.miners, faults=FAULTS if run.faults else None)
    with serving(kinds, where) as fleet, daemon(fleet.folder, where, run.interval) as running:
        _until(running, "/-/ready", 60 + 4 * run.interval)
        plain = unpacked(running, run.shards)
        time.sleep(run.interval)  # the polls that follow the first may ask more, too
        fleet.reset()
        cpu, began = running.cpu(), time.monotonic()
        scrapes, lags = window(running, run)
        seconds, cpu = time.monotonic() - began, running.cpu() - cpu
        seen = fleet.count()
        rss, rss_max = running.memory()
        due = int(seen.well * max(0.0, seconds / run.interval - 1))
        return Load(
            run=run,
            seconds=seconds,
            cpu=cpu / seconds,
            rss=rss,
            rss_max=rss_max,
            late_p50=seen.gap(0.5) - run.interval,
            late_p99=seen.gap(0.99) - run.interval,
            late_max=max(seen.gap(1.0), seen.open / 1000) - run.interval,
            unpolled=max(0, due - seen.polls),
            lag=max(lags, default=math.nan),
            unread=run.shards * sweeps(run) - len(scrapes),
            first=_median([s.first for s in scrapes]),
            whole=_median([s.whole for s in scrapes]),
            whole_max=max((s.whole for s in scrapes), default=math.nan),
            page=_median([s.bytes for s in scrapes]) * run.shards,
            plain=plain,
            log_lines=running.lines(),
            prometheus=scraped(fleet.folder, running.port, -(-run.miners // SHARD), run.interval, run.prometheus),
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.load", description=__doc__)
    parser.add_argument("--miners", type=int, default=10_000)
    parser.add_argument("--interval", type=float, default=15.0, metavar="SECONDS")
    parser.add_argument("--seconds", type=float, default=60.0, help="of the window that is measured")
    parser.add_argument("--faults", action="store_true", help="shares of the miners misbehave")
    parser.add_argument("--shards", type=int, default=1, help="parts in which the page is scraped")
    parser.add_argument("--mixed", action="store_true", help="every kind of miner in turn instead of one")
    parser.add_argument("--prometheus", type=float, default=0.0, metavar="SECONDS", help="a real one scrapes after it")
    print(json.dumps(asdict(measure(Run(**vars(parser.parse_args())))), indent=2))


if __name__ == "__main__":
    main()
