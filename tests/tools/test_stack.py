"""The whole farm on one machine: real processes, which all end together."""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from tests.harness.processes import program
from tests.harness.support import until

PATIENCE = 240.0
# It answers as Grafana does when it is ready, and notes how it was started.
GRAFANA = """#!{python}
import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
told = {{name: value for name, value in os.environ.items() if name.startswith("GF_")}}
open({file!r}, "w").write(json.dumps(told))
HTTPServer(("127.0.0.1", int(os.environ["GF_SERVER_HTTP_PORT"])), Page).serve_forever()
"""


@pytest.mark.program("prometheus")
@pytest.mark.program("promtool")
@pytest.mark.timeout(600)
async def test_the_stack_runs_and_ends_whole(tmp_path: Path, network: str) -> None:
    """Prometheus scrapes every site, Grafana is provisioned for it, and a signal ends all programs."""
    grafana = tmp_path / "bin" / "grafana-server"
    grafana.parent.mkdir()
    grafana.write_text(GRAFANA.format(python=sys.executable, file=str(tmp_path / "told.json")))
    grafana.chmod(0o755)
    path = f"{grafana.parent}{os.pathsep}{os.environ['PATH']}"
    folder = tmp_path / "stack"
    arguments = ("--miners=15", "--hours=0.1", "--troubles=dead_board,dark_site", "--free-ports")
    command = (sys.executable, "-m", "tools.stack", *arguments, f"--listen={network}", f"--folder={folder}")
    async with program(*command, PATH=path) as process:
        await until(lambda: any("Ctrl-C" in line for line in process.out) or process.err, "it runs", PATIENCE)
        assert process.err == []
        url = {name: rest.strip() for line in process.out if line.count(": ") for name, rest in [line.split(": ", 1)]}
        async with aiohttp.ClientSession() as session:

            async def asked(query: str) -> float:
                async with session.get(f"{url['prometheus']}/api/v1/query", params={"query": query}) as answer:
                    found = (await answer.json())["data"]["result"]
                return float(found[0]["value"][1]) if found else 0.0

            for _ in range(600):
                if await asked("count(up == 1)") == 3 and await asked("count(asic_up == 0)") == 2:
                    break
            assert await asked("count(up == 1)") == 3
            assert await asked("count(asic_up == 0)") == 2
            assert await asked("count(asic_up offset 5m)") == 15
            assert await asked("count(ALERTS{alertname='AsicWatchdog'} offset 4m)") == 1
        told = json.loads((tmp_path / "told.json").read_text())
        source = Path(told["GF_PATHS_PROVISIONING"]) / "datasources" / "prometheus.yml"
        assert f"url: {url['prometheus']}\n" in source.read_text()
        assert told["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"].endswith("/grafana/dashboards/fleet.json")
        process.signal(signal.SIGINT)
        await until(lambda: process.process.returncode is not None, "it ends", PATIENCE)
        assert process.process.returncode == 0
        for address in url.values():
            if address.startswith("http"):
                async with aiohttp.ClientSession() as session:
                    with pytest.raises(aiohttp.ClientError):
                        await session.get(address)


async def test_a_missing_prometheus_is_told(tmp_path: Path) -> None:
    async with program(sys.executable, "-m", "tools.stack", PATH=str(tmp_path)) as process:
        with suppress(TimeoutError):
            assert await process.ended() == 1
    assert process.out == []
    assert len(process.err) == 1
    assert process.err[0].startswith("error: not installed, or not in PATH: prometheus, promtool")
