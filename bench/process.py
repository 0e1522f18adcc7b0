"""The exporter in a process of its own: started over a fleet, scraped, and seen from outside."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.fleet import Place

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
            until(running, "/-/healthy", 120.0)
            yield running
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def until(running: Daemon, path: str, patience: float) -> None:
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
