"""The pages over HTTP, on real sockets: formats, encodings, limits, slow readers, and what machines ask."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from exporter.core.vocabulary import HashrateWindow
from exporter.parse.answers import Answers
from exporter.parse.rows import Reading
from exporter.plans.compiler import compile_plan
from exporter.plans.plan import PlanState
from exporter.polling.target import Target
from exporter.web import READY
from exporter.web.shards import MAX_CUTS, Shards
from tests.harness.served import serving
from tests.harness.support import SERIES, parsed, samples, target

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
SCRAPER = (
    "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", TEXT),
        ("*/*", TEXT),
        ("text/html,application/xhtml+xml", TEXT),
        ("text/plain;version=0.0.4", TEXT),
        ("application/openmetrics-text", OPENMETRICS),
        ("APPLICATION/OpenMetrics-Text; version=1.0.0", OPENMETRICS),
        (SCRAPER, OPENMETRICS),
        ("application/openmetrics-text;q=0.1, text/plain;q=0.9", TEXT),
        ("application/openmetrics-text;q=0, */*", TEXT),
        ("application/openmetrics-text;q=nonsense", TEXT),
        (",;=,;q=,,", TEXT),
    ],
)
async def test_the_format_follows_the_weights_of_accept(accept: str, kind: str, miners: list[Target]) -> None:
    async with serving(miners[:2]) as served:
        async with served.session.get("/metrics", headers={"Accept": accept}) as response:
            assert response.status == 200
            assert response.headers["Content-Type"] == kind
            body = await response.text()
        assert body.endswith("# EOF\n") == (kind == OPENMETRICS)


def of_miners(families: Any) -> set[tuple[Any, ...]]:
    return {
        (sample.name, *sorted(sample.labels.items()), sample.value)
        for family in families
        for sample in family.samples
        if sample.name.startswith("asic_") and not sample.name.startswith("asic_exporter_")
    }


async def test_both_formats_say_the_same(miners: list[Target]) -> None:
    async with serving(miners) as served:
        plain = of_miners(text_string_to_metric_families((await served.get("/metrics"))[1]))
        _, body = await served.get("/metrics", Accept=SCRAPER)
        open_ = of_miners(openmetrics.text_string_to_metric_families(body))  # type: ignore[no-untyped-call]
    assert plain == open_
    assert len({sample for sample in plain if sample[0] == "asic_up"}) == len(miners)


async def test_gzip_where_it_is_taken_and_only_there(miners: list[Target]) -> None:
    async with serving(miners[:4]) as served:
        for encodings in ("", "identity", "deflate, br", "gzip;q=0"):
            async with served.session.get("/metrics", headers={"Accept-Encoding": encodings}) as response:
                assert "Content-Encoding" not in response.headers
                plain = await response.text()
        for encodings in ("gzip", "deflate;q=0.5, GZIP;q=0.2"):
            async with served.session.get("/metrics", headers={"Accept-Encoding": encodings}) as response:
                assert response.headers["Content-Encoding"] == "gzip"
                unpacked = await response.text()
        assert of_miners(text_string_to_metric_families(unpacked)) == of_miners(text_string_to_metric_families(plain))


async def test_names_restrict_the_page(miners: list[Target]) -> None:
    async with serving(miners[:4]) as served:
        query = "name[]=asic_up&name[]=asic_pool_shares_accepted&name[]=asic_exporter_polls_total&name[]=nonsense"
        _, body = await served.get(f"/metrics?{query}")
        found = {family.name for family in text_string_to_metric_families(body)}
        assert found == {"asic_up", "asic_pool_shares_accepted", "asic_exporter_polls"}
        assert (await served.get("/metrics?name[]=nonsense"))[1] == ""


async def test_head_has_the_headers_alone(miners: list[Target]) -> None:
    async with serving(miners[:1]) as served, served.session.head("/metrics") as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == TEXT
        assert response.headers["Cache-Control"] == "no-store"
        assert await response.read() == b""


async def test_healthy_and_ready() -> None:
    of = target()
    async with serving([of]) as served:
        served.schedule.unpolled.add(of.spec.name)
        served.schedule.longest = 60.0
        assert await served.get("/-/healthy") == (200, "asic-exporter is Healthy.\n")
        assert (await served.get("/-/ready"))[0] == 503
        served.schedule.unpolled.clear()
        assert await served.get("/-/ready") == (200, "asic-exporter is Ready.\n")
        served.app[READY]["ending"] = True
        assert (await served.get("/-/ready"))[0] == 503
        assert (await served.get("/-/healthy"))[0] == 200


async def test_targets_as_json(miners: list[Target]) -> None:
    up, down = miners[0], target("down", port=4029)
    down.up, down.error = False, "refused: no"
    async with serving([up, down]) as served:
        status, body = await served.get("/targets")
    assert status == 200
    first, second = json.loads(body)["targets"]
    assert (first["miner"], first["up"], first["group"], first["labels"]) == (up.spec.name, "up", "g", {"rack": "r1"})
    assert first["hashrate"] > 1e12
    assert second == {
        "miner": "down", "address": "127.0.0.1:4029", "group": "g", "labels": {}, "up": "down", "state": "down",
        "last_error": "refused: no",
    }  # fmt: skip


async def test_the_configuration_is_shown_without_its_secrets() -> None:
    yaml = b"credentials: {shed: {username: root, password: canary-7319}}\ngroups: [{name: a, targets: [10.0.0.1]}]\n"
    async with serving([], yaml=yaml) as served:
        status, body = await served.get("/config")
    assert status == 200
    assert "canary" not in body
    assert "<secret>" in body
    assert "username: root" in body


async def test_a_target_at_its_limit_keeps_its_status() -> None:
    of = target()
    reading = Reading(Answers(), 0)
    parts = [*of.status(reading.trace), *(HashrateWindow(f"{n}s", n) for n in range(SERIES))]
    plan = compile_plan("", reading, parts, ())
    of.show(plan, PlanState(), plan.read(Answers(), PlanState(), of.given() | {"now": 0}), 5)
    async with serving([of]) as served:
        _, body = await served.get("/metrics?name[]=asic_up&name[]=asic_series_dropped_total")
    assert 'asic_up{miner="m1"} 0' in body
    assert f'asic_series_dropped_total{{miner="m1"}} {SERIES - 2}' in body


def test_where_a_miner_is_stands_on_the_page_from_the_first_second_on() -> None:
    """A browser takes the address as it stands there, and all targets share one plan."""
    many = [target("cellar", "10.0.3.9", 4029), target("six", "2001:db8::9"), target("named", "miner7.example.net")]
    assert [key for of in many for key in samples(of)["asic_target_info"]] == [
        ("10.0.3.9", "g"),
        ("[2001:db8::9]", "g"),
        ("miner7.example.net", "g"),
    ]
    assert len({of.plan() for of in many}) == 1


async def test_shards_are_the_page_cut_into_parts(miners: list[Target]) -> None:
    """The shards of one count together hold each series once."""
    async with serving(miners) as served:
        whole = parsed((await served.get("/metrics"))[1])["asic_up"]
        parts = [(await served.get(f"/metrics?shard={n}/5"))[1] for n in range(1, 6)]
        names = [name for part in parts for name in parsed(part).get("asic_up", {})]
        assert sorted(names) == sorted(whole)
        assert sum("asic_exporter_build_info{" in part for part in parts) == 1


async def test_a_target_stays_in_its_shard_when_others_come_and_go() -> None:
    many = [target(f"m{n}") for n in range(5000)]
    shards = Shards()

    async def cut(targets: list[Target]) -> dict[str, int]:
        parts = [await shards.part(targets, n, 7) for n in range(7)]
        assert [of for part in parts for of in part] != targets
        assert sum(map(len, parts)) == len(targets)
        return {of.spec.name: n for n, part in enumerate(parts) for of in part}

    before = await cut(many[:4000])
    after = await cut(many[1000:])
    assert len(before) == len(after) == 4000
    assert all(after[name] == before[name] for name in before.keys() & after.keys())
    assert await shards.part(many, 0, 1) == many
    for count in range(2, 12):
        await shards.part(many, 1, count)
    assert len(shards.cuts) <= MAX_CUTS, "a reader that asks for all numbers there are fills nothing"


@pytest.mark.parametrize(
    "asked",
    [
        b"GET /metrics HTTP/1.1",
        b"GET / HTTP/1.1",
        b"GET /config HTTP/1.1",
        b"GET /nowhere HTTP/1.1",
        b"PUT / HTTP/1.1",
        b"\x16\x03",
    ],
)
async def test_no_answer_names_the_programs_behind_it(asked: bytes, miners: list[Target]) -> None:
    """Errors that no handler sees included."""
    async with serving(miners[:1]) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(asked + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
        async with asyncio.timeout(10):
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
        writer.close()
    assert b"\nserver:" not in head
    assert b"aiohttp" not in head
    assert b"\nx-content-type-options: nosniff\r" in head


@pytest.mark.parametrize("shard", ["0/3", "4/3", "0/0", "1/0", "-1/3", "a/b", "1", "1/99999", ""])
async def test_what_is_no_shard_is_told(shard: str, miners: list[Target]) -> None:
    async with serving(miners[:1]) as served:
        status, said = await served.get(f"/metrics?shard={shard}")
        assert (status, said) == (400, "shard is i/n: one of n parts, counted from 1\n")
