"""Run a simulated farm on this machine: miners, exporters, Prometheus with history, Alertmanager and Grafana."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
import yaml

from exporter import simulator
from exporter.daemon import loop
from exporter.simulator.faults import REFUSES
from tools.history import make, troubles
from tools.history.farm import NETWORK, Place, configuration, farm
from tools.history.recorded import record

ROOT: Final = Path(__file__).resolve().parents[1]
RULES: Final = ROOT / "grafana" / "rules"
INTERVAL: Final = 15
STEP: Final = 60
"""Seconds between two samples of the history."""
PORTS: Final = {"prometheus": 9090, "alertmanager": 9093, "grafana": 3000}
EXPORTERS: Final = 14028
READY: Final = {"prometheus": "/-/ready", "alertmanager": "/-/ready", "grafana": "/api/health"}
PATIENCE: Final = 60.0
"""Seconds in which a program must be ready, or at its end after a signal."""
PROGRAMS: Final = {
    "prometheus": ("prometheus",),
    "alertmanager": ("alertmanager", "prometheus-alertmanager"),
    "grafana": ("grafana", "grafana-server"),
}
HOMES: Final = ("/usr/share/grafana", "/opt/homebrew/opt/grafana/share/grafana", "/usr/local/share/grafana")


@dataclass
class Stack:
    """The programs, their ports and the folder of their files."""

    folder: Path
    ports: Mapping[str, int]
    """Of the programs, and of each site's exporter."""
    places: Sequence[Place]
    found: Mapping[str, str]
    """Paths of the installed programs."""
    running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    def url(self, name: str) -> str:
        """Return the address of a program's pages."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def write(self) -> None:
        """Write the configurations."""
        sites = sorted({place.site for place in self.places})
        for site in sites:
            mine = [place for place in self.places if place.site == site]
            (self.folder / f"{site}.yaml").write_text(configuration(mine, interval=INTERVAL, expect=make.EXPECT))
        scraped = [
            {"targets": [f"127.0.0.1:{self.ports[site]}"], "labels": {"instance": f"{site}:14028"}} for site in sites
        ]
        settings: dict[str, Any] = {
            "global": {"scrape_interval": f"{INTERVAL}s", "evaluation_interval": f"{INTERVAL}s"},
            "rule_files": [str(RULES / "*.yml")],
            "scrape_configs": [{"job_name": "asic-exporter", "static_configs": scraped}],
        }
        if "alertmanager" in self.found:
            told = [{"static_configs": [{"targets": [f"127.0.0.1:{self.ports['alertmanager']}"]}]}]
            settings["alerting"] = {"alertmanagers": told}
        (self.folder / "prometheus.yml").write_text(yaml.safe_dump(settings))
        self._provision()

    def _provision(self) -> None:
        """Write what Grafana starts with: the provisioning for containers, with the paths of this machine."""
        places = {
            "/var/dashboards": str(ROOT / "grafana" / "dashboards"),
            "http://prometheus:9090": self.url("prometheus"),
        }
        source = ROOT / "deploy" / "grafana" / "provisioning"
        for file in source.rglob("*.yml"):
            text = file.read_text()
            for old, new in places.items():
                text = text.replace(old, new)
            copy = self.folder / "provisioning" / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(text)

    def commands(self) -> dict[str, list[str]]:
        """Return the command of each program, in the order of their start."""
        exporters = {
            site: [
                *(sys.executable, "-m", "exporter", f"--config.file={self.folder / f'{site}.yaml'}"),
                *(f"--web.listen-address=127.0.0.1:{self.ports[site]}", "--log.level=warn"),
            ]
            for site in sorted({place.site for place in self.places})
        }
        others = {
            "alertmanager": [
                f"--config.file={ROOT / 'deploy' / 'alertmanager.yml'}",
                f"--storage.path={self.folder / 'alertmanager'}",
                "--cluster.listen-address=",
                f"--web.listen-address=127.0.0.1:{self.ports['alertmanager']}",
            ],
            "prometheus": [
                f"--config.file={self.folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={self.folder / 'history' / 'data'}",
                f"--web.listen-address=127.0.0.1:{self.ports['prometheus']}",
            ],
            "grafana": self._grafana(),
        }
        return exporters | {name: [self.found[name], *args] for name, args in others.items() if name in self.found}

    def _grafana(self) -> list[str]:
        program = self.found.get("grafana", "")
        home = next((path for path in HOMES if Path(path).is_dir()), None)
        server = ["server"] if Path(program).name == "grafana" else []
        return [*server, *(["--homepath", home] if home else [])]

    def environment(self) -> dict[str, str]:
        """Return the environment of Grafana: on loopback, without a login."""
        return os.environ | {
            "GF_SERVER_HTTP_ADDR": "127.0.0.1",
            "GF_SERVER_HTTP_PORT": str(self.ports["grafana"]),
            "GF_PATHS_DATA": str(self.folder / "grafana"),
            "GF_PATHS_LOGS": str(self.folder / "grafana"),
            "GF_PATHS_PROVISIONING": str(self.folder / "provisioning"),
            "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH": str(ROOT / "grafana" / "dashboards" / "fleet.json"),
            "GF_AUTH_ANONYMOUS_ENABLED": "true",
            "GF_AUTH_ANONYMOUS_ORG_ROLE": "Admin",
            "GF_ANALYTICS_REPORTING_ENABLED": "false",
            "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
            "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
            "GF_PLUGINS_PREINSTALL_DISABLED": "true",
        }

    @asynccontextmanager
    async def programs(self) -> AsyncIterator[None]:
        """Run all programs inside the context; end each with a signal at the exit. Raises ValueError if one ends."""
        try:
            for name, command in self.commands().items():
                with (self.folder / f"{name}.log").open("wb") as log:
                    # A session of its own: Ctrl-C reaches this process alone, which ends the others.
                    self.running[name] = await asyncio.create_subprocess_exec(
                        *command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
                        env=self.environment() if name == "grafana" else None,
                    )  # fmt: skip
                await self._ready(name)
            yield
        finally:
            await asyncio.gather(*map(_end, self.running.values()))

    async def _ready(self, name: str) -> None:
        url, process = self.url(name) + READY.get(name, "/-/healthy"), self.running[name]
        async with aiohttp.ClientSession() as session:
            for _ in range(int(PATIENCE / 0.1)):
                if process.returncode is not None:
                    break
                with suppress(aiohttp.ClientError):
                    async with session.get(url) as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.1)
        lines = (self.folder / f"{name}.log").read_text(errors="replace").splitlines()
        raise ValueError(f"{name} is not ready at {url}: {' / '.join(lines[-3:]) or 'it said nothing'}")


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(PATIENCE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def installed() -> dict[str, str]:
    """Return the paths of the programs that are installed. Raises ValueError without Prometheus and its promtool."""
    found = {}
    for name, names in PROGRAMS.items():
        if path := next(filter(None, map(shutil.which, names)), None):
            found[name] = path
    if missing := [name for name in ("prometheus", "promtool") if shutil.which(name) is None]:
        raise ValueError(f"not installed, or not in PATH: {', '.join(missing)}; a package of Prometheus has both")
    return found


def ports(names: Sequence[str], sites: Sequence[str], *, free: bool) -> dict[str, int]:
    """Return the port of each program and of each site's exporter: the usual ports, or free ports."""
    if free:
        return {name: int(make.free_address().rpartition(":")[2]) for name in (*names, *sites)}
    return PORTS | {site: EXPORTERS + number for number, site in enumerate(sites)}


