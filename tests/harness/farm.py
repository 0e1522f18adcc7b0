"""A farm of real processes: simulated miners, exporters, Prometheus, Alertmanager and who is told.

Time can run faster: then every duration in rules, routes and intervals is that many times shorter.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

from tests.harness.places import ROOT
from tests.harness.processes import EXPORTER, Process, exporter, program, ready
from tests.harness.promtool import ALERTS, RECORDING
from tests.harness.support import free_port

DEPLOY = ROOT / "deploy"
JOB = "asic-exporter"
READY = {"prometheus": "Server is ready", "alertmanager": "Listening"}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
DURATION = re.compile(r"(?<![\w.])(\d+)([smhdw])(?=[\]:\s,})]|$)")
AGE = re.compile(r"time\(\) - \w+")
MANY = 180.0  # seconds for so many processes to start, on a busy machine
SHORTEST = 0.1  # seconds of a duration when time runs faster
PAUSE = 2.0  # seconds between two polls of a miner, or two evaluations, at least
SCRAPE = 1.0  # seconds between two scrapes, at least


@dataclass(frozen=True)
class Site:
    """An exporter, which is the label `instance`, and the processes that serve its miners.

    Each shed is the Python that a process runs, with its arguments; it says "listening" when it does. `files` is how
    many files the exporter may open, `mistake` Python that its process runs first.
    """

    name: str
    configuration: str
    sheds: Mapping[str, Sequence[str]]
    job: str = JOB
    files: int = 0
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of Alertmanager: when it came and to whom, and the alerts in it."""

    at: float
    to: str
    fired: tuple[Mapping[str, str], ...]
    resolved: tuple[Mapping[str, str], ...]


def called(labels: Mapping[str, str]) -> str:
    """Return the name of an alert, with its miner."""
    return " ".join(filter(None, (labels["alertname"], labels.get("miner", ""))))


