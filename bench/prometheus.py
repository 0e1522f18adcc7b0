"""A real Prometheus that scrapes the exporter, and what it says itself of how long its scrapes take."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

QUERY = "scrape_duration_seconds"


def installed() -> bool:
    """Whether there is one."""
    return shutil.which("prometheus") is not None


def configuration(port: int, shards: int, interval: float) -> dict[str, Any]:
    """One target for each shard; JSON is YAML, too."""
    every = f"{max(1, round(interval))}s"
    jobs = []
    for shard in range(1, shards + 1):
        job: dict[str, Any] = {"job_name": f"part-{shard}", "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}
        jobs.append(job | ({"params": {"shard": [f"{shard}/{shards}"]}} if shards > 1 else {}))
    return {"global": {"scrape_interval": every, "scrape_timeout": every}, "scrape_configs": jobs}


def scraped(folder: Path, port: int, shards: int, interval: float, seconds: float) -> Sequence[float]:
    """The durations of the last scrape of each shard, in seconds, after so long; empty where no Prometheus is installed.

    Its first scrapes take longer than any that follow, because every series is new. Raises RuntimeError where the last
    of them failed."""
    if not installed():
        return ()
    with socket.create_server(("127.0.0.1", 0)) as server:
        own: int = server.getsockname()[1]
    file = folder / "prometheus.json"
    file.write_text(json.dumps(configuration(port, shards, interval)))
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
            durations, up = (_query(own, query) for query in (QUERY, "up"))
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
    if len(up) != shards or set(up) != {1.0}:
        raise RuntimeError(f"Prometheus did not get every shard: up is {up}")
    return durations


def _query(port: int, query: str) -> list[float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/query?query={query}", timeout=10) as answer:  # noqa: S310 - our own
        return [float(found["value"][1]) for found in json.load(answer)["data"]["result"]]