def past(history: Path, now: int, *, miners: int, hours: float, kinds: tuple[str, ...], listen: str) -> None:
    """Make the history up to now."""
    print(f"Making {hours:g} h of history of {miners} miners ...", flush=True)
    span = {"start": now - int(hours * 60) * STEP, "end": now, "step": STEP}
    make.make(history, miners=miners, now=now, kinds=kinds, listen=listen, **span)
    record(history, RULES, make.free_address(), **span)


async def stack(folder: Path, miners: int, now: int, kinds: tuple[str, ...], listen: str, *, free: bool) -> None:
    """Run everything until a signal. Raises ValueError for a program that ends."""
    ending, found = asyncio.Event(), installed()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    places = farm(miners, seed=1, clock=time.time, listen=listen)
    _, ill = troubles.place(kinds, places, now=now, seed=1)
    for place in places:
        if place.miner.name in ill and ill[place.miner.name].dark:
            place.miner.fault = REFUSES
    async with simulator.serving([place.miner for place in places]) as served:
        listening = {id(miner) for miner in served}
        places = [place for place in places if id(place.miner) in listening]
        sites = sorted({place.site for place in places})
        of = Stack(folder, ports(list(PORTS), sites, free=free), places, found)
        of.write()
        async with of.programs():
            print(f"{len(places)} simulated miners; what is wrong: {', '.join(kinds) or 'nothing'}")
            for name in of.running:
                print(f"{name if name in PORTS else f'exporter of {name}'}: {of.url(name)}")
            for name in PORTS.keys() - found.keys():
                print(f"{name} is left out: not installed, or not in PATH")
            print("Ctrl-C ends everything.", flush=True)
            ends = asyncio.create_task(ending.wait())
            deaths = {asyncio.create_task(process.wait()): name for name, process in of.running.items()}
            done, others = await asyncio.wait([ends, *deaths], return_when=asyncio.FIRST_COMPLETED)
            for task in others:
                task.cancel()
            if ends not in done:
                raise ValueError(f"{', '.join(deaths[task] for task in done if task in deaths)} ended; see {folder}")


def main() -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.stack", description=__doc__)
    parser.add_argument("--miners", type=int, default=60)
    parser.add_argument("--hours", type=float, default=3.0, help="hours of history before the start")
    parser.add_argument("--troubles", default="six", help=f"{', '.join(troubles.SCENARIOS)}, or names with commas")
    parser.add_argument("--listen", default=NETWORK, metavar="NETWORK", help="loopback addresses of the miners")
    parser.add_argument("--folder", type=Path, help="folder that keeps the files; by default a new one that goes")
    parser.add_argument("--free-ports", action="store_true", help="listen on any free ports")
    given = parser.parse_args()
    try:
        kinds = troubles.chosen(given.troubles)
        with tempfile.TemporaryDirectory(prefix="asic-exporter-stack-") as temporary:
            folder = given.folder or Path(temporary)
            now = int(time.time()) // STEP * STEP
            installed()
            past(folder / "history", now, miners=given.miners, hours=given.hours, kinds=kinds, listen=given.listen)
            loop.run(stack(folder, given.miners, now, kinds, given.listen, free=given.free_ports))
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
