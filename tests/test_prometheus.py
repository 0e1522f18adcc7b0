"""A real Prometheus, its promtool and a real browser over the demo."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from processes import WAIT, demo, get, program
from support import free_port

CONFIGURATION = """
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: asic
    static_configs: [{{targets: ["{target}"]}}]
"""
SCRAPES = 8
MINERS = 12


async def api(base: str, path: str, **parameters: str) -> Any:
    return json.loads(await get(f"{base}/api/v1/{path}?{urlencode(parameters)}"))["data"]


async def value(base: str, query: str) -> float:
    found = (await api(base, "query", query=query))["result"]
    return float(found[0]["value"][1]) if found else 0.0


@pytest.mark.program("prometheus")
async def test_prometheus_scrapes_the_demo_without_a_word(tmp_path: Path) -> None:
    listen = f"127.0.0.1:{free_port()}"
    file = tmp_path / "prometheus.yml"
    flags = (f"--config.file={file}", f"--storage.tsdb.path={tmp_path / 'data'}", f"--web.listen-address={listen}")
    async with demo(f"--miners={MINERS}") as (_, base):
        file.write_text(CONFIGURATION.format(target=base.removeprefix("http://")))
        async with program("prometheus", *flags) as prometheus:
            await prometheus.line("Server is ready")
            server = f"http://{listen}"
            async with asyncio.timeout(WAIT):
                while await value(server, 'count_over_time(up{job="asic"}[1m])') < SCRAPES:  # noqa: ASYNC110
                    await asyncio.sleep(0.5)
            (target,) = (await api(server, "targets"))["activeTargets"]
            assert (target["health"], target["lastError"]) == ("up", "")
            assert await value(server, "min_over_time(up[1m])") == 1
            assert await value(server, "sum(asic_up)") == MINERS
            assert await value(server, "count(asic_hashrate_hashes_per_second > 0)") > MINERS / 2
            metadata = await api(server, "metadata", metric="asic_pool_shares_accepted")
            assert metadata["asic_pool_shares_accepted"][0]["type"] == "counter"
            noise = [line for line in prometheus.err if re.search(r"level=(warn|error)", line)]
            assert noise == []


@pytest.mark.program("promtool")
async def test_promtool_has_nothing_to_say_about_the_page() -> None:
    async with demo(f"--miners={MINERS}", "--faults") as (_, base):
        page = await get(f"{base}/metrics")
    async with asyncio.timeout(WAIT):
        pipe = asyncio.subprocess.PIPE
        command = ("promtool", "check", "metrics")
        promtool = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe)
        assert await promtool.communicate(page.encode()) == (b"", b"")
    assert promtool.returncode == 0


@pytest.mark.program("chromium")
async def test_a_browser_shows_the_fleet_without_complaint(tmp_path: Path) -> None:
    flags = (
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr",
        f"--user-data-dir={tmp_path}", "--dump-dom",
    )  # fmt: skip
    async with demo(f"--miners={MINERS}") as (_, base), program("chromium", *flags, base) as browser:
        async with asyncio.timeout(2 * WAIT):
            assert await browser.process.wait() == 0
            await asyncio.gather(*browser.readers)
    dom = "\n".join(browser.out)
    assert dom.count("<tr><td>") == MINERS
    assert f"{MINERS} of {MINERS} miners up" in dom
    assert not [line for line in browser.err if ":CONSOLE" in line]
