"""`query` against a simulated miner of each family, and against nobody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest
from aiohttp import web

import exporter.polling.readings
from exporter.commands import query
from exporter.core.vocabulary import Board
from exporter.decode import cgminer
from exporter.parse.rows import Row
from exporter.plans.cache import PlanCache
from exporter.simulator import FAMILIES, MIX, fleet, serving
from tests.harness.places import FIXTURES
from tests.harness.processes import run
from tests.harness.recorded import RECORDINGS, Ask
from tests.harness.support import free_port, parsed


async def test_every_family_is_recognised_asked_and_shown(network: str) -> None:
    known = {miner.family: miner for miner in fleet(3 * len(MIX), listen=network) if miner.condition is None}
    assert set(known) == set(FAMILIES)
    open_ones = [miner for miner in known.values() if not miner.dialect.login]  # a query takes no credentials
    async with serving(open_ones) as there:
        places = [f"{miner.host}:{miner.port}" if miner.dialect.moves else miner.host for miner in there]
        answers = [await asyncio.to_thread(query.query, place, None, 5.0) for place in places]
    for miner, (text, status) in zip(there, answers, strict=True):
        assert status == 0
        out = text.splitlines()
        assert out[0].startswith(f"# {miner.host} port {miner.port if miner.dialect.moves else 4028}, ")
        assert out[1].startswith(f"# recognised as: {miner.family} (")
        lines = [json.loads(line.removeprefix("#   ")) for line in out if line.startswith('#   {"')]
        assert lines[0] == {"command": "version"}
        page = parsed("\n".join(line for line in out if not line.startswith("#")) + "\n")
        assert list(page["asic_up"].values()) == [1]
        assert next(iter(page["asic_hashrate_hashes_per_second"].values())) > 0
        assert sum(page["asic_section_up"].values()) >= (2 if miner.dialect.moves else 1)


@pytest.mark.parametrize("family", ["luxos", "cgminer"])
async def test_a_family_can_be_forced(family: str, network: str) -> None:
    (miner,) = fleet(1, listen=network, families=["cgminer"])
    async with serving([miner]):
        status, out, _ = await run("query", f"{miner.host}:{miner.port}", f"--family={family}")
    assert status == 0
    assert f"# recognised as: {family} (as told)" in out


async def test_nobody_there_is_said_and_is_a_failure() -> None:
    status, out, err = await run("query", f"127.0.0.1:{free_port()}", "--timeout=5")
    assert (status, err) == (1, [])
    assert out[1] == "# recognised as: nothing known"
    assert out[-1].startswith("# nothing was read: refused: ")
    assert not [line for line in out if line.startswith("asic_")]


def test_a_mistake_of_ours_is_shown_with_its_place_and_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    (recording,) = [each for each in RECORDINGS if each.name == "usb-sticks"]

    class Recorded:
        def __init__(self, **_: object) -> None:
            """Takes what `Surfaces` takes."""

        def asker(self, _: object) -> Ask:
            return recording.ask

    def broken(row: Row, _: str) -> Board:
        return Board("0", row["Status"] in {"Alive"})  # type: ignore[comparison-overlap]  # the mistake

    monkeypatch.setattr(query, "Surfaces", Recorded)
    said, status = query.query("192.0.2.1", None, 5.0)
    assert status == 0
    assert "mistake" not in said
    monkeypatch.setattr(cgminer, "device", broken)
    monkeypatch.setattr(exporter.polling.readings, "PLANS", PlanCache())
    said, status = query.query("192.0.2.1", None, 5.0)
    assert status == 1
    (told,) = [line for line in said.splitlines() if line.startswith("# a mistake of the exporter's own: ")]
    assert "devs: TypeError: " in told
    assert "row['Status'] is traced: test it in a function marked @traceable" in told
    assert "(decode/cgminer.py:" in told
    assert "asic_hashrate_hashes_per_second" in said, "the other sections are there"


async def queried(path: str, answer: Callable[[], web.Response]) -> tuple[int, tuple[int, list[str], list[str]]]:
    """Query a miner of which only this page is there. Return the page's port, and how the query ended."""

    async def page(_: web.Request) -> web.Response:
        return answer()

    app = web.Application()
    app.router.add_get(path, page)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        return port, await run("query", f"127.0.0.1:{free_port()}", f"--pages-port={port}")
    finally:
        await runner.cleanup()


async def test_pages_can_be_tried_on_a_port_that_any_user_may_listen_on() -> None:
    recorded = (FIXTURES / "axeos" / "bitaxe-gamma" / "system_info.json").read_bytes()
    port, (status, out, err) = await queried(
        "/api/system/info", lambda: web.Response(body=recorded, content_type="application/json")
    )
    assert (status, err) == (0, [])
    assert out[1].startswith("# recognised as: axeos (")
    assert f"#   GET :{port}/api/system/info" in out
    assert 'asic_section_up{miner="127.0.0.1' in "\n".join(out)


async def test_a_page_that_wants_a_login_is_told_with_the_family_of_the_credentials() -> None:
    challenge = {"WWW-Authenticate": 'Digest realm="x", nonce="y", qop="auth"'}
    _, (status, out, err) = await queried(
        "/cgi-bin/get_system_info.cgi", lambda: web.Response(status=401, headers=challenge)
    )
    assert (status, err) == (1, [])
    assert out[-2].startswith("# nothing was read: refused: ")
    assert out[-1] == (
        "# elphapex_system: denied, the page wants a login; "
        "credentials of the family elphapex are set in the configuration"
    )


@pytest.mark.parametrize("port", ["0", "65536", "http"])
async def test_a_port_for_pages_is_a_port(port: str) -> None:
    status, out, err = await run("query", "127.0.0.1", f"--pages-port={port}")
    assert (status, out) == (2, [])
    assert "--pages-port" in err[-1]