@dataclass
class Farm:
    """The running farm; `messages` are what was sent so far. No duration is longer than `longest`, in its own time."""

    folder: Path
    sites: Sequence[Site]
    speed: float
    longest: float
    messages: list[Message] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    running: dict[str, tuple[Process, AsyncExitStack]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    @property
    def now(self) -> float:
        """Seconds of the farm's own time since the start."""
        return (time.monotonic() - self.began) * self.speed

    async def sleep(self, seconds: float) -> None:
        """Wait that long in the farm's own time."""
        await asyncio.sleep(seconds / self.speed)

    async def start(self, name: str) -> None:
        """Start a part of the farm and wait until it listens."""
        stack = AsyncExitStack()
        process = await stack.enter_async_context(program(*self.commands()[name]))
        self.running[name] = process, stack
        await process.line(READY.get(name, "listening"), MANY)

    async def kill(self, name: str) -> None:
        """End a part of the farm at once."""
        await self.running.pop(name)[1].aclose()

    def commands(self) -> dict[str, list[str | Path]]:
        """The command of each part: the sheds by their names, an exporter by that of its site."""
        folder, ports = self.folder, self.ports
        found: dict[str, list[str | Path]] = {
            "prometheus": [
                *("prometheus", f"--config.file={folder / 'prometheus.yml'}"),
                *(f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address=127.0.0.1:{ports['prometheus']}"),
                self.faster("--rules.alert.resend-delay= 1m").replace(" ", ""),
                self.faster("--rules.alert.for-grace-period= 1m").replace(" ", ""),
            ],
            "alertmanager": [
                *("prometheus-alertmanager", f"--config.file={folder / 'alertmanager.yml'}"),
                *(f"--storage.path={folder / 'alerts'}", "--cluster.listen-address="),
                f"--web.listen-address=127.0.0.1:{ports['alertmanager']}",
            ],
        }
        for site in self.sites:
            config, address = folder / f"{site.name}.yaml", f"127.0.0.1:{ports[site.name]}"
            found[site.name] = exporter(f"--config.file={config}", f"--web.listen-address={address}")
            if site.mistake:
                python = f"{site.mistake}; import sys; from exporter.__main__ import main; sys.exit(main())"
                found[site.name] = [sys.executable, "-c", python, *found[site.name][len(EXPORTER) :]]
            if site.files:
                found[site.name] = ["prlimit", f"--nofile={site.files}:{site.files}", *found[site.name]]
            found |= {name: [sys.executable, "-c", *arguments] for name, arguments in site.sheds.items()}
        return found

    def faster(self, text: str) -> str:
        """Return a text whose durations are as many times shorter as time is faster, and in which ages are longer."""
        if self.speed == 1:
            return text

        def short(match: re.Match[str]) -> str:
            seconds = min(int(match[1]) * SECONDS[match[2]], self.longest)
            return f"{max(seconds / self.speed, SHORTEST) * 1000:.0f}ms"

        text = text.replace("interval: 30s", f"interval: {interval(self.speed) * 1000:.0f}ms")
        text = text.replace("interval: 1m\n", f"interval: {max(60 / self.speed, PAUSE) * 1000:.0f}ms\n")
        return DURATION.sub(short, AGE.sub(rf"{self.speed:g} * (\g<0>)", text))

    def write(self) -> None:
        """Write the configurations of all parts."""
        for file in (RECORDING, ALERTS):
            (self.folder / file.name).write_text(self.faster(file.read_text()))
        (self.folder / "prometheus.yml").write_text(json.dumps(self.prometheus()))
        routes = yaml.safe_load(self.faster((DEPLOY / "alertmanager.yml").read_text()))
        for receiver in routes["receivers"]:
            url = f"http://127.0.0.1:{self.ports['hook']}/{receiver['name']}"
            receiver["webhook_configs"] = [{"url": url, "send_resolved": True}]
        (self.folder / "alertmanager.yml").write_text(yaml.safe_dump(routes))
        for site in self.sites:
            (self.folder / f"{site.name}.yaml").write_text(site.configuration)

    def prometheus(self) -> dict[str, Any]:
        """Return the configuration of Prometheus, which is YAML too."""
        scrape, turn = (f"{seconds * 1000:.0f}ms" for seconds in (max(30 / self.speed, SCRAPE), interval(self.speed)))
        jobs: dict[str, list[dict[str, Any]]] = {}
        for site in self.sites:
            target = {"targets": [f"127.0.0.1:{self.ports[site.name]}"], "labels": {"instance": site.name}}
            jobs.setdefault(site.job, []).append(target)
        return {
            "global": {"scrape_interval": scrape, "scrape_timeout": scrape, "evaluation_interval": turn},
            "rule_files": [str(self.folder / file.name) for file in (RECORDING, ALERTS)],
            "alerting": {
                "alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{self.ports['alertmanager']}"]}]}]
            },
            "scrape_configs": [{"job_name": job, "static_configs": targets} for job, targets in jobs.items()],
        }

    async def told(self, request: web.Request) -> web.Response:
        """Note a message."""
        said: dict[str, Any] = json.loads(await request.read())
        labels = {
            status: tuple(alert["labels"] for alert in said["alerts"] if alert["status"] == status)
            for status in ("firing", "resolved")
        }
        self.messages.append(Message(self.now, request.match_info["to"], labels["firing"], labels["resolved"]))
        return web.Response()


def interval(speed: float) -> float:
    """Return the seconds between two polls of a miner, or two evaluations of rules."""
    return max(30 / speed, PAUSE)


@asynccontextmanager
async def farm(
    folder: Path, sites: Sequence[Site], *, speed: float = 1.0, longest: float = float("inf")
) -> AsyncIterator[Farm]:
    """A farm that is up, all of whose miners were polled."""
    of = Farm(folder, sites, speed, longest)
    of.ports = {name: free_port() for name in ("prometheus", "alertmanager", "hook", *(site.name for site in of.sites))}
    of.write()
    app = web.Application()
    app.router.add_post("/{to}", of.told)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", of.ports["hook"]).start()
        await asyncio.gather(*(of.start(shed) for site in sites for shed in site.sheds))
        await asyncio.gather(*(of.start(site.name) for site in sites))
        await asyncio.gather(*(ready(f"http://127.0.0.1:{of.ports[site.name]}", MANY) for site in sites))
        await of.start("alertmanager")
        await of.start("prometheus")
        of.began = time.monotonic()
        yield of
    finally:
        for name in list(of.running):
            await of.kill(name)
        await runner.cleanup()
