"""The recipes for receivers: Alertmanager takes each of them, and its template makes the text of a message."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from tests.harness.places import ROOT
from tests.harness.processes import program
from tests.harness.support import free_port, until

TEXT = (ROOT / "docs" / "receivers.md").read_text()
_RECIPE = re.compile(r"^## ([^\n]+)\n(?:(?!^## ).)*?```yaml\n(.*?)```", re.MULTILINE | re.DOTALL)
RECIPES = dict(_RECIPE.findall(TEXT))
TEMPLATE = re.findall(r"`asic.tmpl`:\n+```\n(.*?)```", TEXT, re.DOTALL)[0]


def test_the_recipes_are_these() -> None:
    assert list(RECIPES) == ["E-mail", "Telegram", "Discord", "ntfy", "Slack", "PagerDuty", "A daily report"]


@pytest.mark.program("amtool")
@pytest.mark.parametrize("name", RECIPES)
def test_alertmanager_takes_the_recipe(name: str, tmp_path: Path) -> None:
    (tmp_path / "asic.tmpl").write_text(TEMPLATE)
    file = tmp_path / "alertmanager.yml"
    file.write_text(RECIPES[name])
    done = subprocess.run(["amtool", "check-config", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.program("prometheus-alertmanager")
async def test_a_message_says_what_and_where_with_links(tmp_path: Path) -> None:
    """As Slack's recipe has it, with Slack played by this test."""
    heard: list[str] = []

    async def hear(request: web.Request) -> web.Response:
        [attachment] = json.loads(await request.read())["attachments"]
        heard.append(f"{attachment['title']}\n{attachment['text']}")
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_post("/", hear)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    slack, port = free_port(), free_port()
    await web.TCPSite(runner, "127.0.0.1", slack).start()
    (tmp_path / "asic.tmpl").write_text(TEMPLATE)
    (tmp_path / "hook").write_text(f"http://127.0.0.1:{slack}/")
    quick = "{receiver: ticket, group_wait: 100ms, group_interval: 200ms}"
    recipe = RECIPES["Slack"].replace("/etc/alertmanager/slack-webhook", str(tmp_path / "hook"))
    (tmp_path / "alertmanager.yml").write_text(recipe.replace("{receiver: ticket}", quick))
    alert = {
        "labels": {"alertname": "AsicBoardDead", "miner": "s19-07"},
        "annotations": {
            "summary": "A hashboard is missing or dead.",
            "description": "s19-07 works without 1 of its 3 hashboards.",
            "place": "Antminer S19 at http://192.0.2.7/, rack r7",
            "runbook_url": "docs/runbooks.md#asicboarddead",
            "dashboard_url": "/d/asic-miner?var-miner=s19-07",
        },
    }
    command: list[str | Path] = [
        "prometheus-alertmanager",
        f"--config.file={tmp_path / 'alertmanager.yml'}",
        f"--storage.path={tmp_path / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    try:
        async with program(*command) as process, ClientSession() as session, asyncio.timeout(30):
            await process.line("Listening")
            url = f"http://127.0.0.1:{port}/api/v2/alerts"
            await session.post(url, json=[alert])
            await until(lambda: len(heard) == 1, "it fires")
            await session.post(url, json=[{**alert, "endsAt": "2026-01-01T00:00:00Z"}])
            await until(lambda: len(heard) == 2, "it is resolved")
    finally:
        await runner.cleanup()
    fired, resolved = heard
    assert fired.splitlines() == [
        "1 × A hashboard is missing or dead.",
        "s19-07 works without 1 of its 3 hashboards. (Antminer S19 at http://192.0.2.7/, rack r7)",
        "https://grafana.example.net/d/asic-miner?var-miner=s19-07",
        "https://wiki.example.net/asic-exporter/docs/runbooks.md#asicboarddead",
    ]
    assert resolved.splitlines() == [
        "Resolved: A hashboard is missing or dead.",
        "Resolved: s19-07 works without 1 of its 3 hashboards.",
    ]
