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
from typing import Any


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
    """The durations of each shard's last scrape, in seconds, after so long; NaN for a scrape that failed.

    Empty where that is no time, and where no Prometheus is installed. Its first scrapes take longer than any other:
    every series is new to it."""
    if not seconds or not installed():
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
            up: dict[str, float] = {}
            for _ in range(60):
                if len(up := _query(own, "up")) == shards:
                    break
                time.sleep(1)
            durations = _query(own, "scrape_duration_seconds")
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
    jobs = [f"part-{shard}" for shard in range(1, shards + 1)]
    return [durations[job] if up.get(job) and job in durations else float("nan") for job in jobs]


def _query(port: int, query: str) -> dict[str, float]:
    """The values now, by job; none while it does not serve yet."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/query?query={query}", timeout=10) as answer:
            found = json.load(answer)["data"]["result"]
    except OSError:
        return {}
    return {one["metric"]["job"]: float(one["value"][1]) for one in found}
