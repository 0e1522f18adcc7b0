"""A real Prometheus that scrapes the exporter, and what it says itself of how long its scrapes take."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

MOST: Final = 4  # shards that are scraped: a Prometheus takes 3 KB of memory for each series
TIMEOUT: Final = 10  # seconds, as Prometheus has it by default


def installed() -> bool:
    """Whether there is one."""
    return shutil.which("prometheus") is not None


def configuration(port: int, shards: int, interval: float) -> dict[str, Any]:
    """One target for each of the first shards; JSON is YAML, too."""
    every = max(1, round(interval))
    jobs = []
    for shard in range(1, min(shards, MOST) + 1):
        job: dict[str, Any] = {"job_name": f"part-{shard}", "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}
        jobs.append(job | ({"params": {"shard": [f"{shard}/{shards}"]}} if shards > 1 else {}))
    return {
        "global": {"scrape_interval": f"{every}s", "scrape_timeout": f"{min(every, TIMEOUT)}s"},
        "scrape_configs": jobs,
    }


def scraped(folder: Path, port: int, shards: int, interval: float, seconds: float) -> Sequence[float]:
    """The durations of the last scrapes, one for each shard, in seconds, after so long; NaN for one that failed.

    Empty where that is no time, and where no Prometheus is installed. Its first scrapes take longer than any other:
    every series is new to it."""
    if not seconds or not installed():
        return ()
    with socket.create_server(("127.0.0.1", 0)) as server:
        own: int = server.getsockname()[1]
    file = folder / "prometheus.json"
    file.write_text(json.dumps(wanted := configuration(port, shards, interval)))
    jobs = [job["job_name"] for job in wanted["scrape_configs"]]
    command = [
        "prometheus",
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'prometheus'}",
        f"--web.listen-address=127.0.0.1:{own}",
    ]
    log = (folder / "prometheus.log").open("wb")
    with log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            time.sleep(seconds)
            up: dict[str, float] = {}
            for _ in range(60):
                if len(up := _query(own, "up")) == len(jobs):
                    break
                time.sleep(1)
            durations = _query(own, "scrape_duration_seconds")
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
    return [durations[job] if up.get(job) and job in durations else float("nan") for job in jobs]


def _query(port: int, query: str) -> dict[str, float]:
    """The values now, by job; none while it does not serve yet."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/query?query={query}", timeout=10) as answer:
            found = json.load(answer)["data"]["result"]
    except OSError:
        return {}
    return {one["metric"]["job"]: float(one["value"][1]) for one in found}
