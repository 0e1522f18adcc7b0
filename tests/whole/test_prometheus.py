"""A real Prometheus, its promtool and a real browser over the demo."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.harness.places import ROOT
from tests.harness.processes import WAIT, Process, demo, get, program
from tests.harness.support import free_port

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


@asynccontextmanager
async def running(folder: Path, configuration: str) -> AsyncIterator[tuple[Process, str]]:
    """A Prometheus with that configuration, and its base address."""
    listen, file = f"127.0.0.1:{free_port()}", folder / "prometheus.yml"
    file.write_text(configuration)
    flags = (f"--config.file={file}", f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address={listen}")
    async with program("prometheus", *flags) as prometheus:
        await prometheus.line("Server is ready")
        yield prometheus, f"http://{listen}"


@pytest.mark.program("prometheus")
async def test_prometheus_scrapes_the_demo_without_a_word(tmp_path: Path) -> None:
    async with demo(f"--miners={MINERS}") as (_, base):
        configuration = CONFIGURATION.format(target=base.removeprefix("http://"))
        async with running(tmp_path, configuration) as (prometheus, server):
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


def series(name: str, labels: dict[str, str]) -> tuple[object, ...]:
    """What tells a series from others, but for what Prometheus adds."""
    return (name, *sorted((k, v) for k, v in labels.items() if v and k not in ("__name__", "job", "instance")))


@pytest.mark.program("prometheus")
@pytest.mark.parametrize(("file", "shards"), [("", 1), ("-4-shards", 4), ("-16-shards", 16)])
async def test_the_shards_together_are_the_page(file: str, shards: int, tmp_path: Path) -> None:
    """Each series once, with the labels that it has without shards."""
    rules = tmp_path / "rules"
    rules.mkdir()
    for path in (ROOT / "grafana" / "rules").glob("*.yml"):
        (rules / path.name).write_text(path.read_text().replace("interval: 30s", "interval: 1s"))
    text = (ROOT / "deploy" / f"prometheus{file}.yml").read_text()
    async with demo(f"--miners={MINERS}") as (_, base):
        for old, new in {
            "interval: 30s": "interval: 1s",
            "/etc/prometheus/rules": str(rules),
            "exporter:14028": base.removeprefix("http://"),
            "alertmanager:9093": "127.0.0.1:9",
        }.items():
            text = text.replace(old, new)
        async with running(tmp_path, text) as (_, server), asyncio.timeout(2 * WAIT):
            while await value(server, "count(up == 1)") < shards:  # noqa: ASYNC110
                await asyncio.sleep(0.5)
            targets = (await api(server, "targets"))["activeTargets"]
            assert len({target["scrapeUrl"] for target in targets}) == len(targets) == shards
            assert {(target["health"], target["lastError"]) for target in targets} == {("up", "")}
            while True:  # the page may have changed since the last scrape
                families = list(text_string_to_metric_families(await get(f"{base}/metrics")))
                page = [series(each.name, each.labels) for family in families for each in family.samples]
                query = '{__name__=~"(asic|process|python)_.+",job="asic-exporter"}'
                found = [each["metric"] for each in (await api(server, "query", query=query))["result"]]
                scraped = await value(server, "sum(scrape_samples_scraped)")
                if scraped == len(page) and sorted(series(each["__name__"], each) for each in found) == sorted(page):
                    break
                await asyncio.sleep(0.5)
            assert len(page) == len(set(page)) > MINERS * 50
            assert await value(server, "count(asic_exporter_build_info)") == 1
            assert await value(server, "max(count by (miner) (asic_up))") == 1
            while await value(server, "count(miner:asic_up:working)") < MINERS / 2:  # noqa: ASYNC110 - the rules work
                await asyncio.sleep(0.5)


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
    assert dom.count('<tr><td class="') == MINERS
    assert f"{MINERS} of {MINERS} miners up" in dom
    assert not [line for line in browser.err if ":CONSOLE" in line]
