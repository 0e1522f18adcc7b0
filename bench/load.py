"""The daemon as a whole, under load: its CPU, memory, punctuality, loop lag and page, as seen from outside."""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from bench.fleet import FAULTS, Fleet, Place, places, serving
from bench.kinds import KINDS, S19
from bench.prometheus import scraped

TICKS: Final = 100  # of /proc/PID/stat in a second
LAG: Final = re.compile(rb"^asic_exporter_loop_lag_seconds (\S+)$", re.MULTILINE)
TIMEOUT: Final = 5.0


@dataclass(frozen=True, slots=True)
class Scrape:
    """One read of /metrics: seconds to the first byte and to the last, and how many bytes came."""

    first: float
    whole: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Load:
    """What a run came to; times in seconds, sizes in bytes. `late` is what the gaps exceed the interval by."""

    miners: int
    interval: float
    faults: bool
    seconds: float  # of the window
    shards: int
    cpu: float  # part of one core
    rss: int
    rss_max: int
    late_p50: float
    late_p99: float
    late_max: float
    unpolled: int  # polls that the healthy should have had beyond those that they had
    lag: float  # the loop's longest
    first: float  # of the pages, the median
    whole: float
    whole_max: float
    page: int  # of one sweep over the shards, as it comes over the wire
    plain: int
    log_lines: int  # within the window
    prometheus: Sequence[float] = ()  # its own scrape_duration_seconds; empty where it was not run


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
        """One page. Raises OSError where it cannot be had."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            began = time.perf_counter()
            connection.request("GET", path, headers={"Accept-Encoding": encoding})
            answer = connection.getresponse()
            chunks = [answer.read(1)]
            first = time.perf_counter() - began
            while chunk := answer.read(1 << 20):
                chunks.append(chunk)
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


def pages(running: Daemon, shards: int) -> tuple[list[Scrape], int]:
    """One sweep over the shards as Prometheus would ask, gzipped: the scrapes, and the size of it all unpacked."""
    scrapes, plain = [], 0
    for shard in range(1, shards + 1):
        scrape, body = running.get("/metrics" if shards == 1 else f"/metrics?shard={shard}/{shards}", "gzip")
        scrapes.append(scrape)
        plain += len(gzip.decompress(body))
    return scrapes, plain


def window(running: Daemon, seconds: float, interval: float, shards: int) -> tuple[list[Scrape], list[float]]:
    """Scrapes once an interval for so long: the scrapes, and the loop lags beside them."""
    scrapes: list[Scrape] = []
    lags: list[float] = []
    began = time.monotonic()
    for n in range(max(1, round(seconds / interval))):
        time.sleep(max(0.0, began + (n + 0.5) * interval - time.monotonic()))
        for shard in range(1, shards + 1):
            path = "/metrics" if shards == 1 else f"/metrics?shard={shard}/{shards}"
            scrapes.append(running.get(path, "gzip")[0])
        time.sleep(max(0.0, began + (n + 0.9) * interval - time.monotonic()))
        lags.append(running.lag())
    time.sleep(max(0.0, began + seconds - time.monotonic()))
    return scrapes, lags


def run(
    miners: int,
    *,
    interval: float = 15.0,
    seconds: float = 60.0,
    faults: Mapping[str, float] | None = None,
    shards: int = 1,
    mixed: bool = False,
    prometheus: float = 0.0,
) -> Load:
    """One run: two intervals to settle, then the window. With `prometheus` seconds, a real one scrapes after it."""
    kinds = KINDS if mixed else (S19,)
    where = places(len(kinds), miners, faults=faults)
    with serving(kinds, where) as fleet, daemon(fleet.folder, where, interval) as running:
        _until(running, "/-/ready", 60 + 4 * interval)
        pages(running, shards)
        time.sleep(interval)  # the polls that follow the first may ask more, too
        load = _measured(fleet, running, miners, interval, seconds, shards, bool(faults))
        if prometheus:
            found = scraped(fleet.folder, running.port, shards, interval, prometheus)
            load = Load(**{**asdict(load), "prometheus": found})
        return load


def _measured(
    fleet: Fleet, running: Daemon, miners: int, interval: float, seconds: float, shards: int, faults: bool
) -> Load:
    lines = running.lines()
    fleet.reset()
    cpu, began = running.cpu(), time.monotonic()
    scrapes, lags = window(running, seconds, interval, shards)
    taken, cpu = time.monotonic() - began, running.cpu() - cpu
    seen = fleet.count()
    rss, rss_max = running.memory()
    lines = running.lines() - lines
    _, plain = pages(running, shards)
    due = int(seen.well * max(0.0, taken / interval - 1))
    return Load(
        miners=miners,
        interval=interval,
        faults=faults,
        seconds=taken,
        shards=shards,
        cpu=cpu / taken,
        rss=rss,
        rss_max=rss_max,
        late_p50=seen.gap(0.5) - interval,
        late_p99=seen.gap(0.99) - interval,
        late_max=max(seen.gap(1.0), seen.open / 1000) - interval,
        unpolled=max(0, due - seen.polls),
        lag=max(lags),
        first=statistics.median(s.first for s in scrapes),
        whole=statistics.median(s.whole for s in scrapes),
        whole_max=max(s.whole for s in scrapes),
        page=round(sum(s.bytes for s in scrapes) / len(scrapes) * shards),
        plain=plain,
        log_lines=lines,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.load", description=__doc__)
    parser.add_argument("--miners", type=int, default=10_000)
    parser.add_argument("--interval", type=float, default=15.0, metavar="SECONDS")
    parser.add_argument("--seconds", type=float, default=60.0, help="of the window that is measured")
    parser.add_argument("--faults", action="store_true", help=f"shares of the miners misbehave: {FAULTS}")
    parser.add_argument("--shards", type=int, default=1, help="parts in which the page is scraped")
    parser.add_argument("--mixed", action="store_true", help="every kind of miner in turn instead of one")
    parser.add_argument("--prometheus", type=float, default=0.0, metavar="SECONDS", help="a real one scrapes after it")
    chosen = parser.parse_args()
    load = run(
        chosen.miners,
        interval=chosen.interval,
        seconds=chosen.seconds,
        faults=FAULTS if chosen.faults else None,
        shards=chosen.shards,
        mixed=chosen.mixed,
        prometheus=chosen.prometheus,
    )
    print(json.dumps(asdict(load), indent=2))


if __name__ == "__main__":
    main()
