"""A farm of real processes: simulated miners, the exporter, Prometheus, Alertmanager and who is told.

Time can run faster: then every duration in rules, routes and intervals is that many times shorter.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web

from exporter import simulator
from exporter.daemon import loop
from tests.harness.places import ROOT
from tests.harness.processes import Process, exporter, program, ready
from tests.harness.support import free_port

RULES = ROOT / "grafana" / "rules"
DEPLOY = ROOT / "deploy"
TROUBLES = ("dead_board", "failed_fan")  # of the first miners, for good
SHED = "import sys; from tests.harness import farm; farm.serve(int(sys.argv[1]), sys.argv[2])"
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
DURATION = re.compile(r"(?<![\w.])(\d+)([smhd])(?=[\]:\s,}]|$)")


def shed(count: int, listen: str) -> list[simulator.Miner]:
    """Miners of all families, all of them well but for the first ones, whose troubles stay."""
    miners = simulator.fleet(count, listen=listen, families=["antminer", "braiins", "whatsminer", "avalon"])
    for miner in miners:
        miner.condition = None
    for trouble in TROUBLES:
        able = next(m for m in miners if trouble in m.dialect.conditions and m.machine.fans and m.condition is None)
        able.condition = trouble
    return miners


def serve(count: int, listen: str) -> None:
    """Serve the miners until the process is killed."""

    async def forever() -> None:
        async with simulator.serving(shed(count, listen)):
            print("listening", flush=True)  # noqa: T201 - the parent waits for the word
            await asyncio.Event().wait()

    loop.run(forever())


@dataclass(frozen=True, slots=True)
class Message:
    """One message of Alertmanager: when it came, and the alerts in it."""

    at: float
    fired: tuple[str, ...]
    resolved: tuple[str, ...]
    severity: str


@dataclass
class Farm:
    """The running farm; `messages` are what was sent so far."""

    folder: Path
    listen: str
    speed: float
    miners: list[simulator.Miner]
    messages: list[Message] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    running: dict[str, tuple[Process, AsyncExitStack]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    @property
    def now(self) -> float:
        """Seconds of the farm's own time since the start."""
        return (time.monotonic() - self.began) * self.speed

    async def sleep(self, seconds: float) -> None:
        """Wait that long in the farm's own time."""
        await asyncio.sleep(seconds / self.speed)

    async def start(self, name: str, word: str) -> None:
        """Start a part of the farm and wait until it says that word."""
        stack = AsyncExitStack()
        process = await stack.enter_async_context(program(*self.commands()[name]))
        self.running[name] = process, stack
        await process.line(word)

    async def kill(self, name: str) -> None:
        """End a part of the farm at once."""
        await self.running.pop(name)[1].aclose()

    def commands(self) -> dict[str, list[str | Path]]:
        """The command of each part."""
        folder, ports = self.folder, self.ports
        return {
            "miners": [sys.executable, "-c", SHED, str(len(self.miners)), self.listen],
            "exporter": exporter(
                f"--config.file={folder / 'exporter.yaml'}", f"--web.listen-address=127.0.0.1:{ports['exporter']}"
            ),
            "prometheus": [
                "prometheus",
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{ports['prometheus']}",
            ],
            "alertmanager": [
                "prometheus-alertmanager",
                f"--config.file={folder / 'alertmanager.yml'}",
                f"--storage.path={folder / 'alerts'}",
                f"--web.listen-address=127.0.0.1:{ports['alertmanager']}",
                "--cluster.listen-address=",
            ],
        }

    def faster(self, text: str) -> str:
        """A text whose durations are as many times shorter as time is faster."""

        def short(match: re.Match[str]) -> str:
            return f"{max(round(int(match[1]) * SECONDS[match[2]] / self.speed * 1000), 100)}ms"

        return text if self.speed == 1 else DURATION.sub(short, text)

    def write(self) -> None:
        """Write the configurations of all parts."""
        folder, ports = self.folder, self.ports
        interval = max(30 / self.speed, 2)
        settings = simulator.configuration(self.miners).replace("interval: 5s", f"interval: {interval:g}s")
        (folder / "exporter.yaml").write_text(settings.replace("timeout: 4s", f"timeout: {min(interval, 5):g}s"))
        for name in ("recording.yml", "alerts.yml"):
            (folder / name).write_text(self.faster((RULES / name).read_text()))
        (folder / "prometheus.yml").write_text(
            self.faster(f"""
global: {{scrape_interval: 15s, scrape_timeout: 15s, evaluation_interval: 30s}}
rule_files: ["{folder}/recording.yml", "{folder}/alerts.yml"]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{ports["alertmanager"]}"]}}]}}]}}
scrape_configs:
  - job_name: asic-exporter
    static_configs: [{{targets: ["127.0.0.1:{ports["exporter"]}"]}}]
""")
        )
        routes = yaml.safe_load(self.faster((DEPLOY / "alertmanager.yml").read_text()))
        hook = {"url": f"http://127.0.0.1:{ports['hook']}/", "send_resolved": True}
        for receiver in routes["receivers"]:
            if receiver["name"] != "nobody":
                receiver["webhook_configs"] = [hook]
        (folder / "alertmanager.yml").write_text(yaml.safe_dump(routes))

    async def told(self, request: web.Request) -> web.Response:
        """Note a message."""
        said: dict[str, Any] = json.loads(await request.read())
        names: dict[str, list[str]] = {"firing": [], "resolved": []}
        for alert in said["alerts"]:
            labels = alert["labels"]
            names[alert["status"]].append(" ".join(filter(None, (labels["alertname"], labels.get("miner", "")))))
        severity = said["commonLabels"].get("severity", "")
        self.messages.append(Message(self.now, tuple(names["firing"]), tuple(names["resolved"]), severity))
        return web.Response()


@asynccontextmanager
async def farm(folder: Path, listen: str, *, miners: int = 120, speed: float = 1.0) -> AsyncIterator[Farm]:
    """A farm that is up, all of whose miners were polled."""
    of = Farm(folder, listen, speed, shed(miners, listen))
    of.ports = {name: free_port() for name in ("exporter", "prometheus", "alertmanager", "hook")}
    of.write()
    app = web.Application()
    app.router.add_post("/", of.told)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", of.ports["hook"]).start()
        await of.start("miners", "listening")
        await of.start("exporter", "listening")
        await ready(f"http://127.0.0.1:{of.ports['exporter']}")
        await of.start("alertmanager", "Listening")
        await of.start("prometheus", "Server is ready")
        of.began = time.monotonic()
        yield of
    finally:
        for name in list(of.running):
            await of.kill(name)
        await runner.cleanup()
